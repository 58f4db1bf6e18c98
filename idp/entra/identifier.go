package entra

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

// identifiers are the identifier URIs for connect URLs, sorted, each once. One may not end in a
// slash (Microsoft, identifier URI restrictions), and the gateway's resource does not either.
func identifiers(resources []string) []string {
	var list []string
	for _, r := range resources {
		if r = strings.TrimRight(r, "/"); r != "" && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	slices.Sort(list)
	return list
}

// checkIdentifiers refuses, before anything is written, identifier URIs that the tenant will not
// take: the host must be a verified domain or below one.
func checkIdentifiers(uris []string, home *tenant) error {
	for _, uri := range uris {
		u, err := url.Parse(uri)
		if err != nil || u.Host == "" || len(uri) > maxIdentifierLength {
			return &idp.Error{
				Code: idp.CodeUsage, Failure: "EN12",
				Message: fmt.Sprintf("%q cannot be an identifier URI: it is no absolute URL of at most %d characters", uri, maxIdentifierLength),
				Hint:    "give the server a shorter path",
			}
		}
		if home == nil || slices.ContainsFunc(home.domains, func(domain string) bool { return within(u.Hostname(), domain) }) {
			continue
		}
		return &idp.Error{
			Code: idp.CodeUsage, Failure: "EN12",
			Message: fmt.Sprintf("%s cannot be an identifier URI: its host is in no verified domain of tenant %s (verified: %s); nothing was changed", uri, home.displayName, strings.Join(home.domains, ", ")),
			Hint:    "verify the domain in the tenant (Entra admin center, Settings, Domain names), or serve the gateway under a verified one; --allow-unverified-domain lets Entra decide",
		}
	}
	return nil
}

// within reports whether the host is the domain or below it.
func within(host, domain string) bool {
	host, domain = strings.ToLower(host), strings.ToLower(domain)
	return host == domain || strings.HasSuffix(host, "."+domain)
}

// sameOrigin reports whether two URLs share scheme and host: identifier URIs of one gateway do.
func sameOrigin(a, b string) bool {
	first, err := url.Parse(a)
	if err != nil {
		return false
	}
	second, err := url.Parse(b)
	return err == nil && first.Scheme == second.Scheme && first.Host == second.Host
}

// obsolete lists the identifier URIs of the gateway's servers that are not wanted: those with the
// origin of one that is. Others are somebody else's.
func obsolete(have, wanted []string) []string {
	var list []string
	for _, uri := range have {
		if !slices.Contains(wanted, uri) && slices.ContainsFunc(wanted, func(w string) bool { return sameOrigin(uri, w) }) {
			list = append(list, uri)
		}
	}
	return list
}
