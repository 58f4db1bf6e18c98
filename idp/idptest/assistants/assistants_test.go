package assistants_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest/assistants"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

var pool realpart.Pool

func TestMain(m *testing.M) { pool.Run(m) }

// The client as it was measured to admit the three assistants on Keycloak 26.7.5.
const measured = `{"clientId":"mcp-gateway-ide","protocol":"openid-connect","enabled":true,"publicClient":true,
 "standardFlowEnabled":true,"implicitFlowEnabled":false,"directAccessGrantsEnabled":false,"serviceAccountsEnabled":false,
 "consentRequired":false,"fullScopeAllowed":false,"webOrigins":[],
 "redirectUris":["http://localhost/callback/*","http://127.0.0.1/callback/*"],
 "attributes":{"pkce.code.challenge.method":"S256"},
 "defaultClientScopes":["basic","profile","email"],"optionalClientScopes":["offline_access"],
 "protocolMappers":[
  {"name":"groups","protocol":"openid-connect","protocolMapper":"oidc-group-membership-mapper","config":{"full.path":"false","id.token.claim":"true","access.token.claim":"true","userinfo.token.claim":"true","claim.name":"groups"}},
  {"name":"mcp-gateway-audience","protocol":"openid-connect","protocolMapper":"oidc-audience-mapper","config":{"included.custom.audience":"mcp-gateway","id.token.claim":"false","access.token.claim":"true"}}]}`

// The lines for each assistant as they were measured to work; %s is the URL of the server.
const (
	claudeLine   = "claude mcp add --transport http --client-id mcp-gateway-ide --callback-port 8787 fin %s"
	codexLine    = "codex mcp add fin --url %s --oauth-client-id mcp-gateway-ide -c mcp_oauth_callback_port=8787 -c mcp_oauth_callback_url=http://localhost:8787/callback"
	codexTop     = "# at the very top of the file\nmcp_oauth_callback_port = 8787\n"
	cursorFile   = `{"mcpServers":{"fin":{"url":"%s","auth":{"CLIENT_ID":"mcp-gateway-ide"}}}}`
	cursorPinned = `{"mcpServers":{"fin":{"url":"%s","auth":{"CLIENT_ID":"mcp-gateway-ide","scopes":["openid","email"]}}}}`
)

var (
	member   = browser.Person{Username: "bob", Password: "secret"}
	outsider = browser.Person{Username: "eve", Password: "secret"}
)

// start returns the URL of an MCP server behind a realm that knows the client, and the realm.
func start(t *testing.T) (string, *realpart.Realm) {
	t.Helper()
	realm := pool.Keycloak(t, realpart.Keycloak26_7).Realm(t)
	realm.CreateClient(t, json.RawMessage(measured))
	realm.User(t, member.Username, member.Password, realm.Group(t, "registry-admins", ""))
	realm.User(t, outsider.Username, outsider.Password)
	return startGateway(t, realm.Issuer()) + "/fin/mcp", realm
}

func TestClaudeCode(t *testing.T) {
	t.Parallel()
	server, _ := start(t)
	w := assistants.NewWorld(t, member)
	claude := w.ClaudeCode(t)
	must(t, claude.Paste(t, assistants.Snippet{Text: fmt.Sprintf(claudeLine, server)}))
	disconnected(t, claude, "Needs authentication")
	must(t, claude.Login(t, "fin"))
	connected(t, claude)
	must(t, claude.LoginAgain(t, "fin"))
	connected(t, claude)
	asked(t, w, map[string]string{"redirect_uri": "http://localhost:8787/callback", "scope": "openid email profile offline_access", "prompt": "consent"})
}

func TestClaudeCodeByItsFile(t *testing.T) {
	t.Parallel()
	server, _ := start(t)
	claude := assistants.NewWorld(t, member).ClaudeCode(t)
	must(t, claude.Paste(t, assistants.Snippet{Path: ".mcp.json", Text: fmt.Sprintf(
		`{"mcpServers":{"fin":{"type":"http","url":"%s","oauth":{"clientId":"mcp-gateway-ide","scopes":"openid email profile"}}}}`, server)}))
	must(t, claude.Login(t, "fin"))
	connected(t, claude)
}

func TestCodex(t *testing.T) {
	t.Parallel()
	server, _ := start(t)
	w := assistants.NewWorld(t, member)
	codex := w.Codex(t)
	must(t, codex.Paste(t, assistants.Snippet{Text: fmt.Sprintf(codexLine, server)}))
	connected(t, codex, "whoami")
	asked(t, w, map[string]string{"redirect_uri": "http://localhost:8787/callback", "scope": "openid email profile offline_access", "prompt": ""})
	// The command stored the redirect URI, but not its port.
	must(t, codex.Paste(t, assistants.Snippet{Path: "~/.codex/config.toml", Text: codexTop}))
	must(t, codex.LoginAgain(t, "fin"))
	connected(t, codex, "whoami")
}

func TestCodexByItsFile(t *testing.T) {
	t.Parallel()
	server, _ := start(t)
	codex := assistants.NewWorld(t, member).Codex(t)
	table := fmt.Sprintf("# at the end of the file\n[mcp_servers.fin]\nurl = '%s'\nscopes = ['openid', 'email', 'profile']\n[mcp_servers.fin.oauth]\nclient_id = 'mcp-gateway-ide'\n", server)
	for _, text := range []string{table, codexTop} {
		must(t, codex.Paste(t, assistants.Snippet{Path: "~/.codex/config.toml", Text: text}))
	}
	disconnected(t, codex, "notLoggedIn")
	must(t, codex.Login(t, "fin"))
	connected(t, codex, "whoami")
}

func TestCursor(t *testing.T) {
	t.Parallel()
	server, _ := start(t)
	w := assistants.NewWorld(t, member)
	cursor := w.Cursor(t)
	must(t, cursor.Paste(t, assistants.Snippet{Path: ".cursor/mcp.json", Text: fmt.Sprintf(cursorFile, server)}))
	disconnected(t, cursor, "Unauthorized")
	must(t, cursor.Login(t, "fin"))
	connected(t, cursor, "whoami")
	asked(t, w, map[string]string{"redirect_uri": "http://localhost:8787/callback", "scope": "openid email profile offline_access", "prompt": "consent"})

	// Pinned scopes replace the scope, but not the prompt.
	must(t, cursor.Paste(t, assistants.Snippet{Path: ".cursor/mcp.json", Text: fmt.Sprintf(cursorPinned, server)}))
	must(t, cursor.LoginAgain(t, "fin"))
	connected(t, cursor, "whoami")
	asked(t, w, map[string]string{"redirect_uri": "http://localhost:8787/callback", "scope": "openid email", "prompt": "consent"})

	// Scopes as a string break the schema, and with it the whole file.
	must(t, cursor.Paste(t, assistants.Snippet{Path: ".cursor/mcp.json", Text: `{"mcpServers":{"other":{"url":"http://127.0.0.1:1/mcp","auth":{"CLIENT_ID":"x","scopes":"openid"}}}}`}))
	disconnected(t, cursor, "no server fin")
}

// What the identity provider and the gateway say against a person reaches the test.
func TestRefusals(t *testing.T) {
	t.Parallel()
	server, realm := start(t)
	w := assistants.NewWorld(t, outsider)
	claude, codex, cursor := w.ClaudeCode(t), w.Codex(t), w.Cursor(t)
	must(t, claude.Paste(t, assistants.Snippet{Text: fmt.Sprintf(claudeLine, server)}))
	must(t, claude.Login(t, "fin"))
	disconnected(t, claude, "Needs authentication")
	must(t, codex.Paste(t, assistants.Snippet{Text: fmt.Sprintf(codexLine, server)}))
	disconnected(t, codex, "HTTP 403")
	must(t, cursor.Paste(t, assistants.Snippet{Path: ".cursor/mcp.json", Text: fmt.Sprintf(cursorFile, server)}))
	refused(t, cursor.Login(t, "fin"), "Access forbidden")

	realm.UpdateClient(t, "mcp-gateway-ide", map[string]any{"redirectUris": []string{"http://localhost/other"}})
	w.Person = member
	refused(t, claude.LoginAgain(t, "fin"), "Invalid parameter: redirect_uri")
	refused(t, codex.Paste(t, assistants.Snippet{Text: fmt.Sprintf(codexLine, server)}), "Invalid parameter: redirect_uri")
	refused(t, cursor.LoginAgain(t, "fin"), "Invalid parameter: redirect_uri")
	refused(t, codex.Paste(t, assistants.Snippet{Path: "~/.codex/config.toml", Text: "a = 1\n"}), "does not say where")
	refused(t, claude.Paste(t, assistants.Snippet{Text: "claude mcp add --no-such-flag"}), "no-such-flag")
}

// asked compares parameters of the last authorize request; "" is for one that is not there.
func asked(t *testing.T, w *assistants.World, want map[string]string) {
	t.Helper()
	address, err := url.Parse(w.Asked)
	must(t, err)
	got := map[string]string{}
	for name := range want {
		got[name] = address.Query().Get(name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("authorize request (-want +got):\n%s", diff)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

func connected(t *testing.T, a assistants.Assistant, tools ...string) {
	t.Helper()
	status := a.Tools(t, "fin")
	if !status.Connected || !cmp.Equal(status.Tools, tools) {
		t.Fatalf("tools %q, want %q, connected: %s", status.Tools, tools, status.Said)
	}
}

func disconnected(t *testing.T, a assistants.Assistant, want string) {
	t.Helper()
	status := a.Tools(t, "fin")
	if status.Connected || !strings.Contains(status.Said, want) {
		t.Fatalf("connected %v, want %q: %s", status.Connected, want, status.Said)
	}
}
