package entra

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
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

// checkRedirects refuses, before anything is written, redirect URIs that Entra does not take: http
// is for localhost and 127.0.0.1 alone, and some characters are for none (Microsoft, redirect URI
// restrictions).
func checkRedirects(uris []string) error {
	for _, uri := range uris {
		refused := func(format string, args ...any) error {
			return &idp.Error{
				Code: idp.CodeUsage, Failure: "EN01",
				Message: fmt.Sprintf("%q cannot be a redirect URI on Entra ID: %s; nothing was changed", uri, fmt.Sprintf(format, args...)),
				Hint:    "take it out of IDE_REDIRECT_URIS or --allow-redirect, or spell it as in http://localhost/callback",
			}
		}
		u, err := url.Parse(uri)
		switch {
		case err != nil:
			return refused("it is no URL")
		case len(uri) > maxRedirectLength:
			return refused("it is longer than %d characters", maxRedirectLength)
		case u.Scheme == "http" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1":
			return refused("plain http is for localhost and 127.0.0.1 only")
		case strings.ContainsAny(uri, notInRedirects):
			return refused("it holds one of %s", notInRedirects)
		}
	}
	return nil
}

// notInRedirects are the characters that no redirect URI may hold.
const notInRedirects = "!$'(),;"

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
