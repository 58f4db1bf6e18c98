package keycloak_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/idp/keycloak"
	"github.com/mcpreg/mcpreg/idp/plan"
)

func (w *world) inspect(t *testing.T, c keycloak.Config) *plan.Plan {
	t.Helper()
	p, err := keycloak.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s := spec(t)
	s.Groups = []string{"registry-admins"}
	result, _, err := p.Inspect(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func noted(p *plan.Plan, id string) bool {
	return slices.ContainsFunc(p.Notes, func(n plan.Note) bool { return n.Failure == id })
}

func isRight(p *plan.Plan, text string) bool {
	return slices.ContainsFunc(p.OK, func(s string) bool { return strings.Contains(s, text) })
}

func TestInspectOnARealServer(t *testing.T) {
	for _, version := range []string{realpart.Keycloak26_7, realpart.Keycloak24} {
		t.Run(version, func(t *testing.T) {
			w := newWorld(t, version)
			w.setUp(t, spec(t))
			before := w.ClientCount(t)
			p := w.inspect(t, w.config)
			if !isRight(p, "anonymous Dynamic Client Registration is closed") || noted(p, "KC26") {
				t.Errorf("Keycloak closes registration by default: %+v %+v", p.OK, p.Notes)
			}
			if !isRight(p, "groups (of the client)") || !isRight(p, "mcp-gateway-audience (of the client)") {
				t.Errorf("effective mappers are not told: %q", p.OK)
			}
			if !slices.ContainsFunc(p.Notes, func(n plan.Note) bool { return strings.Contains(n.Text, "view-users") }) {
				t.Errorf("manage-clients may not see groups, and the role is not named: %+v", p.Notes)
			}

			w.openRegistration(t)
			if p := w.inspect(t, w.config); !noted(p, "KC26") {
				t.Errorf("open registration is not noted: %+v", p.Notes)
			}

			seeing := w.config
			account, password := w.ServiceAccount(t, "view-clients", "view-users")
			seeing.ClientID, seeing.ClientSecret = account, secret(password)
			if p := w.inspect(t, seeing); !isRight(p, "/registry-admins") || noted(p, "KC22") {
				t.Errorf("one group of the name: %+v %+v", p.OK, p.Notes)
			}
			w.Group(t, "registry-admins", w.Group(t, "team", ""))
			if p := w.inspect(t, seeing); !noted(p, "KC22") {
				t.Errorf("a nested group borrows the name, and it is not noted: %+v", p.Notes)
			}

			w.UpdateClient(t, clientID, map[string]any{"attributes": map[string]string{"exclude.issuer.from.auth.response": "true"}})
			if p := w.inspect(t, w.config); !noted(p, "KC21") {
				t.Errorf("the issuer is left out, and it is not noted: %+v", p.Notes)
			}
			if after := w.ClientCount(t); after != before+1 { // the second service account
				t.Errorf("%d clients before, %d after: looking made something", before, after)
			}
		})
	}
}

// openRegistration removes the policy that refuses everybody.
func (w *world) openRegistration(t *testing.T) {
	t.Helper()
	var policies []struct{ ID, SubType, ProviderID string }
	decode(t, w.Admin(t, http.MethodGet, "/components?type=org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy", nil, http.StatusOK), &policies)
	for _, p := range policies {
		if p.SubType == "anonymous" && p.ProviderID == "trusted-hosts" {
			w.Admin(t, http.MethodDelete, "/components/"+p.ID, nil, http.StatusNoContent)
		}
	}
}
