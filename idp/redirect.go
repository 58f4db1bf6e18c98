package idp

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// RedirectRule is how a kind compares a redirect URI with the registered ones. The zero rule is
// literal: scheme, host, port, path, case and slash must be the same (Okta, Cognito).
type RedirectRule struct {
	// AnyPort lists the loopback hosts on which a URI registered without a port admits every
	// port (RFC 8252 section 7.3).
	AnyPort []string
	// SuffixWildcard tells that a registered URI may end in "/*" and then admits every path
	// below.
	SuffixWildcard bool
}

// NeedsPort reports whether the callback port must be known when the client is registered.
func (r RedirectRule) NeedsPort() bool { return len(r.AnyPort) == 0 }

// IgnoresPort reports whether the rule ignores the port on the given host.
func (r RedirectRule) IgnoresPort(host string) bool { return slices.Contains(r.AnyPort, host) }

// RedirectURI is a redirect URI that is safe to register for a public client. Its only
// constructor is [ParseRedirectURI]; the zero value is not valid.
type RedirectURI struct{ uri string }

// maxRedirectURI is the length in bytes beyond which no identity provider accepts a URI.
const maxRedirectURI = 2048

// ParseRedirectURI checks that the absolute URI s is safe to register for a public client:
//
//   - http on a loopback literal, that is localhost, 127.0.0.1 or [::1] (RFC 8252 sections 7.3
//     and 8.3), without userinfo, query or fragment, no wildcard but one "/*" that ends a path
//     of at least one segment; or
//   - exactly one of allowed: the callback of an assistant chosen by name, or one that the
//     operator named.
//
// The error is an [*Error] of [CodeUsage] that says what is wrong and what is accepted.
func ParseRedirectURI(s string, allowed ...string) (RedirectURI, error) {
	if reason := redirectFault(s, slices.Contains(allowed, s)); reason != "" {
		return RedirectURI{}, &Error{
			Code:    CodeUsage,
			Message: fmt.Sprintf("redirect URI %q is refused: %s", s, reason),
			Hint:    "use a loopback URI such as http://localhost:8787/callback, or name a foreign one you trust with --allow-redirect",
		}
	}
	return RedirectURI{uri: s}, nil
}

// redirectFault says why s may not be registered, or returns "".
func redirectFault(s string, named bool) string {
	u, err := url.Parse(s)
	switch {
	case len(s) > maxRedirectURI:
		return fmt.Sprintf("longer than %d bytes", maxRedirectURI)
	case err != nil || !u.IsAbs() || u.Opaque != "" || u.String() != s:
		return "not an absolute URI in its normal form"
	case u.User != nil:
		return "it carries user information"
	case strings.Contains(s, "#"):
		return "it has a fragment"
	case named:
		if strings.Contains(s, "*") {
			return "a foreign URI may not hold a wildcard"
		}
		return ""
	case u.RawQuery != "" || u.ForceQuery:
		return "it has a query"
	case u.Scheme != "http":
		return "not http on loopback"
	}
	return loopbackFault(u)
}

func loopbackFault(u *url.URL) string {
	if !slices.Contains(LoopbackHosts(), u.Hostname()) {
		return "its host is not localhost, 127.0.0.1 or [::1]"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != port {
			return "its port is not between 1 and 65535"
		}
	} else if strings.HasSuffix(u.Host, ":") {
		return "its port is empty"
	}
	if u.Path == "" {
		return "it has no path"
	}
	stem, wild := strings.CutSuffix(u.Path, "/*")
	if strings.Contains(stem, "*") || (wild && stem == "") {
		return "a wildcard may only end a path, as in /callback/*"
	}
	if slices.ContainsFunc(strings.Split(u.Path, "/"), func(segment string) bool { return segment == ".." || segment == "." }) {
		return "its path has dot segments"
	}
	return ""
}

// LoopbackHosts lists the hosts of RFC 8252 section 7.3 as [net/url.URL.Hostname] gives them.
func LoopbackHosts() []string { return []string{"localhost", "127.0.0.1", "::1"} }

// String returns the URI as it is registered.
func (u RedirectURI) String() string { return u.uri }

// MarshalText returns the URI, so that it reads as a string in JSON and YAML.
func (u RedirectURI) MarshalText() ([]byte, error) { return []byte(u.uri), nil }

// Port returns the port that the URI carries; 0 when it carries none.
func (u RedirectURI) Port() int {
	parsed, err := url.Parse(u.uri)
	if err != nil {
		return 0
	}
	port, err := strconv.Atoi(parsed.Port())
	if err != nil {
		return 0
	}
	return port
}

// AtPort returns the URI with another port in place of the one that it carries; a URI without a
// port is returned as it is.
func (u RedirectURI) AtPort(port int) RedirectURI {
	parsed, err := url.Parse(u.uri)
	if err != nil || parsed.Port() == "" {
		return u
	}
	parsed.Host = strings.TrimSuffix(parsed.Host, parsed.Port()) + strconv.Itoa(port)
	return RedirectURI{uri: parsed.String()}
}

// Wildcard reports whether the URI ends in "/*", which only a kind with
// [RedirectRule.SuffixWildcard] understands.
func (u RedirectURI) Wildcard() bool { return strings.HasSuffix(u.uri, "/*") }

// Strings returns the URIs as strings, in order.
func Strings(uris []RedirectURI) []string {
	list := make([]string, len(uris))
	for i, u := range uris {
		list[i] = u.uri
	}
	return list
}
