package connect

import (
	"bytes"
	"encoding/json"

	"github.com/mcpreg/mcpreg/idp"
)

// cursorServer is one server in Cursor's mcp.json. Scopes are an array there. One entry that
// breaks the schema makes Cursor ignore the whole file.
type cursorServer struct {
	URL     string     `json:"url"`
	Headers headers    `json:"headers,omitempty"`
	Auth    cursorAuth `json:"auth"`
}

type cursorAuth struct {
	ClientID string   `json:"CLIENT_ID"`
	Scopes   []string `json:"scopes,omitempty"`
}

const cursorConfig = ".cursor/mcp.json"

// cursor connects Cursor by its configuration file.
func cursor(r Request, c Connection) (Connection, error) {
	c.Scopes = r.scopes()
	if r.Kind == idp.Entra {
		c.Warnings = append(c.Warnings, Warning{
			Failure: "ID19",
			Text:    "Cursor asks for consent at every login: where users may not consent for themselves, Entra ID demands an administrator's approval even if that was given",
			Fix:     "let users consent to this application, or connect through the bridge mcp-remote",
		})
	}
	file, err := jsonSnippet(cursorConfig, mcpServers(r.Name, cursorServer{
		URL: r.URL, Headers: r.headers(false, false), Auth: cursorAuth{ClientID: r.ClientID, Scopes: c.Scopes},
	}))
	c.Snippets = []Snippet{file}
	return c, err
}

// mcpServers is the shape that most assistants' files share.
func mcpServers(name string, server any) any {
	return map[string]any{"mcpServers": map[string]any{name: server}}
}

func jsonSnippet(path string, value any) (Snippet, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(value)
	return Snippet{Form: JSON, Path: path, Text: text.String()}, err
}
