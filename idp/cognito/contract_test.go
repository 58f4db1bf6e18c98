package cognito_test

import (
	"net/http"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest/contract"
)

// Every request that mcpreg can send, and every answer that it was tested with, keeps to the
// vendor's own service model.
func TestEverythingKeepsToTheModel(t *testing.T) {
	t.Parallel()
	model := contract.Load(t)
	w := newWorld(t, cognitotest.Config{NoDomain: true, IdentityProviders: []cognitotest.IdentityProvider{{Name: "Corporate", Type: "SAML"}}})
	w.config.HTTP = &http.Client{Transport: model.Transport(t, w.sent)}
	w.config.CreateDomain, w.config.CreateGroups = "acme-ide", true
	w.setUp(t, faultSpec(t))
	script := scriptClient()
	script["ClientName"] = "script"
	s := faultSpec(t)
	s.Clients[0].Name, s.Clients[0].ID = "script", w.AddClient(script)
	w.setUp(t, s)
	if _, _, err := w.provider(t).Inspect(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	p, err := w.provider(t).PlanRemoval(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, operation := range policyActions(t, w, s) {
		if !contains(w.Calls(), operation) {
			t.Errorf("%s was never sent", operation)
		}
	}
}
