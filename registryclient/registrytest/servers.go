package registrytest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// serveServers answers /api/servers and below. rest is what follows that.
func (now *snapshot) serveServers(w http.ResponseWriter, req *http.Request, who *identity, rest string) {
	switch {
	case rest == "":
		get(w, req, func() { now.serveList(w, req, who) })
	case strings.HasSuffix(rest, "/connect-config"):
		get(w, req, func() { now.serveConnectConfig(w, who, strings.TrimSuffix(rest, "/connect-config")) })
	case reserved(rest):
		detail(w, http.StatusNotFound, "Not Found")
	case req.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodPut)
		detail(w, http.StatusMethodNotAllowed, "Method Not Allowed")
	default:
		now.serveServer(w, who, rest)
	}
}

// reserved tells names that the API keeps for other things than servers.
func reserved(rest string) bool {
	first, _, _ := strings.Cut(pathName(rest), "/")
	return slices.Contains([]string{
		"register", "toggle", "remove", "check-duplicates", "health", "groups", "tools",
	}, first)
}

func (now *snapshot) serveServer(w http.ResponseWriter, who *identity, path string) {
	e, ok := now.find(w, who, path, fmt.Sprintf("Server not found at path '/%s'", pathName(path)))
	if ok {
		answer(w, http.StatusOK, now.shown(e, who))
	}
}

// find finds a server for who may reach it, or answers 404, else 403.
func (now *snapshot) find(w http.ResponseWriter, who *identity, path, missing string) (*entry, bool) {
	e := now.entry("/" + strings.TrimPrefix(path, "/"))
	forbidden := !who.mayReach(path)
	switch {
	case forbidden && (e != nil || !now.holds(NotFoundBeforeForbidden)):
		detail(w, http.StatusForbidden, "You do not have access to this server")
	case e == nil:
		detail(w, http.StatusNotFound, missing)
	default:
		return e, true
	}
	return nil, false
}

// shown is a server's document as who may see it.
func (now *snapshot) shown(e *entry, who *identity) document {
	d := maps.Clone(e.stored)
	if !now.holds(UnsetOverridesAbsent) {
		for _, field := range []string{"oauth_client_id", "append_mcp_path"} {
			d[field] = e.stored[field]
		}
	}
	now.hideURLs(d, who)
	return d
}

func (now *snapshot) hideURLs(d document, who *identity) {
	if who.isAdmin() || !now.holds(URLsForAdminsOnly) {
		return
	}
	for _, field := range []string{"proxy_pass_url", "mcp_endpoint", "sse_endpoint"} {
		delete(d, field)
	}
}
