package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

func planWritesNothing(t *testing.T, w *World) {
	before := w.Snapshot()
	w.use(t, nil).plan()
	if diff := cmp.Diff(before, w.Snapshot()); diff != "" {
		t.Errorf("planning changed (-before +after):\n%s", diff)
	}
}

func secondPlanIsEmpty(t *testing.T, w *World) {
	_, registration := w.use(t, nil).setUp()
	for _, client := range w.Spec.Clients {
		if registration.Clients[client.Name] == "" {
			t.Errorf("client %s has no id once it is set up", client.Name)
		}
	}
	p, again := w.use(t, nil).plan()
	if left := pending(p); len(left) > 0 {
		t.Errorf("a second plan holds %q", left)
	}
	if diff := cmp.Diff(registration, again); diff != "" {
		t.Errorf("the registration differs the second time (-first +second):\n%s", diff)
	}
}

func budgetIsKept(t *testing.T, w *World) {
	first := w.use(t, nil)
	p, _ := first.plan()
	check := func(what string, got, most int) {
		t.Helper()
		t.Logf("%s: %d requests, at most %d", what, got, most)
		if got > most {
			t.Errorf("%s takes %d requests, and at most %d are allowed:\n%s", what, got, most, strings.Join(first.wire.log(), "\n"))
		}
	}
	check("a plan from nothing", first.wire.count(), w.Budget.Plan)
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	check("a setup", first.wire.count(), w.Budget.Setup)
	again := w.use(t, nil)
	again.setUp()
	check("a setup in sync", again.wire.count(), w.Budget.InSync)
}

// offlineNamesEverything: what somebody else is asked to make is what setup would make.
func offlineNamesEverything(t *testing.T, w *World) {
	u := w.use(t, nil)
	offline := u.provider.Offline(w.Spec)
	if n := u.wire.count(); n > 0 {
		t.Errorf("an offline plan sends %d requests", n)
	}
	if _, err := offline.Apply(t.Context(), nil); !errors.Is(err, plan.ErrLoaded) && !offline.InSync() {
		t.Errorf("applying an offline plan: %v, want %v", err, plan.ErrLoaded)
	}
	live, _ := u.plan()
	for _, c := range live.Changes {
		if !slices.ContainsFunc(offline.Changes, func(o plan.Change) bool { return o.Kind == c.Kind }) {
			t.Errorf("the offline plan names no %s, and setup would %s %s", c.Kind, c.Action, c)
		}
	}
}

func plansCanBeCompared(t *testing.T, w *World) {
	p, _ := w.use(t, nil).plan()
	again, _ := w.use(t, nil).plan()
	if p.Fingerprint() != again.Fingerprint() {
		t.Errorf("two plans of one world differ:\n%s", cmp.Diff(p.Changes, again.Changes))
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := plan.Load(bytes.NewReader(text))
	if err != nil || loaded.Fingerprint() != p.Fingerprint() {
		t.Errorf("a plan does not survive its JSON: %v", err)
	}
}

func foreignSurvives(t *testing.T, w *World) {
	foreign := w.Adoptable()
	before := foreign()
	p, _ := w.use(t, nil).setUp()
	if len(pending(p)) == 0 {
		t.Error("nothing was to be changed on a client that somebody else made")
	}
	if diff := cmp.Diff(before, foreign()); diff != "" {
		t.Errorf("setup changed what is not ours (-before +after):\n%s", diff)
	}
	if n := w.Count(); n != 1 {
		t.Errorf("%d clients of the name, after one was adopted", n)
	}
}

func twinsAreRefused(t *testing.T, w *World) {
	if w.Twin == nil {
		t.Skip("this kind keeps names apart")
	}
	w.Adoptable()
	w.Twin()
	before := w.Snapshot()
	_, _, err := w.use(t, nil).provider.Plan(t.Context(), w.Spec)
	var told *idp.Error
	if !errors.As(err, &told) || told.Code != idp.CodeUsage {
		t.Fatalf("two clients of one name: error %v, want one of %s", err, idp.CodeUsage)
	}
	if !strings.Contains(told.Message+told.Hint, "--client-id") {
		t.Errorf("the refusal does not say how to choose: %s; %s", told.Message, told.Hint)
	}
	if diff := cmp.Diff(before, w.Snapshot()); diff != "" {
		t.Errorf("a refusal changed (-before +after):\n%s", diff)
	}
}

func markIsRespected(t *testing.T, w *World) {
	w.Adoptable()
	p, err := w.use(t, nil).provider.PlanRemoval(t.Context(), w.Spec)
	if err != nil {
		t.Fatal(err)
	}
	if left := pending(p); len(left) > 0 {
		t.Errorf("removal would take a client that mcpreg did not make: %q", left)
	}
	if len(p.Notes) == 0 {
		t.Error("no note says why the client stays")
	}
}

func removalTakesOurs(t *testing.T, w *World) {
	_, registration := w.use(t, nil).setUp()
	spec := w.Spec
	if w.Mine != nil {
		spec = w.Mine(registration)
	}
	u := w.use(t, nil)
	p, err := u.provider.PlanRemoval(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Changes {
		if !c.NeedsYes() {
			t.Errorf("%s %s would happen unasked", c.Action, c)
		}
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if n := w.Count(); n != 0 {
		t.Errorf("%d clients of the name are left", n)
	}
	again, _ := w.use(t, nil).setUp()
	if len(pending(again)) == 0 || w.Count() != 1 {
		t.Error("what was removed cannot be set up again")
	}
}

// movedIsSeen: what somebody else wrote between the plan and its application is not overrun.
func movedIsSeen(t *testing.T, w *World) {
	if w.Disturb == nil {
		t.Skip("there is nothing that another could write meanwhile")
	}
	w.Adoptable()
	p, _ := w.use(t, nil).plan()
	w.Disturb()
	if _, err := p.Apply(t.Context(), nil); !errors.Is(err, plan.ErrMoved) {
		t.Errorf("error %v, want %v", err, plan.ErrMoved)
	}
}

func noSecretShows(t *testing.T, w *World) {
	u := w.use(t, nil)
	p, registration := u.plan()
	_, applied := p.Apply(t.Context(), nil)
	text, err := json.Marshal([]any{p, registration})
	if err != nil {
		t.Fatal(err)
	}
	shown := string(text)
	if applied != nil {
		shown += applied.Error()
	}
	for _, secret := range slices.Concat(w.Secrets, u.wire.credentials()) {
		if secret != "" && strings.Contains(shown, secret) {
			t.Errorf("a secret of %d characters is in the output", len(secret))
		}
	}
	if len(u.wire.credentials()) == 0 {
		t.Error("no request carried a credential, so nothing was looked for")
	}
}

func cancelledContext(t *testing.T, w *World) {
	before := w.Snapshot()
	u := w.use(t, nil)
	p, _ := u.plan()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Apply(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if diff := cmp.Diff(before, w.Snapshot()); diff != "" {
		t.Errorf("changed although cancelled (-before +after):\n%s", diff)
	}
}
