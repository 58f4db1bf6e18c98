package keycloaktest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

func badGrant(description string) *tokenRefusal {
	return refuse(http.StatusBadRequest, "invalid_grant", description)
}

func badScope(form url.Values) *tokenRefusal {
	return refuse(http.StatusBadRequest, "invalid_scope", "Invalid scopes: "+form.Get("scope"))
}

// redeem answers the authorization code grant (RFC 6749 section 4.1.3).
func (k *Keycloak) redeem(c *client, form url.Values) (*tokenAnswer, *tokenRefusal) {
	if !form.Has("code") {
		return nil, refuse(http.StatusBadRequest, "invalid_request", "Missing parameter: code")
	}
	issued, known := k.realm.codes[form.Get("code")]
	if !known || time.Now().After(issued.expires) {
		return nil, badGrant("Code not valid")
	}
	if k.holds(CodesWorkOnce) {
		delete(k.realm.codes, form.Get("code"))
	}
	switch {
	case k.holds(CodesAreBound) && form.Get("redirect_uri") != issued.asked.redirectURI:
		return nil, badGrant("Incorrect redirect_uri")
	case k.holds(CodesAreBound) && c != issued.asked.client:
		return nil, badGrant("Auth error: Found different client_id in clientSession")
	}
	if k.holds(VerifiersAreChecked) {
		if wrong := wrongVerifier(issued.asked, form.Get("code_verifier")); wrong != "" {
			return nil, badGrant(wrong)
		}
	}
	return k.grant(issued.session, issued.asked.scope, issued.asked.nonce)
}

// grant makes the first tokens of a session, offline ones if that is asked for and allowed.
func (k *Keycloak) grant(s *session, scope, nonce string) (*tokenAnswer, *tokenRefusal) {
	if slices.Contains(k.realm.scopesOf(s.client, scope), "offline_access") {
		if s.user.NoOfflineAccess && k.holds(OfflineNeedsARole) {
			return nil, refuse(http.StatusBadRequest, "not_allowed", "Offline tokens not allowed for the user or client")
		}
		s.offline = true
	}
	return k.tokensFor(s, scope, nonce), nil
}

// wrongVerifier says what is wrong with a PKCE verifier (RFC 7636 section 4.6).
func wrongVerifier(a *authorization, verifier string) string {
	switch {
	case a.challenge == "" && verifier != "":
		return "PKCE code verifier specified but challenge not present in authorization"
	case a.challenge == "":
		return ""
	case verifier == "":
		return "PKCE code verifier not specified"
	case !challengePattern.MatchString(verifier):
		return "PKCE verification failed: Invalid code verifier"
	}
	derived := verifier
	if a.method == "S256" {
		hash := sha256.Sum256([]byte(verifier))
		derived = base64.RawURLEncoding.EncodeToString(hash[:])
	}
	if derived != a.challenge {
		return "PKCE verification failed: Code mismatch"
	}
	return ""
}

// refresh answers the refresh token grant (RFC 6749 section 6). A token may be used again; a
// narrower scope is granted, a wider one refused.
func (k *Keycloak) refresh(c *client, form url.Values) (*tokenAnswer, *tokenRefusal) {
	if !form.Has("refresh_token") {
		return nil, refuse(http.StatusBadRequest, "invalid_request", "No refresh token")
	}
	own := k.keys.ownClaims(form.Get("refresh_token"))
	if own == nil {
		return nil, badGrant("Invalid refresh token")
	}
	sid, _ := own["sid"].(string)
	scope, _ := own["scope"].(string)
	s, alive := k.realm.sessions[sid]
	switch {
	case k.holds(RefreshTokensAreBound) && own["azp"] != c.ClientID:
		return nil, badGrant("Invalid refresh token. Token client and authorized client don't match")
	case !alive && !k.holds(SessionsCanEnd):
		s = &session{id: sid, client: c, user: k.realm.userByID(own["sub"])}
	case !alive && own["typ"] == "Offline":
		return nil, badGrant("Offline user session not found")
	case !alive:
		return nil, badGrant("Session not active")
	}
	if form.Has("scope") {
		granted := strings.Fields(scope)
		for _, name := range strings.Fields(form.Get("scope")) {
			if !slices.Contains(granted, name) && !slices.Contains(list(c.DefaultClientScopes), name) {
				return nil, badScope(form)
			}
		}
		scope = form.Get("scope")
	}
	return k.tokensFor(s, scope, ""), nil
}

func (r *realm) userByID(id any) *user {
	for _, u := range r.users {
		if u.id == id {
			return u
		}
	}
	return &user{}
}

// directAccess answers the password grant (RFC 6749 section 4.3).
func (k *Keycloak) directAccess(c *client, form url.Values) (*tokenAnswer, *tokenRefusal) {
	if !is(c.DirectAccessGrants) && k.holds(GrantsCanBeDisabled) {
		return nil, refuse(http.StatusBadRequest, "unauthorized_client", "Client not allowed for direct access grants")
	}
	if !form.Has("username") {
		return nil, refuse(http.StatusUnauthorized, "invalid_request", "Missing parameter: username")
	}
	if !validScope(c, form) {
		return nil, badScope(form)
	}
	person := k.realm.userNamed(form.Get("username"))
	if person == nil || person.Password != form.Get("password") {
		return nil, badGrant("Invalid user credentials")
	}
	return k.grant(k.startSession(c, person), form.Get("scope"), "")
}

// clientCredentials answers for a service account (RFC 6749 section 4.4), without a refresh
// token.
func (k *Keycloak) clientCredentials(c *client, form url.Values) (*tokenAnswer, *tokenRefusal) {
	switch {
	case is(c.PublicClient):
		return nil, refuse(http.StatusUnauthorized, "unauthorized_client", "Public client not allowed to retrieve service account")
	case !is(c.ServiceAccounts) && k.holds(GrantsCanBeDisabled):
		return nil, refuse(http.StatusUnauthorized, "unauthorized_client", "Client not enabled to retrieve service account")
	case !validScope(c, form):
		return nil, badScope(form)
	}
	account := &user{User: User{Name: "service-account-" + c.ClientID}, id: newID()}
	answer := k.tokensFor(&session{id: newID(), client: c, user: account}, form.Get("scope"), "")
	answer.RefreshToken, answer.RefreshExpires, answer.SessionState = "", 0, ""
	return answer, nil
}

func (k *Keycloak) startSession(c *client, person *user) *session {
	s := &session{id: rand.Text(), client: c, user: person, authenticated: time.Now()}
	k.realm.sessions[s.id] = s
	return s
}
