package connect

import (
	"fmt"
	"strings"
	"unicode"

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
// store, or that would break a shell, is an [*idp.Error] of [idp.CodeUsage].
func Connect(r Request) (Connection, error) {
	if err := r.check(); err != nil {
		return Connection{}, err
	}
	c := Connection{Server: r.Name, Assistant: r.Assistant.ID, URL: r.URL}
	if !r.Assistant.Login || r.ClientID == "" {
		return r.withoutClient(c)
	}
	c.Method, c.ClientID = OAuth, r.ClientID
	var err error
	if c.RedirectURIs, err = SentRedirects(r.Kind, r.Assistant, r.URL, r.CallbackPort); err != nil {
		return Connection{}, err
	}
	if usesPort(r.Kind) {
		c.CallbackPort = callbackPort(r.Assistant, r.CallbackPort)
	}
	c.Warnings = append(c.Warnings, r.slashWarning()...)
	switch r.Assistant.ID {
	case "claude-code":
		return claude(r, c)
	case "codex":
		return codex(r, c)
	}
	return cursor(r, c)
}

// check refuses what cannot be stored or pasted.
func (r Request) check() error {
	if _, err := parseURL("the server's URL", r.URL); err != nil {
		return err
	}
	if r.CallbackPort < 0 || r.CallbackPort > 65535 {
		return usage(fmt.Sprintf("callback port %d is not between 1 and 65535", r.CallbackPort), "")
	}
	texts := append([]string{r.Name, r.URL, r.ClientID, r.ConfigScope, r.AuthHeader}, r.Scopes...)
	for _, text := range append(texts, r.Headers...) {
		if strings.ContainsFunc(text, unicode.IsControl) {
			return usage(fmt.Sprintf("%q holds a control character", text), "")
		}
	}
	if strings.HasPrefix(r.Name, "-") || strings.HasPrefix(r.ClientID, "-") || r.Name == "" {
		return usage(fmt.Sprintf("the name %q or client id %q is empty or would read as a flag", r.Name, r.ClientID), "")
	}
	return nil
}

// scopes are those to pin: the ones asked for, else what the kind cannot do without. Entra ID
// names the scope after the server; Amazon Cognito refuses offline_access, which Cursor adds.
func (r Request) scopes() []string {
	switch {
	case len(r.Scopes) > 0:
		return r.Scopes
	case r.Kind == idp.Entra:
		return []string{r.URL + "/user_impersonation", "offline_access", "openid", "profile"}
	case r.Kind == idp.Cognito && r.Assistant.ID != "claude-code":
		return idp.Cognito.Traits().Scopes
	}
	return nil
}

// slashWarning tells of a URL that may be the root endpoint of a server, which works with a
// slash only.
func (r Request) slashWarning() []Warning {
	if strings.HasSuffix(r.URL, "/mcp") || strings.HasSuffix(r.URL, "/") || strings.Contains(r.URL, "?") {
		return nil
	}
	return []Warning{{
		Failure: "GW17",
		Text:    "the URL ends in neither /mcp nor a slash: if the server answers at its root (append_mcp_path false), the gateway redirects it and the connection fails after login",
		Fix:     "end the URL in a slash for such a server",
	}}
}
