package keycloak_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// Between a plan and its yes somebody else may write. What we own must be as it was seen, or
// nothing is written; what we do not own is taken as it is by then.
func TestSomebodyElseWritesBetweenPlanAndApply(t *testing.T) {
	w := newWorld(t, realpart.Keycloak26_7)
	w.setUp(t, spec(t))
	w.UpdateClient(t, clientID, map[string]any{"directAccessGrantsEnabled": true})

	p := w.plan(t, spec(t))
	w.UpdateClient(t, clientID, map[string]any{"implicitFlowEnabled": true})
	if _, err := p.Apply(t.Context(), nil); !errors.Is(err, plan.ErrMoved) {
		t.Errorf("error %v, want ErrMoved", err)
	}
	if w.Client(t, clientID)["directAccessGrantsEnabled"] != true {
		t.Error("something was written over what somebody else wrote")
	}

	p = w.plan(t, spec(t))
	w.Admin(t, http.MethodPost, "/clients/"+w.Client(t, clientID)["id"].(string)+"/protocol-mappers/models", map[string]any{
		"name": "late", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper",
		"config": map[string]string{"user.attribute": "late", "claim.name": "late"},
	}, http.StatusCreated)
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if mapper(w.Client(t, clientID), "late") == nil {
		t.Error("a mapper that was added after the plan is lost")
	}

	if p = w.plan(t, spec(t)); !p.InSync() {
		t.Errorf("not in sync: %+v", p.Changes)
	}
	removal, err := w.provider(t).PlanRemoval(t.Context(), spec(t))
	if err != nil {
		t.Fatal(err)
	}
	w.UpdateClient(t, clientID, map[string]any{"attributes": map[string]string{"mcpreg.managed": ""}})
	if _, err := removal.Apply(t.Context(), nil); !errors.Is(err, plan.ErrMoved) || w.Client(t, clientID) == nil {
		t.Errorf("removal of a client whose mark was taken: error %v", err)
	}
}

// A twin that appeared between plan and apply is not overwritten.
func TestSomebodyElseCreatesTheClientFirst(t *testing.T) {
	w := newWorld(t, realpart.Keycloak26_7)
	p := w.plan(t, spec(t))
	w.CreateClient(t, map[string]any{"clientId": clientID, "publicClient": true, "description": "theirs"})
	if _, err := p.Apply(t.Context(), nil); !errors.Is(err, plan.ErrMoved) {
		t.Errorf("error %v, want ErrMoved", err)
	}
	if got := w.Client(t, clientID)["description"]; got != "theirs" {
		t.Errorf("description %v", got)
	}
}

// A server derives useless web origins when it may; a repair leaves an empty list empty.
func TestWebOriginsStayAsRead(t *testing.T) {
	w := newWorld(t, realpart.Keycloak26_7)
	w.setUp(t, spec(t))
	w.UpdateClient(t, clientID, map[string]any{"directAccessGrantsEnabled": true, "webOrigins": []string{}})
	w.setUp(t, spec(t))
	if got, _ := w.Client(t, clientID)["webOrigins"].([]any); len(got) != 0 {
		t.Errorf("web origins %v", got)
	}
}

// The server drops scopes that it does not know without a word; reading back finds out.
func TestAScopeThatTheRealmLacksIsTold(t *testing.T) {
	w := newWorld(t, realpart.Keycloak26_7)
	w.Admin(t, http.MethodDelete, "/client-scopes/"+w.ScopeID(t, "email"), nil, http.StatusNoContent)
	_, err := w.plan(t, spec(t)).Apply(t.Context(), nil)
	if code(err) != idp.CodeFailed || !strings.Contains(err.Error(), "email") {
		t.Errorf("error %v, want one that names the scope", err)
	}
	p := w.plan(t, spec(t))
	if len(p.Changes) != 1 || p.Changes[0].Action != plan.Manual || p.Changes[0].Prevents != "KC03" {
		t.Errorf("plan %+v, want one change by hand", p.Changes)
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Errorf("a change by hand was tried: %v", err)
	}
}
