package entratest_test

import (
	"fmt"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

func identifierRows() []row {
	add := func(b *bench, uris ...string) reply {
		return b.patch("/applications/"+b.make(nil), object{"identifierUris": uris})
	}
	const unverified = "400 HostNameNotOnVerifiedDomain Values of identifierUris property must use a verified domain of the organization or its subdomain: 'https://gw.example.com/fin/mcp'"
	const source = identityDocs + "identifier-uri-restrictions"
	return []row{
		{"an unverified host", entratest.DomainsAreVerified, "https://github.com/18F/piipan/issues/2289", unverified, entratest.Config{}, func(b *bench) string {
			return add(b, "https://gw.example.com/fin/mcp").String()
		}},
		{"secure patterns", "", source, "204 204 204 204 204 204", entratest.Config{}, securePatterns},
		{"no secure patterns", "", source, "400 400 400 400", entratest.Config{}, func(b *bench) string {
			var told []string
			for _, uri := range []string{"api://gateway", "https://contoso.com.example/x", "https://xcontoso.com/x", "https://contoso.com/"} {
				told = append(told, fmt.Sprint(add(b, uri).status))
			}
			return strings.Join(told, " ")
		}},
		{"version 2 is exempt where the tenant says so", "", source, "204, 400", entratest.Config{VersionTwoIsExempt: true}, func(b *bench) string {
			second := b.patch("/applications/"+b.make(object{"api": object{"requestedAccessTokenVersion": 2}}), object{"identifierUris": []string{"https://gw.example.com"}})
			return fmt.Sprint(second, ", ", add(b, "https://gw.example.com").status)
		}},
		{"an old one stays", "", source, "204", entratest.Config{}, func(b *bench) string {
			id, _ := b.AddApplication(object{"displayName": "old", "identifierUris": []string{"https://gw.example.com"}})
			return b.patch("/applications/"+id, object{"identifierUris": []string{"https://gw.example.com", "https://contoso.com/x"}}).String()
		}},
		{"a gateway on loopback", "", "as every verified domain", "204", entratest.Config{Domains: []string{"contoso.onmicrosoft.com", "127.0.0.1"}}, func(b *bench) string {
			return add(b, "http://127.0.0.1:8443/fin/mcp").String()
		}},
		{"taken", entratest.IdentifierURIsAreUnique, "https://github.com/Azure/pcs-cli/issues/146", "400 Request_BadRequest Another object with the same value for property identifierUris already exists.", entratest.Config{}, func(b *bench) string {
			b.must(add(b, "https://contoso.com/x"))
			return add(b, "https://contoso.com/x").String()
		}},
		{"a thousand", entratest.IdentifierURIsAreLimited, "the gateway's own documents", "400 204", entratest.Config{}, func(b *bench) string {
			var uris []string
			for i := range 1000 {
				uris = append(uris, fmt.Sprintf("https://contoso.com/%d", i))
			}
			return fmt.Sprint(add(b, uris...).status, " ", add(b, uris[:999]...).status)
		}},
		{"a policy for default URIs", "", source, "400 InvalidUniqueTenantIdentifierAsPerAppPolicy, 204, 204", entratest.Config{}, func(b *bench) string {
			b.Restrict(entratest.Restriction{NonDefaultURIAddition: true, ExcludeAppsReceivingV2Tokens: true})
			id := b.make(nil)
			first := b.patch("/applications/"+id, object{"identifierUris": []string{"https://contoso.com/x"}})
			second := b.patch("/applications/"+id, object{"identifierUris": []string{fmt.Sprint("api://", b.get("/applications/"+id).at("appId"))}})
			third := b.patch("/applications/"+b.make(object{"api": object{"requestedAccessTokenVersion": 2}}), object{"identifierUris": []string{"https://contoso.com/y"}})
			return fmt.Sprint(first.status, " ", word(first, "InvalidUniqueTenantIdentifierAsPerAppPolicy"), ", ", second, ", ", third)
		}},
		{"the version comes before the URI", "", "as operators report of excludeAppsReceivingV2Tokens", "400 204 204, 201", entratest.Config{}, func(b *bench) string {
			b.Restrict(entratest.Restriction{NonDefaultURIAddition: true, ExcludeAppsReceivingV2Tokens: true})
			id, version, uri := b.make(nil), object{"requestedAccessTokenVersion": 2}, []string{"https://contoso.com/x"}
			atOnce := b.patch("/applications/"+id, object{"api": version, "identifierUris": uri})
			first := b.patch("/applications/"+id, object{"api": version})
			then := b.patch("/applications/"+id, object{"identifierUris": uri})
			return fmt.Sprint(atOnce.status, " ", first, " ", then, ", ", b.post("/applications", object{"displayName": "new", "signInAudience": "AzureADMyOrg", "api": version, "identifierUris": []string{"https://contoso.com/y"}}))
		}},
	}
}

// securePatterns adds one URI of each form that Microsoft calls secure.
func securePatterns(b *bench) string {
	id := b.make(nil)
	appID := fmt.Sprint(b.get("/applications/" + id).at("appId"))
	var told []string
	for _, uri := range []string{
		"api://" + appID, "api://" + b.TenantID() + "/" + appID, "api://" + b.TenantID() + "/api", "api://productapi/" + appID,
		"https://product.contoso.com/api", "https://contoso.onmicrosoft.com/productsapi",
	} {
		told = append(told, b.patch("/applications/"+id, object{"identifierUris": []string{uri}}).String())
	}
	return strings.Join(told, " ")
}

func redirectRows() []row {
	put := func(platform, audience string, uris ...string) func(*bench) string {
		return func(b *bench) string {
			return fmt.Sprint(b.patch("/applications/"+b.make(object{"signInAudience": audience, "api": object{"requestedAccessTokenVersion": 2}}), object{platform: object{"redirectUris": uris}}).status)
		}
	}
	some := func(n int) []string {
		var uris []string
		for i := range n {
			uris = append(uris, fmt.Sprintf("http://localhost/callback/%d", i))
		}
		return uris
	}
	const source = identityDocs + "reply-url"
	const tenant, both = "AzureADMyOrg", "AzureADandPersonalMicrosoftAccount"
	return []row{
		{"256 redirect URIs", "", source, "204", entratest.Config{}, put("publicClient", tenant, some(256)...)},
		{"257 redirect URIs", entratest.RedirectsAreLimited, source, "400", entratest.Config{}, put("publicClient", tenant, some(257)...)},
		{"101 redirect URIs with personal accounts", "", source, "400", entratest.Config{}, put("publicClient", both, some(101)...)},
		{"loopback", "", source, "204", entratest.Config{}, put("publicClient", tenant, "http://localhost/callback", "http://127.0.0.1/callback")},
		{"IPv6 loopback", entratest.RedirectsAreValidated, source, "400", entratest.Config{}, put("publicClient", tenant, "http://[::1]/callback")},
		{"http elsewhere", "", source, "400", entratest.Config{}, put("publicClient", tenant, "http://gw.contoso.com/callback")},
		{"a wildcard", "", source, "400", entratest.Config{}, put("publicClient", tenant, "http://localhost/*")},
		{"an app's own scheme", "", source, "204", entratest.Config{}, put("publicClient", tenant, "cursor://anysphere.cursor-mcp/oauth/callback")},
		{"an app's own scheme on the web", "", source, "400", entratest.Config{}, put("web", tenant, "cursor://anysphere.cursor-mcp/oauth/callback")},
		{"257 characters", "", source, "400", entratest.Config{}, put("publicClient", tenant, "http://localhost/"+strings.Repeat("x", 240))},
		{"twice", "", source, "400", entratest.Config{}, put("publicClient", tenant, callback, callback)},
	}
}
