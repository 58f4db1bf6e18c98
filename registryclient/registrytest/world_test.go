package registrytest_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// issuer signs the tokens that the recordings name.
type issuer struct {
	URL string
	key *rsa.PrivateKey
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: key}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	i.URL = server.URL
	document := func(value any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(value) }
	}
	mux.HandleFunc("/.well-known/openid-configuration", document(map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys"}))
	mux.HandleFunc("/keys", document(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "test", Algorithm: "RS256", Use: "sig"}}}))
	return i
}

// token makes what a placeholder of the recordings stands for.
func (i *issuer) token(t *testing.T, placeholder string) string {
	t.Helper()
	name := strings.Trim(placeholder, "<>")
	if !strings.Contains(name, "user-token") {
		return name
	}
	claims := map[string]any{"iss": i.URL, "aud": "mcp-gateway", "sub": "1", "preferred_username": "alice", "azp": "mcp-gateway-ide", "exp": time.Now().Add(time.Hour).Unix(), "groups": []string{"devs"}}
	key := i.key
	switch _, detail, _ := strings.Cut(name, " "); {
	case detail == "without groups claim":
		delete(claims, "groups")
	case strings.HasPrefix(detail, "groups="):
		claims["groups"] = []string{strings.TrimPrefix(detail, "groups=")}
		if detail == "groups=registry-admins" {
			claims["preferred_username"] = "root"
		}
	case detail == "without aud":
		delete(claims, "aud")
	case detail == "other issuer":
		claims["iss"] = "https://elsewhere.example.com"
	case strings.HasPrefix(name, "expired"):
		claims["exp"] = time.Now().Add(-time.Hour).Unix()
	case strings.HasPrefix(detail, "aud=["):
		claims["aud"] = []string{"account", "mcp-gateway"}
	case strings.HasPrefix(detail, "aud="):
		claims["aud"] = strings.TrimPrefix(detail, "aud=")
	case detail == "for the server":
		claims["aud"] = "https://gateway.example.com/currenttime/mcp"
	case detail == "of Entra with a nonce":
		claims["aud"], claims["nonce"], claims["groups"] = "mcp-gateway-web", "n", []string{"registry-admins"}
	case detail == "of a Cognito client":
		delete(claims, "aud")
		claims["client_id"], claims["token_use"], claims["cognito:groups"] = "per-server", "access", []string{"devs"}
	case detail == "of an Okta client":
		claims["aud"], claims["cid"] = "api://default", "0oaide"
	case detail == "wrong signature":
		other, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		key = other
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "test"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// world is the registry that was recorded.
func world(i *issuer) registrytest.Config {
	no, own := false, "fininfo-ide"
	echo := []registrytest.Tool{{Name: "echo", Description: "Echo."}}
	ordinary := []string{"initialize", "notifications/initialized", "ping", "tools/list", "tools/call"}
	all := []string{"all"}
	return registrytest.Config{
		Issuer: i.URL, AdminToken: "admin-token",
		Keys: []registrytest.Key{{Name: "limited", Token: "limited-token", Groups: []string{"devs"}}, {Name: "noscope", Token: "noscope-token", Groups: []string{"nobody"}}, {Name: "editor", Token: "editor-token", Groups: []string{"server-editors"}}},
		Servers: []registrytest.Server{
			{Path: "/currenttime", Name: "Current Time", Description: "Time tools for any zone.", Tags: []string{"seed"}, ProxyPassURL: "http://currenttime-server:8000/mcp", Tools: echo, Stored: map[string]any{"append_mcp_path": nil, "oauth_client_id": nil}, Upstream: stub{}},
			{Path: "/fininfo", Name: "Financial Info", Description: "Stock and market data.", Tags: []string{"seed"}, ProxyPassURL: "http://fininfo-server:8000/mcp", OAuthClientID: &own, Tools: echo, Stored: map[string]any{"append_mcp_path": nil}, Upstream: stub{}},
			{Path: "/aws-knowledge", Name: "AWS Knowledge", Description: "Root-endpoint server (no transport segment).", Tags: []string{"seed"}, ProxyPassURL: "http://knowledge-server:8000/", AppendMCPPath: &no, Tools: echo, Upstream: stub{}},
			{Path: "/airegistry-tools/", Name: "AI Registry tools", Description: "Provides tools to discover and list servers, agents, and skills in the AI Registry. Includes intelligent tool finder which uses semantic search to discover the most relevant tools across all registered services.",
				Tags: []string{"registry", "discovery", "search", "semantic-search", "tool-finder", "servers", "agents", "skills"}, ProxyPassURL: "http://mcpgw-server:8003/", BuiltIn: true, Tools: echo, Upstream: stub{}},
			{Path: "/rec-one", Name: "Rec One", Disabled: true}, {Path: "/rec-two", Name: "Rec Two", Unhealthy: true},
		},
		Scopes: []registrytest.Scope{
			{Name: "devs", GroupMappings: []string{"devs"}, ServerAccess: []registrytest.Access{{Server: "currenttime", Methods: ordinary, Tools: []string{"*"}}}, UIPermissions: map[string][]string{"list_service": {"currenttime", "Current Time"}}},
			{Name: "server-editors", GroupMappings: []string{"server-editors"}, UIPermissions: map[string][]string{"modify_service": {"Current Time", "Editor Owned"}}},
			{Name: "registry-admins", GroupMappings: []string{"registry-admins"}, ServerAccess: []registrytest.Access{{Server: "*", Methods: all, Tools: all}}},
		},
	}
}

// recordedPlain is the server that the recordings of changes were made on, and what had been stored
// there before.
func recordedPlain(_ *testing.T, c *registrytest.Config) { c.Servers = append(c.Servers, recorded()) }

// recordedOver is a server with both overrides.
func recordedOver(_ *testing.T, c *registrytest.Config) {
	no, own := false, "rec-over-ide"
	over := recorded()
	over.Path, over.Name, over.Description, over.ProxyPassURL = "/rec-over", "Rec Over", "Changed.", "http://knowledge-server:8000/"
	over.OAuthClientID, over.AppendMCPPath, over.Stored = &own, &no, nil
	c.Servers = append(c.Servers, over)
}

// firstServers are those that the recorded registry began with.
func firstServers(_ *testing.T, c *registrytest.Config) { c.Servers = c.Servers[:4] }

// laterServers are those that it had when it was last asked: a disabled and a local one count too.
func laterServers(_ *testing.T, c *registrytest.Config) {
	no := false
	c.Servers = append(c.Servers[:4:4],
		registrytest.Server{Path: "/editor-owned", Disabled: true}, registrytest.Server{Path: "/rec-headers"},
		registrytest.Server{Path: "/rec-local", Deployment: "local"}, registrytest.Server{Path: "/rec-over", AppendMCPPath: &no},
		registrytest.Server{Path: "/rec-put"})
}

// seededScopes are the scopes that the registry began with, after its health check found those
// servers.
func seededScopes(found ...string) func(*testing.T, *registrytest.Config) {
	return func(t *testing.T, c *registrytest.Config) {
		t.Helper()
		c.Scopes = nil
		export, _ := read(t, "36-export-scopes").Exchanges[0].Response.JSON.(map[string]any)
		for _, stored := range export["scopes"].([]any) {
			c.Scopes = append(c.Scopes, scopeOf(t, stored.(map[string]any), found))
		}
	}
}

func scopeOf(t *testing.T, stored map[string]any, found []string) registrytest.Scope {
	t.Helper()
	_, typed := stored["scope_type"]
	scope := registrytest.Scope{Name: stored["scope_name"].(string), GroupMappings: texts(stored["group_mappings"]), Seeded: !typed}
	scope.Description, _ = stored["description"].(string)
	if permissions, ok := stored["ui_permissions"].(map[string]any); ok {
		scope.UIPermissions = map[string][]string{}
		for permission, names := range permissions {
			scope.UIPermissions[permission] = texts(names)
		}
	}
	for _, one := range stored["server_access"].([]any) {
		rule := one.(map[string]any)
		server, onServer := rule["server"].(string)
		grouped, isGrouped := rule["access_rules"].([]any)
		switch {
		case onServer:
			access := registrytest.Access{Server: server, Methods: texts(rule["methods"]), AnyTool: rule["tools"] == "*"}
			if !access.AnyTool {
				access.Tools = texts(rule["tools"])
			}
			scope.ServerAccess = append(scope.ServerAccess, access)
			continue
		case isGrouped:
			nested := []any{}
			for _, name := range found {
				each := maps.Clone(grouped[0].(map[string]any))
				each["server"] = name
				nested = append(nested, each)
			}
			rule["access_rules"] = nested
		}
		scope.OtherRules = append(scope.OtherRules, rule)
	}
	return scope
}

// stub is the MCP server that stood behind the recorded gateway.
type stub struct{}

func (stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var call struct {
		ID     any            `json:"id"`
		Method string         `json:"method"`
		Params map[string]any `json:"params"`
	}
	if r.URL.Path != "/mcp" || r.Header.Get("Authorization") != "" || json.NewDecoder(r.Body).Decode(&call) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if call.ID == nil {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	w.Header().Set("Mcp-Session-Id", "stub-session")
	result := map[string]any{}
	switch call.Method {
	case "initialize":
		result = map[string]any{"protocolVersion": "2025-03-26", "capabilities": map[string]any{"tools": map[string]any{}}, "serverInfo": map[string]any{"name": "stub", "version": "1.0.0"}}
	case "tools/list":
		result["tools"] = []any{map[string]any{"name": "echo", "description": "Echo.", "inputSchema": map[string]any{"type": "object", "properties": map[string]any{"text": map[string]any{"type": "string"}}}}}
	case "tools/call":
		text := "{}"
		if arguments, _ := call.Params["arguments"].(map[string]any); len(arguments) > 0 {
			text = `{"text": "hi"}`
		}
		result["content"] = []any{map[string]any{"type": "text", "text": text}}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"jsonrpc": "2.0", "id": call.ID, "result": result})
}
