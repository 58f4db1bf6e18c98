package entra_test

import (
	"net/http"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/entra"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest/contract"
)

// Every request of a whole life, and every answer, is of the types that Microsoft declares.
func TestRequestsAreMicrosofts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.HTTP = &http.Client{Transport: contract.New(t, http.DefaultTransport)}
	_, w.config.GatewayApp = w.AddApplication(foreignGateway())
	w.AddApplication(foreignClient())
	s := spec(t)
	s.Assign = []string{"registry-admins"}
	s.Groups = []string{"registry-admins", w.GroupID("registry-admins")}
	w.setUp(t, s)
	w.setUp(t, spec(t, timeURL, financeURL))
	w.remove(t, spec(t))

	w.config.GatewayApp, w.config.Consent = "", entra.GrantConsent
	w.config.TenantID = "contoso.com"
	other := spec(t)
	other.Clients = []idp.Client{{Name: "another", Redirects: other.Clients[0].Redirects}}
	other.Resources = []string{"https://gw.contoso.com/other/mcp"}
	w.setUp(t, other)
	w.remove(t, other)
}
