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
// (absolute, with a path prefix if it has one), and what is doubtful about it. The path of the
// server is percent-encoded where need be. An origin or endpoint that is no http or https URL is
// an [*idp.Error] of [idp.CodeUsage].
func URL(kind idp.Kind, origin string, s Server, rule URLRule) (string, []Warning, error) {
	if s.MCPEndpoint != "" {
		u, err := parseURL(fmt.Sprintf("mcp_endpoint of %q", s.Path), s.MCPEndpoint)
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
	if base.RawQuery != "" || base.ForceQuery {
		return "", nil, usage(fmt.Sprintf("the gateway's URL has a query: %q", origin), "leave out ? and what follows")
	}
	path := encodePath(strings.Trim(s.Path, "/"))
	if path == "" {
		return "", nil, usage(fmt.Sprintf("server %q has no path", s.Name), "the registry names each server by a path, such as /currenttime")
	}
	if hasDotSegment(path) {
		return "", nil, usage(fmt.Sprintf("the path %q of server %q climbs out of the gateway", s.Path, s.Name), "register the server under a path without dot segments")
	}
	target := strings.TrimRight(origin, "/") + "/" + path
	warnings := plainHTTP(base)
	if path == "mcp" || strings.HasSuffix(path, "/mcp") {
		warnings = append(warnings, Warning{
			Failure: "GW05",
			Text:    fmt.Sprintf("the path /%s ends in /mcp, which the gateway's parts understand differently: its metadata may name another resource", path),
			Fix:     "register the server under a path that does not end in /mcp",
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
	w := Warning{
		Failure: "GW17",
		Text:    "the URL ends in a slash on purpose; without it the gateway redirects and the connection fails after login",
	}
	if kind == idp.Entra {
		w.Text += "; the identifier URI and the scope on Entra ID have no slash, as the gateway's resource has none"
	}
	return w
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

func usage(message, hint string) error {
	return &idp.Error{Code: idp.CodeUsage, Message: message, Hint: hint}
}
