package entratest_test

import (
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

func TestSmoke(t *testing.T) {
	t.Parallel()
	b := start(t, entratest.Config{})
	t.Log(b.patch("/applications(uniqueName='mcpreg%2Fx%20y')", map[string]any{"displayName": "x"}, "Prefer", "create-if-missing"))
	t.Log(b.patch("/applications(uniqueName='mcpreg%2Fx%20y')", map[string]any{"displayName": "x2"}))
	r := b.get("/applications?$filter=displayName eq 'x2'&$select=id,appId,displayName")
	t.Log(r, r.body)
	t.Log(b.post("/servicePrincipals", map[string]any{"appId": r.list()[0]["appId"]}, "Content-Encoding", "gzip"))
	t.Log(b.get("/organization?$select=verifiedDomains").body)
	t.Log(b.Requests())
}
