package registrytest

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// find returns the server of that path, whatever slashes stand at its ends.
func (c Config) find(path string) *Server {
	for i := range c.Servers {
		if c.Servers[i].key() == strings.Trim(path, "/") {
			return &c.Servers[i]
		}
	}
	return nil
}

// serveServer answers for one server: its document, or what a connect dialog asks for. Whether it
// exists is checked before whether the caller may know.
func (r *Registry) serveServer(c Config, w http.ResponseWriter, rest string, who identity) {
	path, connect := strings.CutSuffix(rest, "/connect-config")
	server := c.find(path)
	switch {
	case server == nil && connect:
		detail(w, http.StatusNotFound, "Service path not found")
	case server == nil:
		detail(w, http.StatusNotFound, fmt.Sprintf("Server not found at path '/%s'", strings.TrimLeft(path, "/")))
	case !c.reaches(who, *server):
		detail(w, http.StatusForbidden, "You do not have access to this server")
	case connect:
		answer(w, http.StatusOK, c.connectConfig(*server))
	default:
		answer(w, http.StatusOK, r.document(*server, who.admin(c)))
	}
}

// connectConfig holds the server's client id or the default one, without saying which.
func (c Config) connectConfig(s Server) map[string]any {
	config := map[string]any{
		"path": "/" + s.key(), "server_name": s.Name,
		"auth_scheme": or(s.AuthScheme, "none"), "auth_header_name": null(s.AuthHeaderName),
		"custom_headers": append([]Header{}, s.CustomHeaders...), "decrypt_failures": 0,
		"oauth_client_id": null(c.ClientID), "oauth_callback_port": nil, "connect_scope": null(c.ConnectScope),
		"append_mcp_path": s.AppendMCPPath, "egress_auth_mode": or(s.EgressAuthMode, "none"),
	}
	if s.OAuthClientID != nil && *s.OAuthClientID != "" {
		config["oauth_client_id"] = *s.OAuthClientID
	}
	if c.CallbackPort != 0 {
		config["oauth_callback_port"] = c.CallbackPort
	}
	return config
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// timestamp is the registry's spelling: UTC without a zone.
func timestamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000000") }

// document is the stored document; overrides that were never set are absent.
func (r *Registry) document(s Server, admin bool) map[string]any {
	doc := map[string]any{
		"id": id(s), "server_name": s.Name, "description": s.Description, "tags": append([]string{}, s.Tags...),
		"num_tools": len(s.Tools), "license": "N/A", "tool_list": toolList(s), "deployment": or(s.Deployment, "remote"),
		"registered_by": or(s.RegisteredBy, "network-user"), "metadata": map[string]any{},
		"supported_transports": []string{"streamable-http"}, "auth_scheme": or(s.AuthScheme, "none"), "visibility": "public",
		"version": "v1.0.0", "is_active": true, "registered_at": timestamp(r.started), "updated_at": timestamp(r.started),
		"is_enabled": !s.Disabled, "path": s.Path,
	}
	if admin {
		doc["proxy_pass_url"] = s.ProxyPassURL
		_, doc["_identity_url_normalized"], _ = strings.Cut(strings.TrimRight(s.ProxyPassURL, "/"), "://")
	}
	if s.OAuthClientID != nil {
		doc["oauth_client_id"] = *s.OAuthClientID
	}
	if s.AppendMCPPath != nil {
		doc["append_mcp_path"] = *s.AppendMCPPath
	}
	for name, value := range map[string]string{"mcp_endpoint": s.MCPEndpoint, "auth_header_name": s.AuthHeaderName, "egress_auth_mode": s.EgressAuthMode} {
		if value != "" {
			doc[name] = value
		}
	}
	if len(s.Tools) > 0 {
		doc["mcp_server_name"], doc["mcp_server_version"] = "stub", "1.0.0"
	}
	return doc
}

// id derives a stable id from the path.
func id(s Server) string {
	return fmt.Sprintf("00000000-0000-4000-8000-%012x", len(s.Path)*31+int(s.Path[len(s.Path)-1]))
}

func toolList(s Server) []any {
	list := []any{}
	for _, tool := range s.Tools {
		list = append(list, map[string]any{
			"name": tool.Name, "description": tool.Description,
			"parsed_description": map[string]any{"main": "No description available.", "args": nil, "returns": nil, "raises": nil},
			"schema":             map[string]any{"type": "object", "properties": map[string]any{"text": map[string]any{"type": "string"}}},
		})
	}
	return list
}

func health(s Server) string {
	switch {
	case s.Disabled:
		return "disabled"
	case s.Unhealthy:
		return "unhealthy: timeout"
	}
	return "healthy"
}
