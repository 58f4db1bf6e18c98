package oktatest

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"time"
)

// tokenBuilder fills the tokens of one login.
type tokenBuilder struct {
	okta   *Okta
	server *authorizationServer
	client *app
	user   *user
	scopes []string
	issuer string
	family *refreshToken
	born   time.Time
	life   time.Duration
}

// accessToken signs an access token; why tells that a claim cannot be filled.
func (b tokenBuilder) accessToken() (token, why string) {
	t := b.born
	claims := map[string]any{
		"ver": 1, "jti": newID("AT."), "iss": b.issuer, "aud": b.server.audience(), "iat": t.Unix(), "exp": t.Add(b.life).Unix(),
		"cid": b.client.clientID(), "uid": b.user.id(), "scp": b.scopes, "auth_time": b.family.granted.Unix(), "sub": b.user.login(),
	}
	if b.server.isOrg() {
		claims["aud"] = b.issuer
	}
	if why := b.fill(claims, resourceClaim); why != "" {
		return "", why
	}
	return b.okta.accessSigner(b.server).Sign(claims), ""
}

// idToken signs an ID token (OpenID Connect Core section 2).
func (b tokenBuilder) idToken(access string) string {
	t := b.born
	hash := sha256.Sum256([]byte(access))
	claims := map[string]any{
		"ver": 1, "jti": newID("ID."), "iss": b.issuer, "aud": b.client.clientID(), "iat": t.Unix(), "exp": t.Add(time.Hour).Unix(),
		"auth_time": b.family.granted.Unix(), "amr": []string{"pwd"}, "idp": b.okta.org.id,
		"at_hash": base64.RawURLEncoding.EncodeToString(hash[:16]),
	}
	if b.family.grant.Nonce != "" {
		claims["nonce"] = b.family.grant.Nonce
	}
	maps.Copy(claims, b.identity())
	return b.server.signer.Sign(claims)
}

// identity tells who logged in: the subject, what the scopes bring, and the server's own claims.
func (b tokenBuilder) identity() map[string]any {
	claims := map[string]any{"sub": b.user.id()}
	if slices.Contains(b.scopes, "profile") {
		claims["name"] = text(b.user.document, "profile", "firstName") + " " + text(b.user.document, "profile", "lastName")
		claims["preferred_username"] = b.user.login()
	}
	if slices.Contains(b.scopes, "email") {
		claims["email"] = text(b.user.document, "profile", "email")
	}
	_ = b.fill(claims, identityClaim) // a claim that cannot be filled is left out
	return claims
}

// fill adds the server's own claims of a kind: the active ones whose scopes are asked for. A claim
// without scopes is for every token.
func (b tokenBuilder) fill(claims map[string]any, kind string) (why string) {
	for _, c := range b.server.claims {
		scopes := words(c, "conditions", "scopes")
		asked := len(scopes) == 0 || slices.ContainsFunc(scopes, func(scope string) bool { return slices.Contains(b.scopes, scope) })
		if !asked && b.okta.holds(ClaimsAreForScopes) || text(c, "claimType") != kind && b.okta.holds(ClaimsAreForTokens) ||
			text(c, "status") != "ACTIVE" || c["system"] == true {
			continue
		}
		value, why := b.valueOf(c)
		if why != "" {
			return why
		}
		if value != nil {
			claims[text(c, "name")] = value
		}
	}
	return ""
}

// valueOf evaluates a claim: the names of groups that its filter admits, or one of a few
// expressions. A claim without a value is left out.
func (b tokenBuilder) valueOf(claim document) (value any, why string) {
	expression := text(claim, "value")
	if text(claim, "valueType") == "GROUPS" {
		return b.groups(claim)
	}
	if literal, ok := strings.CutPrefix(expression, `"`); ok {
		return strings.TrimSuffix(literal, `"`), ""
	}
	switch expression {
	case "user.login", "appuser.userName":
		return b.user.login(), ""
	case "user.email", "appuser.email":
		return text(b.user.document, "profile", "email"), ""
	}
	return nil, ""
}
