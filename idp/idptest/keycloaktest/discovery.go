package keycloaktest

import (
	"net/http"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// metadata answers with the realm's discovery document (RFC 8414, OpenID Connect Discovery), the
// same at each of its addresses. It tells what the server can do, and not what a client may.
func (k *Keycloak) metadata(w http.ResponseWriter, request *http.Request) {
	issuer := k.issuer(request.PathValue("realm"))
	endpoint := issuer + "/protocol/openid-connect"
	clientAuth := []string{"private_key_jwt", "client_secret_basic", "client_secret_post", "tls_client_auth", "client_secret_jwt"}
	w.Header().Set("Cache-Control", "no-cache, must-revalidate, no-transform, no-store")
	idptest.WriteJSON(w, http.StatusOK, map[string]any{
		"issuer":                        issuer,
		"authorization_endpoint":        endpoint + "/auth",
		"token_endpoint":                endpoint + "/token",
		"userinfo_endpoint":             endpoint + "/userinfo",
		"jwks_uri":                      endpoint + "/certs",
		"device_authorization_endpoint": endpoint + "/auth/device",
		"registration_endpoint":         issuer + "/clients-registrations/openid-connect",
		"grant_types_supported": []string{
			"authorization_code", "client_credentials", "implicit", "password", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code",
			"urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange",
			"urn:ietf:params:oauth:grant-type:uma-ticket", "urn:openid:params:grant-type:ciba",
		},
		"response_types_supported":              []string{"code", "none", "id_token", "token", "id_token token", "code id_token", "code token", "code id_token token"},
		"response_modes_supported":              []string{"query", "fragment", "form_post", "query.jwt", "fragment.jwt", "form_post.jwt", "jwt"},
		"subject_types_supported":               []string{"public", "pairwise"},
		"prompt_values_supported":               []string{"none", "login", "consent"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": clientAuth,
		"claims_supported":                      []string{"iss", "sub", "aud", "exp", "iat", "auth_time", "name", "given_name", "family_name", "preferred_username", "email", "acr", "azp", "nonce"},
		"scopes_supported": []string{
			"openid", "phone", "web-origins", "email", "offline_access", "basic", "organization", "address", "microprofile-jwt", "acr",
			"service_account", "profile", "roles",
		},
		"code_challenge_methods_supported":               []string{"plain", "S256"},
		"authorization_response_iss_parameter_supported": true,
		"require_pushed_authorization_requests":          false,
	})
}

// preflight answers a browser that asks whether scripts may call the token endpoint.
func preflight(w http.ResponseWriter, request *http.Request) {
	if origin := request.Header.Get("Origin"); origin != "" {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Methods", "POST, OPTIONS")
	}
	w.WriteHeader(http.StatusOK)
}

// device refuses the device authorization grant (RFC 8628), which the stand-in does not run.
func (k *Keycloak) device(w http.ResponseWriter, request *http.Request) {
	_ = request.ParseForm() // what cannot be read is missing
	if _, refused := k.authenticateClient(request); refused != nil {
		refused.write(w)
		return
	}
	fail(w, http.StatusBadRequest, "error", "unauthorized_client", "Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. The flow is disabled for the client.")
}
