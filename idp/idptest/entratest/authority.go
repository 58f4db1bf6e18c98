package entratest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// authorityRoutes are the sign-in endpoints of the tenant.
func (e *Entra) authorityRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /common/discovery/instance", e.instance)
	mux.HandleFunc("GET /msi/token", e.managedToken)
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET /{tenant}/v2.0/.well-known/openid-configuration": e.metadata,
		"GET /{tenant}/.well-known/openid-configuration":      e.firstMetadata,
		"GET /{tenant}/discovery/v2.0/keys":                   e.keys,
		"GET /{tenant}/discovery/keys":                        e.keys,
		"GET /{tenant}/oauth2/v2.0/authorize":                 e.authorize,
		"POST /{tenant}/oauth2/v2.0/authorize":                e.authorize,
		"POST /{tenant}/login":                                e.login,
		"POST /{tenant}/consent":                              e.consent,
	} {
		mux.HandleFunc(pattern, e.inTenant(handle))
	}
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", e.token)
}

// named reports whether the word in an address names the tenant: by its id, by a domain, or as
// one of all.
func (e *Entra) named(word string) bool {
	return strings.EqualFold(word, e.config.Tenant) || slices.Contains([]string{"common", "organizations"}, word) || slices.Contains(e.config.Domains, word)
}

// inTenant answers for tenants that do not exist.
func (e *Entra) inTenant(handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		word := request.PathValue("tenant")
		switch {
		case e.named(word):
			handle(w, request)
		case strings.HasSuffix(request.URL.Path, "/authorize"):
			unknownTenant(word).show(w)
		default:
			r := unknownTenant(word)
			r.code = "invalid_tenant"
			r.write(w)
		}
	}
}

// metadata is the OpenID configuration (OpenID Connect Discovery section 4) as Entra writes it:
// it does not tell that PKCE is supported, nor a client without authentication.
func (e *Entra) metadata(w http.ResponseWriter, request *http.Request) {
	tenant := base(request) + "/" + e.config.Tenant
	document := fields{
		"issuer": tenant + "/v2.0", "authorization_endpoint": tenant + "/oauth2/v2.0/authorize", "token_endpoint": tenant + "/oauth2/v2.0/token",
		"device_authorization_endpoint": tenant + "/oauth2/v2.0/devicecode", "end_session_endpoint": tenant + "/oauth2/v2.0/logout",
		"jwks_uri": tenant + "/discovery/v2.0/keys", "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"subject_types_supported":               []string{"pairwise"}, "id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                []string{"openid", "profile", "email", "offline_access"},
		"request_uri_parameter_supported": false, "http_logout_supported": true, "frontchannel_logout_supported": true,
		"claims_supported": []string{
			"sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat",
			"auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email",
		},
		"tenant_region_scope": "EU", "cloud_instance_name": "microsoftonline.com", "cloud_graph_host_name": "graph.windows.net",
		"msgraph_host": "graph.microsoft.com", "rbac_url": "https://pas.windows.net",
	}
	if !e.holds(MetadataHidesPKCE) {
		document["code_challenge_methods_supported"] = []string{"S256"}
	}
	idptest.WriteJSON(w, http.StatusOK, document)
}

// firstMetadata is the document of version 1, whose issuer stands in tokens of version 1.
func (e *Entra) firstMetadata(w http.ResponseWriter, request *http.Request) {
	tenant := base(request) + "/" + e.config.Tenant
	idptest.WriteJSON(w, http.StatusOK, fields{
		"issuer": tenant + "/", "authorization_endpoint": tenant + "/oauth2/authorize", "token_endpoint": tenant + "/oauth2/token",
		"jwks_uri": tenant + "/discovery/keys", "response_types_supported": []string{"code", "id_token", "code id_token", "token id_token", "token"},
		"subject_types_supported": []string{"pairwise"}, "id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

// instance is what Microsoft's libraries ask about an authority that they do not know.
func (e *Entra) instance(w http.ResponseWriter, request *http.Request) {
	host := request.Host
	idptest.WriteJSON(w, http.StatusOK, fields{
		"tenant_discovery_endpoint": base(request) + "/" + e.config.Tenant + "/v2.0/.well-known/openid-configuration", "api-version": "1.1",
		"metadata": []fields{{"preferred_network": host, "preferred_cache": host, "aliases": []string{host}}},
	})
}

func (e *Entra) keys(w http.ResponseWriter, _ *http.Request) {
	idptest.WriteJSON(w, http.StatusOK, e.signer.KeySet())
}
