package connect

import (
	"fmt"
	"slices"

	"github.com/mcpreg/mcpreg/idp"
)

// RedirectOptions are the operator's choices about redirect URIs.
type RedirectOptions struct {
	// Port is the callback port where the kind compares it; 0 means [DefaultPort].
	Port int
	// Strict registers exact URIs where the kind also knows wildcards.
	Strict bool
}

// Redirects returns the redirect URIs that a client must admit for the assistants to log in to
// servers with those connect URLs (absolute): each once, sorted. The warnings name what is
// missing because no server was named, and what the kind has no room for. A URL or port that is
// none is an [*idp.Error] of [idp.CodeUsage].
func Redirects(kind idp.Kind, assistants []Assistant, connectURLs []string, opts RedirectOptions) ([]idp.RedirectURI, []Warning, error) {
	if err := checkPort(opts.Port); err != nil {
		return nil, nil, err
	}
	ids, err := codexIDs(connectURLs)
	if err != nil {
		return nil, nil, err
	}
	rule := kind.Traits().Redirects
	var found []string
	var allowed []string
	var warnings []Warning
	for _, a := range assistants {
		found = append(found, a.fixed...)
		allowed = append(allowed, a.fixed...)
		if !a.Login || len(a.fixed) > 0 {
			continue
		}
		if rule.SuffixWildcard && !opts.Strict {
			found = append(found, everyPath(rule)...)
			continue
		}
		paths := []string{callbackPath}
		if a.perServer {
			for _, id := range ids {
				paths = append(paths, callbackPath+"/"+id)
			}
			if len(ids) == 0 {
				warnings = append(warnings, Warning{
					Failure: "ID06",
					Text:    a.Name + " adds an id of each server to its redirect URI; no server was named, so its redirect URIs are missing",
					Fix:     "name the servers with --server",
				})
			}
		}
		for _, origin := range origins(a, rule, opts) {
			for _, path := range paths {
				found = append(found, origin+path)
			}
		}
	}
	uris, err := parseAll(found, allowed)
	if kind == idp.Entra && len(uris) > entraRedirects {
		warnings = append(warnings, Warning{
			Failure: "EN19",
			Text:    fmt.Sprintf("these are %d redirect URIs, and an app registration of Entra ID holds %d", len(uris), entraRedirects),
			Fix:     "spread the servers over several app registrations",
		})
	}
	return uris, warnings, err
}

// entraRedirects is how many redirect URIs an app registration of Entra ID holds (Microsoft,
// redirect URI restrictions).
const entraRedirects = 256

func checkPort(port int) error {
	if port < 0 || port > 65535 {
		return usage(fmt.Sprintf("callback port %d is not between 1 and 65535", port), "")
	}
	return nil
}

// SentRedirects returns the exact redirect URIs that one assistant may send when it connects to
// one server; the port is left out where the kind ignores it.
func SentRedirects(kind idp.Kind, a Assistant, connectURL string, port int) ([]idp.RedirectURI, error) {
	uris, _, err := Redirects(kind, []Assistant{a}, []string{connectURL}, RedirectOptions{Port: port, Strict: true})
	return uris, err
}

// everyPath is any port and any path at or below the callback, which is far tighter than any
// path, and covers every form that Codex sends.
func everyPath(rule idp.RedirectRule) []string {
	var list []string
	for _, host := range rule.AnyPort {
		list = append(list, "http://"+host+callbackPath+"/*")
	}
	return list
}

// origins returns scheme, host and port of the redirect URIs to register. Where the port is
// compared, only localhost is registered: it is what every assistant can be made to send.
func origins(a Assistant, rule idp.RedirectRule, opts RedirectOptions) []string {
	if !rule.NeedsPort() {
		var list []string
		for _, host := range rule.AnyPort {
			list = append(list, "http://"+host)
		}
		return list
	}
	return []string{fmt.Sprintf("http://localhost:%d", callbackPort(a, opts.Port))}
}

// callbackPort is the port that the assistant will use when told to use that one.
func callbackPort(a Assistant, port int) int {
	switch {
	case a.fixedPort != 0:
		return a.fixedPort
	case port != 0:
		return port
	}
	return DefaultPort
}

func codexIDs(connectURLs []string) ([]string, error) {
	var ids []string
	for _, u := range connectURLs {
		if _, err := parseURL("the server's URL", u); err != nil {
			return nil, err
		}
		id, err := CodexCallbackID(u)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func parseAll(found, allowed []string) ([]idp.RedirectURI, error) {
	slices.Sort(found)
	var uris []idp.RedirectURI
	for _, s := range slices.Compact(found) {
		uri, err := idp.ParseRedirectURI(s, allowed...)
		if err != nil {
			return nil, err
		}
		uris = append(uris, uri)
	}
	return uris, nil
}

// usesPort reports whether the snippet must pin the callback port: the kind compares it.
func usesPort(kind idp.Kind) bool { return kind.Traits().Redirects.NeedsPort() }
