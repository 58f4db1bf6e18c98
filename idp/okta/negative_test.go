package okta_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/connect/failure"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// admin sends a request to the management API as a super administrator.
func (w *world) admin(t testing.TB, method, path string, body any, want int) map[string]any {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, w.URL()+"/api/v1"+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "SSWS "+w.AdminToken())
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if response.StatusCode != http.StatusNoContent {
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
	}
	if response.StatusCode != want {
		t.Fatalf("%s %s: %s %v", method, path, response.Status, answer)
	}
	return answer
}

const server = "/authorizationServers/default"

// owned finds the object of that name in a part of the snapshot.
func (w *world) owned(t *testing.T, part, name string) map[string]any {
	t.Helper()
	for _, list := range lists(w.Snapshot()[part]) {
		for _, object := range list {
			if object["name"] == name {
				return object
			}
		}
	}
	t.Fatalf("no %s called %s", part, name)
	return nil
}

// put sets a member of a document, and makes the objects on the way.
func put(document map[string]any, value any, path ...string) {
	for _, name := range path[:len(path)-1] {
		inner, ok := document[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			document[name] = inner
		}
		document = inner
	}
	document[path[len(path)-1]] = value
}

// leftOut says how the org looks when one thing that the plan makes was never made. Keys are the
// kind of the change, and the field.
func leftOut(w *world, t *testing.T) map[string]func() {
	app := func(value any, path ...string) func() {
		return func() {
			document := w.app(t)
			put(document, value, path...)
			w.admin(t, "PUT", "/apps/"+document["id"].(string), document, 200)
		}
	}
	oauth := func(value any, name ...string) func() {
		return app(value, append([]string{"settings", "oauthClient"}, name...)...)
	}
	part := func(kind, name, path string, change func(map[string]any)) func() {
		return func() {
			object := w.owned(t, kind, name)
			change(object)
			w.admin(t, "PUT", strings.Replace(path, "{id}", object["id"].(string), 1), object, 200)
		}
	}
	set := func(value any, path ...string) func(map[string]any) {
		return func(object map[string]any) { put(object, value, path...) }
	}
	rules := func() string { return server + "/policies/" + w.owned(t, "policies", label)["id"].(string) + "/rules" }
	rule := func(value any, path ...string) func() {
		return func() {
			part("rules", "AI coding assistants", rules()+"/{id}", set(value, append([]string{"conditions"}, path...)...))()
		}
	}
	claim := func(value any, path ...string) func() {
		return part("claims", "groups", server+"/claims/{id}", set(value, path...))
	}
	return map[string]func(){
		"app/redirects":                oauth([]string{"http://localhost:8788/callback"}, "redirect_uris"),
		"app/grant authorization_code": func() { oauth([]string{"refresh_token", "implicit"}, "grant_types")() },
		"app/grant refresh_token":      oauth([]string{"authorization_code"}, "grant_types"),
		"app/refresh token rotation":   oauth("STATIC", "refresh_token", "rotation_type"),
		"app/rotation grace":           oauth(0, "refresh_token", "leeway"),
		"app status/status": func() {
			w.admin(t, "POST", "/apps/"+w.app(t)["id"].(string)+"/lifecycle/deactivate", nil, 200)
		},
		"group assignment/": func() {
			w.admin(t, "DELETE", "/apps/"+w.app(t)["id"].(string)+"/groups/"+w.GroupID("registry-admins"), nil, 204)
		},
		"claim/": func() {
			w.admin(t, "DELETE", server+"/claims/"+w.owned(t, "claims", "groups")["id"].(string), nil, 204)
		},
		"claim/filter": claim("mcp-users", "value"),
		"claim/scopes": claim([]string{"address"}, "conditions", "scopes"),
		"claim/status": claim("INACTIVE", "status"),
		"access policy/": func() {
			w.admin(t, "DELETE", server+"/policies/"+w.owned(t, "policies", label)["id"].(string), nil, 204)
		},
		"access policy/clients": part("policies", label, server+"/policies/{id}", func(policy map[string]any) {
			put(policy, []string{w.AddApp(scriptApp(func(other map[string]any) { other["label"] = "another" }))}, "conditions", "clients", "include")
		}),
		"access policy status/status": func() {
			w.admin(t, "POST", server+"/policies/"+w.owned(t, "policies", label)["id"].(string)+"/lifecycle/deactivate", nil, 204)
		},
		"policy rule/": func() {
			w.admin(t, "DELETE", rules()+"/"+w.owned(t, "rules", "AI coding assistants")["id"].(string), nil, 204)
		},
		"policy rule/people":      rule([]string{w.GroupID("mcp-users")}, "people", "groups", "include"),
		"policy rule/grant types": rule([]string{"implicit"}, "grantTypes", "include"),
		"policy rule/scopes":      rule([]string{"openid", "email", "profile"}, "scopes", "include"),
		"policy rule status/status": func() {
			w.admin(t, "POST", rules()+"/"+w.owned(t, "rules", "AI coding assistants")["id"].(string)+"/lifecycle/deactivate", nil, 204)
		},
	}
}

// Each thing that a plan sets is left out in turn: the failure that the plan says it prevents is
// the one that a login meets, and the next plan says so and repairs it.
func TestEachThingLeftOutFailsAsThePlanSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	created, r := w.setUp(t, spec(t))
	breaks := leftOut(w, t)
	for name, leave := range breaks {
		kind, field, _ := strings.Cut(name, "/")
		if met := w.failuresMet(t, r); len(met) > 0 {
			t.Fatalf("before %s is left out: %v", name, met)
		}
		leave()
		met := w.failuresMet(t, r)
		repair, _ := w.plan(t, spec(t))
		promised := prevented(repair, kind, field)
		if promised == "" || !slices.Contains(met, promised) {
			t.Errorf("without %s a login meets %v, the plan says %q: %+v", name, met, promised, repair.Changes)
		}
		if _, err := repair.Apply(t.Context(), nil); err != nil {
			t.Fatalf("repairing %s: %v", name, err)
		}
	}
	assertAllLeftOut(t, created, breaks)
}

// prevented is the failure that a plan's change, or a field of it, is said to prevent.
func prevented(p *plan.Plan, kind, field string) string {
	for _, c := range p.Changes {
		if c.Kind != kind {
			continue
		}
		for _, f := range c.Fields {
			if f.Path == field && f.Prevents != "" {
				return f.Prevents
			}
		}
		return c.Prevents
	}
	return ""
}

// assertAllLeftOut makes sure that everything that the plan made was left out once.
func assertAllLeftOut(t *testing.T, created *plan.Plan, breaks map[string]func()) {
	t.Helper()
	elsewhere := []string{
		"app/type", "app/client authentication", // such an app is refused, see below
		"app/response type code", // goes with the grant
		"app/PKCE",               // Okta has it on for every app without a secret
	}
	for _, c := range created.Changes {
		names := []string{c.Kind + "/"}
		for _, f := range c.Fields {
			if f.Prevents != "" {
				names = append(names, c.Kind+"/"+f.Path)
			}
		}
		for _, name := range names {
			if _, left := breaks[name]; !left && name != "app/" && !slices.Contains(elsewhere, name) {
				t.Errorf("nobody leaves out %s", name)
			}
		}
	}
}

// failuresMet logs in as an assistant does, uses the refresh token as two sessions do, and names
// what it meets.
func (w *world) failuresMet(t *testing.T, r *idp.Registration) []string {
	t.Helper()
	assistant := w.assistant(r.Clients[label], callback)
	tokens, err := assistant.Login(t.Context(), bob)
	if err != nil {
		var met []string
		for _, candidate := range failure.Match(err.Error()) {
			if candidate.Confident() {
				met = append(met, candidate.Failure.ID)
			}
		}
		return met
	}
	met := w.refusals(t, tokens.Claims, r)
	if len(met) > 0 && w.count("claims", "name", "groups") > 0 {
		met = append(met, "OK06") // the same 403, with a claim that is there
	}
	if tokens.RefreshToken == "" {
		return append(met, "OK12")
	}
	first, err := assistant.Refresh(t.Context(), tokens.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	if first.RefreshToken == tokens.RefreshToken {
		met = append(met, "OK21")
	}
	if _, err := assistant.Refresh(t.Context(), tokens.RefreshToken); err != nil {
		met = append(met, "OK13")
	}
	return met
}

// An app with a secret is refused rather than changed; a login with one fails as the catalogue
// says.
func TestALoginWithAConfidentialApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	_, r := w.setUp(t, spec(t))
	app := w.app(t)
	put(app, "client_secret_basic", "credentials", "oauthClient", "token_endpoint_auth_method")
	w.admin(t, "PUT", "/apps/"+app["id"].(string), app, 200)
	if met := w.failuresMet(t, r); !slices.Contains(met, "OK11") {
		t.Errorf("a login meets %v, want OK11", met)
	}
}

// An app that demands DPoP (RFC 9449) logs no assistant in. The stand-in does not know it on custom
// authorization servers, so only the plan and the repair are seen.
func TestAnAppThatDemandsDPoP(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.setUp(t, spec(t))
	app := w.app(t)
	put(app, true, "settings", "oauthClient", "dpop_bound_access_tokens")
	w.admin(t, "PUT", "/apps/"+app["id"].(string), app, 200)
	repair, _ := w.setUp(t, spec(t))
	if got := prevented(repair, "app", "DPoP"); got != "OK22" {
		t.Errorf("the plan says %q", got)
	}
	if on := at(w.app(t), "settings", "oauthClient", "dpop_bound_access_tokens"); on != false {
		t.Errorf("DPoP %v after the repair", on)
	}
}

// The scopes of a server that lacks one are made.
func TestAMissingScopeIsMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).underContract(t)
	w.config.Scopes = []string{"openid", "email", "profile", "offline_access", "mcp.use", "mcp.use"}
	_, r := w.setUp(t, spec(t))
	assistant := w.assistant(r.Clients[label], callback)
	assistant.Scopes = []string{"openid", "email", "profile", "offline_access", "mcp.use"}
	if _, err := assistant.Login(t.Context(), bob); err != nil {
		t.Error(err)
	}
	if p, _ := w.plan(t, spec(t)); !p.InSync() {
		t.Errorf("not in sync: %+v", p.Changes)
	}
	w.admin(t, "DELETE", server+"/scopes/"+w.owned(t, "scopes", "mcp.use")["id"].(string), nil, 204)
	if _, err := assistant.Login(t.Context(), bob); err == nil || !slices.ContainsFunc(failure.Match(err.Error()), func(c failure.Candidate) bool { return c.Failure.ID == "OK04" }) {
		t.Errorf("without the scope: %v, want OK04", err)
	}
}

// An inactive authorization server is for a person to decide about.
func TestAnInactiveServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.SetStatus("default", "INACTIVE")
	p, _ := w.plan(t, spec(t))
	if c := p.Changes[0]; c.Kind != "authorization server" || c.Action != plan.Manual || c.Prevents != "OK18" {
		t.Errorf("first change %+v", c)
	}
}
