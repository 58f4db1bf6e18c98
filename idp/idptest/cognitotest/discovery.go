package cognitotest

import (
	"net/http"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// loginBase is where the pool's login pages and OAuth endpoints are.
func (c *Cognito) loginBase() string {
	if !c.holds(DomainIsElsewhere) {
		return c.URL()
	}
	return c.DomainURL()
}

// metadata answers with the issuer's discovery document (OpenID Connect Discovery). It tells what
// the pool can do, not what a client may: phone is listed always. It names no PKCE method, no
// registration endpoint and no iss parameter (RFC 9207), and without a domain no endpoints.
func (c *Cognito) metadata(w http.ResponseWriter, _ *http.Request) {
	document := object{
		"issuer":                                c.Issuer(),
		"jwks_uri":                              c.Issuer() + "/.well-known/jwks.json",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"code", "token"},
		"scopes_supported":                      []string{"openid", "email", "phone", "profile"},
		"subject_types_supported":               []string{"public"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
	}
	if len(c.pool.domains) > 0 {
		for name, path := range map[string]string{
			"authorization_endpoint": "/oauth2/authorize", "token_endpoint": "/oauth2/token", "userinfo_endpoint": "/oauth2/userInfo",
			"revocation_endpoint": "/oauth2/revoke", "end_session_endpoint": "/logout",
		} {
			document[name] = c.loginBase() + path
		}
	}
	idptest.WriteJSON(w, http.StatusOK, document)
}

// keys answers with the pool's public keys.
func (c *Cognito) keys(w http.ResponseWriter, _ *http.Request) {
	idptest.WriteJSON(w, http.StatusOK, c.signer.KeySet())
}
