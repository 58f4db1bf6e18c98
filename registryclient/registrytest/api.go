package registrytest

import (
	"net/http"
	"strings"
)

// serveAPI answers below /api/: some routes for everybody, the others for who is known.
func (r *Registry) serveAPI(w http.ResponseWriter, req *http.Request, now *snapshot, path string) {
	if strings.HasPrefix(path, "/api/auth/") && path != "/api/auth/me" || path == "/api/version" {
		now.servePublic(w, req, path)
		return
	}
	who := r.apiUser(now, req)
	switch {
	case path == "/api/config" && !now.holds(ConfigForSessionsOnly):
		get(w, req, func() { answer(w, http.StatusOK, now.publicConfig()) })
	case who == nil && (path == "/api/auth/me" || !now.holds(HTMLChallenge)):
		challenge(w, now, now.PublicURL+resourceMetadata)
	case who == nil:
		w.Header().Set("WWW-Authenticate", "Bearer")
		page(w, http.StatusUnauthorized)
	case path == "/api/auth/me":
		get(w, req, func() { answer(w, http.StatusOK, me(who)) })
	case path == "/api/stats":
		get(w, req, func() { r.serveStats(w, now) })
	case browserOnly(req.Method, path) && now.holds(BrowserSessionsOnly):
		detail(w, http.StatusUnauthorized, "Authentication required")
	case scopesOnly(path) != "" && !who.isAdmin() && now.holds(ScopesForAdminsOnly):
		detail(w, http.StatusForbidden, scopesOnly(path))
	case scopesOnly(path) != "":
		r.serveScopes(w, req, now, who, path)
	case path == "/api/servers/register" && req.Method == http.MethodPost:
		r.serveRegister(w, req, now, who)
	case path == "/api/servers/toggle" && req.Method == http.MethodPost:
		r.serveToggle(w, req, now)
	case path == "/api/servers/remove" && req.Method == http.MethodPost:
		r.serveRemove(w, req, now, who)
	case req.Method == http.MethodPut && strings.HasPrefix(path, "/api/servers/") && !reserved(strings.TrimPrefix(path, "/api/servers")):
		r.servePut(w, req, now, who, strings.TrimPrefix(path, "/api/servers"))
	case req.Method == http.MethodPatch && strings.HasPrefix(path, "/api/servers/") && !reserved(strings.TrimPrefix(path, "/api/servers")):
		r.servePatch(w, req, now, who, strings.TrimPrefix(path, "/api/servers"))
	case path == "/api/servers" || strings.HasPrefix(path, "/api/servers/"):
		now.serveServers(w, req, who, strings.TrimPrefix(path, "/api/servers"))
	default:
		detail(w, http.StatusNotFound, "Not Found")
	}
}

func (now *snapshot) servePublic(w http.ResponseWriter, req *http.Request, path string) {
	var body any
	switch path {
	case "/api/version":
		body = map[string]string{"version": now.Version, "ui_title": "AI Gateway & Registry"}
	case "/api/auth/providers":
		body = map[string]any{"providers": []map[string]string{
			{"name": now.Provider, "display_name": providerTitles()[now.Provider]},
		}}
	case "/api/auth/config":
		body = map[string]string{"auth_server_url": now.PublicURL}
	default:
		detail(w, http.StatusNotFound, "Not Found")
		return
	}
	get(w, req, func() { answer(w, http.StatusOK, body) })
}

// get runs what answers a GET, and refuses other methods.
func get(w http.ResponseWriter, req *http.Request, run func()) {
	if req.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		detail(w, http.StatusMethodNotAllowed, "Method Not Allowed")
		return
	}
	run()
}

// browserOnly tells routes that know only the session of a browser, whatever the token.
func browserOnly(method, path string) bool {
	switch path {
	case "/api/config", "/api/config/full", "/api/config/export":
		return method == http.MethodGet
	case "/api/tokens/generate":
		return method == http.MethodPost
	}
	return false
}

// publicConfig is what everybody could read of the configuration before release 1.26.
func (now *snapshot) publicConfig() document {
	return document{"deployment_mode": now.DeploymentMode, "registry_mode": "full", "auth_provider": now.Provider}
}

func me(who *identity) document {
	permissions := who.permissions()
	return document{
		"username": who.name, "auth_method": who.method, "provider": who.method,
		"scopes": who.scopeNames(), "groups": who.groups,
		"can_modify_servers": who.mayModify(), "is_admin": who.isAdmin(),
		"ui_permissions":      permissions,
		"accessible_servers":  who.servers(),
		"accessible_services": listOf(permissions["list_service"]),
		"accessible_agents":   listOf(permissions["list_agents"]),
	}
}
