package entratest_test

import (
	"net/http"
	"net/url"

	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// callerRows let an administration app sign in.
func callerRows() []row {
	const codes = identityDocs + "reference-error-codes"
	signIn := func(changes url.Values) func(*bench) string {
		return func(b *bench) string {
			c := b.Register()
			form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.Secret}, "scope": {"https://graph.microsoft.com/.default"}}
			for name, values := range changes {
				form[name] = values
			}
			return b.tokenOf(form)
		}
	}
	return []row{
		{"a secret", "", codes, "tokens", entratest.Config{}, signIn(nil)},
		{"a wrong secret", entratest.SecretsAreChecked, codes, "AADSTS7000215", entratest.Config{}, signIn(url.Values{"client_secret": {"x"}})},
		{"no secret", "", codes, "AADSTS7000216", entratest.Config{}, signIn(url.Values{"client_secret": nil})},
		{"an expired secret", "", codes, "AADSTS7000222", entratest.Config{}, func(b *bench) string {
			c := b.Register()
			b.ExpireSecret(c.ClientID)
			return b.tokenOf(url.Values{"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.Secret}, "scope": {"https://graph.microsoft.com/.default"}})
		}},
		{"an unknown app", "", codes, "AADSTS700016", entratest.Config{}, signIn(url.Values{"client_id": {scopeID}})},
		{"another API", "", codes, "AADSTS500011", entratest.Config{}, signIn(url.Values{"scope": {"https://management.azure.com/.default"}})},
		{"no .default", "", codes, "AADSTS1002012", entratest.Config{}, signIn(url.Values{"scope": {"https://graph.microsoft.com/User.Read"}})},
		{"another tenant's endpoint", "", codes, "AADSTS90002", entratest.Config{}, func(b *bench) string {
			got := b.sent(http.MethodPost, "/"+scopeID+"/oauth2/v2.0/token", url.Values{"grant_type": {"client_credentials"}})
			return short(got["error_description"].(string))
		}},
	}
}
