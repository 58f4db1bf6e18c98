package keycloak_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/mcpreg/mcpreg/connect/failure"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// leftOut says how the client looks when one thing that the plan sets was never set.
func leftOut(w *world, t *testing.T) map[string]func() {
	uuid := func() string { return w.Client(t, clientID)["id"].(string) }
	update := func(fields map[string]any) func() { return func() { w.UpdateClient(t, clientID, fields) } }
	withoutMapper := func(name string) func() {
		return func() {
			var rest []any
			for _, m := range w.Client(t, clientID)["protocolMappers"].([]any) {
				if m.(map[string]any)["name"] != name {
					rest = append(rest, m)
				}
			}
			w.UpdateClient(t, clientID, map[string]any{"protocolMappers": rest})
		}
	}
	withoutScope := func(name, list string) func() {
		return func() {
			w.Admin(t, http.MethodDelete, "/clients/"+uuid()+"/"+list+"/"+w.ScopeID(t, name), nil, http.StatusNoContent)
		}
	}
	return map[string]func(){
		"redirects":            update(map[string]any{"redirectUris": []string{"http://localhost/other"}}),
		"groups":               withoutMapper("groups"),
		"audience":             withoutMapper("mcp-gateway-audience"),
		"pkce":                 update(map[string]any{"attributes": map[string]string{"pkce.code.challenge.method": ""}}),
		"enabled":              update(map[string]any{"enabled": false}),
		"standard flow":        update(map[string]any{"standardFlowEnabled": false}),
		"scope basic":          withoutScope("basic", "default-client-scopes"),
		"scope profile":        withoutScope("profile", "default-client-scopes"),
		"scope email":          withoutScope("email", "default-client-scopes"),
		"scope offline_access": withoutScope("offline_access", "optional-client-scopes"),
		"implicit flow":        update(map[string]any{"implicitFlowEnabled": true}),
		"direct access grants": update(map[string]any{"directAccessGrantsEnabled": true}),
		"device grant":         update(map[string]any{"attributes": map[string]string{"oauth2.device.authorization.grant.enabled": "true"}}),
		"full group path": func() {
			for _, m := range w.Client(t, clientID)["protocolMappers"].([]any) {
				if m := m.(map[string]any); m["name"] == "groups" {
					m["config"].(map[string]any)["full.path"] = "true"
					w.Admin(t, http.MethodPut, "/clients/"+uuid()+"/protocol-mappers/models/"+m["id"].(string), m, http.StatusNoContent)
				}
			}
		},
	}
}

// Each thing that a plan sets is left out in turn: the failure that the plan says it prevents is
// the one that a login meets.
func TestEachThingLeftOutFailsAsThePlanSays(t *testing.T) {
	w := newWorld(t, realpart.Keycloak26_7)
	created := w.setUp(t, spec(t)).Changes[0]
	promised := map[string]string{"implicit flow": "KC28", "direct access grants": "KC28", "device grant": "KC28", "full group path": "KC09"}
	for _, f := range created.Fields {
		if f.Prevents != "" {
			promised[f.Path] = f.Prevents
		}
	}
	breaks := leftOut(w, t)
	for path, id := range promised {
		t.Run(path, func(t *testing.T) {
			leave, ok := breaks[path]
			if !ok {
				t.Fatalf("nobody leaves out %q, which is said to prevent %s", path, id)
			}
			if met := w.failuresMet(t); len(met) > 0 {
				t.Fatalf("before anything is left out: %v", met)
			}
			leave()
			met := w.failuresMet(t)
			if !slices.Contains(met, id) {
				t.Errorf("a login without it meets %v, the plan says %s", met, id)
			}
			repair := w.plan(t, spec(t))
			if !slices.ContainsFunc(repair.Changes, func(c plan.Change) bool {
				return slices.ContainsFunc(c.Fields, func(f plan.Field) bool { return f.Prevents == id || (id == "KC09" && f.Path == "groups") })
			}) {
				t.Errorf("the plan does not name %s: %+v", id, repair.Changes)
			}
			w.setUp(t, spec(t))
		})
	}
}

// failuresMet logs in as assistants do, tries what must be refused, and names what it meets.
func (w *world) failuresMet(t *testing.T) []string {
	t.Helper()
	var met []string
	assistant := w.assistant("http://localhost:8787/callback")
	tokens, err := assistant.Login(t.Context(), bob)
	if err != nil {
		for _, candidate := range failure.Match(err.Error()) {
			if candidate.Confident() {
				met = append(met, candidate.Failure.ID)
			}
		}
	} else {
		met = append(met, refusals(t, w, tokens.Claims)...)
		if tokens.Claims["sub"] == nil {
			met = append(met, "KC10")
		}
	}
	unprotected := assistant
	unprotected.Challenge = "none"
	if answer, _, err := unprotected.Authorize(t.Context(), bob); err == nil && answer.Code() != "" {
		met = append(met, "KC16")
	}
	if w.answersOtherGrants(t, assistant) {
		met = append(met, "KC28")
	}
	return met
}

// answersOtherGrants reports whether the client takes part in any flow but the one that
// assistants use.
func (w *world) answersOtherGrants(t *testing.T, assistant browser.Client) bool {
	t.Helper()
	if _, err := assistant.Token(t.Context(), map[string][]string{"grant_type": {"password"}, "username": {bob.Username}, "password": {bob.Password}}); err == nil {
		return true
	}
	implicit := assistant
	implicit.Parameters = map[string][]string{"response_type": {"token"}, "nonce": {"n"}}
	if answer, _, err := implicit.Authorize(t.Context(), bob); err == nil && answer.Query.Get("access_token") != "" {
		return true
	}
	response, err := http.PostForm(w.Issuer()+"/protocol/openid-connect/auth/device", map[string][]string{"client_id": {clientID}})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ Error string }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	// A request of this kind that lacks something is refused for that, once the client may make it.
	return answer.Error != "unauthorized_client"
}
