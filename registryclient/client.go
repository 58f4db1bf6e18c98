// Package registryclient is a client of the HTTP API of an MCP Gateway & Registry: its servers and
// how to connect to them, their overrides, who the caller is, and the OAuth discovery documents of
// its gateway. It depends on the standard library alone.
//
// Requests to /api carry a bearer token, never a cookie: the registry asks a request with a
// session cookie for a CSRF token as well. Discovery documents are public and are read without
// the token. Reads are repeated a few times when the registry is busy or the connection breaks,
// changes never, except where the registry's edge refused them (429) before they reached it. Once
// that happened, requests are paced below the edge's limits.
//
// Every error is, or wraps, an [*Error] where the registry or something on the way to it
// answered; [errors.Is] tells the cases apart. No error holds a credential.
package registryclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client reads one registry. It is safe for concurrent use.
type Client struct {
	base        *url.URL // no trailing slash
	http        *http.Client
	token       func(context.Context) (string, error) // nil without a credential
	tokenHeader string
	allowHTTP   bool
	paces       *paces
}

// Option sets how a [Client] talks to its registry.
type Option func(*Client)

// WithHTTPClient makes the client send its requests as c does, with its transport and timeout.
// The client works on a copy without a cookie jar, which follows redirects only within the
// origin it asked, and only where c would follow them too.
func WithHTTPClient(c *http.Client) Option {
	return func(client *Client) { client.http = c }
}

// WithToken sets the bearer token of requests to /api: a static API token, a named key or an
// access token of the identity provider. It is asked for once per request sent, so it may
// change. Without it requests carry no credential.
func WithToken(token func(context.Context) (string, error)) Option {
	return func(client *Client) { client.token = token }
}

// WithTokenHeader sets the header that carries the bearer token, Authorization by default. The
// registry reads X-Authorization before Authorization, which helps where a proxy in front of it
// uses Authorization for itself.
func WithTokenHeader(name string) Option {
	return func(client *Client) { client.tokenHeader = name }
}

// WithAllowHTTP permits http to hosts other than loopback, such as a container network. The
// token then travels in clear text.
func WithAllowHTTP() Option {
	return func(client *Client) { client.allowHTTP = true }
}

// New returns a client of the registry at baseURL: an absolute URL, https unless the host is
// loopback or [WithAllowHTTP] is given, without user information, query or fragment. A path is
// the registry's ROOT_PATH and stands before every route. New sends nothing.
func New(baseURL string, opts ...Option) (*Client, error) {
	client := &Client{
		http:        &http.Client{Timeout: time.Minute},
		tokenHeader: "Authorization",
		paces:       newPaces(),
	}
	for _, opt := range opts {
		opt(client)
	}
	base, err := client.parseURL(baseURL)
	if err != nil {
		return nil, fmt.Errorf("registry URL: %w", err)
	}
	if base.RawQuery != "" || base.ForceQuery {
		return nil, errors.New("registry URL: it has a query")
	}
	if client.tokenHeader == "" {
		return nil, errors.New("registry client: the name of the token header is empty")
	}
	if client.http == nil {
		return nil, errors.New("registry client: the HTTP client is nil")
	}
	client.base = base.JoinPath()
	client.base.Path = strings.TrimRight(client.base.Path, "/")
	client.base.RawPath = strings.TrimRight(client.base.RawPath, "/")
	client.http = withinOrigin(client.http)
	return client, nil
}

// BaseURL returns the registry's URL without a trailing slash: the origin of every connect URL,
// and the ROOT_PATH if there is one.
func (c *Client) BaseURL() string { return c.base.String() }

// parseURL checks what holds for every URL that the client sends a request to. Its errors do not
// repeat a URL that holds user information.
func (c *Client) parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("it is not a valid URL")
	}
	switch {
	case u.User != nil:
		return nil, errors.New("it carries user information; hand a token over instead")
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return nil, fmt.Errorf("%q is not an absolute http or https URL", s)
	case u.Fragment != "":
		return nil, fmt.Errorf("%q has a fragment", s)
	case u.Scheme == "http" && !c.allowHTTP && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("%q uses http to a host that is not loopback; use https", s)
	}
	return u, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// maxRedirects is how many redirects within the registry are followed.
const maxRedirects = 5

// withinOrigin copies an HTTP client so that it holds no cookies and follows no redirect to
// another origin, and none that would turn a change into a reading, whose answer looks like that of
// a change that was made: the answer that redirects is handed back instead.
func withinOrigin(given *http.Client) *http.Client {
	own := *given
	own.Jar = nil
	own.CheckRedirect = func(next *http.Request, sent []*http.Request) error {
		first := sent[0].URL
		if next.URL.Scheme != first.Scheme || next.URL.Host != first.Host || next.Method != sent[0].Method || len(sent) > maxRedirects {
			return http.ErrUseLastResponse
		}
		if given.CheckRedirect != nil {
			return given.CheckRedirect(next, sent)
		}
		return nil
	}
	return &own
}
