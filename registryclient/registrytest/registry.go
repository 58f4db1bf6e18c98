// Package registrytest stands in for an MCP Gateway & Registry of release 1.30.0 on loopback, for
// tests and for trying things out: its API as far as servers and scopes go, its discovery documents,
// and the gateway with its challenges, token checks and access rules. It imports nothing of what it judges,
// and each of its rules can be switched off, so that a test of a test can see it matter.
//
// What it does was recorded from a real registry; see testdata/recordings. It also behaves as other
// releases, from 1.24.4 to 1.32, as far as their release notes tell; that was not recorded. It does not
// know virtual servers, browser sessions, or the exchange of tokens towards a server.
package registrytest

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Registry is a running registry and gateway, plain http on 127.0.0.1. Its methods may be called
// at any time.
type Registry struct {
	url     string
	server  *http.Server
	serving sync.WaitGroup
	limits  map[Rule]*limits
	issuer  *issuer
	started time.Time

	mu       sync.Mutex // guards what follows
	config   Config     // as it was given
	state    *snapshot
	requests []string
	calls    []Call
}

// Call is a JSON-RPC message of a user that reached a server.
type Call struct {
	Server    string // the path of the server, as stored
	Method    string // of JSON-RPC
	User      string // as the token names the user
	ClientID  string // the OAuth client that got the token
	UserAgent string
}

// Start starts a registry on a free port of 127.0.0.1. The error tells a port that could not be
// had, an unknown provider, or a server whose path is wrong or taken.
func Start(c Config) (*Registry, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a local port is had at once
	if err != nil {
		return nil, fmt.Errorf("listening on loopback: %w", err)
	}
	fill(&c.AdminToken, rand.Text())
	r := &Registry{
		url: "http://" + listener.Addr().String(), config: c,
		limits: edgeLimits(), issuer: newIssuer(), started: time.Now().UTC(),
	}
	if r.state, err = newSnapshot(c, r.url, nil); err != nil {
		listener.Close()
		return nil, err
	}
	r.server = &http.Server{Handler: http.HandlerFunc(r.serve), ReadHeaderTimeout: 10 * time.Second}
	r.serving.Go(func() { _ = r.server.Serve(listener) })
	return r, nil
}

// URL is the origin of the registry and gateway, without a trailing slash.
func (r *Registry) URL() string { return r.url }

// Close stops the server and waits until it no longer listens.
func (r *Registry) Close() {
	_ = r.server.Close()
	r.serving.Wait()
	r.issuer.close()
}

// AdminToken is the static token of the administrator.
func (r *Registry) AdminToken() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.config.AdminToken
}

// Requests returns what was asked so far, in order, each as "METHOD /path" without the query.
func (r *Registry) Requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// Calls returns the messages that reached a server so far, in order.
func (r *Registry) Calls() []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.calls)
}

// Configure changes settings, as a restart of the real registry with other ones does. Servers keep
// their ids. It panics if change makes a configuration that [Start] would refuse.
func (r *Registry) Configure(change func(*Config)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.config)
	next, err := newSnapshot(r.config, r.url, r.state)
	if err != nil {
		panic(fmt.Sprintf("registrytest: %v", err))
	}
	r.state = next
}

// note records a request and returns what it is answered from.
func (r *Registry) note(req *http.Request) *snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, req.Method+" "+req.URL.Path)
	return r.state
}

func (r *Registry) noteCall(c Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, c)
}
