package registrytest

import (
	"context"
	"crypto/subtle"
	"net/http"
	"strings"
)

// bearer is the token of a request; empty if there is none. X-Authorization is read first.
func (now *snapshot) bearer(req *http.Request) string {
	header := req.Header.Get("X-Authorization")
	if header == "" || !now.holds(XAuthorizationFirst) {
		header = req.Header.Get("Authorization")
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// apiUser is who asks the API; nil for nobody that is known.
func (r *Registry) apiUser(now *snapshot, req *http.Request) *identity {
	token := now.bearer(req)
	if known := now.static(token); known != nil {
		return known
	}
	return r.user(req.Context(), now, token, "")
}

// serverUser is who calls the server with that name; nil for nobody that is known.
func (r *Registry) serverUser(now *snapshot, req *http.Request, server string) *identity {
	token := now.bearer(req)
	if known := now.static(token); known != nil && !now.holds(StaticTokensForAPIOnly) {
		return known
	}
	return r.user(req.Context(), now, token, server)
}

// static knows the admin token and the named keys.
func (now *snapshot) static(token string) *identity {
	if equal(token, now.AdminToken) {
		return now.operator()
	}
	for _, k := range now.Keys {
		if equal(token, k.Token) {
			return &identity{name: k.Name, method: "network-trusted", groups: listOf(k.Groups), scopes: now.mapped(k.Groups)}
		}
	}
	return nil
}

func equal(token, want string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(token), []byte(want)) == 1
}

// user knows the tokens of the identity provider. server is empty for the API.
func (r *Registry) user(ctx context.Context, now *snapshot, token, server string) *identity {
	if token == "" {
		return nil
	}
	c, err := r.issuer.verify(ctx, now.Issuer, token)
	if err != nil || !now.accepts(c, server) {
		return nil
	}
	groups := now.groupsOf(c)
	return &identity{
		name: c.user(now.Provider), method: "oauth2", clientID: c.client(now),
		groups: groups, scopes: now.mapped(groups),
	}
}
