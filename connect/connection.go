package connect

import (
	"fmt"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

// Request asks for what connects one assistant to one server.
type Request struct {
	Kind      idp.Kind
	Assistant Assistant
	Name      string // under which the assistant stores the server; of [ServerName] or [NameOfURL]
	URL       string // the connect URL, absolute
	ClientID  string // the public client; empty when there is none
	// CallbackPort pins the port where the kind compares it; 0 means [DefaultPort].
	CallbackPort int
	// Scopes are pinned in the snippet when given. Otherwise each kind decides whether they must
	// be.
	Scopes []string
	// ConfigScope is where Claude Code keeps the server: local, project or user; empty for its
	// default.
	ConfigScope string
	// Direct has Codex log in by itself where it would go through a bridge (Amazon Cognito).
	Direct bool
	// Headers are names of headers that the server wants besides. Their values are secrets and
	// stand as placeholders.
	Headers []string
	// AuthScheme is how the server behind the gateway is authenticated to, when the gateway does
	// not do it: "", "bearer" or "api_key"; AuthHeader the header of an API key.
	AuthScheme, AuthHeader string
}

// Method is how an assistant gets in.
type Method string

// The methods. DCR is Dynamic Client Registration (RFC 7591): the assistant registers itself.
const (
	OAuth Method = "oauth"
	DCR   Method = "dcr"
	Token Method = "token"
	None  Method = "none"
)

// Connection is all that connects one assistant to one server. Its JSON is a contract: what does
// not apply is absent.
type Connection struct {
	Server       string            `json:"server"`
	Assistant    string            `json:"assistant"`
	URL          string            `json:"url"`
	Method       Method            `json:"method"`
	ClientID     string            `json:"client_id,omitempty"`
	CallbackPort int               `json:"callback_port,omitempty"`
	RedirectURIs []idp.RedirectURI `json:"redirect_uris,omitempty"`
	Scopes       []string          `json:"scopes,omitempty"`
	Snippets     []Snippet         `json:"snippets"`
	Warnings     []Warning         `json:"warnings,omitempty"`
}

// Document is what `connect -o json` prints.
type Document struct {
	SchemaVersion int          `json:"schema_version"`
	Connections   []Connection `json:"connections"`
}

// Form is what a snippet is.
type Form string

// The forms: a command line, or text for a configuration file.
const (
	Command Form = "command"
	JSON    Form = "json"
	TOML    Form = "toml"
	YAML    Form = "yaml"
)

// Snippet is one thing to paste.
type Snippet struct {
	Form  Form   `json:"form"`
	Shell Shell  `json:"shell,omitempty"` // of a command
	Path  string `json:"path,omitempty"`  // of a file, "~" being the user's home
	Text  string `json:"text"`
}

// Connect returns what connects the assistant to the server. A request that no assistant could
// store, or that would break a shell, is an [*idp.Error] of [idp.CodeUsage]. Commands come once
// for each [Shell].
func Connect(r Request) (Connection, error) {
	if err := r.check(); err != nil {
		return Connection{}, err
	}
	c := Connection{Server: r.Name, Assistant: r.Assistant.ID, URL: r.URL, Warnings: r.urlWarnings()}
	if !r.Assistant.Login || r.ClientID == "" {
		return r.withoutClient(c)
	}
	c.Method, c.ClientID = OAuth, r.ClientID
	var err error
	if c.RedirectURIs, err = SentRedirects(r.Kind, r.Assistant, r.URL, r.CallbackPort); err != nil {
		return Connection{}, err
	}
	if usesPort(r.Kind) && len(r.Assistant.fixed) == 0 {
		c.CallbackPort = callbackPort(r.Assistant, r.CallbackPort)
	}
	c.Warnings = append(c.Warnings, r.headerWarnings()...)
	switch r.Assistant.ID {
	case "claude-code":
		return claude(r, c)
	case "codex":
		return codex(r, c)
	}
	return cursor(r, c)
}

// scopes are those to pin: the ones asked for, else what the kind cannot do without. Entra ID
// names the scope after the server, whose identifier never ends in a slash; Amazon Cognito refuses offline_access, which Cursor adds.
func (r Request) scopes() []string {
	switch {
	case len(r.Scopes) > 0:
		return r.Scopes
	case r.Kind == idp.Entra:
		return []string{strings.TrimRight(r.URL, "/") + "/user_impersonation", "offline_access", "openid", "profile"}
	case r.Kind == idp.Cognito && r.Assistant.ID != "claude-code":
		return idp.Cognito.Traits().Scopes
	}
	return nil
}

// urlWarnings tell what is doubtful about the connect URL. A server's root endpoint works with a
// slash only, and on Entra ID not at all.
func (r Request) urlWarnings() []Warning {
	u, err := parseURL("the server's URL", r.URL)
	if err != nil {
		return nil
	}
	warnings := plainHTTP(u)
	switch {
	case strings.HasSuffix(u.Path, "/mcp"):
	case strings.HasSuffix(u.Path, "/"):
		warnings = append(warnings, rootEndpoint(r.Kind))
	default:
		warnings = append(warnings, Warning{
			Failure: "GW17",
			Text:    "the URL ends in neither /mcp nor a slash: if the server answers at its root (append_mcp_path false), the gateway redirects it and the connection fails after login",
			Fix:     "end the URL in a slash for such a server",
		})
	}
	return warnings
}

// headerWarnings tell of headers that stand in for the token of the login.
func (r Request) headerWarnings() []Warning {
	for _, name := range r.Headers {
		if strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "X-Authorization") {
			return []Warning{{
				Failure: "ID11",
				Text:    fmt.Sprintf("the server asks for the header %s, which wins over the token of the login", name),
				Fix:     "leave that header out of the assistant's configuration",
			}}
		}
	}
	return nil
}
