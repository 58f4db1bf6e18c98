package plan_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/plan"
)

func change(name string) plan.Change {
	return plan.Change{System: "test", Kind: "thing", Name: name, Action: plan.Create}
}

// recorder makes changes whose funcs note their name, and fail when told to.
type recorder struct {
	made []string
	fail map[string]error
}

func (r *recorder) do(name string) func(context.Context) error {
	return func(context.Context) error {
		if err := r.fail[name]; err != nil {
			return err
		}
		r.made = append(r.made, name)
		return nil
	}
}

func names(changes []plan.Change) []string {
	var list []string
	for _, c := range changes {
		list = append(list, c.Name)
	}
	return list
}

func TestApplyStopsAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	r := &recorder{fail: map[string]error{"b": refused}}
	p := &plan.Plan{}
	for _, name := range []string{"a", "b", "c", "d"} {
		p.Add(change(name), r.do(name))
	}
	var reported []string
	result, err := p.Apply(t.Context(), func(c plan.Change, err error) {
		reported = append(reported, c.Name)
	})
	if !errors.Is(err, refused) || !strings.Contains(err.Error(), "thing b") {
		t.Errorf("error %q: want the cause, and the object it befell", err)
	}
	if diff := cmp.Diff([]string{"a"}, r.made); diff != "" {
		t.Errorf("changes made (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a", "b"}, reported); diff != "" {
		t.Errorf("changes reported (-want +got):\n%s", diff)
	}
	if got := names(result.Untried); !cmp.Equal(got, []string{"c", "d"}) || !result.Partly() {
		t.Errorf("untried %v, partly %v: want c and d, true", got, result.Partly())
	}
	nothing := &plan.Plan{}
	nothing.Add(change("b"), r.do("b"))
	if result, err := nothing.Apply(t.Context(), nil); err == nil || result.Partly() {
		t.Errorf("of a plan whose only change failed nothing is done: %+v, %v", result, err)
	}
}

func TestApplyGoesOnAfterAChangeThatStandsAlone(t *testing.T) {
	t.Parallel()
	r := &recorder{fail: map[string]error{"a": errors.New("no"), "b": errors.New("no")}}
	p := &plan.Plan{}
	for _, name := range []string{"a", "b", "c"} {
		c := change(name)
		c.Alone = true
		p.Add(c, r.do(name))
	}
	result, err := p.Apply(t.Context(), nil)
	if err == nil || len(result.Failed) != 2 || !cmp.Equal(names(result.Done), []string{"c"}) {
		t.Errorf("result %+v, error %v: want a and b failed, c done", result, err)
	}
}

func TestWhatWaitsForAYes(t *testing.T) {
	t.Parallel()
	for want, changes := range map[bool][]plan.Change{
		true:  {{Action: plan.Delete}, {Action: plan.Update, Confirm: "removes 1 redirect URI"}},
		false: {{Action: plan.Create}, {Action: plan.Update}, {Action: plan.Manual}},
	} {
		for _, c := range changes {
			if c.NeedsYes() != want {
				t.Errorf("%s %q: needs a yes %v", c.Action, c.Confirm, !want)
			}
		}
	}
}

func TestApplySkipsWhatIsDoneByHand(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{}
	c := change("restart")
	c.Action = plan.Manual
	p.Add(c, nil)
	result, err := p.Apply(t.Context(), nil)
	if err != nil || len(result.Done)+len(result.Failed)+len(result.Untried) != 0 {
		t.Errorf("result %+v, error %v: want neither", result, err)
	}
	if p.InSync() {
		t.Error("a plan with something left to do by hand is not in sync")
	}
}

func TestApplyStopsWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	p := &plan.Plan{}
	p.Add(change("a"), func(context.Context) error { cancel(); return nil })
	p.Add(change("b"), func(context.Context) error { t.Error("b was made after the end"); return nil })
	result, err := p.Apply(ctx, nil)
	if !errors.Is(err, context.Canceled) || !cmp.Equal(names(result.Untried), []string{"b"}) {
		t.Errorf("result %+v, error %v: want b untried, context canceled", result, err)
	}
}

func TestDescribedPlansCannotBeApplied(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	offline := &plan.Plan{}
	offline.Add(change("a"), r.do("a"))
	offline.Add(change("b"), nil)
	saved, err := json.Marshal(offline)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := plan.Load(bytes.NewReader(saved))
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*plan.Plan{"offline": offline, "loaded": loaded} {
		if _, err := p.Apply(t.Context(), nil); !errors.Is(err, plan.ErrLoaded) {
			t.Errorf("%s: error %v, want ErrLoaded", name, err)
		}
	}
	if len(r.made) != 0 {
		t.Errorf("made %v, want nothing", r.made)
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	base := func() *plan.Plan {
		p := &plan.Plan{Target: "keycloak realm a"}
		c := change("client")
		c.Fields = []plan.Field{{Path: "redirects", Before: []string{"x"}, After: []string{"x", "y"}}}
		p.Add(c, nil)
		return p
	}
	same := base()
	same.Note(plan.Note{Text: "notes do not count"})
	if base().Fingerprint() != same.Fingerprint() {
		t.Error("a note changed the fingerprint")
	}
	other := map[string]func(*plan.Plan){
		"target":         func(p *plan.Plan) { p.Target = "keycloak realm b" },
		"starting point": func(p *plan.Plan) { p.Changes[0].Fields[0].Before = nil },
		"outcome":        func(p *plan.Plan) { p.Changes[0].Fields[0].After = []string{"y"} },
		"action":         func(p *plan.Plan) { p.Changes[0].Action = plan.Update },
		"another change": func(p *plan.Plan) { p.Add(change("second"), nil) },
	}
	for name, alter := range other {
		p := base()
		alter(p)
		if p.Fingerprint() == base().Fingerprint() {
			t.Errorf("another %s, the same fingerprint", name)
		}
	}
}

func TestLoadRefusesWhatItDidNotWrite(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Target: "somewhere"}
	p.Add(change("a"), nil)
	saved, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"edited":        strings.Replace(string(saved), `"name":"a"`, `"name":"b"`, 1),
		"unknown field": strings.Replace(string(saved), `"target"`, `"extra":1,"target"`, 1),
		"newer schema":  strings.Replace(string(saved), `"schema_version":1`, `"schema_version":2`, 1),
		"more behind":   string(saved) + "{}",
		"not JSON":      "plan",
	} {
		if _, err := plan.Load(strings.NewReader(text)); err == nil {
			t.Errorf("%s: loaded without an error", name)
		}
	}
}

func TestJSONHasNoNulls(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(&plan.Plan{Target: "t"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"schema_version":1`, `"changes":[]`, `"ok":[]`, `"notes":[]`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
}

// What fails without a value is the reason to add or change it, never to take it away.
func TestExcess(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after []string
		want          string
	}{
		"one goes":              {[]string{"a", "b"}, []string{"b"}, "KC20"},
		"one comes":             {[]string{"a"}, []string{"a", "b"}, "KC01"},
		"one comes, two go":     {[]string{"a", "b"}, []string{"c"}, "KC01"},
		"another order":         {[]string{"a", "b"}, []string{"b", "a"}, "KC01"},
		"absent":                {nil, []string{"a"}, "KC01"},
		"all go, a flag's rest": {[]string{"a"}, nil, "KC01"},
	} {
		if got := (plan.Field{Before: test.before, After: test.after, Prevents: "KC01"}).Excess("KC20").Prevents; got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestJoinKeepsTheOrderAndRefusesTwins(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	first, second := &plan.Plan{}, &plan.Plan{}
	first.Add(change("a"), r.do("a"))
	second.Add(change("b"), r.do("b"))
	joined, err := plan.Join("both", first, second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := joined.Apply(t.Context(), nil); err != nil || !cmp.Equal(r.made, []string{"a", "b"}) {
		t.Errorf("made %v, error %v: want a, b", r.made, err)
	}
	if _, err := plan.Join("twins", first, second, first); !errors.Is(err, plan.ErrDuplicate) {
		t.Errorf("error %v, want ErrDuplicate", err)
	}
}

func TestOnlyKeepsTheChosenObjects(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	p := &plan.Plan{Target: "t"}
	for _, name := range []string{"a", "b"} {
		p.Add(change(name), r.do(name))
	}
	chosen := p.Only(func(c plan.Change) bool { return c.Name == "b" })
	if _, err := chosen.Apply(t.Context(), nil); err != nil || !cmp.Equal(r.made, []string{"b"}) {
		t.Errorf("made %v, error %v: want b", r.made, err)
	}
}
