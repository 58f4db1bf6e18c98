package connect

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/mcpreg/mcpreg/idp"
)

const codexConfig = "~/.codex/config.toml"

// codexCallback is what config.toml says of the callback of every login. It must stand above
// every table: below one, Codex ignores it without a word.
type codexCallback struct {
	Port int    `toml:"mcp_oauth_callback_port"`
	URL  string `toml:"mcp_oauth_callback_url,omitempty"`
}

// codexServers are tables, which must stand below: what follows a table belongs to it.
type codexServers struct {
	Servers map[string]codexServer `toml:"mcp_servers"`
}

type codexServer struct {
	URL     string            `toml:"url"`
	Scopes  []string          `toml:"scopes,omitempty"`
	OAuth   codexOAuth        `toml:"oauth"`
	Headers map[string]string `toml:"http_headers,omitempty"`
}

type codexOAuth struct {
	ClientID string `toml:"client_id"`
}

// codex connects Codex. The command stores the redirect URI that it used, but not its port: the
// line for config.toml is what a second login finds its port by.
func codex(r Request, c Connection) (Connection, error) {
	if r.Kind == idp.Cognito && !r.Direct {
		return codexBridge(r, c)
	}
	// Entra ID ignores the port, but only on localhost, which Codex must be told to send.
	pinned := usesPort(r.Kind) || r.Kind == idp.Entra
	callback := codexCallback{Port: callbackPort(r.Assistant, r.CallbackPort)}
	if pinned {
		c.CallbackPort = callback.Port
		callback.URL = fmt.Sprintf("http://localhost:%d%s", callback.Port, callbackPath)
	}
	top, err := tomlSnippet("at the very top of the file", callback)
	if err != nil {
		return Connection{}, err
	}
	c.Scopes = r.scopes()
	if pinned {
		c.Warnings = append(c.Warnings, Warning{
			Failure: "ID14",
			Text:    "a later login goes to a dead port unless the lines for config.toml stand at the very top of that file",
		})
	}
	if len(c.Scopes) > 0 {
		return codexWithScopes(r, c, top)
	}
	args := []string{"codex", "mcp", "add", r.Name, "--url", r.URL, "--oauth-client-id", r.ClientID}
	if pinned {
		args = append(args, "-c", "mcp_oauth_callback_port="+strconv.Itoa(callback.Port), "-c", "mcp_oauth_callback_url="+callback.URL)
	}
	c.Snippets = append(commandSnippets(args...), top)
	c.Warnings = append(append(c.Warnings, oldCodex(r)), codexHeaderWarning(r, r.headers(false, false))...)
	return c, nil
}

// codexWithScopes uses the file alone, because the command cannot set scopes.
func codexWithScopes(r Request, c Connection, top Snippet) (Connection, error) {
	server := codexServer{URL: r.URL, Scopes: c.Scopes, OAuth: codexOAuth{r.ClientID}, Headers: map[string]string{}}
	for _, h := range r.headers(false, false) {
		server.Headers[h.name] = h.value
	}
	table, err := tomlSnippet("at the end of the file", codexServers{map[string]codexServer{r.Name: server}})
	c.Snippets = append([]Snippet{top, table}, commandSnippets("codex", "mcp", "login", r.Name)...)
	return c, err
}

func oldCodex(r Request) Warning {
	return Warning{
		Failure: "ID15",
		Text:    "Codex before 0.164 asks for every scope that the authorization server lists, and the login can end in invalid_scope",
		Fix:     fmt.Sprintf(`use Codex 0.164 or newer, or pin the scopes, such as "%s"`, strings.Join(r.Kind.Traits().Scopes, " ")),
	}
}

// codexHeaderWarning tells that the command line of Codex has no place for headers.
func codexHeaderWarning(r Request, wanted headers) []Warning {
	if len(wanted) == 0 {
		return nil
	}
	return []Warning{{
		Text: "codex mcp add cannot set the headers that this server wants",
		Fix:  fmt.Sprintf("add http_headers to the table [mcp_servers.%s] in %s", r.Name, codexConfig),
	}}
}

// codexBridge connects through mcp-remote. Codex 0.150 and newer refuse an authorize endpoint on
// another origin than the authorization server's, and at Amazon Cognito it has another one than the
// issuer. 0.150.1, 0.164.0 and 0.169.0 were measured to take it, because it shares the token
// endpoint's. Those between were not tried; the bridge is right with all of them.
func codexBridge(r Request, c Connection) (Connection, error) {
	port := callbackPort(r.Assistant, r.CallbackPort)
	args := []string{"codex", "mcp", "add", r.Name, "--", "npx", "-y", "mcp-remote@0.15.1", r.URL, strconv.Itoa(port), "--callback-path", callbackPath}
	info, err := compactJSON(bridgeClient{r.ClientID})
	if err != nil {
		return Connection{}, err
	}
	// Without scopes it asks for all that the gateway advertises.
	c.Scopes = r.scopes()
	metadata, err := compactJSON(bridgeMetadata{strings.Join(c.Scopes, " "), []string{"authorization_code"}})
	if err != nil {
		return Connection{}, err
	}
	c.Snippets = commandSnippets(append(args, "--static-oauth-client-info", info, "--static-oauth-client-metadata", metadata)...)
	bridged, err := idp.ParseRedirectURI(fmt.Sprintf("http://localhost:%d%s", port, callbackPath))
	c.RedirectURIs = []idp.RedirectURI{bridged}
	c.Warnings = append(c.Warnings, Warning{
		Failure: "ID18",
		Text:    "this goes through the bridge mcp-remote, which works with every version of Codex: some from 0.150 on may refuse Amazon Cognito, whose login page has another origin than its issuer",
		Fix:     "--direct prints Codex's own login, which 0.150.1, 0.164.0, 0.169.0 and those before 0.150 do not refuse; setup registers the callback URLs of both",
	})
	if len(r.headers(false, false)) > 0 {
		c.Warnings = append(c.Warnings, Warning{Text: "the headers that this server wants are not in this line", Fix: "give them to mcp-remote in a file, with --header-file"})
	}
	return c, err
}

// bridgeClient and bridgeMetadata are what mcp-remote takes instead of registering a client. The
// one grant type keeps it from asking for offline_access and consent.
type bridgeClient struct {
	ClientID string `json:"client_id"`
}

type bridgeMetadata struct {
	Scope      string   `json:"scope"`
	GrantTypes []string `json:"grant_types"`
}

func compactJSON(value any) (string, error) {
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(value)
	return strings.TrimSuffix(text.String(), "\n"), err
}

// tomlSnippet writes part of config.toml, with a comment that says where it goes.
func tomlSnippet(place string, part any) (Snippet, error) {
	text, err := toml.Marshal(part)
	// The header of the parent table may stand in a file only once; those of its servers suffice.
	tables := strings.TrimPrefix(string(text), "[mcp_servers]\n")
	return Snippet{Form: TOML, Path: codexConfig, Text: "# " + place + "\n" + tables}, err
}
