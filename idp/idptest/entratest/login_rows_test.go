package entratest_test

import (
	"fmt"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// matchingRows compare redirect URIs
// (https://learn.microsoft.com/entra/identity-platform/reply-url#localhost-exceptions).
func matchingRows() []row {
	table := []struct {
		name, registered, sent, want string
		rule                         entratest.Rule
	}{
		{"equal", callback, callback, "tokens", ""},
		{"another port on localhost", callback, "http://localhost:41234/callback", "tokens", entratest.LocalhostPortsAreIgnored},
		{"a port for another on localhost", "http://localhost:8787/callback", "http://localhost:1/callback", "tokens", ""},
		{"another path", callback, "http://localhost:41234/callback/abc", "AADSTS50011", entratest.RedirectsAreRegistered},
		{"another case of the path", callback, "http://localhost/Callback", "AADSTS50011", ""},
		{"a trailing slash", callback, "http://localhost/callback/", "AADSTS50011", ""},
		{"a query", callback, "http://localhost/callback?x=1", "AADSTS50011", ""},
		{"127.0.0.1 for localhost", callback, "http://127.0.0.1:8787/callback", "AADSTS50011", ""},
		{"127.0.0.1, equal", literal, literal, "tokens", ""},
		{"127.0.0.1, another port", literal, "http://127.0.0.1:8788/callback", "AADSTS50011", ""},
		{"127.0.0.1 without a port", "http://127.0.0.1/callback", "http://127.0.0.1:8787/callback", "AADSTS50011", ""},
		{"https on localhost", "https://localhost/callback", "https://localhost:1/callback", "AADSTS50011", ""},
		{"userinfo", callback, "http://user@localhost/callback", "AADSTS50011", ""},
		{"no path is the root", "http://localhost", "http://localhost:41234/", "tokens", ""},
	}
	var list []row
	for _, c := range table {
		list = append(list, row{"redirect: " + c.name, c.rule, identityDocs + "reply-url", c.want, entratest.Config{}, func(b *bench) string {
			a := b.assistant(b.world(nil, object{"publicClient": object{"redirectUris": []string{c.registered}}}))
			a.RedirectURI = c.sent
			return b.login(a, bob)
		}})
	}
	return list
}

// altered logs in with an assistant that is not the usual one.
func altered(name string, gateway, client object, alter func(*browser.Client)) func(*bench) string {
	return func(b *bench) string {
		a := b.assistant(b.world(gateway, client))
		if alter != nil {
			alter(&a)
		}
		return b.login(a, name)
	}
}

func resource(value string) func(*browser.Client) {
	return func(c *browser.Client) { c.Parameters["resource"] = []string{value} }
}

func authorizeRows() []row {
	const codes = identityDocs + "reference-error-codes"
	scopes := func(scopes ...string) func(*browser.Client) {
		return func(c *browser.Client) { c.Scopes, c.Parameters = scopes, map[string][]string{} }
	}
	return []row{
		{"discovery hides PKCE", entratest.MetadataHidesPKCE, "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration", "<nil> true", entratest.Config{}, func(b *bench) string {
			document := b.document("/" + b.TenantID() + "/v2.0/.well-known/openid-configuration")
			return fmt.Sprint(document["code_challenge_methods_supported"], " ", document["issuer"] == b.Issuer())
		}},
		{"another tenant", "", codes, "AADSTS90002", entratest.Config{}, func(b *bench) string {
			return short(fmt.Sprint(b.document("/" + scopeID + "/v2.0/.well-known/openid-configuration")))
		}},
		{"an unknown client", "", codes, "AADSTS700016", entratest.Config{}, altered(bob, nil, nil, func(c *browser.Client) { c.ID = scopeID })},
		{"a client without service principal", entratest.ClientsNeedAPrincipal, codes, "AADSTS700016", entratest.Config{}, func(b *bench) string {
			w := b.world(nil, nil)
			b.must(b.remove("/servicePrincipals/" + w.clientPrincipal))
			return b.login(b.assistant(w), bob)
		}},
		{"a disabled client", "", codes, "AADSTS7000112", entratest.Config{}, func(b *bench) string {
			w := b.world(nil, nil)
			b.must(b.patch("/servicePrincipals/"+w.clientPrincipal, object{"accountEnabled": false}))
			return b.login(b.assistant(w), bob)
		}},
		{"no redirect URI at all", "", "https://github.com/anthropics/claude-code/issues/54372", "AADSTS900971", entratest.Config{}, altered(bob, nil, object{"publicClient": object{"redirectUris": []string{}}}, nil)},
		{"no scope", entratest.ScopeIsRequired, "https://github.com/anthropics/claude-code/issues/72440", "AADSTS900144", entratest.Config{}, altered(bob, nil, nil, scopes(""))},
		{"the origin for the server", entratest.ResourceMatchesScopes, "https://github.com/microsoft/azure-devops-mcp/issues/1601", "AADSTS9010010", entratest.Config{}, altered(bob, nil, nil, resource("https://gw.contoso.com"))},
		{"another URI of the same API", "", identityDocs + "v2-oauth2-auth-code-flow", "tokens", entratest.Config{}, altered(bob, nil, nil, resource(staff))},
		{"a trailing slash more", "", "compared as written", "AADSTS9010010", entratest.Config{}, altered(bob, nil, nil, resource(finance+"/"))},
		{"only OpenID Connect's scopes with a resource", "", "https://github.com/anthropics/claude-code/issues/73460", "AADSTS9010010", entratest.Config{}, altered(bob, nil, nil, func(c *browser.Client) { c.Scopes = []string{"openid", "offline_access"} })},
		{"a server that is no identifier URI", "", "https://github.com/CyberDrain/CIPP/issues/159", "AADSTS500011", entratest.Config{}, altered(bob, nil, nil, scopes("https://gw.contoso.com/new/mcp/user_impersonation"))},
		{"an API without service principal", entratest.ResourcesNeedAPrincipal, codes, "AADSTS500011", entratest.Config{}, func(b *bench) string {
			w := b.world(nil, nil)
			b.must(b.remove("/servicePrincipals/" + w.gatewayPrincipal))
			return b.login(b.assistant(w), bob)
		}},
		{"a scope that is not exposed", entratest.ScopesMustExist, "https://github.com/anthropics/claude-code/issues/89438", "AADSTS650053", entratest.Config{}, altered(bob, nil, nil, scopes(finance+"/other"))},
		{"a bare scope", "", "https://github.com/anthropics/claude-code/issues/89438", "AADSTS650053", entratest.Config{}, altered(bob, nil, nil, scopes("user_impersonation"))},
		{"a disabled scope", "", codes, "AADSTS650053", entratest.Config{}, altered(bob, object{"api": object{"oauth2PermissionScopes": []object{change(scope(scopeID, "user_impersonation"), object{"isEnabled": false})}}}, nil, nil)},
		{"two APIs", "", codes, "AADSTS28000", entratest.Config{}, altered(bob, nil, nil, scopes(finance+"/user_impersonation", "User.Read"))},
		{"a token for itself", "", codes, "AADSTS90009", entratest.Config{}, func(b *bench) string {
			w := b.world(object{"publicClient": object{"redirectUris": []string{callback}}}, nil)
			a := b.assistant(w)
			a.ID = w.gatewayApp
			return b.login(a, bob)
		}},
		{"implicit", "", codes, "AADSTS700051", entratest.Config{}, altered(bob, nil, nil, func(c *browser.Client) { c.Parameters["response_type"] = []string{"token"} })},
		{"silent without a session", "", "https://github.com/anthropics/claude-code/issues/73460", "AADSTS50058", entratest.Config{}, altered(bob, nil, nil, func(c *browser.Client) { c.Parameters["prompt"] = []string{"none"} })},
		{"nobody", "", codes, "AADSTS50126", entratest.Config{}, altered("nobody", nil, nil, nil)},
	}
}

func consentRows() []row {
	const consent = "https://learn.microsoft.com/entra/identity/enterprise-apps/user-admin-consent-overview"
	prompt := func(c *browser.Client) { c.Parameters["prompt"] = []string{"consent"} }
	scopes := func(c *browser.Client) { c.Scopes = []string{finance + "/admin"} }
	return []row{
		{"not consented", entratest.ConsentIsNeeded, consent, "AADSTS65001", entratest.Config{}, altered(bob, unconsented(), nil, nil)},
		{"consented by an administrator", "", consent, "tokens", entratest.Config{}, func(b *bench) string {
			w := b.world(unconsented(), nil)
			b.must(b.post("/oauth2PermissionGrants", grantOf(w)))
			return b.login(b.assistant(w), bob)
		}},
		{"consented for another scope", "", consent, "AADSTS65001", entratest.Config{}, func(b *bench) string {
			w := b.world(unconsented(), nil)
			b.must(b.post("/oauth2PermissionGrants", change(grantOf(w), object{"scope": "other"})))
			return b.login(b.assistant(w), bob)
		}},
		{"prompt=consent", entratest.PromptConsentAsksAgain, "https://github.com/anomalyco/opencode/issues/46361", "AADSTS90094", entratest.Config{}, altered(bob, nil, nil, prompt)},
		{"people may consent", "", consent, "200 Permissions requested IDE Cancel Accept", entratest.Config{UserConsent: true}, altered(bob, unconsented(), nil, nil)},
		{"only an administrator may", "", consent, "AADSTS90094", entratest.Config{UserConsent: true}, altered(bob, unconsented(), nil, scopes)},
		{"accepted", "", consent, "tokens", entratest.Config{UserConsent: true}, func(b *bench) string {
			w := b.world(unconsented(), nil)
			return b.accepts(b.assistant(w), bob)
		}},
		{"for assigned people only", entratest.AssignmentCanBeRequired, identityDocs + "reference-error-codes", "AADSTS50105, tokens, AADSTS50105", entratest.Config{}, func(b *bench) string {
			w := b.world(nil, nil)
			b.must(b.patch("/servicePrincipals/"+w.clientPrincipal, object{"appRoleAssignmentRequired": true}))
			before := b.login(b.assistant(w), bob)
			b.assign(w.clientPrincipal, "devs")
			return strings.Join([]string{before, b.login(b.assistant(w), bob), b.login(b.assistant(w), eve)}, ", ")
		}},
	}
}

func (b *bench) assign(principal, group string) {
	b.Helper()
	b.must(b.post("/servicePrincipals/"+principal+"/appRoleAssignedTo", object{"principalId": b.GroupID(group), "resourceId": principal, "appRoleId": noRole}))
}
