package entratest_test

import (
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// claimRows tell what stands in access tokens. Ids that differ from run to run are told by what
// they are.
func claimRows() []row {
	const claims = identityDocs + "access-token-claims-reference"
	const optional = identityDocs + "optional-claims"
	tell := func(name string, gateway, client object, names ...string) func(*bench) string {
		return func(b *bench) string {
			w := b.world(gateway, client)
			return b.plain(b.login(b.assistant(w), name, names...), w)
		}
	}
	first := object{"api": object{"requestedAccessTokenVersion": nil}}
	displayNames := object{"optionalClaims": object{"accessToken": []object{{"name": "groups", "additionalProperties": []string{"cloud_displayname"}}}}}
	return []row{
		{"version 2", entratest.VersionIsTheAPIs, claims, "ver=2.0 iss=<issuer> aud=<gateway> scp=user_impersonation azp=<client> appid=- preferred_username=bob@contoso.com", entratest.Config{},
			tell(bob, nil, nil, "ver", "iss", "aud", "scp", "azp", "appid", "preferred_username")},
		{"version 1", entratest.VersionIsTheAPIs, claims, "ver=1.0 iss=<base>/<tenant>/ aud=https://gw.contoso.com/fin/mcp scp=user_impersonation azp=- appid=<client> upn=bob@contoso.com", entratest.Config{},
			tell(bob, first, nil, "ver", "iss", "aud", "scp", "azp", "appid", "upn")},
		{"the client does not decide the version", "", claims, "ver=2.0", entratest.Config{}, tell(bob, nil, object{"api": object{"requestedAccessTokenVersion": 1}}, "ver")},
		{"groups", entratest.GroupsAreIDs, claims, "groups=[<devs>]", entratest.Config{}, tell(bob, nil, nil, "groups")},
		{"groups by the client's settings", entratest.GroupsAreTheAPIs, optional, "groups=-", entratest.Config{}, tell(bob, object{"groupMembershipClaims": nil}, object{"groupMembershipClaims": "SecurityGroup"}, "groups")},
		{"in no group", "", claims, "groups=-", entratest.Config{}, tell(eve, nil, nil, "groups")},
		{"too many groups", entratest.TooManyGroupsLeave, claims, "groups=- _claim_names=map[groups:src1]", entratest.Config{}, tell(many, nil, nil, "groups", "_claim_names")},
		{"names of groups", "", optional, "groups=[devs]", entratest.Config{}, tell(bob, displayNames, nil, "groups")},
		{"groups that are assigned", "", optional, "groups=- groups=[<devs>]", entratest.Config{}, func(b *bench) string {
			w := b.world(object{"groupMembershipClaims": "ApplicationGroup"}, nil)
			before := b.login(b.assistant(w), bob, "groups")
			b.assign(w.gatewayPrincipal, "devs")
			return b.plain(before+" "+b.login(b.assistant(w), bob, "groups"), w)
		}},
		{"only OpenID Connect's scopes", "", claims, "aud=00000003-0000-0000-c000-000000000000 ver=1.0", entratest.Config{}, func(b *bench) string {
			a := b.assistant(b.world(nil, nil))
			a.Scopes, a.Parameters = []string{"openid"}, nil
			return b.login(a, bob, "aud", "ver")
		}},
	}
}

// plain tells ids by what they are.
func (b *bench) plain(text string, w world) string {
	return strings.NewReplacer(b.Issuer(), "<issuer>", b.URL(), "<base>", b.TenantID(), "<tenant>", w.gatewayApp, "<gateway>", w.clientApp, "<client>", b.GroupID("devs"), "<devs>").Replace(text)
}
