// Package registrytest stands in for an MCP Gateway & Registry of release 1.30 on loopback, for
// tests and for trying things out: what is read of its API, its discovery documents, and the
// gateway, which checks real tokens of an identity provider and maps their groups. It is judged by
// exchanges recorded from the real one, imports nothing of what it judges, and each of its rules
// can be switched off.
package registrytest

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Registry is a running registry and gateway, plain http on 127.0.0.1. Its methods may be called
// at any time.
type Registry struct {
	url       string
	server    *http.Server
	serving   sync.WaitGroup
	issuer    *issuer
	discovery *rate.Limiter
	started   time.Time

	mu       sync.Mutex
	config   Config
	requests []string
	calls    []Call
}

// Call is one JSON-RPC call that reached a server behind the gateway.
type Call struct {
	Server    string // its path without slashes at the ends
	Method    string // "tools/list"; empty for a request without a JSON-RPC body
	User      string
	ClientID  string // whom the token was issued to
	UserAgent string
}

// Start starts a registry on a free port of 127.0.0.1. The error tells that none could be had.
func Start(c Config) (*Registry, error) {
	if c.AdminToken == "" {
		c.AdminToken = rand.Text()
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a local port is had at once
	if err != nil {
		return nil, fmt.Errorf("listening on loopback: %w", err)
	}
	r := &Registry{
		url:    "http://" + listener.Addr().String(),
		config: c.withDefaults(),
		issuer: newIssuer(),
		// One request is served and ten more wait at once; the twelfth is refused.
		discovery: rate.NewLimiter(2, 11),
		started:   time.Now().UTC(),
	}
	r.server = &http.Server{Handler: http.HandlerFunc(r.serve), ReadHeaderTimeout: 10 * time.Second}
	r.serving.Go(func() { _ = r.server.Serve(listener) })
	return r, nil
}

// Close ends the registry and its open connections.
func (r *Registry) Close() {
	_ = r.server.Close()
	r.serving.Wait()
}

// URL is the origin of registry and gateway, without a trailing slash.
func (r *Registry) URL() string { return r.url }

// AdminToken is the static admin token.
func (r *Registry) AdminToken() string { return r.settings().AdminToken }

// Requests returns what was asked, "METHOD /path", in order.
func (r *Registry) Requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// Calls returns the calls that reached a server, in order.
func (r *Registry) Calls() []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.calls)
}

// Configure changes settings, as a restart with others would.
func (r *Registry) Configure(change func(*Config)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.config)
	r.config = r.config.withDefaults()
}

func (r *Registry) settings() Config {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.config
}

func (c Config) holds(rule Rule) bool { return !c.Off[rule] }

func (r *Registry) publicURL(c Config) string {
	return strings.TrimRight(or(c.PublicURL, r.url), "/")
}
