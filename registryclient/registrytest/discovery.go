package registrytest

import (
	"net/http"
	"strings"
)

const resourceMetadata = "/.well-known/oauth-protected-resource"

// appends reports whether the server is called at /mcp: unset means it is.
func appends(s Server) bool { return s.AppendMCPPath == nil || *s.AppendMCPPath }

// hasOwnMetadata reports whether a server has resource metadata beside the gateway's.
func hasOwnMetadata(c Config, s Server) bool {
	return c.Provider == "entra" || s.EgressAuthMode == "obo_exchange" || !c.holds(NoServerMetadata)
}

func (r *Registry) serveDiscovery(c Config, w http.ResponseWriter, request *http.Request) {
	path := request.URL.Path
	origin := r.publicURL(c)
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case path == resourceMetadata:
		answer(w, http.StatusOK, c.resource(origin, origin, c.AdvertisedScopes))
	case strings.HasPrefix(path, resourceMetadata+"/"):
		server := c.find(strings.TrimSuffix(strings.TrimPrefix(path, resourceMetadata), "/mcp"))
		if server == nil || !hasOwnMetadata(c, *server) {
			w.Header().Del("Cache-Control")
			detail(w, http.StatusNotFound, "no per-server resource metadata")
			return
		}
		resource := origin + "/" + server.key()
		if appends(*server) && !strings.HasSuffix(server.key(), "/mcp") {
			resource += "/mcp"
		}
		answer(w, http.StatusOK, c.resource(origin, resource, []string{resource + "/user_impersonation"}))
	case path == "/.well-known/oauth-authorization-server":
		r.serveAuthorizationServer(c, w, request)
	default:
		detail(w, http.StatusNotFound, "Not Found")
	}
}

func (c Config) resource(origin, resource string, scopes []string) map[string]any {
	return map[string]any{
		"resource": resource, "authorization_servers": []string{c.Issuer}, "scopes_supported": scopes,
		"bearer_methods_supported": []string{"header"}, "resource_documentation": origin + "/docs/oauth",
	}
}

// serveAuthorizationServer repeats the identity provider's document: whole for Keycloak, and for
// the others without what their own clients would need no secret for.
func (r *Registry) serveAuthorizationServer(c Config, w http.ResponseWriter, request *http.Request) {
	meta, err := r.issuer.metadata(request.Context(), c.Issuer)
	if err != nil {
		w.Header().Del("Cache-Control")
		detail(w, http.StatusBadGateway, "Failed to build authorization server metadata")
		return
	}
	if c.Provider == "keycloak" {
		answer(w, http.StatusOK, meta)
		return
	}
	kept := map[string]any{
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"grant_types_supported":                 []string{"authorization_code", "refresh_token", "client_credentials"},
		"code_challenge_methods_supported":      []string{"S256"},
	}
	for _, name := range []string{"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint", "response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported", "scopes_supported"} {
		if value, ok := meta[name]; ok {
			kept[name] = value
		}
	}
	answer(w, http.StatusOK, kept)
}
