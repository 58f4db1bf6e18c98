package login

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

// flow is how one assistant performs a login: measured in full logins of Claude Code 2.1.330,
// Codex 0.169.0 and Cursor's own MCP class of @cursor/sdk 1.0.32.
type flow struct {
	host string // of the redirect URI
	port int    // 0 for a free one
	path func(connectURL string, issAnnounced bool) (string, error)
	// scopes decides what to ask for; pinned is what the configuration says.
	scopes func(pinned, challenged, resource, server []string) []string
	// prompts tells whether prompt=consent is sent with those scopes.
	prompts func(scopes []string, authorizeHost string, resource, server []string) bool
	// resource spells the resource indicator (RFC 8707).
	resource func(string) string
}

const callbackPath = "/callback"

func plainPath(string, bool) (string, error) { return callbackPath, nil }

func flowOf(r Request) (flow, error) {
	switch r.Assistant.ID {
	case "claude-code":
		return flow{host: "localhost", port: r.CallbackPort, path: plainPath, scopes: claudeScopes, prompts: claudePrompts, resource: whatwg}, nil
	case "cursor":
		return flow{host: "localhost", port: connect.DefaultPort, path: plainPath, scopes: cursorScopes, prompts: cursorPrompts, resource: whatwg}, nil
	case "codex":
		if r.bridged() {
			return bridgeFlow(r), nil
		}
		f := flow{host: "127.0.0.1", port: r.CallbackPort, path: codexPath, scopes: codexScopes, prompts: neverPrompts, resource: asWritten}
		if r.CallbackPort != 0 {
			f.host = "localhost" // both keys are printed, and the URL's key names localhost
		}
		return f, nil
	}
	return flow{}, &idp.Error{
		Code:    idp.CodeUsage,
		Message: fmt.Sprintf("mcpreg cannot log in as %s: its login ends where only it can listen, or it has none", r.Assistant.ID),
		Hint:    "use --assistant claude-code, cursor or codex",
	}
}

// bridged reports whether Codex goes through mcp-remote, as connect prints it for Amazon Cognito.
func (r Request) bridged() bool { return r.Kind == idp.Cognito && !r.Direct }

// bridgeFlow is that of mcp-remote 0.15.1 with the arguments that connect prints.
func bridgeFlow(r Request) flow {
	return flow{host: "localhost", port: cmp.Or(r.CallbackPort, connect.DefaultPort), path: plainPath, scopes: codexScopes, prompts: neverPrompts, resource: whatwg}
}

// codexPath is what `codex mcp add` sends from 0.151 on: the id of the server only where the
// authorization server does not identify itself in its answer (RFC 9207).
func codexPath(connectURL string, issAnnounced bool) (string, error) {
	if issAnnounced {
		return callbackPath, nil
	}
	id, err := connect.CodexCallbackID(connectURL)
	return callbackPath + "/" + id, err
}

const offline = "offline_access"

// with appends offline_access if the server lists it.
func with(scopes, server []string) []string {
	if slices.Contains(server, offline) && !slices.Contains(scopes, offline) {
		return append(slices.Clone(scopes), offline)
	}
	return scopes
}

// claudeScopes adds offline_access even to scopes that are pinned.
func claudeScopes(pinned, _, resource, server []string) []string {
	if len(pinned) > 0 {
		return with(pinned, server)
	}
	return with(resource, server)
}

func cursorScopes(pinned, _, resource, server []string) []string {
	if len(pinned) > 0 {
		return pinned
	}
	return with(resource, slices.Concat(resource, server))
}

func codexScopes(pinned, challenged, resource, server []string) []string {
	switch {
	case len(pinned) > 0:
		return pinned
	case len(challenged) > 0:
		return challenged
	}
	return with(resource, server)
}

// entraHosts are those at which Claude Code leaves prompt=consent out.
func isEntraHost(host string) bool {
	return slices.Contains([]string{"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn", "login.chinacloudapi.cn"}, host) ||
		strings.HasSuffix(host, ".b2clogin.com") || strings.HasSuffix(host, ".ciamlogin.com")
}

func claudePrompts(scopes []string, authorizeHost string, _, _ []string) bool {
	return slices.Contains(scopes, offline) && !isEntraHost(authorizeHost)
}

// cursorPrompts stays where scopes are pinned without offline_access.
func cursorPrompts(_ []string, _ string, resource, server []string) bool {
	return slices.Contains(resource, offline) || slices.Contains(server, offline)
}

func neverPrompts([]string, string, []string, []string) bool { return false }

// whatwg spells a bare origin with a slash, as the URL class of JavaScript does.
func whatwg(resource string) string {
	if u, err := url.Parse(resource); err == nil && u.Path == "" && u.RawQuery == "" {
		return resource + "/"
	}
	return resource
}

func asWritten(resource string) string { return resource }
