package oktatest

import (
	"cmp"
	"crypto/rand"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// refreshToken is a refresh token. Those that came from one login are a family.
type refreshToken struct {
	family  string
	grant   idptest.Grant
	client  string
	granted time.Time // the login
	used    time.Time // issued or last redeemed
	rotated time.Time // replaced by the next one; zero while it is not
	life    lifetimes
}

// redeemRefreshToken answers the grant refresh_token (RFC 6749 section 6). The scopes may be fewer.
func (o *Okta) redeemRefreshToken(w http.ResponseWriter, request *http.Request, s *authorizationServer, client *app) {
	const invalid = "The refresh token is invalid or expired."
	r := s.refresh[request.PostForm.Get("refresh_token")]
	if r == nil || r.client != client.clientID() && o.holds(RefreshTokensAreBound) || r.expired() {
		oauthError(w, http.StatusBadRequest, "invalid_grant", invalid)
		return
	}
	if o.reused(r, client) {
		s.end(r)
		oauthError(w, http.StatusBadRequest, "invalid_grant", invalid)
		return
	}
	scopes := s.scopesOf(r.grant.Scope)
	if asked := strings.Fields(request.PostForm.Get("scope")); len(asked) > 0 {
		if slices.ContainsFunc(asked, func(scope string) bool { return !slices.Contains(scopes, scope) }) {
			oauthError(w, http.StatusBadRequest, "invalid_scope", "The requested scope is invalid, unknown, or malformed.")
			return
		}
		scopes = asked
	}
	o.issue(w, request, s, r, scopes)
}

// expired reports whether the login is too long ago, or the token was not used for too long.
func (r *refreshToken) expired() bool {
	life, window := time.Duration(r.life.refresh)*time.Minute, time.Duration(r.life.window)*time.Minute
	return life > 0 && time.Since(r.granted) > life || time.Since(r.used) > window
}

// reused reports whether a token was replaced longer ago than the client's grace period.
func (o *Okta) reused(r *refreshToken, client *app) bool {
	leeway := time.Duration(number(client.document, 0, "settings", "oauthClient", "refresh_token", "leeway")) * time.Second
	return !r.rotated.IsZero() && time.Since(r.rotated) > leeway && o.holds(RefreshTokensRotate)
}

// revoke is the revocation endpoint (RFC 7009): whatever is shown, it is worth nothing afterwards.
func (o *Okta) revoke(w http.ResponseWriter, request *http.Request, s *authorizationServer) {
	_ = request.ParseForm() // what cannot be read is missing
	client, why := o.authenticateClient(request)
	if client == nil {
		oauthError(w, http.StatusUnauthorized, "invalid_client", cmp.Or(why, badClient))
		return
	}
	token := request.PostForm.Get("token")
	if r := s.refresh[token]; r != nil && r.client == client.clientID() {
		s.end(r)
	}
	delete(s.issued, token)
	w.WriteHeader(http.StatusOK)
}

// end takes back a refresh token with all its family.
func (s *authorizationServer) end(r *refreshToken) {
	maps.DeleteFunc(s.refresh, func(_ string, other *refreshToken) bool { return other.family == r.family })
}

// nextRefreshToken gives a login its first refresh token; later the same again, or a new one where
// the client's tokens rotate.
func (o *Okta) nextRefreshToken(s *authorizationServer, client *app, r *refreshToken, life lifetimes) string {
	rotates := text(client.document, "settings", "oauthClient", "refresh_token", "rotation_type") == "ROTATE"
	r.life, r.used = life, time.Now()
	for token, known := range s.refresh {
		if known != r {
			continue
		}
		if !rotates || !o.holds(RefreshTokensRotate) {
			return token
		}
		if r.rotated.IsZero() {
			r.rotated = time.Now()
		}
	}
	next := *r
	next.rotated = time.Time{}
	token := rand.Text()
	s.refresh[token] = &next
	return token
}

// Age makes every refresh token older, as if that time had passed.
func (o *Okta) Age(by time.Duration) {
	o.Locked(func() {
		for _, s := range o.org.servers {
			for _, r := range s.refresh {
				r.granted, r.used = r.granted.Add(-by), r.used.Add(-by)
				if !r.rotated.IsZero() {
					r.rotated = r.rotated.Add(-by)
				}
			}
		}
	})
}

// RevokeSessions takes every refresh token back.
func (o *Okta) RevokeSessions() {
	o.Locked(func() {
		for _, s := range o.org.servers {
			clear(s.refresh)
			clear(s.issued)
		}
	})
}
