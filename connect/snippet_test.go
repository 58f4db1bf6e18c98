package connect_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

func assistant(t *testing.T, id string) connect.Assistant {
	t.Helper()
	list, err := connect.ParseAssistants([]string{id})
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

func connected(t *testing.T, id string, r connect.Request) connect.Connection {
	t.Helper()
	r.Assistant = assistant(t, id)
	if r.Name == "" {
		r.Name, r.URL = "my-server", "https://gateway.example.com/my-server/mcp"
	}
	c, err := connect.Connect(r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func text(c connect.Connection, form connect.Form, shell connect.Shell) string {
	for _, s := range c.Snippets {
		if s.Form == form && s.Shell == shell {
			return s.Text
		}
	}
	return ""
}

// The lines are the documented ones, typed by hand, and those that real logins were made with.
func TestCommands(t *testing.T) {
	t.Parallel()
	const id, url = "mcp-gateway-ide", "https://gateway.example.com/my-server/mcp"
	for name, test := range map[string]struct {
		assistant string
		request   connect.Request
		want      string
	}{
		"claude code on keycloak": {"claude-code", connect.Request{Kind: idp.Keycloak, ClientID: id}, "claude mcp add --transport http --client-id " + id + " my-server " + url},
		"claude code on okta":     {"claude-code", connect.Request{Kind: idp.Okta, ClientID: id, CallbackPort: 33418}, "claude mcp add --transport http --client-id " + id + " --callback-port 33418 my-server " + url},
		"claude code for a user":  {"claude-code", connect.Request{Kind: idp.Keycloak, ClientID: id, ConfigScope: "user"}, "claude mcp add --scope user --transport http --client-id " + id + " my-server " + url},
		"claude code and headers": {"claude-code", connect.Request{Kind: idp.Keycloak, ClientID: id, Headers: []string{"X-Team"}}, "claude mcp add --transport http --client-id " + id + " my-server " + url + " --header 'X-Team: [YOUR_X_TEAM]'"},
		"codex on keycloak":       {"codex", connect.Request{Kind: idp.Keycloak, ClientID: id}, "codex mcp add my-server --url " + url + " --oauth-client-id " + id},
		"codex on okta":           {"codex", connect.Request{Kind: idp.Okta, ClientID: id}, "codex mcp add my-server --url " + url + " --oauth-client-id " + id + " -c mcp_oauth_callback_port=8787 -c mcp_oauth_callback_url=http://localhost:8787/callback"},
		"codex on cognito":        {"codex", connect.Request{Kind: idp.Cognito, ClientID: "ID"}, "codex mcp add my-server -- npx -y mcp-remote@0.15.1 " + url + ` 8787 --callback-path /callback --static-oauth-client-info '{"client_id":"ID"}' --static-oauth-client-metadata '{"scope":"openid email profile","grant_types":["authorization_code"]}'`},
		"codex on entra":          {"codex", connect.Request{Kind: idp.Entra, ClientID: id}, "codex mcp login my-server"},

		"no id, claude code, keycloak": {"claude-code", connect.Request{Kind: idp.Keycloak}, "claude mcp add --transport http my-server " + url},
		"no id, claude code, okta":     {"claude-code", connect.Request{Kind: idp.Okta}, "claude mcp add --transport http my-server " + url + " --header 'X-Authorization: Bearer [YOUR_GATEWAY_AUTH_TOKEN]'"},
		"no id, claude code, api key":  {"claude-code", connect.Request{Kind: idp.Keycloak, AuthScheme: "api_key"}, "claude mcp add --transport http my-server " + url + " --header 'X-API-Key: [YOUR_API_KEY]'"},
		"no id, codex, keycloak":       {"codex", connect.Request{Kind: idp.Keycloak}, "codex mcp add my-server --url " + url},
		"no id, codex, cognito":        {"codex", connect.Request{Kind: idp.Cognito}, "codex mcp add my-server --url " + url + " --bearer-token-env-var MCP_AUTH_TOKEN"},
	} {
		c := connected(t, test.assistant, test.request)
		if got := text(c, connect.Command, connect.Sh); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, test.want)
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		assistant string
		request   connect.Request
		want      string
	}{
		"cursor": {"cursor", connect.Request{Kind: idp.Keycloak, ClientID: "ID"},
			`{"mcpServers":{"my-server":{"url":"https://gateway.example.com/my-server/mcp","auth":{"CLIENT_ID":"ID"}}}}`},
		"cursor on cognito": {"cursor", connect.Request{Kind: idp.Cognito, ClientID: "ID"},
			`{"mcpServers":{"my-server":{"url":"https://gateway.example.com/my-server/mcp","auth":{"CLIENT_ID":"ID","scopes":["openid","email","profile"]}}}}`},
		"cursor without an id": {"cursor", connect.Request{Kind: idp.Keycloak, AuthScheme: "bearer", Headers: []string{"X-Team"}},
			`{"mcpServers":{"my-server":{"url":"https://gateway.example.com/my-server/mcp","headers":{"X-Team":"[YOUR_X_TEAM]","Authorization":"Bearer [YOUR_SERVER_AUTH_TOKEN]","X-Authorization":"Bearer [YOUR_GATEWAY_AUTH_TOKEN]"}}}}`},
		"claude code, scopes as one string": {"claude-code", connect.Request{Kind: idp.Okta, ClientID: "ID", Scopes: []string{"openid", "email"}},
			`{"mcpServers":{"my-server":{"type":"http","url":"https://gateway.example.com/my-server/mcp","oauth":{"clientId":"ID","callbackPort":8787,"scopes":"openid email"}}}}`},
		"cursor on entra, root endpoint": {"cursor", connect.Request{Kind: idp.Entra, ClientID: "ID", Name: "x", URL: "https://gw.example.com/x/"},
			`{"mcpServers":{"x":{"url":"https://gw.example.com/x/","auth":{"CLIENT_ID":"ID","scopes":["https://gw.example.com/x/user_impersonation","offline_access","openid","profile"]}}}}`},
		"claude code on entra": {"claude-code", connect.Request{Kind: idp.Entra, ClientID: "ID"},
			`{"mcpServers":{"my-server":{"type":"http","url":"https://gateway.example.com/my-server/mcp","oauth":{"clientId":"ID","scopes":"https://gateway.example.com/my-server/mcp/user_impersonation offline_access openid profile"}}}}`},
		"vs code": {"vscode", connect.Request{Kind: idp.Okta},
			`{"servers":{"my-server":{"type":"http","url":"https://gateway.example.com/my-server/mcp","headers":{"X-Authorization":"Bearer [YOUR_GATEWAY_AUTH_TOKEN]"}}}}`},
		"a header replaced, whatever its case": {"roo-code", connect.Request{Kind: idp.Okta, ClientID: "ID", Headers: []string{"x-authorization"}},
			`{"mcpServers":{"my-server":{"type":"streamable-http","url":"https://gateway.example.com/my-server/mcp","disabled":false,"headers":{"X-Authorization":"Bearer [YOUR_GATEWAY_AUTH_TOKEN]"}}}}`},
		"roo code": {"roo-code", connect.Request{Kind: idp.Keycloak, ClientID: "ID"},
			`{"mcpServers":{"my-server":{"type":"streamable-http","url":"https://gateway.example.com/my-server/mcp","disabled":false,"headers":{"X-Authorization":"Bearer [YOUR_GATEWAY_AUTH_TOKEN]"}}}}`},
		"kiro": {"kiro", connect.Request{Kind: idp.Keycloak, ClientID: "ID"},
			`{"mcpServers":{"my-server":{"url":"https://gateway.example.com/my-server/mcp"}}}`},
	} {
		var compact bytes.Buffer
		if err := json.Compact(&compact, []byte(text(connected(t, test.assistant, test.request), connect.JSON, ""))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got := compact.String()
		if got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, test.want)
		}
	}
}

func TestGoose(t *testing.T) {
	t.Parallel()
	var file struct {
		Extensions map[string]struct {
			Type, URI string
			Enabled   bool
			Headers   map[string]string
			Timeout   int
		}
	}
	if err := yaml.Unmarshal([]byte(text(connected(t, "goose", connect.Request{Kind: idp.Okta}), connect.YAML, "")), &file); err != nil {
		t.Fatal(err)
	}
	goose := file.Extensions["my-server"]
	if goose.Type != "streamable_http" || goose.URI != "https://gateway.example.com/my-server/mcp" || !goose.Enabled || goose.Timeout != 300 ||
		goose.Headers["X-Authorization"] != "Bearer [YOUR_GATEWAY_AUTH_TOKEN]" {
		t.Errorf("%+v", goose)
	}
}

// A later login finds its port by the first lines of config.toml; tables must come after all else.
func TestCodexConfiguration(t *testing.T) {
	t.Parallel()
	c := connected(t, "codex", connect.Request{Kind: idp.Entra, ClientID: "ID"})
	if c.Snippets[0].Form != connect.TOML || c.Snippets[1].Form != connect.TOML {
		t.Fatalf("snippets %+v", c.Snippets)
	}
	var top struct {
		Port    int            `toml:"mcp_oauth_callback_port"`
		URL     string         `toml:"mcp_oauth_callback_url"`
		Servers map[string]any `toml:"mcp_servers"`
	}
	if err := toml.Unmarshal([]byte(c.Snippets[0].Text), &top); err != nil || top.Port != 8787 || top.URL != "http://localhost:8787/callback" || top.Servers != nil {
		t.Errorf("top %+v, %v", top, err)
	}
	var end struct {
		Servers map[string]struct {
			URL    string
			Scopes []string
			OAuth  struct {
				ClientID string `toml:"client_id"`
			}
		} `toml:"mcp_servers"`
	}
	if err := toml.Unmarshal([]byte(c.Snippets[1].Text), &end); err != nil {
		t.Fatal(err)
	}
	server := end.Servers["my-server"]
	want := []string{"https://gateway.example.com/my-server/mcp/user_impersonation", "offline_access", "openid", "profile"}
	if server.OAuth.ClientID != "ID" || !cmp.Equal(server.Scopes, want) {
		t.Errorf("table %+v", server)
	}
	other := connected(t, "codex", connect.Request{Kind: idp.Entra, ClientID: "ID", Name: "other", URL: "https://gateway.example.com/other/mcp"})
	if err := toml.Unmarshal([]byte(c.Snippets[0].Text+c.Snippets[1].Text+other.Snippets[1].Text), &end); err != nil || len(end.Servers) != 2 {
		t.Errorf("two servers in one file: %v, %+v", err, end.Servers)
	}
	plain := connected(t, "codex", connect.Request{Kind: idp.Keycloak, ClientID: "ID"})
	if got := text(plain, connect.TOML, ""); !strings.Contains(got, "mcp_oauth_callback_port = 8787") || strings.Contains(got, "callback_url") {
		t.Errorf("keycloak: %q", got)
	}
}

func TestWhatAConnectionSays(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		assistant string
		request   connect.Request
		method    connect.Method
		warnings  []string
	}{
		"claude code":               {"claude-code", connect.Request{Kind: idp.Keycloak, ClientID: "ID"}, connect.OAuth, nil},
		"claude code, pinned":       {"claude-code", connect.Request{Kind: idp.Okta, ClientID: "ID"}, connect.OAuth, []string{"ID03"}},
		"codex":                     {"codex", connect.Request{Kind: idp.Keycloak, ClientID: "ID"}, connect.OAuth, []string{"ID15"}},
		"codex, pinned":             {"codex", connect.Request{Kind: idp.Okta, ClientID: "ID"}, connect.OAuth, []string{"ID14", "ID15"}},
		"codex through the bridge":  {"codex", connect.Request{Kind: idp.Cognito, ClientID: "ID"}, connect.OAuth, []string{"ID18"}},
		"codex on cognito, direct":  {"codex", connect.Request{Kind: idp.Cognito, ClientID: "ID", Direct: true}, connect.OAuth, []string{"ID14"}},
		"cursor on entra":           {"cursor", connect.Request{Kind: idp.Entra, ClientID: "ID"}, connect.OAuth, []string{"ID19"}},
		"codex registering itself":  {"codex", connect.Request{Kind: idp.Keycloak}, connect.DCR, []string{"KC13"}},
		"claude registering itself": {"claude-code", connect.Request{Kind: idp.Keycloak}, connect.DCR, []string{"KC13"}},
		"cursor never registers":    {"cursor", connect.Request{Kind: idp.Keycloak}, connect.Token, []string{"KC13"}},
		"codex with a token":        {"codex", connect.Request{Kind: idp.Okta}, connect.Token, nil},
		"goose has no login":        {"goose", connect.Request{Kind: idp.Keycloak, ClientID: "ID"}, connect.Token, nil},
		"codex and headers":         {"codex", connect.Request{Kind: idp.Keycloak, ClientID: "ID", Headers: []string{"X-Team"}}, connect.OAuth, []string{"ID15"}},
		"a header that wins":        {"claude-code", connect.Request{Kind: idp.Keycloak, ClientID: "ID", Headers: []string{"authorization"}}, connect.OAuth, []string{"ID11"}},
		"kiro registers itself":     {"kiro", connect.Request{Kind: idp.Keycloak, ClientID: "ID"}, connect.DCR, []string{"GW06"}},
		"kiro cannot":               {"kiro", connect.Request{Kind: idp.Okta, ClientID: "ID"}, connect.None, []string{"GW06"}},
		"a root endpoint":           {"claude-code", connect.Request{Kind: idp.Keycloak, ClientID: "ID", Name: "x", URL: "https://gw.example.com/x/"}, connect.OAuth, []string{"GW17"}},
		"a root endpoint on entra":  {"claude-code", connect.Request{Kind: idp.Entra, ClientID: "ID", Name: "x", URL: "https://gw.example.com/x/"}, connect.OAuth, []string{"GW17", "ID03"}},
		"plain http":                {"claude-code", connect.Request{Kind: idp.Keycloak, ClientID: "ID", Name: "x", URL: "http://gw.example.com/x/mcp"}, connect.OAuth, []string{"GW07"}},
		"a URL without an end": {"claude-code", connect.Request{Kind: idp.Keycloak, ClientID: "ID", Name: "x", URL: "https://gw.example.com/x"}, connect.OAuth,
			[]string{"GW17"}},
	} {
		c := connected(t, test.assistant, test.request)
		var ids []string
		for _, w := range c.Warnings {
			if w.Failure != "" {
				ids = append(ids, w.Failure)
			}
		}
		if c.Method != test.method || !cmp.Equal(ids, test.warnings) {
			t.Errorf("%s: %s %v, want %s %v", name, c.Method, ids, test.method, test.warnings)
		}
	}
}

// What the command line of Codex cannot say is said beside it.
func TestHeadersOfCodex(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request connect.Request
		want    string
	}{
		"none":           {connect.Request{Kind: idp.Keycloak, ClientID: "ID"}, ""},
		"its own":        {connect.Request{Kind: idp.Keycloak, ClientID: "ID", Headers: []string{"X-Team"}}, "add http_headers"},
		"with a token":   {connect.Request{Kind: idp.Okta, AuthScheme: "bearer"}, "add http_headers"},
		"left to login":  {connect.Request{Kind: idp.Keycloak, ClientID: "ID", AuthScheme: "bearer"}, ""},
		"over a bridge":  {connect.Request{Kind: idp.Cognito, ClientID: "ID", Headers: []string{"X-Team"}}, "--header-file"},
		"in the table":   {connect.Request{Kind: idp.Entra, ClientID: "ID", Headers: []string{"X-Team"}}, ""},
		"bridge, no one": {connect.Request{Kind: idp.Cognito, ClientID: "ID"}, ""},
	} {
		c := connected(t, "codex", test.request)
		var got string
		for _, w := range c.Warnings {
			if strings.Contains(w.Text, "headers that this server wants") {
				got += w.Fix
			}
		}
		if (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	table := connected(t, "codex", connect.Request{Kind: idp.Entra, ClientID: "ID", Headers: []string{"X-Team"}}).Snippets[1].Text
	var file struct {
		Servers map[string]struct {
			Headers map[string]string `toml:"http_headers"`
		} `toml:"mcp_servers"`
	}
	if err := toml.Unmarshal([]byte(table), &file); err != nil || file.Servers["my-server"].Headers["X-Team"] != "[YOUR_X_TEAM]" {
		t.Errorf("%v in %s", err, table)
	}
}

// curl shows the session id of the first answer, which the second request needs.
func TestCurl(t *testing.T) {
	t.Parallel()
	c := connected(t, "curl", connect.Request{Kind: idp.Okta, AuthScheme: "bearer", Headers: []string{"X-Team"}})
	const common = " -i -X POST https://gateway.example.com/my-server/mcp -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream'" +
		" -H 'X-Team: [YOUR_X_TEAM]' -H 'X-Authorization: Bearer [YOUR_TOKEN]'"
	want := "curl" + common + ` -d '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"curl-client","version":"1.0.0"}}}'` +
		"\ncurl" + common + ` -H 'Mcp-Session-Id: <session-id-from-step-1>' -d '{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}'`
	if diff := cmp.Diff(want, text(c, connect.Command, connect.Sh)); diff != "" {
		t.Error(diff)
	}
	if got := text(c, connect.Command, connect.PowerShell); strings.Count(got, "; curl.exe -i") != 2 || !strings.Contains(got, `'{\"jsonrpc\":\"2.0\"`) {
		t.Errorf("powershell: %s", got)
	}
}

// The JSON is a contract: what does not apply is absent.
func TestContract(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(connect.Document{SchemaVersion: 1, Connections: []connect.Connection{
		connected(t, "cursor", connect.Request{Kind: idp.Okta, ClientID: "ID"}), connected(t, "kiro", connect.Request{Kind: idp.Okta}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		SchemaVersion int `json:"schema_version"`
		Connections   []map[string]any
	}
	if err := json.Unmarshal(got, &doc); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"server": "my-server", "assistant": "cursor", "url": "https://gateway.example.com/my-server/mcp", "method": "oauth", "client_id": "ID",
		"callback_port": 8787.0, "redirect_uris": []any{"http://localhost:8787/callback"},
	}
	delete(doc.Connections[0], "snippets")
	if diff := cmp.Diff(want, doc.Connections[0]); diff != "" || doc.SchemaVersion != 1 {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if strings.Contains(string(got), "null") {
		t.Errorf("null in %s", got)
	}
	for _, absent := range []string{"client_id", "callback_port", "redirect_uris", "scopes"} {
		if _, there := doc.Connections[1][absent]; there {
			t.Errorf("kiro has %s", absent)
		}
	}
}

func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	good := connect.Request{Kind: idp.Keycloak, Assistant: assistant(t, "claude-code"), Name: "x", URL: "https://gw.example.com/x/mcp", ClientID: "ID"}
	for name, alter := range map[string]func(*connect.Request){
		"relative URL":      func(r *connect.Request) { r.URL = "/x" },
		"a name like -rm":   func(r *connect.Request) { r.Name = "-rm" },
		"no name":           func(r *connect.Request) { r.Name = "" },
		"an id like --flag": func(r *connect.Request) { r.ClientID = "--flag" },
		"a line break":      func(r *connect.Request) { r.ClientID = "a\nb" },
		"a double quote":    func(r *connect.Request) { r.ClientID = `say "hi"` },
		"a backslash":       func(r *connect.Request) { r.ClientID = `ends\` },
		"a curly quote":     func(r *connect.Request) { r.ClientID = "’" },
		"a port too high":   func(r *connect.Request) { r.CallbackPort = 65536 },
		"a space in a URL":  func(r *connect.Request) { r.URL += " x" },
		"a space in a name": func(r *connect.Request) { r.Name = "a b" },
		"an unknown kind":   func(r *connect.Request) { r.Kind = "auth0" },
		"no assistant":      func(r *connect.Request) { r.Assistant = connect.Assistant{} },
		"a scope of two":    func(r *connect.Request) { r.Scopes = []string{"openid email"} },
		"a key's header":    func(r *connect.Request) { r.AuthHeader = "X Key" },
		"a scheme":          func(r *connect.Request) { r.AuthScheme = "basic" },
		"where to keep it":  func(r *connect.Request) { r.ConfigScope = "global" },
	} {
		r := good
		alter(&r)
		_, err := connect.Connect(r)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		wantUsage(t, err)
		if strings.Contains(err.Error(), "pw") {
			t.Errorf("%s: the error repeats a password", name)
		}
	}
}

var hostile = []string{
	`plain`, `two words`, `it's`, `$(touch pwned)`, "`touch pwned`", `$HOME`, `%PATH%`, `a&b|c>d<e^f`, `!history!`, `;ls`, `*`, `~`, `#`,
}

// What a POSIX shell makes of the quoted line is what was meant.
func TestShQuoting(t *testing.T) {
	t.Parallel()
	for _, id := range hostile {
		c := connected(t, "claude-code", connect.Request{Kind: idp.Keycloak, ClientID: id})
		line := strings.Replace(text(c, connect.Command, connect.Sh), "claude mcp add", `printf %s\\n`, 1)
		out, err := exec.CommandContext(t.Context(), "sh", "-c", line).Output()
		if err != nil {
			t.Fatal(err)
		}
		want := "--transport\nhttp\n--client-id\n" + id + "\nmy-server\nhttps://gateway.example.com/my-server/mcp\n"
		if diff := cmp.Diff(want, string(out)); diff != "" {
			t.Errorf("%q:\n%s", id, diff)
		}
	}
}

// The expected lines follow about_Quoting_Rules of PowerShell, and for cmd.exe the rules of the
// Microsoft C runtime for arguments, with every special character inside double quotes.
func TestWindowsQuoting(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][2]string{
		`plain`:     {`plain`, `plain`},
		`8787`:      {`8787`, `8787`},
		`007`:       {`'007'`, `007`},
		`10kb`:      {`'10kb'`, `10kb`},
		`two words`: {`'two words'`, `"two words"`},
		`it's`:      {`'it''s'`, `"it's"`},
		`a,b`:       {`'a,b'`, `"a,b"`},
		`@splat`:    {`'@splat'`, `"@splat"`},
		`%PATH%`:    {`'%PATH%'`, `"%%cd:~,%PATH%%cd:~,%"`},
		`a&b`:       {`'a&b'`, `"a&b"`},
		`$(id)`:     {`'$(id)'`, `"$(id)"`},
	} {
		c := connected(t, "claude-code", connect.Request{Kind: idp.Keycloak, ClientID: id})
		for i, shell := range []connect.Shell{connect.PowerShell, connect.Cmd} {
			line := "claude mcp add --transport http --client-id " + want[i] + " my-server https://gateway.example.com/my-server/mcp"
			if got := text(c, connect.Command, shell); got != line {
				t.Errorf("%s, %q:\ngot  %s\nwant %s", shell, id, got, line)
			}
		}
	}
}
