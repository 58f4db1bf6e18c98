package oktatest

import (
	"net/http"
	"slices"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// authorizationServer is the org authorization server or a custom one.
type authorizationServer struct {
	document document // of the org's own: nothing but its issuer mode
	claims   []document
	scopes   []document
	policies []*policy

	signer  *idptest.Signer // of ID tokens, and of access tokens that others read
	secret  *idptest.Signer // of the org's own access tokens
	ledger  idptest.Ledger
	refresh map[string]*refreshToken
	issued  map[string]tokenBuilder // by access token
}

// policy is an access policy with its rules; both lists are in the order of their priorities.
type policy struct {
	document document
	rules    []document
}

func (s *authorizationServer) id() string  { return text(s.document, "id") }
func (s *authorizationServer) isOrg() bool { return s.id() == "" }

// newAuthorizationServer makes the org's own without a name, "default" by that name, and others
// with an id of their own.
func newAuthorizationServer(name, audience, issuerMode string, born time.Time) *authorizationServer {
	s := &authorizationServer{
		document: document{"issuerMode": issuerMode}, scopes: systemScopes(), signer: idptest.NewSigner(), secret: idptest.NewSigner(),
		refresh: map[string]*refreshToken{}, issued: map[string]tokenBuilder{},
	}
	if name == "" {
		return s
	}
	id := name
	if name != "default" {
		id = newID("aus")
	}
	t := timestamp(born)
	s.document = document{
		"id": id, "name": name, "description": "", "audiences": []any{audience}, "issuerMode": issuerMode, "status": "ACTIVE", "created": t, "lastUpdated": t,
		"credentials": document{"signing": document{"rotationMode": "AUTO", "use": "sig"}},
	}
	s.claims = systemClaims()
	return s
}

// onServer answers for an org without API Access Management and for a server that is not there.
func (o *Okta) onServer(handle func(*http.Request, *authorizationServer) answer) func(*http.Request) answer {
	return func(request *http.Request) answer {
		if refusal, refused := o.unlicensed(request); refused {
			return refusal
		}
		s := o.org.server(request.PathValue("server"))
		if s == nil {
			return missing(request.PathValue("server"), "AuthorizationServer")
		}
		return handle(request, s)
	}
}

func (o *Okta) unlicensed(request *http.Request) (answer, bool) {
	const summary = "You do not have permission to access the feature you are requesting"
	switch o.config.Licence {
	case Unlicensed401:
		return fail(http.StatusUnauthorized, "E0000015", summary), true
	case Unlicensed403:
		return fail(http.StatusForbidden, "E0000015", summary), true
	case Unlicensed404:
		return missing(request.PathValue("server"), "AuthorizationServer"), true
	}
	return answer{}, false
}

func (o *Okta) serverRepresentation(request *http.Request, s *authorizationServer) document {
	d, address := clone(s.document), o.baseURL(request)+servers+"/"+s.id()
	d["issuer"] = o.issuer(s, request)
	if !o.config.CustomDomain {
		delete(d, "issuerMode") // shown only where there is a choice
	}
	d["_links"] = document{
		"self": href(address), "scopes": href(address + "/scopes"), "claims": href(address + "/claims"), "policies": href(address + "/policies"),
		"metadata": []any{
			document{"name": "oauth-authorization-server", "href": o.issuer(s, request) + "/.well-known/oauth-authorization-server"},
			document{"name": "openid-configuration", "href": o.issuer(s, request) + "/.well-known/openid-configuration"},
		},
	}
	return d
}

func (o *Okta) listServers(request *http.Request) answer {
	if refusal, refused := o.unlicensed(request); refused {
		return refusal
	}
	var list []document
	for _, s := range o.org.servers {
		if !s.isOrg() {
			list = append(list, o.serverRepresentation(request, s))
		}
	}
	if q := request.URL.Query().Get("q"); q != "" {
		list = selected(list, func(d document) bool {
			return o.matches(text(d, "name"), q) || slices.ContainsFunc(words(d, "audiences"), func(a string) bool { return o.matches(a, q) })
		})
	}
	return o.page(request, list, limits{200, 200})
}

func (o *Okta) showServer(request *http.Request, s *authorizationServer) answer {
	return ok(o.serverRepresentation(request, s))
}

// audience is what the access tokens of the server are for.
func (s *authorizationServer) audience() string {
	for _, a := range words(s.document, "audiences") {
		return a
	}
	return ""
}
