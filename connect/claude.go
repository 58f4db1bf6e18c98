package connect

import (
	"strconv"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

// claude connects Claude Code: its command line, and .mcp.json where scopes are pinned, which no
// flag can do. The URL comes before headers, because --header takes all that follows.
func claude(r Request, c Connection) (Connection, error) {
	args := []string{"claude", "mcp", "add"}
	if r.ConfigScope != "" {
		args = append(args, "--scope", r.ConfigScope)
	}
	args = append(args, "--transport", "http", "--client-id", r.ClientID)
	if c.CallbackPort != 0 {
		args = append(args, "--callback-port", strconv.Itoa(c.CallbackPort))
	}
	if !r.Kind.Traits().Redirects.IgnoresPort("127.0.0.1") {
		c.Warnings = append(c.Warnings, Warning{
			Failure: "ID03",
			Text:    "Claude Code 2.1.229 and 2.1.230 send 127.0.0.1 instead of localhost, which this identity provider refuses",
			Fix:     "use a newer Claude Code",
		})
	}
	args = append(args, r.Name, r.URL)
	for _, h := range r.headers(false, false) {
		args = append(args, "--header", h.name+": "+h.value)
	}
	c.Scopes = r.scopes()
	if len(c.Scopes) == 0 {
		c.Snippets = commandSnippets(args...)
		return c, nil
	}
	// With scopes that must be pinned the file comes first; the command works where the gateway
	// advertises just these.
	file, err := jsonSnippet(".mcp.json", mcpServers(r.Name, claudeServer{
		Type: "http", URL: r.URL, Headers: r.headers(false, false),
		OAuth: claudeOAuth{ClientID: r.ClientID, CallbackPort: c.CallbackPort, Scopes: strings.Join(c.Scopes, " ")},
	}))
	if r.Kind == idp.Entra && len(r.Scopes) == 0 {
		c.Snippets = append(commandSnippets(args...), file)
		return c, err
	}
	c.Snippets = []Snippet{file}
	return c, err
}

// claudeServer is one server in .mcp.json. Scopes are one string there; an array is refused.
type claudeServer struct {
	Type    string      `json:"type"`
	URL     string      `json:"url"`
	Headers headers     `json:"headers,omitempty"`
	OAuth   claudeOAuth `json:"oauth"`
}

type claudeOAuth struct {
	ClientID     string `json:"clientId"`
	CallbackPort int    `json:"callbackPort,omitempty"`
	Scopes       string `json:"scopes,omitempty"`
}
