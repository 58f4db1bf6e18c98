package idptest

import (
	"net/url"
	"slices"
	"strings"
)

// admits reports whether one of the registered entries admits the redirect URI. This is
// Keycloak's own comparison: entries are compared as text, a trailing * admits what is below,
// and a loopback host that is registered without a port has every port.
func (k *Keycloak) admits(registered []string, uri string) bool {
	if !k.holds(RedirectsAreRegistered) {
		return true
	}
	parsed, err := url.Parse(uri)
	if err != nil || strings.ContainsAny(uri, ` \`) {
		return false
	}
	forms := []string{uri}
	if k.holds(LoopbackPortsAreIgnored) {
		if portless, ok := withoutLoopbackPort(uri, parsed); ok {
			forms = append(forms, portless)
		}
	}
	for _, entry := range registered {
		for _, form := range forms {
			if entry == form && entry != "*" || k.admitsBelow(entry, form, parsed) {
				return true
			}
		}
	}
	return false
}

// withoutLoopbackPort takes the port out of an http URI on loopback, leaving the rest as it is
// written.
func withoutLoopbackPort(uri string, parsed *url.URL) (string, bool) {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if !strings.HasPrefix(uri, "http://") || !slices.Contains(hosts, parsed.Hostname()) {
		return "", false
	}
	authority := strings.TrimSuffix(parsed.Host, ":"+parsed.Port())
	return strings.Replace(uri, parsed.Host, authority, 1), authority != parsed.Host
}

// admitsBelow compares with an entry that ends in a wildcard. The query and the fragment do not
// count.
func (k *Keycloak) admitsBelow(entry, uri string, parsed *url.URL) bool {
	prefix, wild := strings.CutSuffix(entry, "*")
	if !wild || strings.Contains(prefix, "?") {
		return false
	}
	if prefix == "" {
		return slices.Contains([]string{"", "http", "https"}, parsed.Scheme)
	}
	if i := strings.IndexAny(uri, "?#"); i >= 0 {
		uri = uri[:i]
	}
	if k.holds(WildcardsStayBelow) && climbs(parsed.EscapedPath()) {
		return false
	}
	if k.holds(WildcardsKeepTheHost) && !sameHost(prefix, parsed) {
		return false
	}
	return strings.HasPrefix(uri, prefix) || uri == strings.TrimSuffix(prefix, "/")
}

// climbs reports whether a path has a segment of two dots, however often it is escaped.
func climbs(path string) bool {
	for {
		if slices.Contains(strings.Split(path, "/"), "..") {
			return true
		}
		plain, err := url.PathUnescape(path)
		if err != nil || plain == path {
			return false
		}
		path = plain
	}
}

func sameHost(prefix string, uri *url.URL) bool {
	entry, err := url.Parse(prefix)
	return err == nil && entry.Hostname() == uri.Hostname()
}

// illegalRedirect tells what is wrong with an entry that shall be registered; "" when nothing is.
func illegalRedirect(entry string) string {
	if strings.Contains(entry, "#") {
		return "A redirect URI must not contain an URL fragment"
	}
	if scheme, _, found := strings.Cut(entry, ":"); found && slices.Contains([]string{"javascript", "data", "vbscript"}, strings.ToLower(scheme)) {
		return "A redirect URI uses an illegal scheme"
	}
	if _, after, found := strings.Cut(entry, "]"); found && strings.HasPrefix(strings.TrimPrefix(after, ":"), "*") {
		return "A redirect URI is not a valid URI"
	}
	return ""
}

// originsOf derives web origins from redirect URIs, as the server does when none are given.
func originsOf(redirects []string) []string {
	origins := []string{}
	for _, entry := range redirects {
		parsed, err := url.Parse(entry)
		if err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" {
			continue
		}
		if origin := parsed.Scheme + "://" + parsed.Host; !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	return origins
}
