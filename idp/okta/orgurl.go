package okta

import (
	"net/url"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

// oktaDomains are the domains below which Okta runs orgs (Okta documentation, "Find your Okta
// domain").
func oktaDomains() []string {
	return []string{".okta.com", ".oktapreview.com", ".okta-emea.com", ".okta-gov.com", ".okta.mil"}
}

// onOktaDomain reports whether the host is an org's own, not a custom domain.
func onOktaDomain(host string) bool {
	return slices.ContainsFunc(oktaDomains(), func(domain string) bool { return strings.HasSuffix(host, domain) })
}

// checkOrgURL returns the org's base URL without a slash at the end.
func checkOrgURL(text string, allowHTTP bool) (string, error) {
	const hint = "set --org-url or OKTA_ORG_URL, as in https://acme.okta.com"
	u, err := url.Parse(strings.TrimRight(text, "/"))
	switch {
	case text == "":
		return "", usage("no Okta org is named", hint)
	case err == nil && u.Scheme == "" && !strings.Contains(text, "://") && strings.Contains(text, "."):
		return "", usage("the Okta org URL "+text+" lacks https://", "use https://"+strings.TrimRight(text, "/"))
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" || u.Fragment != "":
		return "", usage("the Okta org URL must be an absolute https URL, as in https://acme.okta.com", hint)
	case u.User != nil:
		return "", usage("the Okta org URL must not carry a user or password", "give credentials through the environment or a file")
	case u.Scheme == "http" && !allowHTTP && !slices.Contains(idp.LoopbackHosts(), u.Hostname()):
		return "", usage("the Okta org URL is plain http to "+u.Hostname()+": the credential would travel in clear text", "use https://"+u.Host)
	case u.Path != "":
		return "", usage("the Okta org URL has the path "+u.Path, "give the org alone, as in "+u.Scheme+"://"+u.Host+"; the authorization server is named with --authorization-server")
	}
	host := strings.ToLower(u.Hostname())
	if name, domain, found := strings.Cut(host, "-admin."); found && onOktaDomain("."+domain) {
		return "", usage(host+" is the address of the Admin Console", "use the org's own address: https://"+name+"."+domain)
	}
	return u.Scheme + "://" + u.Host, nil
}

// checkAuthorizationServer checks the id of the custom authorization server.
func checkAuthorizationServer(id string) error {
	switch {
	case id == "org":
		return &idp.Error{
			Code: idp.CodeUsage, Failure: "OK24",
			Message: "the org authorization server cannot serve a gateway: its access tokens are for Okta alone, and carry no groups",
			Hint:    "name a custom authorization server with --authorization-server; every org with API Access Management has one called default",
		}
	case strings.ContainsAny(id, "/\\?# "):
		return usage("the authorization server "+id+" is no id", "give the id that its issuer ends in, such as default or aus1a2b3c")
	}
	return nil
}
