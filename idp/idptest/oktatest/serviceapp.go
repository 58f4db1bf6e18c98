package oktatest

import (
	"crypto/rsa"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// ServiceApp is an app of the type API services that asks for tokens of the management API with a
// signed assertion (private_key_jwt, RFC 7523).
type ServiceApp struct {
	// Key is the public key that checks the assertions.
	Key *rsa.PublicKey
	// KeyID is the key's id; an assertion that names another is refused.
	KeyID string
	// Scopes are those that were granted to the app, such as okta.apps.read.
	Scopes []string
	// Roles are the administrator roles of the app.
	Roles []Role
	// DPoP demands a proof of possession (RFC 9449) with each request for a token, as new apps do.
	DPoP bool
}

// serviceApp is a service app with its client id.
type serviceApp struct {
	ServiceApp
	clientID string
}

// AddServiceApp adds a service app and returns its client id.
func (o *Okta) AddServiceApp(s ServiceApp) (clientID string) {
	clientID = newID("0oa")
	o.Locked(func() { o.org.services = append(o.org.services, &serviceApp{s, clientID}) })
	return clientID
}

const serviceTokenLife = time.Hour

// oauthError is an error of a token endpoint (RFC 6749 section 5.2).
func oauthError(w http.ResponseWriter, status int, code, description string) {
	w.Header().Set("Cache-Control", "no-store")
	idptest.WriteJSON(w, status, map[string]string{"error": code, "error_description": description})
}

// unknownClient refuses a client that is not there: in the shape of the management API, which is
// not that of RFC 6749.
func unknownClient(w http.ResponseWriter) {
	fail(http.StatusUnauthorized, "invalid_client", "Invalid value for 'client_id' parameter.").write(w)
}

// serviceToken answers a service app at the token endpoint of the org authorization server. The
// parameters may also stand in the query.
func (o *Okta) serviceToken(w http.ResponseWriter, request *http.Request, form url.Values) {
	s, why := o.authenticated(form)
	switch {
	case why != "":
		oauthError(w, http.StatusUnauthorized, "invalid_client", why)
		return
	case s == nil:
		unknownClient(w)
		return
	}
	if s.DPoP && request.Header.Get("DPoP") == "" && o.holds(ProofsAreDemanded) {
		oauthError(w, http.StatusBadRequest, "invalid_dpop_proof", "The DPoP proof JWT header is missing.")
		return
	}
	asked := strings.Fields(form.Get("scope"))
	custom := slices.ContainsFunc(asked, func(scope string) bool { return !strings.HasPrefix(scope, "okta.") })
	granted := asked
	if o.holds(GrantedScopesOnly) {
		granted = slices.DeleteFunc(slices.Clone(asked), func(scope string) bool { return !slices.Contains(s.Scopes, scope) })
	}
	switch {
	case len(asked) == 0:
		oauthError(w, http.StatusBadRequest, "invalid_scope", "The authorization server resource does not have any configured default scopes, 'scope' must be provided.")
		return
	case custom && o.holds(CustomScopesRefused):
		oauthError(w, http.StatusBadRequest, "invalid_scope", "Custom scopes are not allowed for this request.")
		return
	case len(granted) == 0:
		oauthError(w, http.StatusBadRequest, "consent_required", "You are not allowed any of the requested scopes.")
		return
	}
	token := "eyJ" + newID("") + newID("")
	o.org.callers["Bearer "+token] = caller{roles: s.Roles, scopes: granted, oauth: true, expires: time.Now().Add(serviceTokenLife)}
	idptest.WriteJSON(w, http.StatusOK, map[string]any{
		"token_type": "Bearer", "expires_in": int(serviceTokenLife.Seconds()), "access_token": token, "scope": strings.Join(granted, " "),
	})
}

const badClient = "Client authentication failed. Either the client or the client credentials are invalid."

// authenticated finds the service app that signed the assertion of a request; why tells what is
// wrong with the assertion. Neither comes for an app that is not there.
func (o *Okta) authenticated(form url.Values) (s *serviceApp, why string) {
	if form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		return nil, badClient
	}
	assertion, err := jwt.ParseSigned(form.Get("client_assertion"), []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512})
	if err != nil {
		return nil, badClient
	}
	var claims jwt.Claims
	if err := assertion.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return nil, badClient
	}
	i := slices.IndexFunc(o.org.services, func(s *serviceApp) bool { return s.clientID == claims.Subject })
	if i < 0 {
		return nil, ""
	}
	s = o.org.services[i]
	kid := assertion.Headers[0].KeyID
	if kid != "" && kid != s.KeyID {
		return nil, "The client_assertion signature is invalid."
	}
	if err := assertion.Claims(s.Key, &claims); err != nil {
		return nil, "The client_assertion signature is invalid."
	}
	if why := o.wrongAssertion(claims); why != "" {
		return nil, why
	}
	o.org.used[claims.ID] = true
	return s, ""
}

// wrongAssertion says what is wrong with the claims of an assertion; "" when nothing is.
func (o *Okta) wrongAssertion(claims jwt.Claims) string {
	endpoints := jwt.Audience{o.URL() + "/oauth2/v1/token", o.CustomURL() + "/oauth2/v1/token"}
	expires := time.Now()
	if claims.Expiry != nil {
		expires = claims.Expiry.Time()
	}
	switch {
	case o.holds(AssertionsAreBound) && claims.Issuer != claims.Subject:
		return "The client_assertion token has invalid 'iss' claim."
	case o.holds(AssertionsAreBound) && !slices.ContainsFunc(claims.Audience, endpoints.Contains):
		return "The audience claim for client_assertion must be the endpoint invoked for the request."
	case !expires.After(time.Now()):
		return "The client_assertion token is expired."
	case expires.After(time.Now().Add(serviceTokenLife + time.Minute)):
		return "The client_assertion token has an expiration too far into the future."
	case claims.ID != "" && o.org.used[claims.ID] && o.holds(AssertionsWorkOnce):
		return "The client_assertion token has already been used."
	}
	return ""
}
