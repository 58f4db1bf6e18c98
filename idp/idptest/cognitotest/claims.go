package cognitotest

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// tokens makes an access token, and an ID token where openid was asked for.
func (c *Cognito) tokens(p *client, g idptest.Grant) *tokenAnswer {
	life := p.accessLife()
	answer := &tokenAnswer{AccessToken: c.signer.Sign(c.accessClaims(p, g, life)), ExpiresIn: int(life.Seconds()), TokenType: "Bearer"}
	if slices.Contains(strings.Fields(g.Scope), "openid") || !c.holds(IDTokenNeedsOpenID) {
		answer.IDToken = c.signer.Sign(c.idClaims(p, g))
	}
	return answer
}

// accessClaims are the claims of an access token (developer guide, "Understanding the access
// token"): it names its client in client_id, and has an audience only where a resource was asked
// for and can be bound.
func (c *Cognito) accessClaims(p *client, g idptest.Grant, life time.Duration) map[string]any {
	claims := c.userClaims(g, life)
	claims["token_use"], claims["client_id"], claims["version"] = "access", p.id, 2
	claims["username"], claims["scope"] = g.User.Name, g.Scope
	if g.Resource != "" && c.bindsResources() {
		claims["aud"] = g.Resource
	}
	if !c.holds(NoAudience) {
		claims["aud"] = p.id
	}
	return claims
}

func (c *Cognito) idClaims(p *client, g idptest.Grant) map[string]any {
	claims := c.userClaims(g, p.idLife())
	claims["token_use"], claims["aud"], claims["cognito:username"] = "id", p.id, g.User.Name
	if g.User.Email != "" {
		claims["email"], claims["email_verified"] = g.User.Email, true
	}
	if g.Nonce != "" {
		claims["nonce"] = g.Nonce
	}
	return claims
}

// userClaims are what both tokens say of the user.
func (c *Cognito) userClaims(g idptest.Grant, life time.Duration) map[string]any {
	issued := time.Now()
	claims := map[string]any{
		"iss": c.Issuer(), "iat": issued.Unix(), "auth_time": issued.Unix(), "exp": issued.Add(life).Unix(),
		"jti": newUUID(), "origin_jti": newUUID(), "event_id": newUUID(),
	}
	groups := g.User.Groups
	if person := c.pool.user(g.User.Name); person != nil {
		claims["sub"], groups = person.sub, person.Groups
	}
	if len(groups) > 0 || !c.holds(NoGroupsNoClaim) {
		claims["cognito:groups"] = groups
	}
	return claims
}

// machineToken is the token of a client that acts for itself.
func (c *Cognito) machineToken(p *client, scope string) *tokenAnswer {
	issued, life := time.Now(), p.accessLife()
	claims := map[string]any{
		"iss": c.Issuer(), "iat": issued.Unix(), "auth_time": issued.Unix(), "exp": issued.Add(life).Unix(), "jti": rand.Text(),
		"sub": p.id, "client_id": p.id, "token_use": "access", "version": 2, "scope": scope,
	}
	return &tokenAnswer{AccessToken: c.signer.Sign(claims), ExpiresIn: int(life.Seconds()), TokenType: "Bearer"}
}

// bindsResources reports whether the pool binds access tokens to a resource (RFC 8707): with
// managed login, and more than the Lite plan.
func (c *Cognito) bindsResources() bool {
	return c.managedLogin() && c.config.Tier != "LITE" || !c.holds(ResourceNeedsPlan)
}

// isResource reports whether a resource is a URL that can be bound: https, http on loopback, or
// a scheme of its own.
func isResource(resource string) bool {
	parsed, err := url.Parse(resource)
	return err == nil && parsed.Scheme != "" && (parsed.Scheme != "http" || isLoopback(parsed.Hostname()))
}

// userInfo answers with the claims of the user whose access token is sent.
func (c *Cognito) userInfo(w http.ResponseWriter, request *http.Request) {
	token, _ := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
	claims := map[string]any{}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err == nil {
		err = parsed.Claims(c.signer.Public(), &claims)
	}
	scope, _ := claims["scope"].(string)
	name, _ := claims["username"].(string)
	person := c.pool.user(name)
	if err != nil || person == nil || !slices.Contains(strings.Fields(scope), "openid") {
		idptest.WriteJSON(w, http.StatusUnauthorized, tokenRefusal{"invalid_token", "Access token does not contain openid scope"})
		return
	}
	idptest.WriteJSON(w, http.StatusOK, object{"sub": person.sub, "username": person.Name, "email": person.Email, "email_verified": "true"})
}
