package okta_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/conformance"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
	"github.com/mcpreg/mcpreg/idp/okta"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// Between a plan and its yes somebody else may write. What we own must be as it was seen, or
// nothing is written; what we do not own is taken as it is by then.
func TestSomebodyElseWritesBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		drift, theirs string // keys of leftOut: what the plan repairs, and what changes meanwhile
		moved         bool
	}{
		"the app's redirects, both": {"app/refresh token rotation", "app/redirects", true},
		"the claim, both":           {"claim/filter", "claim/scopes", true},
		"the claim's filter":        {"claim/scopes", "claim/filter", true},
		"the rule, both":            {"policy rule/grant types", "policy rule/scopes", true},
		"the policy's clients":      {"access policy/clients", "access policy/clients", true},
		"another object":            {"app/refresh token rotation", "claim/filter", false},
	} {
		w := newWorld(t, nil)
		w.setUp(t, spec(t))
		breaks := leftOut(w, t)
		breaks[test.drift]()
		p, _ := w.plan(t, spec(t))
		breaks[test.theirs]()
		w.sent.counts()
		_, err := p.Apply(t.Context(), nil)
		_, writes := w.sent.counts()
		if test.moved && (!errors.Is(err, plan.ErrMoved) || writes != 0) {
			t.Errorf("%s: error %v with %d writes, want ErrMoved with none", name, err, writes)
		}
		if !test.moved && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A setting that is not ours and changes between plan and yes is kept as it is by then.
func TestALateForeignChangeSurvives(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.AddApp(scriptApp())
	p, _ := w.plan(t, spec(t))
	app := w.app(t)
	put(app, "https://acme.example/late.png", "settings", "oauthClient", "logo_uri")
	w.admin(t, "PUT", "/apps/"+app["id"].(string), app, 200)
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := at(w.app(t), "settings", "oauthClient", "logo_uri"); got != "https://acme.example/late.png" {
		t.Errorf("logo %v", got)
	}
}

// A twin that appeared between plan and apply is neither doubled nor overwritten.
func TestSomebodyElseCreatesTheAppFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	p, _ := w.plan(t, spec(t))
	w.AddApp(scriptApp())
	before := w.app(t)
	if _, err := p.Apply(t.Context(), nil); !errors.Is(err, plan.ErrMoved) {
		t.Errorf("error %v, want ErrMoved", err)
	}
	assertSameButFor(t, before, w.app(t))
}

// An app whose mark was taken after the plan is not deleted.
func TestRemovalOfAnAppWhoseMarkWasTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.setUp(t, spec(t))
	p, err := w.provider(t).PlanRemoval(t.Context(), spec(t))
	if err != nil {
		t.Fatal(err)
	}
	app := w.app(t)
	put(app, "ours now", "settings", "notes", "admin")
	w.admin(t, "PUT", "/apps/"+app["id"].(string), app, 200)
	if _, err := p.Apply(t.Context(), nil); !errors.Is(err, plan.ErrMoved) {
		t.Errorf("error %v, want ErrMoved", err)
	}
	w.app(t)
}

// A policy that others were put into is left to them.
func TestRemovalLeavesASharedPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.setUp(t, spec(t))
	other := w.AddApp(scriptApp(func(app map[string]any) { app["label"] = "another" }))
	policy := w.owned(t, "policies", label)
	put(policy, []string{w.app(t)["id"].(string), other}, "conditions", "clients", "include")
	w.admin(t, "PUT", server+"/policies/"+policy["id"].(string), policy, 200)
	p, err := w.provider(t).PlanRemoval(t.Context(), spec(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(at(w.owned(t, "policies", label), "conditions", "clients", "include")); got != "["+other+"]" {
		t.Errorf("the policy is for %s", got)
	}
	if len(w.apps(label)) != 0 || len(w.apps("another")) != 1 {
		t.Error("removal took the wrong app")
	}
}

// Whatever request of a removal fails, and however: running again finishes.
func TestEveryRequestOfARemovalMayFail(t *testing.T) {
	t.Parallel()
	for kind := range conformance.Strikes(nil, refused) {
		for n := 1; n < 30; n++ {
			w := newWorld(t, nil)
			w.setUp(t, spec(t))
			ctx, cancel := context.WithCancel(t.Context())
			f := &conformance.Fault{N: n, Strike: conformance.Strikes(cancel, refused)[kind]}
			c := w.config
			c.HTTP = &http.Client{Transport: f}
			p, err := okta.New(c)
			if err != nil {
				t.Fatal(err)
			}
			if removal, err := p.PlanRemoval(ctx, spec(t)); err == nil {
				_, _ = removal.Apply(ctx, nil) // failing is the point
			}
			cancel()
			again, err := w.provider(t).PlanRemoval(t.Context(), spec(t))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := again.Apply(t.Context(), nil); err != nil {
				t.Errorf("request %d fails %s: %v", n, kind, err)
			}
			if len(w.apps(label)) != 0 || w.count("policies", "name", label) != 0 {
				t.Errorf("request %d fails %s: something of ours is left", n, kind)
			}
			w.Close()
			if !f.Struck() {
				break
			}
		}
	}
}

// Show tells which mapped groups there are, and under which addresses the org is known.
func TestInspect(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *oktatest.Config) { c.CustomDomain = true }).underContract(t)
	s := spec(t)
	s.Groups = []string{"registry-admins", "registry-adminz"}
	w.setUp(t, s)
	p, r, err := w.provider(t).Inspect(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if _, writes := w.sent.counts(); writes != 5 {
		t.Errorf("%d writes, want the 5 of setup", writes)
	}
	if !slices.Contains(p.OK, "group registry-admins exists") {
		t.Errorf("right: %q", p.OK)
	}
	var notes []string
	for _, n := range p.Notes {
		notes = append(notes, n.Failure+" "+n.Text)
	}
	said := strings.Join(notes, "\n")
	for _, want := range []string{`GW02 the org has no group "registry-adminz"; near are registry-admins`, "OK09 tokens name the issuer " + r.Issuer, "OK08 "} {
		if !strings.Contains(said, want) {
			t.Errorf("notes lack %q:\n%s", want, said)
		}
	}
	w.config.OrgURL = w.CustomURL()
	if p, _, err = w.provider(t).Inspect(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(p.Notes, func(n plan.Note) bool { return strings.Contains(n.Text, "is a custom domain of it") }) {
		t.Errorf("notes %+v", p.Notes)
	}
}
