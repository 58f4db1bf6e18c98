package okta_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// All clients of an authorization server share its claim. Taking groups out of it waits for a yes,
// and is not said to let anybody in.
func TestPruningTheClaimNeedsAYes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := spec(t)
	s.Groups = []string{"registry-admins", "mcp-users", "registry-auditors"}
	w.setUp(t, s)
	s = spec(t)
	if p, _ := w.plan(t, s); !p.InSync() {
		t.Errorf("without --prune: %+v", p.Changes)
	}
	s.Prune = true
	p, _ := w.plan(t, s)
	c := p.Changes[0]
	if c.Kind != "claim" || !strings.Contains(c.Confirm, "takes mcp-users, registry-auditors out of the tokens") {
		t.Errorf("change %+v", c)
	}
	if c.Prevents != "" || c.Fields[0].Prevents != "" {
		t.Errorf("narrowing prevents %q and %q", c.Prevents, c.Fields[0].Prevents)
	}
}

// A rule that expressly leaves out who is to log in is not overruled, and not passed over in
// silence.
func TestARuleThatExcludesAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.config.Token = secret(w.AdminToken())
	s := spec(t)
	s.AssignUsers = []string{"eve@example.com"}
	_, r := w.setUp(t, s)
	rule := w.owned(t, "rules", "AI coding assistants")
	put(rule, []string{w.GroupID("registry-admins")}, "conditions", "people", "groups", "exclude")
	put(rule, []string{w.UserID("eve@example.com")}, "conditions", "people", "users", "exclude")
	policy := w.owned(t, "policies", label)["id"].(string)
	w.admin(t, "PUT", server+"/policies/"+policy+"/rules/"+rule["id"].(string), rule, 200)
	if _, err := w.assistant(r.Clients[label], callback).Login(t.Context(), bob); err == nil {
		t.Error("bob logs in, who is in a group that is left out")
	}
	p, _ := w.plan(t, s)
	if len(p.Changes) != 1 || p.Changes[0].Action != plan.Manual || p.Changes[0].Prevents != "OK03" ||
		!strings.Contains(p.Changes[0].Summary, "excludes registry-admins, eve@example.com") {
		t.Errorf("changes %+v", p.Changes)
	}
}

// altered changes what is read back after a write.
type altered struct{ method, path, old, new string }

// RoundTrip implements http.RoundTripper.
func (a altered) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil || request.Method != a.method || !strings.HasSuffix(request.URL.Path, a.path) {
		return response, err
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(text, []byte(a.old), []byte(a.new))))
	response.ContentLength = -1
	return response, nil
}

// What the org accepts and then holds otherwise is not said to be made.
func TestWhatIsMadeIsReadBack(t *testing.T) {
	t.Parallel()
	for what, a := range map[string]altered{
		"app " + label: {"POST", "/apps", `"none"`, `"client_secret_post"`},
		"the assignment of group registry-admins": {"PUT", "", `"id":"00g`, `"id":"00x`},
		"the assignment of user bob@example.com":  {"POST", "/users", `"id":"00u`, `"id":"00x`},
		"scope mcp.use":                           {"POST", "/scopes", "mcp.use", "mcp"},
		"claim groups":                            {"POST", "/claims", `"EQUALS"`, `"CONTAINS"`},
		"access policy " + label:                  {"POST", "/policies", `"0oa`, `"0ob`},
		"rule AI coding assistants":               {"POST", "/rules", `"offline_access"`, `"other"`},
	} {
		w := newWorld(t, nil)
		w.config.Token = secret(w.AdminToken())
		w.config.Scopes = []string{"openid", "email", "profile", "offline_access", "mcp.use"}
		w.sent.base = a
		s := spec(t)
		s.AssignUsers = []string{"bob@example.com"}
		p, _ := w.plan(t, s)
		_, err := p.Apply(t.Context(), nil)
		assertTold(t, what, err, idp.CodeFailed, what+" was written, but reads back otherwise")
	}
}
