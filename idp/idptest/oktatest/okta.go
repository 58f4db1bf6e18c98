// Package oktatest stands in for an Okta org on loopback: its management API, its org
// authorization server for service apps, and its custom authorization servers, with the rules
// that trip people. It was written from Okta's documentation and OpenAPI document; no live org
// was asked.
package oktatest

import (
	"net/http"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// Config describes an org. The zero value is an org with API Access Management, the custom
// authorization server "default" without any policy, the group Everyone and no user.
type Config struct {
	// Users are the people of the org. A name without "@" gets the login name@example.com, and
	// logs in by either. Their groups are made as needed.
	Users []idptest.User
	// Groups are names of groups that exist without members.
	Groups []string
	// Servers are custom authorization servers besides "default".
	Servers []AuthorizationServer
	// DefaultPolicy gives the server "default" the policy and the rule that older orgs were born
	// with: every client, every person, every scope.
	DefaultPolicy bool
	// IssuerInRedirects has the metadata promise, and the redirects carry, iss (RFC 9207).
	IssuerInRedirects bool
	// Licence tells whether the org has API Access Management.
	Licence Licence
	// CustomDomain has the org answer under a domain of its own as well, see [Okta.CustomURL],
	// which then is the issuer of its custom authorization servers.
	CustomDomain bool
	// RateLimit is how many requests a minute each bucket of the management API takes; 10000 when
	// 0, so that tests meet no limit by accident.
	RateLimit int
	// Off names rules that do not hold, for tests of tests.
	Off map[Rule]bool
}

// AuthorizationServer is a custom authorization server with the system scopes and claims.
type AuthorizationServer struct{ Name, Audience string }

// Licence tells how the endpoints of custom authorization servers answer. Which of the refusals
// an org without API Access Management gives is documented nowhere, so there are several.
type Licence int

// The licences.
const (
	Licensed      Licence = iota // API Access Management is there
	Unlicensed401                // E0000015, with the status of Okta's list of errors
	Unlicensed403                // E0000015 as a refusal
	Unlicensed404                // E0000007, as if nothing were there
)

// Okta is a running stand-in, plain http on 127.0.0.1. Its methods may be called at any time.
type Okta struct {
	*idptest.Server

	config Config
	org    *org // changed only while the server is locked
}

// Start starts a stand-in on a free port of 127.0.0.1. The error tells a port that could not be
// had, or a configuration with two users of one login.
func Start(c Config) (*Okta, error) {
	if c.RateLimit == 0 {
		c.RateLimit = 10000
	}
	state, err := newOrg(c)
	if err != nil {
		return nil, err
	}
	server, err := idptest.Listen(nil)
	if err != nil {
		return nil, err
	}
	o := &Okta{Server: server, config: c, org: state}
	server.Serve(o.routes())
	return o, nil
}

// Issuer is the issuer of the server "default", an absolute URL.
func (o *Okta) Issuer() string { return o.IssuerOf("default") }

// IssuerOf is the issuer of a custom authorization server, named by its id. It panics when there
// is none.
func (o *Okta) IssuerOf(server string) string {
	var issuer string
	o.Locked(func() {
		s := o.org.server(server)
		if s == nil {
			panic("oktatest: no authorization server " + server)
		}
		issuer = o.issuer(s, nil)
	})
	return issuer
}

// CustomURL is the org's address under its own domain: the host name localhost, where [Okta.URL]
// has the address.
func (o *Okta) CustomURL() string {
	return strings.Replace(o.URL(), "127.0.0.1", "localhost", 1)
}

// baseURL is the address that a request came to.
func (o *Okta) baseURL(request *http.Request) string {
	if o.config.CustomDomain && strings.HasPrefix(request.Host, "localhost") {
		return o.CustomURL()
	}
	return o.URL()
}

// issuer is the issuer of a server by its issuer mode; request decides when that is dynamic.
func (o *Okta) issuer(s *authorizationServer, request *http.Request) string {
	base := o.URL()
	switch {
	case s.document["issuerMode"] == "CUSTOM_URL":
		base = o.CustomURL()
	case s.document["issuerMode"] == "DYNAMIC" && request != nil:
		base = o.baseURL(request)
	}
	if s.isOrg() {
		return base
	}
	return base + "/oauth2/" + s.id()
}

// holds reports whether a rule is switched on.
func (o *Okta) holds(rule Rule) bool { return !o.config.Off[rule] }

// timestamp is how Okta writes a time.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func now() string { return timestamp(time.Now()) }
