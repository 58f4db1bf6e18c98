package registrytest

import (
	"net/http"
	"strings"
)

// serveAPI answers the routes of the registry. Some are public, one has a challenge of its own,
// some are for browser sessions only.
func (r *Registry) serveAPI(c Config, w http.ResponseWriter, request *http.Request) {
	path := request.URL.Path
	switch path {
	case "/api/version":
		version := c.Version
		if !c.holds(VersionUnstamped) {
			version = "1.30.0"
		}
		answer(w, http.StatusOK, map[string]string{"version": version, "ui_title": "AI Gateway & Registry"})
		return
	case "/api/auth/providers":
		names := map[string]string{"keycloak": "Keycloak", "okta": "Okta", "cognito": "Cognito", "entra": "Microsoft Entra ID"}
		answer(w, http.StatusOK, map[string]any{"providers": []map[string]string{{"name": c.Provider, "display_name": names[c.Provider]}}})
		return
	case "/api/auth/config":
		answer(w, http.StatusOK, map[string]string{"auth_server_url": r.publicURL(c)})
		return
	}
	who, known := r.identify(request, c, nil)
	switch {
	case !known && path == "/api/auth/me":
		r.challenge(c, w, nil)
	case !known && c.holds(PageForAPI):
		w.Header().Set("WWW-Authenticate", "Bearer")
		page(w, http.StatusUnauthorized)
	case !known:
		detail(w, http.StatusUnauthorized, "Authentication required")
	case path == "/api/auth/me":
		answer(w, http.StatusOK, c.me(who))
	case cookieOnly(request) && c.holds(CookieOnlyConfig):
		detail(w, http.StatusUnauthorized, "Authentication required")
	case path == "/api/servers" && request.Method == http.MethodGet:
		r.serveList(c, w, request, who)
	case strings.HasPrefix(path, "/api/servers/") && request.Method == http.MethodGet:
		r.serveServer(c, w, strings.TrimPrefix(path, "/api/servers/"), who)
	default:
		detail(w, http.StatusNotFound, "Not Found")
	}
}

func cookieOnly(request *http.Request) bool {
	switch request.URL.Path {
	case "/api/config", "/api/config/full", "/api/config/export", "/api/tokens/generate":
		return true
	}
	return false
}
