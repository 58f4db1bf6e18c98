package keycloaktest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// tokenAnswer is a successful answer of the token endpoint (RFC 6749 section 5.1).
type tokenAnswer struct {
	AccessToken    string `json:"access_token"`
	ExpiresIn      int    `json:"expires_in"`
	RefreshExpires int    `json:"refresh_expires_in"`
	RefreshToken   string `json:"refresh_token,omitempty"`
	TokenType      string `json:"token_type"`
	IDToken        string `json:"id_token,omitempty"`
	NotBefore      int    `json:"not-before-policy"`
	SessionState   string `json:"session_state,omitempty"`
	Scope          string `json:"scope"`
}

// tokenRefusal is an error answer of the token endpoint (RFC 6749 section 5.2).
type tokenRefusal struct {
	status            int
	code, description string
}

func refuse(status int, code, description string) *tokenRefusal {
	return &tokenRefusal{status, code, description}
}

func (r *tokenRefusal) write(w http.ResponseWriter) {
	var description []string
	if r.description != "" {
		description = []string{r.description}
	}
	fail(w, r.status, "error", r.code, description...)
}

// token is the token endpoint.
func (k *Keycloak) token(w http.ResponseWriter, request *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
	_ = request.ParseForm() // what cannot be read is missing
	form := request.PostForm
	if request.PathValue("realm") == "master" && k.config.Realm != "master" {
		k.masterToken(w, form)
		return
	}
	grant, refused := k.grantOf(form)
	if refused != nil {
		refused.write(w)
		return
	}
	c, refused := k.authenticateClient(request)
	if refused != nil {
		refused.write(w)
		return
	}
	if origin := request.Header.Get("Origin"); origin != "" {
		if k.holds(OriginsMustBeListed) && !slices.Contains(originsAllowed(c), origin) && !slices.Contains(originsAllowed(c), "*") && origin != k.URL() {
			fail(w, http.StatusForbidden, "error", "Invalid origin")
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", origin)
	}
	answer, refused := grant(c, form)
	if refused != nil {
		refused.write(w)
		return
	}
	idptest.WriteJSON(w, http.StatusOK, answer)
}

// grantOf finds what answers to a grant type.
func (k *Keycloak) grantOf(form url.Values) (func(*client, url.Values) (*tokenAnswer, *tokenRefusal), *tokenRefusal) {
	switch kind := form.Get("grant_type"); kind {
	case "":
		return nil, refuse(http.StatusBadRequest, "invalid_request", "Missing form parameter: grant_type")
	case "authorization_code":
		return k.redeem, nil
	case "refresh_token":
		return k.refresh, nil
	case "password":
		return k.directAccess, nil
	case "client_credentials":
		return k.clientCredentials, nil
	case "urn:ietf:params:oauth:grant-type:device_code":
		return never("invalid_grant", "Client not allowed OAuth 2.0 Device Authorization Grant"), nil
	case "urn:openid:params:grant-type:ciba":
		return never("invalid_grant", "Client not allowed OIDC CIBA Grant"), nil
	case "urn:ietf:params:oauth:grant-type:token-exchange":
		return never("invalid_request", "Standard token exchange is not enabled for the requested client"), nil
	}
	return nil, refuse(http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant_type")
}

func never(code, description string) func(*client, url.Values) (*tokenAnswer, *tokenRefusal) {
	return func(*client, url.Values) (*tokenAnswer, *tokenRefusal) {
		return nil, refuse(http.StatusBadRequest, code, description)
	}
}

// authenticateClient finds the client by its id, and its secret if it has one, in the form or by
// HTTP Basic (RFC 6749 section 2.3.1).
func (k *Keycloak) authenticateClient(request *http.Request) (*client, *tokenRefusal) {
	id, secret := request.PostForm.Get("client_id"), request.PostForm.Get("client_secret")
	if user, password, ok := request.BasicAuth(); ok {
		id, secret = unescaped(user), unescaped(password)
	}
	const wrong = "Invalid client or Invalid client credentials"
	c := k.realm.client(id)
	switch {
	case id == "" || c == nil || !is(c.Enabled):
		return nil, refuse(http.StatusUnauthorized, "invalid_client", wrong)
	case !is(c.PublicClient) && (c.Secret == nil || *c.Secret != secret):
		return nil, refuse(http.StatusUnauthorized, "unauthorized_client", wrong)
	}
	return c, nil
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// originsAllowed are the web origins of a client; + stands for those of its redirect URIs.
func originsAllowed(c *client) []string {
	origins := []string{}
	for _, origin := range list(c.WebOrigins) {
		if origin == "+" {
			origins = append(origins, originsOf(list(c.RedirectURIs))...)
		} else {
			origins = append(origins, origin)
		}
	}
	return origins
}

// lifeOf is how long an access token of the client lives.
func lifeOf(c *client) time.Duration {
	if seconds, err := strconv.Atoi(c.attribute("access.token.lifespan")); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	return tokenLife
}

// tokensFor makes the tokens of a session, for the scope that is asked for.
func (k *Keycloak) tokensFor(s *session, asked, nonce string) *tokenAnswer {
	access := k.accessClaims(s, asked)
	answer := &tokenAnswer{
		AccessToken: k.keys.access.Sign(access), ExpiresIn: int(lifeOf(s.client).Seconds()), RefreshExpires: int(refreshLife.Seconds()),
		TokenType: "Bearer", SessionState: s.id, Scope: k.realm.shownScope(k.realm.scopesOf(s.client, asked), asked),
	}
	k.realm.callers[answer.AccessToken] = caller{
		roles: k.realm.roles[s.client.ClientID], expires: time.Now().Add(lifeOf(s.client)), session: s, asked: asked,
	}
	now := time.Now()
	refresh := claims{
		"iat": now.Unix(), "jti": newID(), "iss": k.Issuer(), "aud": k.Issuer(), "sub": s.user.id, "azp": s.client.ClientID,
		"sid": s.id, "scope": asked, "typ": "Refresh", "exp": now.Add(refreshLife).Unix(),
	}
	if s.offline {
		refresh["typ"], answer.RefreshExpires = "Offline", 0
		delete(refresh, "exp")
	}
	answer.RefreshToken = idptest.Compact(k.keys.own, refresh)
	if slices.Contains(strings.Fields(asked), "openid") {
		answer.IDToken = k.keys.access.Sign(k.idClaims(s, asked, nonce, answer.AccessToken))
	}
	return answer
}
