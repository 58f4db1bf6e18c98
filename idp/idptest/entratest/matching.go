package entratest

import (
	"net/url"
)

// platformOf tells on which platform the application registered a redirect URI; "" when on none.
// An entry that is equal goes before one that differs in its port; of several such the first
// decides, which is why none should be registered.
func (e *Entra) platformOf(app fields, uri string) string {
	for _, fits := range []func(registered, sent string) bool{
		func(registered, sent string) bool { return registered == sent },
		e.samePortless,
	} {
		for _, platform := range []string{web, spa, publicClient} {
			for _, registered := range textsOf(inner(app, platform), "redirectUris") {
				if fits(registered, uri) {
					return platform
				}
			}
		}
	}
	if !e.holds(RedirectsAreRegistered) {
		return publicClient
	}
	return ""
}

// samePortless compares redirect URIs on http://localhost without their ports; path and query are
// compared as they are written. 127.0.0.1 has no such rule
// (https://learn.microsoft.com/entra/identity-platform/reply-url#localhost-exceptions).
func (e *Entra) samePortless(registered, sent string) bool {
	left, err := url.Parse(registered)
	if err != nil {
		return false
	}
	right, err := url.Parse(sent)
	if err != nil || !e.holds(LocalhostPortsAreIgnored) {
		return false
	}
	path := func(u *url.URL) string {
		if u.EscapedPath() == "" {
			return "/"
		}
		return u.EscapedPath()
	}
	local := func(u *url.URL) bool {
		return u.Scheme == "http" && u.Hostname() == "localhost" && u.User == nil && u.Fragment == ""
	}
	return local(left) && local(right) && path(left) == path(right) && left.RawQuery == right.RawQuery
}

// registersRedirects reports whether the application has any redirect URI.
func registersRedirects(app fields) bool {
	for _, platform := range []string{web, spa, publicClient} {
		if len(textsOf(inner(app, platform), "redirectUris")) > 0 {
			return true
		}
	}
	return false
}
