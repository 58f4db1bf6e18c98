package okta_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// From an org that nobody prepared to a token that the gateway accepts, and again in sync, within
// the budget of requests, under Okta's own contract.
func TestFromAnEmptyOrgToAnAcceptedToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).underContract(t)
	p, r := w.plan(t, spec(t))
	if all, writes := w.sent.counts(); all > 8+1 || writes != 0 {
		t.Errorf("the plan took %d requests with %d writes, want at most 9 with none", all, writes)
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, writes := w.sent.counts(); writes != 5 {
		t.Errorf("%d writes, want 5: app, assignment, claim, policy, rule", writes)
	}
	clientID := w.app(t)["id"].(string)
	if r.Clients[label] != clientID || r.Audience != "api://default" || r.Issuer != w.Issuer() {
		t.Errorf("registration %+v", r)
	}
	again, _ := w.plan(t, spec(t))
	if !again.InSync() {
		t.Errorf("a second plan is not empty: %+v", again.Changes)
	}
	if all, writes := w.sent.counts(); all > 8+1+1 || writes != 0 {
		t.Errorf("in sync took %d requests with %d writes, want at most 10 (one group, one policy) with none", all, writes)
	}
	for _, redirect := range []string{callback, codexOne} {
		w.assertAccepted(t, w.assistant(clientID, redirect), r)
	}
	w.assertRefusals(t, clientID)
}

// assertAccepted logs in, refreshes, and judges both tokens by the gateway's rules.
func (w *world) assertAccepted(t *testing.T, assistant browser.Client, r *idp.Registration) {
	t.Helper()
	tokens, err := assistant.Login(t.Context(), bob)
	if err != nil {
		t.Errorf("%s: %v", assistant.RedirectURI, err)
		return
	}
	again, err := assistant.Refresh(t.Context(), tokens.RefreshToken)
	if err != nil {
		t.Errorf("%s: refresh: %v", assistant.RedirectURI, err)
		return
	}
	for _, members := range []map[string]any{tokens.Claims, again.Claims} {
		if failures := w.refusals(t, members, r); len(failures) > 0 {
			t.Errorf("%s: the gateway refuses the token: %v", assistant.RedirectURI, failures)
		}
		if groups := fmt.Sprint(members["groups"]); groups != "[registry-admins]" {
			t.Errorf("%s: groups %s, want just the mapped one", assistant.RedirectURI, groups)
		}
	}
}

func (w *world) assertRefusals(t *testing.T, clientID string) {
	t.Helper()
	for name, test := range map[string]struct {
		alter  func(*browser.Client)
		person browser.Person
		want   string
	}{
		"another port":     {func(c *browser.Client) { c.RedirectURI = "http://localhost:8788/callback" }, bob, "redirect_uri"},
		"another server":   {func(c *browser.Client) { c.RedirectURI = callback + "/another" }, bob, "redirect_uri"},
		"127.0.0.1":        {func(c *browser.Client) { c.RedirectURI = "http://127.0.0.1:8787/callback" }, bob, "redirect_uri"},
		"no PKCE":          {func(c *browser.Client) { c.Challenge = "none" }, bob, "PKCE"},
		"nobody assigned":  {func(*browser.Client) {}, eve, "User is not assigned to the client application"},
		"scope not there":  {func(c *browser.Client) { c.Scopes = []string{"openid", "no-such-scope"} }, bob, "invalid_scope"},
		"scope not in use": {func(c *browser.Client) { c.Scopes = []string{"openid", "address"} }, bob, "Policy evaluation failed"},
	} {
		assistant := w.assistant(clientID, callback)
		test.alter(&assistant)
		if _, err := assistant.Login(t.Context(), test.person); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", name, err, test.want)
		}
	}
}

// scriptApp is the app that the registry's own setup script makes, at its port, and what an
// operator added to it since, settings among it that the SDK's types do not know.
func scriptApp(alter ...func(map[string]any)) map[string]any {
	app := map[string]any{
		"label": label, "name": "oidc_client", "signOnMode": "OPENID_CONNECT", "status": "ACTIVE",
		"credentials": map[string]any{"oauthClient": map[string]any{"token_endpoint_auth_method": "none", "pkce_required": true, "autoKeyRotation": true}},
		"profile":     map[string]any{"team": "platform", "limit": 12345678901234567890.0},
		"visibility":  map[string]any{"autoSubmitToolbar": false, "hide": map[string]any{"iOS": true, "web": true}},
		"settings": map[string]any{
			"notes": map[string]any{"admin": "ask the platform team first", "enduser": "for assistants"},
			"oauthClient": map[string]any{
				"application_type": "native", "grant_types": []string{"authorization_code", "refresh_token"}, "response_types": []string{"code"},
				"redirect_uris":  []string{"http://localhost:56789/callback", "http://127.0.0.1:56789/callback"},
				"consent_method": "REQUIRED", "participate_slo": false, "logo_uri": "https://acme.example/logo.png",
				"post_logout_redirect_uris": []string{"http://localhost:56789/bye"},
			},
		},
	}
	for _, change := range alter {
		change(app)
	}
	return app
}

// movable is what setup asks for when neither operator nor registry decided the port.
func movable(t *testing.T) idp.Spec {
	s := spec(t)
	s.Clients[0].Redirects = uris(t, callback) // Cursor's
	s.Clients[0].Movable = uris(t, callback, codexOne)
	return s
}

// The script's app keeps its port and everything that is not ours, value by value.
func TestAdoptingTheScriptsApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	id := w.AddApp(scriptApp())
	before := w.app(t)
	w.underContract(t)
	p, r := w.setUp(t, movable(t))
	if r.CallbackPort != 56789 || r.Clients[label] != id {
		t.Errorf("registration %+v, want port 56789 and app %s", r, id)
	}
	if c := p.Changes[0]; c.Confirm != "" || c.Kind != "app" || c.Action != plan.Update || !strings.Contains(c.Summary, "adopted") {
		t.Errorf("first change %+v: adopting must not need a yes", c)
	}
	after := w.app(t)
	want := []string{"http://localhost:56789/callback", "http://127.0.0.1:56789/callback", callback, "http://localhost:56789/callback/6MFBM1In3Ey-"}
	if got := fmt.Sprint(at(after, "settings", "oauthClient", "redirect_uris")); got != fmt.Sprint(want) {
		t.Errorf("redirects %s, want %s", got, want)
	}
	if got := at(after, "settings", "notes", "admin"); got != "ask the platform team first\nmanaged by mcpreg" {
		t.Errorf("notes %q", got)
	}
	assertSameButFor(t, before, after, "settings.oauthClient.redirect_uris", "settings.oauthClient.refresh_token", "settings.notes.admin", "lastUpdated")
	w.assertAccepted(t, w.assistant(id, "http://localhost:56789/callback"), r)
	if again, _ := w.plan(t, movable(t)); !again.InSync() {
		t.Errorf("not in sync: %+v", again.Changes)
	}
}

// assertSameButFor compares two documents leaf by leaf, but for those below the named paths.
func assertSameButFor(t *testing.T, before, after map[string]any, paths ...string) {
	t.Helper()
	var walk func(path string, a, b any)
	walk = func(path string, a, b any) {
		if slices.Contains(paths, path) {
			return
		}
		x, isObject := a.(map[string]any)
		y, both := b.(map[string]any)
		if isObject && both {
			for name := range x {
				walk(strings.TrimPrefix(path+"."+name, "."), x[name], y[name])
			}
			for name := range y {
				if _, had := x[name]; !had {
					walk(strings.TrimPrefix(path+"."+name, "."), nil, y[name])
				}
			}
			return
		}
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s was %v, is %v", path, a, b)
		}
	}
	walk("", before, after)
}

// What the SDK's types do not know comes back with its bytes.
func TestUnknownSettingsSurvive(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.AddApp(scriptApp(func(app map[string]any) {
		app["acmeOnly"] = map[string]any{"deep": []any{1, "two", nil}, "html": "<b>&</b>"}
		app["settings"].(map[string]any)["oauthClient"].(map[string]any)["a_setting_of_2031"] = map[string]any{"n": 1e300}
	}))
	before := w.app(t)
	w.setUp(t, movable(t))
	assertSameButFor(t, before, w.app(t), "settings.oauthClient.redirect_uris", "settings.oauthClient.refresh_token", "settings.notes.admin", "lastUpdated")
}

func TestPruneMakesRedirectsExact(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).underContract(t)
	w.AddApp(scriptApp())
	s := spec(t)
	s.Prune = true
	p, _ := w.setUp(t, s)
	if p.Changes[0].Confirm == "" {
		t.Error("pruning needs no yes")
	}
	if got := fmt.Sprint(at(w.app(t), "settings", "oauthClient", "redirect_uris")); got != fmt.Sprint([]string{callback, codexOne}) {
		t.Errorf("redirects %s", got)
	}
}

func TestPerAssistant(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).underContract(t)
	s := spec(t)
	one := s.Clients[0]
	s.Clients = nil
	for _, suffix := range []string{"-claude-code", "-cursor", "-codex", "-other"} {
		one.Name = label + suffix
		s.Clients = append(s.Clients, one)
	}
	_, r := w.setUp(t, s)
	if len(r.Clients) != 4 {
		t.Errorf("clients %v, want 4", r.Clients)
	}
	if p, _ := w.plan(t, s); !p.InSync() {
		t.Errorf("not in sync: %+v", p.Changes)
	}
	for name, id := range r.Clients {
		if _, err := w.assistant(id, callback).Login(t.Context(), bob); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An org that was born with an open policy needs none of ours.
func TestAPolicyThatServesAlreadyIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *oktatest.Config) { c.DefaultPolicy = true })
	p, r := w.setUp(t, spec(t))
	for _, c := range p.Changes {
		if c.Kind == "access policy" || c.Kind == "policy rule" {
			t.Errorf("change %s", c)
		}
	}
	w.assertAccepted(t, w.assistant(r.Clients[label], callback), r)
}

func TestUsersAreAssigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).underContract(t)
	w.config.Token = secret(w.AdminToken())
	s := spec(t)
	s.AssignUsers = []string{"eve@example.com"}
	_, r := w.setUp(t, s)
	if _, err := w.assistant(r.Clients[label], callback).Login(t.Context(), eve); err != nil {
		t.Errorf("eve: %v", err)
	}
	if p, _ := w.plan(t, s); !p.InSync() {
		t.Errorf("not in sync: %+v", p.Changes)
	}
}

func TestRemovalTakesOursOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).underContract(t)
	s := spec(t)
	w.setUp(t, s)
	other := s.Clients[0]
	other.Name = "somebody else's"
	w.AddApp(scriptApp(func(app map[string]any) { app["label"] = other.Name }))
	s.Clients = append(s.Clients, other)
	p, err := w.provider(t).PlanRemoval(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	var changes []string
	for _, c := range p.Changes {
		changes = append(changes, string(c.Action)+" "+c.String())
	}
	if got := strings.Join(changes, ", "); got != "delete access policy "+label+", delete app "+label {
		t.Errorf("changes %s", got)
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if len(w.apps(label)) != 0 || len(w.apps(other.Name)) != 1 {
		t.Error("removal took the wrong app")
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Errorf("removing what is gone: %v", err)
	}
	if p, err := w.provider(t).PlanRemoval(t.Context(), spec(t)); err != nil || !p.InSync() {
		t.Errorf("a second removal: %v, %+v", err, p.Changes)
	}
}
