package entra_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

func (w *world) remove(t *testing.T, s idp.Spec) *plan.Plan {
	t.Helper()
	p, err := w.provider(t).PlanRemoval(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return p
}

// Removal takes what carries the mark, with the application made for the gateway, and a set-up
// afterwards works although the deleted ones keep their names for 30 days.
func TestRemovalAndAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.AddApplication(map[string]any{"displayName": "somebody-elses"})
	for range 2 {
		w.setUp(t, spec(t))
		s := spec(t)
		s.Clients = append(s.Clients, idp.Client{Name: "somebody-elses", Redirects: s.Clients[0].Redirects})
		p := w.remove(t, s)
		if diff := cmp.Diff([]string{"delete client " + clientName, "delete gateway app " + gatewayName}, changes(p)); diff != "" || !notes(p, "somebody-elses") {
			t.Errorf("changes (-want +got):\n%s%v", diff, p.Notes)
		}
		if apps := w.Snapshot()["applications"]; len(apps) != 1 || w.stored(t, "servicePrincipals", clientName) != nil || w.stored(t, "servicePrincipals", gatewayName) != nil {
			t.Errorf("left: %d applications, or a service principal", len(apps))
		}
		again, err := w.provider(t).PlanRemoval(t.Context(), spec(t))
		if err != nil || !again.InSync() {
			t.Errorf("again: %v %v", err, changes(again))
		}
	}
}

// Of somebody else's gateway application the client's right and our permission go, which takes two
// writes; all else stays.
func TestRemovalFromAnExistingGatewayApplication(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const otherScope = "11111111-0000-4000-8000-000000000001"
	_, w.config.GatewayApp = w.AddApplication(map[string]any{
		"displayName": "Gateway", "identifierUris": []any{"api://gateway"},
		"api": map[string]any{"oauth2PermissionScopes": []any{map[string]any{"id": otherScope, "value": "read", "isEnabled": true, "type": "Admin", "adminConsentDisplayName": "r", "adminConsentDescription": "r"}}},
	})
	other := spec(t)
	other.Clients[0].Name = "another"
	w.setUp(t, spec(t))
	w.setUp(t, other)
	p := w.remove(t, spec(t))
	if diff := cmp.Diff([]string{"delete pre-authorization " + clientName, "delete client " + clientName}, changes(p)); diff != "" || !notes(p, "another client is pre-authorized") {
		t.Errorf("the first of two (-want +got):\n%s%v", diff, p.Notes)
	}
	w.sent.reset()
	p = w.remove(t, other)
	if diff := cmp.Diff([]string{"delete pre-authorization another", "delete client another", "delete scope Gateway/user_impersonation"}, changes(p)); diff != "" || !notes(p, "2 identifier URIs") {
		t.Errorf("the last (-want +got):\n%s%v", diff, p.Notes)
	}
	if n := w.sent.writes.Load(); n != 4 {
		t.Errorf("%d writes, want one each and two for the permission", n)
	}
	api := w.stored(t, "applications", "Gateway")["api"].(map[string]any)
	if scopes := api["oauth2PermissionScopes"].([]any); len(scopes) != 1 || scopes[0].(map[string]any)["id"] != otherScope || len(api["preAuthorizedApplications"].([]any)) != 0 {
		t.Errorf("api %v", api)
	}
}

// What lost its mark meanwhile stays.
func TestRemovalRespectsTheMark(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp(t, spec(t))
	p, err := w.provider(t).PlanRemoval(t.Context(), spec(t))
	if err != nil {
		t.Fatal(err)
	}
	w.patch(t, w.stored(t, "applications", clientName)["id"].(string), map[string]any{"tags": []any{}})
	if _, err := p.Apply(t.Context(), nil); err == nil || w.stored(t, "applications", clientName) == nil {
		t.Errorf("error %v", err)
	}
}
