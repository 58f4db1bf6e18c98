package entra_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/entra"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
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
	if diff := cmp.Diff([]string{"delete pre-authorization " + clientName, "delete client " + clientName}, changes(p)); diff != "" || !notes(p, "another client may use") {
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

// An application that others use stays: their consents are no entries of it, and a secret on it is
// somebody's way to sign in.
func TestRemovalKeepsAGatewayThatOthersUse(t *testing.T) {
	t.Parallel()
	other := spec(t)
	other.Clients[0].Name = "another"
	for name, test := range map[string]struct {
		prepare func(*world)
		says    string
		left    []string
	}{
		"another's consent": {func(w *world) { w.setUp(t, other) }, "another client may use", []string{"user_impersonation"}},
		"unreadable consents": {func(w *world) {
			w.config.Consent = entra.PreAuthorize
			w.config.Token = secret(w.AdminToken(entratest.ApplicationReadWriteAll))
		}, "DelegatedPermissionGrant.Read.All", nil},
		"a secret": {func(w *world) {
			gateway := w.stored(t, "applications", gatewayName)["id"].(string)
			w.patch(t, gateway, map[string]any{"passwordCredentials": []any{map[string]any{"displayName": "web login"}}})
		}, "holds 1 secret or certificate", []string{}},
	} {
		w := newWorld(t)
		w.config.Consent = entra.GrantConsent
		w.setUp(t, spec(t))
		test.prepare(w)
		p := w.remove(t, spec(t))
		if !notes(p, test.says) || w.stored(t, "applications", clientName) != nil {
			t.Errorf("%s: %v, notes %v", name, changes(p), p.Notes)
		}
		gateway := w.stored(t, "applications", gatewayName)
		if (gateway != nil) != (test.left != nil) {
			t.Errorf("%s: the gateway's application is %v", name, gateway)
			continue
		}
		if test.left == nil {
			continue
		}
		scopes := []string{}
		for _, scope := range gateway["api"].(map[string]any)["oauth2PermissionScopes"].([]any) {
			scopes = append(scopes, scope.(map[string]any)["value"].(string))
		}
		if diff := cmp.Diff(test.left, scopes); diff != "" {
			t.Errorf("%s: scopes (-want +got):\n%s", name, diff)
		}
	}
}

// What came to be used between the plan and its application is not deleted.
func TestRemovalSeesNewUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp(t, spec(t))
	p, err := w.provider(t).PlanRemoval(t.Context(), spec(t))
	if err != nil {
		t.Fatal(err)
	}
	gateway := w.stored(t, "applications", gatewayName)
	api := gateway["api"].(map[string]any)
	scope := api["oauth2PermissionScopes"].([]any)[0].(map[string]any)["id"]
	api["preAuthorizedApplications"] = append(api["preAuthorizedApplications"].([]any),
		map[string]any{"appId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "delegatedPermissionIds": []any{scope}})
	w.patch(t, gateway["id"].(string), map[string]any{"api": api})
	if _, err := p.Apply(t.Context(), nil); !errors.Is(err, plan.ErrMoved) || w.stored(t, "applications", gatewayName) == nil {
		t.Errorf("error %v", err)
	}

	w = newWorld(t)
	w.setUp(t, spec(t))
	if p, err = w.provider(t).PlanRemoval(t.Context(), spec(t)); err != nil {
		t.Fatal(err)
	}
	id := w.stored(t, "applications", gatewayName)["id"].(string)
	w.patch(t, id, map[string]any{"passwordCredentials": []any{map[string]any{"displayName": "web login"}}})
	if _, err := p.Apply(t.Context(), nil); !errors.Is(err, plan.ErrMoved) || w.stored(t, "applications", gatewayName) == nil {
		t.Errorf("a new secret: error %v", err)
	}
}
