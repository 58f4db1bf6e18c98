package entratest

import (
	"net/url"
	"slices"
	"strings"
)

// The platforms of an application's redirect URIs, in the order in which the sign-in endpoint
// looks at them.
const (
	web          = "web"
	spa          = "spa"
	publicClient = "publicClient"
)

// The limits of redirect URIs (https://learn.microsoft.com/entra/identity-platform/reply-url).
const (
	maxRedirects         = 256
	maxPersonalRedirects = 100
	maxRedirect          = 256
)

// judgeRedirects checks the redirect URIs of all platforms.
func (e *Entra) judgeRedirects(before, after fields) *failure {
	limit, count := maxRedirects, 0
	if strings.Contains(textOf(after, "signInAudience"), "Personal") {
		limit = maxPersonalRedirects
	}
	for _, platform := range []string{web, spa, publicClient} {
		property := platform + ".redirectUris"
		uris, old := textsOf(inner(after, platform), "redirectUris"), textsOf(inner(before, platform), "redirectUris")
		count += len(uris)
		for i, uri := range uris {
			if slices.Contains(uris[:i], uri) {
				return refuse("DuplicateValue", "Request contains a property with duplicate values.").about("DuplicateValue", property)
			}
			if !slices.Contains(old, uri) && e.holds(RedirectsAreValidated) && !mayRedirect(platform, uri) {
				return refuse("InvalidReplyUrl", "Reply URL '"+uri+"' is not valid for property "+property+".").about("InvalidValue", property)
			}
		}
	}
	if count > limit && e.holds(RedirectsAreLimited) {
		return badRequest("The number of redirect URIs exceeds the maximum allowed.").about("MaxLimitExceeded", "redirectUris")
	}
	return nil
}

// mayRedirect reports whether a redirect URI may be registered for a platform. http is for
// loopback; [::1] is not supported; some characters and wildcards with other hosts are not either.
func mayRedirect(platform, uri string) bool {
	parsed, err := url.Parse(uri)
	if err != nil || len(uri) > maxRedirect || parsed.Scheme == "" || parsed.Fragment != "" || strings.ContainsAny(uri, "!$'(),;* ") {
		return false
	}
	switch parsed.Scheme {
	case "https":
		return parsed.Host != ""
	case "http":
		return slices.Contains([]string{"localhost", "127.0.0.1"}, parsed.Hostname())
	}
	return platform == publicClient
}
