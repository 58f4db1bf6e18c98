package oktatest

import (
	"slices"
	"strings"
)

// admits reports whether a client's redirect URIs admit one: it must be the same text, with
// scheme, host, port, path, case and trailing slash. A client that says so may have one wildcard,
// for one label of the lowest subdomain.
func (o *Okta) admits(client *app, uri string) bool {
	registered := words(client.document, "settings", "oauthClient", "redirect_uris")
	if !o.holds(RedirectsAreRegistered) || slices.Contains(registered, uri) {
		return true
	}
	if !o.holds(LoopbackPortsCount) && slices.ContainsFunc(registered, func(r string) bool { return withoutPort(r) == withoutPort(uri) }) {
		return true
	}
	wildcards := text(client.document, "settings", "oauthClient", "wildcard_redirect") == "SUBDOMAIN"
	return wildcards && slices.ContainsFunc(registered, func(r string) bool { return admitsSubdomain(r, uri) })
}

// withoutPort removes the port of an http URI on a loopback host: what other servers ignore.
func withoutPort(uri string) string {
	for _, host := range []string{"http://localhost:", "http://127.0.0.1:"} {
		if rest, ok := strings.CutPrefix(uri, host); ok {
			return strings.TrimSuffix(host, ":") + strings.TrimLeft(rest, "0123456789")
		}
	}
	return uri
}

func admitsSubdomain(registered, uri string) bool {
	rest, wild := strings.CutPrefix(registered, "https://*")
	host, https := strings.CutPrefix(uri, "https://")
	label, matches := strings.CutSuffix(host, rest)
	return wild && https && matches && label != "" && !strings.ContainsAny(label, "./:?#@")
}
