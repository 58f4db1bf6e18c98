package connect

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

// Server is what the registry says of one server, as far as its connect URL depends on it.
type Server struct {
	Name          string // display name
	Path          string // "/currenttime"
	MCPEndpoint   string // absolute URL that replaces the computed one; usually empty
	ProxyPassURL  string // of the server behind the gateway
	AppendMCPPath *bool  // nil when unset
}

// URLRule is what a release of the gateway makes of an unset append_mcp_path.
type URLRule int

const (
	// AppendUnlessFalse adds /mcp unless append_mcp_path is false: gateway 1.29 and newer.
	AppendUnlessFalse URLRule = iota
	// DetectMCPPath leaves /mcp out when the proxied URL ends in /mcp, /sse or /v1 or below:
	// gateway 1.28 and older.
	DetectMCPPath
)

var proxiedMCPPath = regexp.MustCompile(`/(mcp|sse|v1)(/.*)?$`)

// URL returns the absolute URL that an assistant connects to, below the gateway's origin
// (absolute, with a path prefix if it has one), and what is doubtful about it. An origin or
// endpoint that is no http or https URL is an [*idp.Error] of [idp.CodeUsage].
func URL(kind idp.Kind, origin string, s Server, rule URLRule) (string, []Warning, error) {
	if s.MCPEndpoint != "" {
		u, err := parseURL("mcp_endpoint of "+s.Path, s.MCPEndpoint)
		if err != nil {
			return "", nil, err
		}
		return s.MCPEndpoint, append(plainHTTP(u), Warning{
			Failure: "GW05",
			Text:    "this server has an endpoint of its own, which its resource metadata does not follow: assistants may refuse it as another resource",
		}), nil
	}
	base, err := parseURL("the gateway's URL", origin)
	if err != nil {
		return "", nil, err
	}
	path := strings.Trim(s.Path, "/")
	if path == "" {
		return "", nil, usage("a server has no path", "")
	}
	target := strings.TrimRight(origin, "/") + "/" + path
	warnings := plainHTTP(base)
	if strings.HasSuffix(path, "mcp") {
		warnings = append(warnings, Warning{
			Failure: "GW05",
			Text:    fmt.Sprintf("the path /%s ends in mcp, which the gateway's parts understand differently: its metadata may name another resource", path),
			Fix:     "register the server under a path that does not end in mcp",
		})
	}
	if appendsMCP(s, rule) {
		return target + "/mcp", warnings, nil
	}
	return target + "/", append(warnings, rootEndpoint(kind)), nil
}

func appendsMCP(s Server, rule URLRule) bool {
	if s.AppendMCPPath != nil {
		return *s.AppendMCPPath
	}
	return rule == AppendUnlessFalse || !proxiedMCPPath.MatchString(s.ProxyPassURL)
}

func rootEndpoint(kind idp.Kind) Warning {
	if kind == idp.Entra {
		return Warning{
			Failure: "GW17",
			Text:    "on Entra ID no form of this URL is known to work: without the slash the gateway redirects and the connection fails, with it the URL is not the one that the token is bound to",
			Fix:     "let the server answer at /mcp, and set append_mcp_path to true",
		}
	}
	return Warning{
		Failure: "GW17",
		Text:    "the URL ends in a slash on purpose; without it the gateway redirects and the connection fails after login",
	}
}

// plainHTTP warns of a gateway without https.
func plainHTTP(u *url.URL) []Warning {
	if u.Scheme == "https" || slices.Contains(idp.LoopbackHosts(), u.Hostname()) {
		return nil
	}
	return []Warning{{
		Failure: "GW07",
		Text:    "plain http: the token travels in clear text, and a gateway that requires https (MCP_HTTPS_REQUIRED) offers no login there",
		Fix:     "serve the gateway over https and set REGISTRY_URL to that address",
	}}
}

// parseURL checks that text is an absolute http or https URL without control characters.
func parseURL(what, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, usage(fmt.Sprintf("%s is not an absolute http or https URL: %q", what, text), "give it in full, as in https://gw.example.com/currenttime/mcp")
	}
	if u.User != nil || u.Fragment != "" {
		return nil, usage(fmt.Sprintf("%s carries user information or a fragment: %q", what, text), "")
	}
	return u, nil
}

func usage(message, hint string) error {
	return &idp.Error{Code: idp.CodeUsage, Message: message, Hint: hint}
}
