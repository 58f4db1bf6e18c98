package okta_test

import (
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// An access policy of ours whose app is gone may serve others by now: it is named, and stays.
func TestRemovalLeavesThePolicyOfAnAppThatIsGone(t *testing.T) {
	t.Parallel()
	for name, clients := range map[string]func(*world) []string{
		"for everybody": func(*world) []string { return []string{"ALL_CLIENTS"} },
		"for another": func(w *world) []string {
			return []string{w.AddApp(scriptApp(func(app map[string]any) { app["label"] = "another" }))}
		},
	} {
		w := newWorld(t, nil)
		w.setUp(t, spec(t))
		policy := w.owned(t, "policies", label)
		put(policy, clients(w), "conditions", "clients", "include")
		w.admin(t, "PUT", server+"/policies/"+policy["id"].(string), policy, 200)
		app := "/apps/" + w.app(t)["id"].(string)
		w.admin(t, "POST", app+"/lifecycle/deactivate", nil, 200)
		w.admin(t, "DELETE", app, nil, 204)
		p, err := w.provider(t).PlanRemoval(t.Context(), spec(t))
		if err != nil {
			t.Fatal(err)
		}
		if !p.InSync() {
			t.Errorf("%s: removal would %+v", name, p.Changes)
		}
		if len(p.Notes) != 1 || !strings.Contains(p.Notes[0].Text, "access policy "+label) {
			t.Errorf("%s: notes %+v", name, p.Notes)
		}
	}
}

// Of several apps, what they share is spoken of once.
func TestRemovalSpeaksOfTheClaimOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := spec(t)
	second := s.Clients[0]
	second.Name = label + "-codex"
	s.Clients = append(s.Clients, second)
	w.setUp(t, s)
	p, err := w.provider(t).PlanRemoval(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if n := p.Counts(); n != (plan.Counts{Delete: 4}) || len(p.Notes) != 1 {
		t.Errorf("%+v, notes %+v", n, p.Notes)
	}
}

// An org that gave API Access Management up has no policy left to remove; the app still goes.
func TestRemovalWithoutAPIAccessManagement(t *testing.T) {
	t.Parallel()
	for name, licence := range map[string]oktatest.Licence{"401": oktatest.Unlicensed401, "403": oktatest.Unlicensed403, "404": oktatest.Unlicensed404} {
		w := newWorld(t, func(c *oktatest.Config) { c.Licence = licence })
		w.AddApp(scriptApp(func(app map[string]any) { put(app, "managed by mcpreg", "settings", "notes", "admin") }))
		p, err := w.provider(t).PlanRemoval(t.Context(), spec(t))
		if err != nil {
			t.Fatal(err)
		}
		if n := p.Counts(); n != (plan.Counts{Delete: 1}) || len(p.Notes) != 1 || p.Notes[0].Failure != "OK24" {
			t.Errorf("%s: %+v, notes %+v", name, p.Changes, p.Notes)
		}
		if _, err := p.Apply(t.Context(), nil); err != nil || len(w.apps(label)) != 0 {
			t.Errorf("%s: %v, %d apps left", name, err, len(w.apps(label)))
		}
	}
}
