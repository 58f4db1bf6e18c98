package registrytest

import (
	"net/http"
	"slices"
)

// serveConnectConfig tells how to connect to a server. Its path is the one that was asked for.
func (now *snapshot) serveConnectConfig(w http.ResponseWriter, who *identity, path string) {
	e, ok := now.find(w, who, path, "Service path not found")
	if !ok {
		return
	}
	headers := []map[string]string{}
	for _, h := range e.CustomHeaders {
		headers = append(headers, map[string]string{"name": h.Name, "value": h.Value})
	}
	d := document{
		"path": "/" + pathName(path), "server_name": e.stored["server_name"],
		"auth_scheme": e.stored["auth_scheme"], "auth_header_name": e.stored["auth_header_name"],
		"custom_headers": headers, "decrypt_failures": 0,
		"egress_auth_mode": e.EgressAuthMode,
	}
	if now.holds(ConnectSettingsRead) {
		d["oauth_client_id"], d["oauth_callback_port"] = now.clientID(e), now.callbackPort()
	}
	if now.holds(OverridesKnown) {
		d["append_mcp_path"] = e.stored["append_mcp_path"]
	}
	if now.holds(ConnectScopeKnown) {
		d["connect_scope"] = now.connectScope()
	}
	answer(w, http.StatusOK, d)
}

// clientID is the server's own client, else the one for all, else nil.
func (now *snapshot) clientID(e *entry) any {
	own := e.stored["oauth_client_id"]
	if own == nil || own == "" && now.holds(EmptyClientIDFallsBack) {
		return orNull(now.ClientID)
	}
	return own
}

func (now *snapshot) callbackPort() any {
	if now.CallbackPort == 0 {
		return nil
	}
	return now.CallbackPort
}

func (now *snapshot) connectScope() any {
	if !slices.Contains([]string{"local", "project", "user"}, now.ConnectScope) {
		return nil
	}
	return now.ConnectScope
}
