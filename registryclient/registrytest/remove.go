package registrytest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// serveToggle enables or disables a server. It wants the path as it is stored.
func (r *Registry) serveToggle(w http.ResponseWriter, req *http.Request, now *snapshot) {
	path, on := form(req).Get("path"), form(req).Get("new_state") == "true"
	e := now.entry(path)
	switch {
	case e == nil:
		detail(w, http.StatusNotFound, "Service path not registered")
	case e.Path != path:
		detail(w, http.StatusInternalServerError, "Failed to toggle service")
	default:
		r.change(path, func(s *Server) { s.Disabled = !on })
		tools := e.Tools
		if on && !e.Unhealthy {
			tools = r.checkHealth(req.Context(), now, e)
		}
		toggled := r.current().entry(path)
		answer(w, http.StatusOK, document{
			"message": "Toggle request for " + path + " processed.", "service_path": path, "new_enabled_state": on,
			"status": toggled.health(), "last_checked_iso": toggled.checked(), "num_tools": len(tools),
		})
	}
}

// serveRemove removes a server. It wants the path as it is stored.
func (r *Registry) serveRemove(w http.ResponseWriter, req *http.Request, now *snapshot, who *identity) {
	path := form(req).Get("path")
	e := now.entry(path)
	switch {
	case e == nil:
		answer(w, http.StatusNotFound, document{"error": "Service not found", "reason": fmt.Sprintf("No service registered at path '%s'", path), "suggestion": "Check the service path and ensure it is registered"})
	case !who.isAdmin() && !slices.Contains(who.permissions()["delete_service"], e.Name):
		answer(w, http.StatusForbidden, document{"error": "Permission denied", "reason": fmt.Sprintf("User does not have delete_service permission for '%s'", e.Name)})
	case e.Path != path:
		answer(w, http.StatusInternalServerError, document{"error": "Service removal failed", "reason": fmt.Sprintf("Failed to remove service at path '%s'", path), "suggestion": "Check server logs for detailed error information"})
	default:
		r.Configure(func(c *Config) {
			c.Servers = slices.DeleteFunc(slices.Clone(c.Servers), func(s Server) bool { return s.Path == path })
		})
		answer(w, http.StatusOK, document{"message": "Service removed successfully", "path": path})
	}
}

// change alters the configuration of the server stored at that path.
func (r *Registry) change(path string, alter func(*Server)) {
	r.Configure(func(c *Config) {
		c.Servers = slices.Clone(c.Servers)
		for i := range c.Servers {
			if c.Servers[i].Path == path {
				alter(&c.Servers[i])
			}
		}
	})
}

// servePut replaces a server's document: what the body leaves out is written as empty.
func (r *Registry) servePut(w http.ResponseWriter, req *http.Request, now *snapshot, who *identity, path string) {
	var body map[string]any
	_ = json.NewDecoder(io.LimitReader(req.Body, 1<<20)).Decode(&body) // no body lacks everything
	for _, name := range []string{"server_name", "description"} {
		if body[name] == nil {
			invalid(w, document{"type": "missing", "loc": []string{"body", name}, "msg": "Field required", "input": body})
			return
		}
	}
	e := now.entry("/" + strings.Trim(path, "/"))
	switch {
	case e == nil:
		detail(w, http.StatusNotFound, fmt.Sprintf("Server not found at path '/%s'", pathName(path)))
		return
	case !who.mayChange(e.Name):
		detail(w, http.StatusForbidden, "You do not have permission to modify server "+e.Name)
		return
	case strings.HasSuffix(e.Path, "/") && now.holds(SlashedPathsStay):
		detail(w, http.StatusInternalServerError, "Failed to save server")
		return
	}
	whole := map[string]any{}
	for _, field := range now.patchable() {
		whole[field] = body[field]
	}
	for field, absent := range map[string]any{"tags": []string{}, "license": "N/A", "metadata": document{}, "visibility": "public"} {
		if whole[field] == nil {
			whole[field] = absent
		}
	}
	r.store(now, e, whole, "")
	stored := r.current().entry(e.Path)
	w.Header().Set("ETag", stored.tag())
	shown := r.current().shown(stored, who)
	if body["metadata"] == nil {
		shown["metadata"] = nil
	}
	answer(w, http.StatusOK, shown)
}

// urlFault says why the registry's policy refuses an address that a patch sets; "" when it does not.
func urlFault(value any) string {
	address, ok := value.(string)
	if !ok {
		return ""
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return "URL rejected by security policy: malformed"
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Sprintf("URL rejected by security policy: scheme '%s' is not allowed", u.Scheme)
	case forbiddenAddress(address):
		return "URL rejected by security policy: targets blocked/private IP " + u.Hostname()
	}
	return ""
}
