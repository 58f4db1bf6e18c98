package entra

import (
	"net/url"
	"slices"
)

// Limits of an app registration for accounts of one tenant (Microsoft, redirect URI restrictions;
// validation differences by supported account types).
const (
	maxRedirects        = 256 // over all platforms
	maxRedirectLength   = 256 // characters
	maxIdentifiers      = 999
	maxIdentifierLength = 255
	groupsBeforeOverage = 200 // in a token that is a JWT
)

// withoutPort is the redirect URI as Entra compares it: the port of http://localhost does not
// count (Microsoft, localhost exceptions). That of 127.0.0.1 is taken to count.
func withoutPort(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" || u.Hostname() != "localhost" {
		return uri
	}
	u.Host = u.Hostname()
	return u.String()
}

// registrable are the redirect URIs in the form in which they are registered, each once: of
// several that differ only by a port that does not count, Entra picks any.
func registrable(uris []string) []string {
	var list []string
	for _, uri := range uris {
		if uri = withoutPort(uri); !slices.Contains(list, uri) {
			list = append(list, uri)
		}
	}
	return list
}

// admits reports whether one of the registered URIs stands for uri.
func admits(registered []string, uri string) bool {
	return slices.ContainsFunc(registered, func(r string) bool { return withoutPort(r) == withoutPort(uri) })
}

// missing lists the wanted URIs that nothing registered stands for.
func missing(registered, wanted []string) []string {
	var list []string
	for _, uri := range wanted {
		if !admits(registered, uri) {
			list = append(list, uri)
		}
	}
	return list
}

// foreign lists the registered URIs that stand for none of the wanted ones.
func foreign(registered, wanted []string) []string {
	return slices.DeleteFunc(slices.Clone(registered), func(uri string) bool { return admits(wanted, uri) })
}

// stray lists the registered URIs of another platform that stand for a wanted one: they make the
// client confidential there, and a URI may stand on one platform only.
func stray(registered, wanted []string) []string {
	return slices.DeleteFunc(slices.Clone(registered), func(uri string) bool { return !admits(wanted, uri) })
}
