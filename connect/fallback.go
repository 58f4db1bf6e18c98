package connect

import (
	"github.com/goccy/go-yaml"

	"github.com/mcpreg/mcpreg/idp"
)

// withoutClient connects an assistant that cannot be given a client id, or has none: as the
// registry's Connect dialog does, which believes that Keycloak always registers clients.
func (r Request) withoutClient(c Connection) (Connection, error) {
	c.Method = Token
	registers := r.Kind == idp.Keycloak && r.ClientID == ""
	var err error
	switch r.Assistant.ID {
	case "claude-code":
		args := []string{"claude", "mcp", "add"}
		if r.ConfigScope != "" {
			args = append(args, "--scope", r.ConfigScope)
		}
		args = append(args, "--transport", "http", r.Name, r.URL)
		for _, h := range r.headers(true, !registers) {
			args = append(args, "--header", h.name+": "+h.value)
		}
		c.Snippets = commandSnippets(args...)
		return r.registering(c, registers), nil
	case "codex":
		args := []string{"codex", "mcp", "add", r.Name, "--url", r.URL}
		if !registers {
			args = append(args, "--bearer-token-env-var", "MCP_AUTH_TOKEN")
		}
		c.Snippets = commandSnippets(args...)
		c.Warnings = append(c.Warnings, codexHeaderWarning(r, r.headers(true, false))...)
		return r.registering(c, registers), nil
	case "roo-code":
		err = c.add(jsonSnippet(".roo/mcp.json", mcpServers(r.Name, rooServer{"streamable-http", r.URL, false, r.tokenHeaders()})))
	case "kiro":
		// The dialog gives Kiro the URL alone, whatever the gateway advertises.
		if c.Method = None; r.Kind == idp.Keycloak {
			c.Method = DCR
		}
		c.Warnings = append(c.Warnings, Warning{
			Failure: "GW06",
			Text:    "Kiro is given the URL only and registers itself, which fails where Dynamic Client Registration is closed",
			Fix:     "use another assistant, or give Kiro the client id in its own settings",
		})
		err = c.add(jsonSnippet("~/.kiro/settings/mcp.json", mcpServers(r.Name, urlServer{URL: r.URL})))
	case "goose":
		err = c.add(gooseSnippet(r))
	case "vscode":
		err = c.add(jsonSnippet(".vscode/mcp.json", map[string]any{"servers": map[string]any{r.Name: vscodeServer{"http", r.URL, r.tokenHeaders()}}}))
	case "curl":
		c.Snippets = curlSnippets(r)
	default: // the Cursors: the token is always embedded
		err = c.add(jsonSnippet(cursorConfig, mcpServers(r.Name, urlServer{r.URL, r.headers(true, true)})))
		c.Warnings = append(c.Warnings, r.noClient())
	}
	return c, err
}

func (c *Connection) add(s Snippet, err error) error {
	c.Snippets = append(c.Snippets, s)
	return err
}

// registering says what the snippet relies on.
func (r Request) registering(c Connection, registers bool) Connection {
	if registers {
		c.Method = DCR
	}
	c.Warnings = append(c.Warnings, r.noClient())
	return c
}

func (r Request) noClient() Warning {
	if r.Kind != idp.Keycloak {
		return Warning{
			Text: "there is no client id: the assistant is given a token in place of a login, which is shared and lives long",
			Fix:  "register a public client and set IDE_OAUTH_CLIENT_ID on the gateway",
		}
	}
	return Warning{
		Failure: "KC13",
		Text:    "there is no client id: an assistant that registers itself cannot complete a login where anonymous Dynamic Client Registration is off, and a token in a file is shared and lives long",
		Fix:     "register a public client (mcpreg keycloak setup) and set IDE_OAUTH_CLIENT_ID on the gateway",
	}
}

// tokenHeaders are those of an assistant that has no login: without a client id the server's own
// authentication is its business too.
func (r Request) tokenHeaders() headers { return r.headers(r.ClientID == "", true) }

type rooServer struct {
	Type     string  `json:"type"`
	URL      string  `json:"url"`
	Disabled bool    `json:"disabled"`
	Headers  headers `json:"headers,omitempty"`
}

// vscodeServer is what VS Code's own documentation has; the dialog leaves the type out.
type vscodeServer struct {
	Type    string  `json:"type"`
	URL     string  `json:"url"`
	Headers headers `json:"headers,omitempty"`
}

type urlServer struct {
	URL     string  `json:"url"`
	Headers headers `json:"headers,omitempty"`
}

// gooseSnippet is an extension of Goose's configuration; the timeout is in seconds.
func gooseSnippet(r Request) (Snippet, error) {
	server := yaml.MapSlice{
		{Key: "name", Value: r.Name}, {Key: "description", Value: "MCP server behind the gateway"}, {Key: "type", Value: "streamable_http"},
		{Key: "uri", Value: r.URL}, {Key: "enabled", Value: true},
	}
	var list yaml.MapSlice
	for _, h := range r.tokenHeaders() {
		list = append(list, yaml.MapItem{Key: h.name, Value: h.value})
	}
	server = append(server, yaml.MapItem{Key: "headers", Value: list}, yaml.MapItem{Key: "timeout", Value: 300})
	text, err := yaml.Marshal(yaml.MapSlice{{Key: "extensions", Value: yaml.MapSlice{{Key: r.Name, Value: server}}}})
	return Snippet{Form: YAML, Path: "~/.config/goose/config.yaml", Text: string(text)}, err
}

// curlSnippets are the two requests that open a session and list tools.
func curlSnippets(r Request) []Snippet {
	request := func(more []header, body string) []string {
		args := []string{"curl", "-i", "-X", "POST", r.URL, "-H", "Content-Type: application/json", "-H", "Accept: application/json, text/event-stream"}
		for _, h := range more {
			args = append(args, "-H", h.name+": "+h.value)
		}
		return append(args, "-d", body)
	}
	list := r.headers(false, true)
	list[len(list)-1].value = curlToken
	first := request(list, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"curl-client","version":"1.0.0"}}}`)
	second := request(append(list, header{"Mcp-Session-Id", "<session-id-from-step-1>"}), `{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}`)
	snippets := commandSnippets(first...)
	for i, s := range commandSnippets(second...) {
		snippets[i].Text += "\n" + s.Text
		if s.Shell == PowerShell { // where curl may be an alias of Invoke-WebRequest
			first[0], second[0] = "curl.exe", "curl.exe"
			snippets[i].Text = powerShellCommand(first) + "\n" + powerShellCommand(second)
		}
	}
	return snippets
}
