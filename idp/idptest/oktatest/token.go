package oktatest

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// token is the token endpoint of a custom authorization server, and for people that of the org's.
func (o *Okta) token(w http.ResponseWriter, request *http.Request, s *authorizationServer) {
	_ = request.ParseForm() // what cannot be read is missing
	if s.isOrg() && request.Form.Get("grant_type") == "client_credentials" {
		o.serviceToken(w, request, request.Form)
		return
	}
	client, why := o.authenticateClient(request)
	switch {
	case why != "":
		oauthError(w, http.StatusUnauthorized, "invalid_client", why)
		return
	case client == nil:
		unknownClient(w)
		return
	}
	grant, grants := request.PostForm.Get("grant_type"), words(client.document, "settings", "oauthClient", "grant_types")
	switch {
	case grant == "":
		oauthError(w, http.StatusBadRequest, "invalid_request", "The token request must specify a 'grant_type'.")
	case grant != "authorization_code" && grant != "refresh_token":
		oauthError(w, http.StatusBadRequest, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server.")
	case !slices.Contains(grants, grant) && o.holds(GrantsAreConfigured):
		oauthError(w, http.StatusBadRequest, "unauthorized_client", notConfigured(grants))
	case grant == "refresh_token":
		o.redeemRefreshToken(w, request, s, client)
	default:
		o.redeemCode(w, request, s, client)
	}
}

// authenticateClient finds the client that asks; why tells what is wrong with its credentials, and
// neither comes for a client that is not there. A public client shows its id and nothing else.
func (o *Okta) authenticateClient(request *http.Request) (client *app, why string) {
	id, secret := request.PostForm.Get("client_id"), request.PostForm.Get("client_secret")
	if name, password, ok := request.BasicAuth(); ok {
		id, _ = url.QueryUnescape(name)
		secret, _ = url.QueryUnescape(password)
	}
	client = o.org.client(id)
	if client == nil || text(client.document, "status") != "ACTIVE" {
		return nil, ""
	}
	settings := within(client.document, "credentials", "oauthClient")
	public := text(settings, "token_endpoint_auth_method") == "none"
	switch {
	case !o.holds(ClientsAuthenticate):
		return client, ""
	case public && secret != "", !public && (secret == "" || secret != text(settings, "client_secret")):
		return nil, badClient
	}
	return client, ""
}

// redeemCode answers the grant authorization_code (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
func (o *Okta) redeemCode(w http.ResponseWriter, request *http.Request, s *authorizationServer, client *app) {
	form := request.PostForm
	grant, valid := s.ledger.Redeem(form.Get("code"))
	switch {
	case !valid || grant.ClientID != client.clientID() && o.holds(CodesAreBound):
		oauthError(w, http.StatusBadRequest, "invalid_grant", "The authorization code is invalid or has expired.")
	case grant.RedirectURI != form.Get("redirect_uri") && o.holds(CodesAreBound):
		oauthError(w, http.StatusBadRequest, "invalid_grant", "The 'redirect_uri' does not match the redirection URI used in the authorization request.")
	case !grant.Proves(form.Get("code_verifier")) && o.holds(VerifiersAreChecked):
		oauthError(w, http.StatusBadRequest, "invalid_grant", "PKCE verification failed.")
	default:
		login := &refreshToken{family: rand.Text(), grant: grant, client: client.clientID(), granted: time.Now()}
		o.issue(w, request, s, login, s.scopesOf(grant.Scope))
	}
}

// tokenAnswer is the answer of the token endpoint (RFC 6749 section 5.1).
type tokenAnswer struct {
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"` // seconds
	AccessToken  string `json:"access_token"`
	Scope        string `json:"scope"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
}

// issue gives tokens for a login, if the person still may have them. The refresh token is the next
// of its family; a login's first one is asked for by the scope offline_access.
func (o *Okta) issue(w http.ResponseWriter, request *http.Request, s *authorizationServer, family *refreshToken, scopes []string) {
	client, u := o.org.client(family.client), o.org.user(family.grant.User.Name)
	if u == nil || client == nil {
		oauthError(w, http.StatusBadRequest, "invalid_grant", "The user is not active.")
		return
	}
	if why := o.denial(s, client, u, scopes); why != "" {
		oauthError(w, http.StatusBadRequest, "access_denied", why)
		return
	}
	life, _ := o.evaluate(s, asking{client, u, "authorization_code", scopes})
	b := tokenBuilder{
		okta: o, server: s, client: client, user: u, scopes: scopes, issuer: o.issuer(s, request), family: family,
		born: time.Now(), life: time.Duration(life.access) * time.Minute,
	}
	access, why := b.accessToken()
	if why != "" {
		oauthError(w, http.StatusBadRequest, "access_denied", why)
		return
	}
	s.issued[access] = b
	answer := tokenAnswer{TokenType: "Bearer", ExpiresIn: life.access * 60, AccessToken: access, Scope: strings.Join(scopes, " ")}
	if slices.Contains(scopes, "openid") {
		answer.IDToken = b.idToken(access)
	}
	if slices.Contains(scopes, "offline_access") && slices.Contains(words(client.document, "settings", "oauthClient", "grant_types"), "refresh_token") {
		answer.RefreshToken = o.nextRefreshToken(s, client, family, life)
	}
	w.Header().Set("Cache-Control", "no-cache, no-store")
	idptest.WriteJSON(w, http.StatusOK, answer)
}
