package oktatest

import (
	"net/http"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// onLogin finds the authorization server of a path, the org's own without a name, and answers for
// one that cannot be used.
func (o *Okta) onLogin(handle func(http.ResponseWriter, *http.Request, *authorizationServer)) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		id := request.PathValue("server")
		if id == "" {
			handle(w, request, o.org.servers[0])
			return
		}
		if refusal, refused := o.unlicensed(request); refused {
			refusal.write(w)
			return
		}
		s := o.org.server(id)
		if s == nil || text(s.document, "status") != "ACTIVE" && o.holds(InactiveServersAreShut) {
			missing(id, "AuthorizationServer").write(w)
			return
		}
		handle(w, request, s)
	}
}

// endpoints is where the endpoints of a server are below.
func (o *Okta) endpoints(s *authorizationServer, request *http.Request) string {
	if s.isOrg() {
		return o.issuer(s, request) + "/oauth2/v1"
	}
	return o.issuer(s, request) + "/v1"
}

// oauthMetadata is the document of RFC 8414, openIDMetadata that of OpenID Connect Discovery. Both
// stand behind the issuer; the forms with the path inserted are not served.
func (o *Okta) oauthMetadata(w http.ResponseWriter, request *http.Request, s *authorizationServer) {
	idptest.WriteJSON(w, http.StatusOK, o.metadata(request, s))
}

func (o *Okta) openIDMetadata(w http.ResponseWriter, request *http.Request, s *authorizationServer) {
	m := o.metadata(request, s)
	m["userinfo_endpoint"] = o.endpoints(s, request) + "/userinfo"
	m["id_token_signing_alg_values_supported"] = []string{"RS256"}
	m["claims_supported"] = []string{
		"iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "idp", "nonce", "name", "nickname", "preferred_username",
		"given_name", "middle_name", "family_name", "email", "email_verified", "profile", "zoneinfo", "locale", "address", "phone_number",
		"picture", "website", "gender", "birthdate", "updated_at", "at_hash", "c_hash",
	}
	idptest.WriteJSON(w, http.StatusOK, m)
}

// metadata lists all endpoints that Okta has; of those for tokens that nobody here asks for, the
// stand-in serves none.
func (o *Okta) metadata(request *http.Request, s *authorizationServer) map[string]any {
	endpoint := o.endpoints(s, request)
	clientAuth := []string{"client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"}
	scopes := []string{}
	for _, scope := range s.scopes {
		if text(scope, "metadataPublish") == "ALL_CLIENTS" {
			scopes = append(scopes, text(scope, "name"))
		}
	}
	m := map[string]any{
		"issuer":                                o.issuer(s, request),
		"authorization_endpoint":                endpoint + "/authorize",
		"token_endpoint":                        endpoint + "/token",
		"jwks_uri":                              endpoint + "/keys",
		"registration_endpoint":                 o.baseURL(request) + "/oauth2/v1/clients",
		"introspection_endpoint":                endpoint + "/introspect",
		"revocation_endpoint":                   endpoint + "/revoke",
		"end_session_endpoint":                  endpoint + "/logout",
		"device_authorization_endpoint":         endpoint + "/device/authorize",
		"response_types_supported":              []string{"code", "id_token", "code id_token", "code token", "id_token token", "code id_token token"},
		"response_modes_supported":              []string{"query", "fragment", "form_post", "okta_post_message"},
		"grant_types_supported":                 []string{"authorization_code", "implicit", "refresh_token", "password", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"},
		"subject_types_supported":               []string{"public"},
		"scopes_supported":                      scopes,
		"token_endpoint_auth_methods_supported": clientAuth,
		"code_challenge_methods_supported":      []string{"S256"},
		"request_parameter_supported":           true,
	}
	if o.config.IssuerInRedirects {
		m["authorization_response_iss_parameter_supported"] = true
	}
	return m
}

// keys publishes the keys of a server. Those that sign the access tokens of the org authorization
// server are not among them: such a token is for Okta alone.
func (o *Okta) keys(w http.ResponseWriter, _ *http.Request, s *authorizationServer) {
	idptest.WriteJSON(w, http.StatusOK, s.signer.KeySet())
}

// accessSigner signs access tokens.
func (o *Okta) accessSigner(s *authorizationServer) *idptest.Signer {
	if !s.isOrg() || !o.holds(OrgTokensAreOpaque) {
		return s.signer
	}
	return s.secret
}
