package login

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// listener waits on loopback for the browser to come back (RFC 8252 section 7.3).
type listener struct {
	port    int
	servers []*http.Server
	answer  chan url.Values // the one answer
}

// listen opens the port on both loopback addresses; 0 is a free one. A second address that does
// not exist on this machine is left out; one that another program holds is an error, for the
// browser might go there.
func listen(ctx context.Context, port int, path string) (*listener, error) {
	l := &listener{answer: make(chan url.Values, 1)}
	var config net.ListenConfig
	first, err := config.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	l.port = first.Addr().(*net.TCPAddr).Port
	sockets := []net.Listener{first}
	second, err := config.Listen(ctx, "tcp", net.JoinHostPort("::1", strconv.Itoa(l.port)))
	switch {
	case err == nil:
		sockets = append(sockets, second)
	case errors.Is(err, syscall.EADDRINUSE) && port != 0:
		first.Close()
		return nil, err
	}
	for _, socket := range sockets {
		server := &http.Server{Handler: l.handler(path), ReadHeaderTimeout: 10 * time.Second}
		l.servers = append(l.servers, server)
		go func() { _ = server.Serve(socket) }() // it ends with close
	}
	return l, nil
}

func (l *listener) handler(path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path || r.Method != http.MethodGet {
			http.NotFound(w, r)
			return
		}
		text := "The login came back to mcpreg. You can close this window; the terminal says how it went."
		select {
		case l.answer <- r.URL.Query():
		default:
			text = "This login has been answered already. You can close this window."
		}
		header := w.Header()
		header.Set("Content-Type", "text/plain; charset=utf-8")
		header.Set("Cache-Control", "no-store")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Connection", "close")
		fmt.Fprintln(w, text)
	})
}

// close lets the answer that is being written out, and ends the listener.
func (l *listener) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, server := range l.servers {
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
	}
}

// pasted reads the parameters out of the address at which a browser ended.
func pasted(line, redirectURI string) (url.Values, error) {
	u, err := url.Parse(strings.TrimSpace(line))
	if err != nil || u.Host == "" {
		return nil, errors.New("this is not an address; copy all of what the browser's address bar shows")
	}
	query := u.Query()
	if query.Get("code") == "" && query.Get("error") == "" {
		return nil, fmt.Errorf("this address has no code; the right one begins with %s", redirectURI)
	}
	return query, nil
}
