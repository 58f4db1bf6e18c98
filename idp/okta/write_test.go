package okta_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// Our access policy comes after those that are there, and our claim is in every token.
func TestWhatIsMadeStandsBehindWhatIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	other := w.AddApp(scriptApp(func(app map[string]any) { app["label"] = "another" }))
	for i, name := range []string{"theirs", "theirs too"} {
		w.admin(t, "POST", server+"/policies", map[string]any{
			"type": "OAUTH_AUTHORIZATION_POLICY", "status": "ACTIVE", "name": name, "description": name, "priority": i + 1,
			"conditions": map[string]any{"clients": map[string]any{"include": []string{other}}},
		}, http.StatusCreated)
	}
	w.setUp(t, spec(t))
	priority := func(name string) float64 { return w.owned(t, "policies", name)["priority"].(float64) }
	if got := []float64{priority("theirs"), priority("theirs too"), priority(label)}; !slices.Equal(got, []float64{1, 2, 3}) {
		t.Errorf("priorities %v", got)
	}
	if claim := w.owned(t, "claims", "groups"); claim["alwaysIncludeInToken"] != true || claim["claimType"] != "RESOURCE" {
		t.Errorf("claim %v", claim)
	}
}

// What only Okta writes is not sent back to it.
func TestReadOnlyMembersAreNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.AddApp(scriptApp())
	var sent map[string]any
	w.sent.base = roundTrip(func(request *http.Request) (*http.Response, error) {
		if request.Method == http.MethodPut && strings.Count(request.URL.Path, "/") == 4 {
			text, err := io.ReadAll(request.Body)
			if err != nil {
				return nil, err
			}
			if err := json.Unmarshal(text, &sent); err != nil {
				return nil, err
			}
			request.Body = io.NopCloser(bytes.NewReader(text))
		}
		return http.DefaultTransport.RoundTrip(request)
	})
	w.setUp(t, spec(t))
	if sent["label"] != label {
		t.Fatalf("no app was sent: %v", sent)
	}
	for _, name := range []string{"id", "created", "lastUpdated", "status", "_links"} {
		if _, there := sent[name]; there {
			t.Errorf("%s was sent", name)
		}
	}
}

// A creation whose answer is lost is looked for before anything else: the same run goes on.
func TestALostAnswerDoesNotEndTheRun(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/apps", "/claims", "/policies", "/rules", "/scopes"} {
		w := newWorld(t, nil)
		w.config.Scopes = []string{"openid", "offline_access", "mcp.use"}
		lost := 0
		w.sent.base = roundTrip(func(request *http.Request) (*http.Response, error) {
			response, err := http.DefaultTransport.RoundTrip(request)
			if err == nil && request.Method == http.MethodPost && strings.HasSuffix(request.URL.Path, path) {
				response.Body.Close()
				lost++
				return nil, errors.New("connection lost")
			}
			return response, err
		})
		_, r := w.setUp(t, spec(t))
		if lost != 1 || r.Clients[label] != w.app(t)["id"] {
			t.Errorf("%s: %d answers lost, registration %+v", path, lost, r)
		}
		if p, _ := w.plan(t, spec(t)); !p.InSync() {
			t.Errorf("%s: not in sync: %+v", path, p.Changes)
		}
	}
}

// An app that was deleted is no twin, and not the one.
func TestADeletedAppIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.AddApp(scriptApp(func(app map[string]any) { app["status"] = "DELETED" }))
	if p, _ := w.plan(t, spec(t)); p.Changes[0].Action != plan.Create {
		t.Errorf("first change %+v", p.Changes[0])
	}
}

// Everybody may use an app with implicit assignment: no group needs to be assigned.
func TestImplicitAssignment(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.AddApp(scriptApp(func(app map[string]any) { put(app, true, "settings", "implicitAssignment") }))
	p, _ := w.plan(t, spec(t))
	if slices.ContainsFunc(p.Changes, func(c plan.Change) bool { return c.Kind == "group assignment" }) {
		t.Errorf("changes %+v", p.Changes)
	}
}

// A grace period that is too short for parallel sessions is made longer; a chosen one that is enough
// stays.
func TestTheGracePeriod(t *testing.T) {
	t.Parallel()
	for before, after := range map[float64]float64{0: 60, 5: 60, 29: 60, 30: 30, 45: 45} {
		w := newWorld(t, nil)
		w.AddApp(scriptApp(func(app map[string]any) {
			put(app, map[string]any{"rotation_type": "ROTATE", "leeway": before}, "settings", "oauthClient", "refresh_token")
		}))
		w.setUp(t, spec(t))
		if got := at(w.app(t), "settings", "oauthClient", "refresh_token", "leeway"); got != after {
			t.Errorf("%v seconds became %v, want %v", before, got, after)
		}
	}
}

// Removal takes what it saw, and nothing that was renamed or given away since.
func TestRemovalOfWhatChangedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*world){
		"the app has another label": func(w *world) {
			app := w.app(t)
			app["label"] = "finance"
			w.admin(t, "PUT", "/apps/"+app["id"].(string), app, 200)
		},
		"the policy is somebody's": func(w *world) {
			policy := w.owned(t, "policies", label)
			policy["description"] = "ours now"
			w.admin(t, "PUT", server+"/policies/"+policy["id"].(string), policy, 200)
		},
	} {
		w := newWorld(t, nil)
		w.setUp(t, spec(t))
		p, err := w.provider(t).PlanRemoval(t.Context(), spec(t))
		if err != nil {
			t.Fatal(err)
		}
		meanwhile(w)
		if _, err := p.Apply(t.Context(), nil); !errors.Is(err, plan.ErrMoved) {
			t.Errorf("%s: error %v, want ErrMoved", name, err)
		}
		if len(w.apps(label))+len(w.apps("finance")) != 1 {
			t.Errorf("%s: the app is gone", name)
		}
	}
}

// A list goes on behind its first page: a twin there is found.
func TestATwinOnTheSecondPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for range 250 {
		w.AddApp(scriptApp(func(app map[string]any) { app["label"] = label + " of finance" }))
	}
	if p, _ := w.plan(t, spec(t)); p.Changes[0].Action != plan.Create {
		t.Errorf("first change %+v", p.Changes[0])
	}
	last := w.AddApp(scriptApp())
	p, r := w.plan(t, spec(t))
	if r.Clients[label] != last || p.Changes[0].Action != plan.Update {
		t.Errorf("client %s, want %s", r.Clients[label], last)
	}
}

// Who is named twice is assigned once.
func TestNamesThatAreGivenTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := spec(t)
	s.Assign = []string{"staff", "registry-admins", "staff"}
	s.Groups = []string{"registry-admins", "registry-admins"}
	p, _ := w.plan(t, s)
	if n := p.Counts(); n.Create != 6 {
		t.Errorf("%d to add, want 6: %+v", n.Create, p.Changes)
	}
}

// What was refused for too many requests was not done: nothing is looked for.
func TestARefusalIsNoLostAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	p, _ := w.plan(t, spec(t))
	w.sent.counts()
	w.sent.base = roundTrip(func(request *http.Request) (*http.Response, error) {
		if request.Method == http.MethodPost {
			return answered(request, http.StatusTooManyRequests, "E0000047", "too many"), nil
		}
		return http.DefaultTransport.RoundTrip(request)
	})
	if _, err := p.Apply(t.Context(), nil); err == nil {
		t.Error("made although refused")
	}
	// The look for a twin, and the creation three times.
	if all, _ := w.sent.counts(); all != 4 {
		t.Errorf("%d requests, want 4", all)
	}
}
