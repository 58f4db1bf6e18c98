package entra

import (
	"testing"
)

// The addresses are those of Microsoft's pages on national clouds; authority, scope and host belong
// together.
func TestClouds(t *testing.T) {
	t.Parallel()
	const tenantID = "72f988bf-86f1-41af-91ab-2d7cd011db47"
	for cloud, want := range map[Cloud]struct{ authority, graph, issuer string }{
		Public: {"https://login.microsoftonline.com/", "https://graph.microsoft.com", "https://login.microsoftonline.com/" + tenantID + "/v2.0"},
		USGov:  {"https://login.microsoftonline.us/", "https://graph.microsoft.us", "https://login.microsoftonline.us/" + tenantID + "/v2.0"},
		China:  {"https://login.chinacloudapi.cn/", "https://microsoftgraph.chinacloudapi.cn", "https://login.partner.microsoftonline.cn/" + tenantID + "/v2.0"},
	} {
		p, err := New(Config{TenantID: tenantID, Cloud: cloud})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.endpoints.authority.ActiveDirectoryAuthorityHost; got != want.authority {
			t.Errorf("%s: authority %s, want %s", cloud, got, want.authority)
		}
		if got := p.graph.adapter.GetBaseUrl(); got != want.graph+"/v1.0" {
			t.Errorf("%s: Graph at %s, want %s", cloud, got, want.graph)
		}
		if got := p.issuer(nil); got != want.issuer {
			t.Errorf("%s: issuer %s, want %s", cloud, got, want.issuer)
		}
	}
	if len(Clouds()) != 3 {
		t.Errorf("clouds %v", Clouds())
	}
}
