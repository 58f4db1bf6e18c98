package keycloaktest

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// address is a URI in its parts, as they are written (RFC 3986 appendix B).
type address struct{ text, scheme, authority, path string }

var (
	uriParts   = regexp.MustCompile(`^(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)`)
	badEscape  = regexp.MustCompile(`%(?:[^0-9a-fA-F]|.[^0-9a-fA-F]|.?$)`)
	notAllowed = " \\\"<>^`{|}"
)

// parse takes a URI apart; it fails where a character may not stand in one.
func parse(uri string) (address, bool) {
	if strings.ContainsAny(uri, notAllowed) || badEscape.MatchString(uri) {
		return address{}, false
	}
	parts := uriParts.FindStringSubmatch(uri)
	return address{uri, parts[1], parts[2], parts[3]}, true
}

// host is the authority without user and port, if that is a number.
func (a address) host() string {
	host := a.authority[strings.LastIndex(a.authority, "@")+1:]
	name, port, found := strings.Cut(host[strings.LastIndex(host, "]")+1:], ":")
	if !found || strings.Trim(port, "0123456789") != "" {
		return host
	}
	return host[:strings.LastIndex(host, "]")+1] + name
}

// portless is an http URI on a loopback host without its port; other URIs stay as they are.
func (a address) portless() string {
	hosts := []string{"localhost", "127.0.0.1", "[::1]"}
	if a.scheme != "http" || !slices.Contains(hosts, a.host()) {
		return a.text
	}
	end := strings.LastIndex(a.authority, a.host()) + len(a.host())
	return strings.Replace(a.text, "//"+a.authority, "//"+a.authority[:end], 1)
}

// admits reports whether one of the registered entries admits the redirect URI. This is
// Keycloak's own comparison: entries are compared as text, a trailing * admits what is below,
// and a loopback host that is registered without a port has every port.
func (k *Keycloak) admits(registered []string, uri string) bool {
	if !k.holds(RedirectsAreRegistered) {
		return true
	}
	parsed, ok := parse(uri)
	if !ok {
		return false
	}
	forms := []string{uri}
	if k.holds(LoopbackPortsAreIgnored) {
		forms = append(forms, parsed.portless())
	}
	for _, entry := range registered {
		for _, form := range forms {
			exact := entry == form && entry != "*" && !strings.HasPrefix(entry, "/")
			if exact || k.admitsBelow(entry, form, parsed) {
				return true
			}
		}
	}
	return false
}

// admitsBelow compares with an entry that ends in a wildcard. The query and the fragment do not
// count.
func (k *Keycloak) admitsBelow(entry, uri string, parsed address) bool {
	prefix, wild := strings.CutSuffix(entry, "*")
	if !wild || strings.Contains(prefix, "?") {
		return false
	}
	if prefix == "" {
		return slices.Contains([]string{"", "http", "https"}, strings.ToLower(parsed.scheme))
	}
	if i := strings.IndexAny(uri, "?#"); i >= 0 {
		uri = uri[:i]
	}
	if k.holds(WildcardsStayBelow) && climbs(parsed.path) {
		return false
	}
	if at, ok := parse(prefix); k.holds(WildcardsKeepTheHost) && (!ok || at.host() != parsed.host()) {
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
