package entra_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/entra"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// Groups are named by people, and tokens carry their ids.
func TestGroups(t *testing.T) {
	t.Parallel()
	w := tenant(t, entratest.Config{Groups: []string{"visitors", "twice", "twice"}})
	s := spec(t)
	s.Groups = []string{"registry-admins", w.GroupID("visitors"), "nobody"}
	w.sent.reset()
	p := w.plan(t, s)
	if n := w.sent.all.Load(); n > 6+3 {
		t.Errorf("%d requests", n)
	}
	for _, want := range []string{
		"group registry-admins has the object id " + w.GroupID("registry-admins"),
		"group visitors has the object id " + w.GroupID("visitors"),
	} {
		if !notes(p, want) {
			t.Errorf("no %q in %v", want, p.Notes)
		}
	}
	if !notes(p, "no group of the tenant is called nobody") {
		t.Errorf("notes %v", p.Notes)
	}
}

// The assigned groups alone can be asked for, and words that have nothing to do with it stay.
func TestGroupClaims(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp(t, spec(t))
	w.config.GroupClaims = entra.ApplicationGroups
	p, _ := w.setUp(t, spec(t))
	if len(p.Changes) != 1 || w.stored(t, "applications", gatewayName)["groupMembershipClaims"] != "ApplicationGroup" {
		t.Errorf("changes %v", changes(p))
	}
	w.config.GroupClaims = entra.AnyGroups
	if p := w.plan(t, spec(t)); !p.InSync() {
		t.Errorf("what was found is not left alone: %v", changes(p))
	}
}

// With claims of assigned groups only, these are assigned, and stand in tokens; others do not.
func TestAssignedGroups(t *testing.T) {
	t.Parallel()
	w := tenant(t, entratest.Config{Groups: []string{"visitors"}})
	w.config.GroupClaims = entra.ApplicationGroups
	_, made := w.setUp(t, spec(t))
	if met := w.failuresMet(t, made, timeURL); !slices.Equal(met, []string{"EN15"}) {
		t.Errorf("before groups are assigned a login meets %v", met)
	}
	s := spec(t)
	s.Assign = []string{"registry-admins", w.GroupID("visitors"), w.GroupID("registry-admins")}
	p, _ := w.setUp(t, s)
	if diff := cmp.Diff([]string{"create group assignment registry-admins", "create group assignment visitors"}, changes(p)); diff != "" || p.Changes[0].Prevents != "EN15" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if met := w.failuresMet(t, made, timeURL); len(met) > 0 {
		t.Errorf("a login meets %v", met)
	}
	if p := w.plan(t, s); !p.InSync() {
		t.Errorf("not in sync: %v", changes(p))
	}
	s.Assign = []string{"nobody"}
	if _, _, err := w.provider(t).Plan(t.Context(), s); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("error %v", err)
	}
	if p := w.provider(t).Offline(s); !contains(changes(p), "create group assignment nobody") {
		t.Errorf("offline: %v", changes(p))
	}
}

// A name may hold a quote, which filters double, and an application may let in whom it is assigned to only.
func TestAQuoteAndAnAssignment(t *testing.T) {
	t.Parallel()
	w := tenant(t, entratest.Config{NoUpsert: true})
	s := spec(t)
	s.Clients[0].Name = "Bob's client"
	w.setUp(t, s)
	for _, name := range []string{"Bob's client", gatewayName} {
		id := w.stored(t, "servicePrincipals", name)["id"].(string)
		w.send(t, http.MethodPatch, "/servicePrincipals/"+id, map[string]any{"appRoleAssignmentRequired": true})
	}
	p := w.plan(t, s)
	if !p.InSync() || !notes(p, "client Bob's client requires assignment") || !notes(p, "gateway app "+gatewayName+" requires assignment") {
		t.Errorf("%v, notes %v", changes(p), p.Notes)
	}
}

// Who may not look groups up can assign one by its id, and not by its name.
func TestAssigningAHiddenGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Token = secret(w.AdminToken(entratest.ApplicationReadWriteAll, entratest.AppRoleAssignmentReadWrite))
	s := spec(t)
	s.Assign = []string{"registry-admins"}
	if _, _, err := w.provider(t).Plan(t.Context(), s); err == nil || !strings.Contains(err.Error(), "cannot be looked up") {
		t.Errorf("by name: error %v", err)
	}
	s.Assign = []string{w.GroupID("registry-admins")}
	w.setUp(t, s)
	if assigned := w.Snapshot()["appRoleAssignments"]; len(assigned) != 1 || assigned[0]["principalId"] != s.Assign[0] {
		t.Errorf("assigned %v", assigned)
	}
}
