package idptest

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Server is an HTTP server on a free port of 127.0.0.1 that answers one request at a time and
// remembers what it was asked.
type Server struct {
	listener net.Listener
	server   *http.Server
	url      string
	serving  sync.WaitGroup

	mu       sync.Mutex // held while a request is answered
	requests []string
}

// Listen takes a free port, for plain http or with the certificate of config. The error tells that
// no port could be had.
func Listen(config *tls.Config) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a local port is had at once
	if err != nil {
		return nil, fmt.Errorf("listening on loopback: %w", err)
	}
	s := &Server{listener: listener, url: "http://" + listener.Addr().String()}
	if config != nil {
		s.url = "https://" + listener.Addr().String()
		s.listener = tls.NewListener(listener, config)
	}
	return s, nil
}

// Serve begins to answer with handler, which may know the server.
func (s *Server) Serve(handler http.Handler) {
	s.server = &http.Server{Handler: s.remembered(handler), ReadHeaderTimeout: 10 * time.Second}
	s.serving.Go(func() { _ = s.server.Serve(s.listener) })
}

func (s *Server) remembered(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, request.Method+" "+request.URL.Path)
		handler.ServeHTTP(w, request)
	})
}

// URL is the server's base URL, without a trailing slash.
func (s *Server) URL() string { return s.url }

// Requests returns what was asked so far, in order, each as "METHOD /path" without the query.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Locked runs change while no request is answered.
func (s *Server) Locked(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// Close stops the server and waits until nothing of it runs any more.
func (s *Server) Close() {
	if s.server == nil { // nobody was served yet
		_ = s.listener.Close()
		return
	}
	_ = s.server.Close()
	s.serving.Wait()
}
