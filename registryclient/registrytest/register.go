package registrytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// serveRegister stores a server that a form describes. It stays disabled.
func (r *Registry) serveRegister(w http.ResponseWriter, req *http.Request, now *snapshot, who *identity) {
	f := form(req)
	if problems := registration(f); len(problems) > 0 {
		answer(w, http.StatusUnprocessableEntity, document{"detail": problems})
		return
	}
	path := "/" + strings.TrimPrefix(f.Get("path"), "/")
	known := now.entry(path)
	switch {
	case len(who.permissions()["register_service"]) == 0:
		detail(w, http.StatusForbidden, "You do not have permission to register new services")
	case f.Get("deployment") == "local" && !who.isAdmin():
		detail(w, http.StatusForbidden, "Only administrators can register local servers")
	case f.Get("auth_scheme") != "" && !slices.Contains([]string{"none", "bearer", "api_key"}, f.Get("auth_scheme")):
		answer(w, http.StatusBadRequest, document{"error": "Invalid auth_scheme", "reason": fmt.Sprintf("auth_scheme '%s' is not one of none, bearer, api_key", f.Get("auth_scheme"))})
	case f.Get("metadata") != "" && !json.Valid([]byte(f.Get("metadata"))):
		answer(w, http.StatusBadRequest, document{"error": "Invalid metadata", "reason": "metadata is not valid JSON"})
	case f.Get("proxy_pass_url") == "" && f.Get("deployment") != "local":
		detail(w, http.StatusBadRequest, "proxy_pass_url is required for deployment='remote'")
	case pathName(path) == "", now.holds(RegisterRefusesSilently) && forbiddenPath(path), now.holds(RegisterRefusesSilently) && forbiddenAddress(f.Get("proxy_pass_url")):
		detail(w, http.StatusInternalServerError, "Service registration failed")
	case known != nil && f.Get("overwrite") == "false":
		answer(w, http.StatusConflict, document{
			"error": "Service registration failed", "reason": fmt.Sprintf("A service with path '%s' already exists with version v1.0.0", path),
			"detail": "Use overwrite=true to replace, or specify a different version",
		})
	default:
		r.register(f, path, known, now, who)
		answer(w, http.StatusCreated, document{"path": path, "name": f.Get("name"), "message": fmt.Sprintf("Service '%s' registered successfully at path '%s'", f.Get("name"), path)})
	}
}

// registration says what a form lacks, as FastAPI does.
func registration(f url.Values) []document {
	var problems []document
	for _, name := range []string{"name", "description", "path"} {
		if f.Get(name) == "" {
			problems = append(problems, document{"type": "missing", "loc": []string{"body", name}, "msg": "Field required", "input": nil})
		}
	}
	if value := f.Get("append_mcp_path"); value != "" {
		if _, ok := laxBool(value); !ok {
			problems = append(problems, document{"type": "bool_parsing", "loc": []string{"body", "append_mcp_path"}, "msg": "Input should be a valid boolean, unable to interpret input", "input": value})
		}
	}
	return problems
}

// forbiddenPath tells paths that the registry's policy refuses.
func forbiddenPath(path string) bool {
	return strings.ContainsAny(path, " ;*") ||
		slices.Contains([]string{"all", "metrics", "health", "healthcheck", ".well-known", "well-known"}, pathName(path))
}

// forbiddenAddress tells addresses that the registry's policy refuses: here, the metadata service
// of a cloud.
func forbiddenAddress(address string) bool {
	u, err := url.Parse(address)
	return err != nil || u.Hostname() == "169.254.169.254"
}

// register stores the server. Overrides of a server that was there are kept, all else is made new.
func (r *Registry) register(f url.Values, path string, known *entry, now *snapshot, who *identity) {
	s := Server{
		Path: path, Name: f.Get("name"), Description: f.Get("description"), ProxyPassURL: f.Get("proxy_pass_url"),
		MCPEndpoint: f.Get("mcp_endpoint"), AuthScheme: f.Get("auth_scheme"), AuthHeaderName: f.Get("auth_header_name"),
		Deployment: f.Get("deployment"), RegisteredBy: who.name, Disabled: true, Tags: csv(f.Get("tags")), Stored: storedForm(f),
	}
	_ = json.Unmarshal([]byte(f.Get("custom_headers")), &s.CustomHeaders) // none where there is no list
	if s.Deployment == "local" {
		runtime := map[string]any{"image_digest": nil, "platforms": nil}
		_ = json.Unmarshal([]byte(f.Get("local_runtime")), &runtime) // what is no document adds nothing
		s.Stored["local_runtime"], s.Tags = runtime, append(s.Tags, "security-pending-local")
	}
	for _, field := range []string{"oauth_client_id", "append_mcp_path"} {
		value, had := any(nil), false
		if known != nil && now.holds(RegisterKeepsOverrides) {
			value, had = known.stored[field]
		}
		if _, given := s.Stored[field]; had && !given {
			s.Stored[field] = value
		}
	}
	r.Configure(func(c *Config) {
		c.Servers = slices.Clone(c.Servers)
		if i := slices.IndexFunc(c.Servers, func(have Server) bool { return known != nil && have.Path == known.Path }); i >= 0 {
			c.Servers[i] = s
			return
		}
		c.Servers = append(c.Servers, s)
	})
}

// storedForm are the fields of a form that are stored under its names.
func storedForm(f url.Values) document {
	stored := document{"id": newID(), "updated_at": time.Now().UTC().Format(storedTime)}
	for _, name := range strings.Fields(`id version status license auth_provider transport sse_endpoint visibility provider_organization
		provider_url source_created_at source_updated_at oauth_client_id`) {
		if value := f.Get(name); value != "" {
			stored[name] = value
		}
	}
	for _, name := range []string{"external_tags", "allowed_groups", "supported_transports"} {
		if value := csv(f.Get(name)); value != nil {
			stored[name] = value
		}
	}
	for name, field := range map[string]string{"metadata": "metadata", "headers": "headers", "tool_list_json": "tool_list", "supported_transports": "supported_transports"} {
		var value any
		if json.Unmarshal([]byte(f.Get(name)), &value) == nil {
			stored[field] = value
		}
	}
	if n, err := strconv.Atoi(f.Get("num_tools")); err == nil {
		stored["num_tools"] = n
	}
	if value := f.Get("append_mcp_path"); value != "" {
		stored["append_mcp_path"], _ = laxBool(value)
	}
	return stored
}

// csv is a list whose parts commas separate; nil for an empty text.
func csv(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}
