// Package login performs one login as a coding assistant does: from the gateway's 401 through the
// identity provider's login page to the list of tools behind the gateway. On the way it says which
// of the places that must agree is at fault: the identity provider, the gateway's settings, the
// registry or the assistant.
//
// OAuth comes from golang.org/x/oauth2, discovery and signatures from go-oidc, MCP from the
// official Go SDK; here are only the rules of the assistants and the reading of what comes back.
package login

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
)

// Request says which login to perform.
type Request struct {
	Kind      idp.Kind
	Assistant connect.Assistant
	URL       string // the connect URL, absolute
	ClientID  string
	// CallbackPort is the port of the redirect URI; 0 lets the assistant choose as it does when
	// none is pinned.
	CallbackPort int
	// Scopes replace those that the assistant would ask for by itself, as far as it obeys.
	Scopes []string
	// Direct has Codex log in by itself where connect prints a bridge (Amazon Cognito).
	Direct bool
	// Release is the gateway's, if it is known.
	Release gateway.Release
	// KnownTools is how many tools the registry counts on the server; 0 when that is not known.
	KnownTools int
	AllowHTTP  bool // accept http to hosts that are not loopback

	HTTP *http.Client // sends everything; it must not follow redirects to other hosts
	// Open shows a URL to the person who logs in. It need not succeed: the URL is reported too.
	Open func(ctx context.Context, url string) error
	// Paste, if set, is read for the address at which the browser ended, a line each, for a
	// browser on another machine.
	Paste io.Reader
	// Progress tells of each thing as it is known.
	Progress func(Event)
}

// Place is one of the places that must agree.
type Place string

// The places, in the order in which a login meets them.
const (
	Gateway          Place = "gateway"
	IdentityProvider Place = "IdP"
	Client           Place = "client"
	Token            Place = "token"
	Access           Place = "access"
)

// Event is one thing that happened: a place that is right, or something to know or do.
type Event struct {
	Place Place  // empty for what belongs to no place
	Text  string // lower case, no trailing period
	// AuthorizeURL is set once, when the person must open it.
	AuthorizeURL string
}

// Result is what a login came to, as far as it went.
type Result struct {
	URL         string   `json:"url"`
	Assistant   string   `json:"assistant"`
	ClientID    string   `json:"client_id"`
	RedirectURI string   `json:"redirect_uri,omitempty"`
	Issuer      string   `json:"issuer,omitempty"`
	Scopes      []string `json:"scopes,omitempty"`
	// Claims are those members of the access token that decide access; never the token.
	Claims    map[string]any `json:"claims,omitempty"`
	ExpiresIn int            `json:"expires_in,omitempty"` // seconds
	Refresh   bool           `json:"has_refresh_token"`
	Tools     []string       `json:"tools"`
}

// Run performs the login. The result tells how far it came; the error is a [*Fault] where one of
// the places is at fault, and an [*idp.Error] of [idp.CodeUsage] for a request that no login can be
// made of. The listener for the callback is closed when Run returns.
func Run(ctx context.Context, r Request) (*Result, error) {
	result := &Result{URL: r.URL, Assistant: r.Assistant.ID, ClientID: r.ClientID, Tools: []string{}}
	flow, err := flowOf(r)
	if err != nil {
		return result, err
	}
	f := &run{Request: r, flow: flow, result: result, started: time.Now()}
	for _, step := range []func(context.Context) error{f.challenge, f.discover, f.authorize, f.judge, f.connect} {
		if err := step(ctx); err != nil {
			return result, err
		}
	}
	return result, nil
}

// run is one login on its way.
type run struct {
	Request
	flow    flow
	result  *Result
	started time.Time

	metadataURL string
	asked       []string // scopes that the challenge names
	resource    resourceMetadata
	server      authorizationServer
	token       accessToken
	verdicts    []gateway.Verdict
}

func (f *run) say(place Place, text string) {
	if f.Progress != nil {
		f.Progress(Event{Place: place, Text: text})
	}
}
