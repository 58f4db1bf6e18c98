package keycloak_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// From an empty realm to a token that the gateway accepts, and again in sync, within the budget
// of requests.
func TestFromAnEmptyRealmToAnAcceptedToken(t *testing.T) {
	for _, version := range []string{realpart.Keycloak26_7, realpart.Keycloak26_2, realpart.Keycloak24} {
		t.Run(version, func(t *testing.T) {
			w := newWorld(t, version)
			w.setUp(t, spec(t))
			if all, writes := w.sent.all.Load(), w.sent.writes.Load(); writes != 1 || (all != 4 && version != realpart.Keycloak24) {
				t.Errorf("setup took %d requests with %d writes, want 4 with 1", all, writes)
			}
			w.sent.all.Store(0)
			w.sent.writes.Store(0)
			if p := w.plan(t, spec(t)); !p.InSync() {
				t.Errorf("a second plan is not empty: %+v", p.Changes)
			}
			if all, writes := w.sent.all.Load(), w.sent.writes.Load(); writes != 0 || (all != 2 && version != realpart.Keycloak24) {
				t.Errorf("in sync took %d requests with %d writes, want 2 with none", all, writes)
			}
			for _, redirect := range []string{
				"http://localhost:52114/callback", "http://127.0.0.1:52114/callback", "http://localhost:8787/callback",
				"http://127.0.0.1:41234/callback/6MFBM1In3Ey-", "http://localhost:8787/callback/6MFBM1In3Ey-",
			} {
				assertAccepted(t, w, w.assistant(redirect))
			}
			assertRefusals(t, w)
		})
	}
}

// assertAccepted logs in, refreshes, and judges both tokens by the gateway's rules.
func assertAccepted(t *testing.T, w *world, assistant browser.Client) {
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
		if failures := refusals(t, w, members); len(failures) > 0 {
			t.Errorf("%s: the gateway refuses the token: %v", assistant.RedirectURI, failures)
		}
		if sub, ok := members["sub"].(string); !ok || sub == "" {
			t.Errorf("%s: the token names no user", assistant.RedirectURI)
		}
	}
}

// refusals returns the ids of the failures that a gateway of release 1.30 finds in the claims,
// doubts too: a group as a path is refused by every mapping that names it.
func refusals(t *testing.T, w *world, members map[string]any) []string {
	t.Helper()
	claims, err := gateway.ParseClaims(idp.Keycloak, members)
	if err != nil {
		t.Fatal(err)
	}
	release, err := gateway.ParseRelease("1.30.0")
	if err != nil {
		t.Fatal(err)
	}
	var failures []string
	acceptance := gateway.Acceptance{Kind: idp.Keycloak, Release: release, ClientID: "mcp-gateway-web", Issuers: []string{w.Issuer()}}
	for _, v := range gateway.Judge(claims, acceptance, time.Now()) {
		if v.Outcome != gateway.Accepted {
			failures = append(failures, v.Failure)
		}
	}
	return failures
}

func assertRefusals(t *testing.T, w *world) {
	t.Helper()
	for name, test := range map[string]struct {
		alter func(*browser.Client)
		want  string
	}{
		"no PKCE":         {func(c *browser.Client) { c.Challenge = "none" }, "Missing parameter: code_challenge_method"},
		"plain":           {func(c *browser.Client) { c.Challenge = "plain" }, "code challenge method is not"},
		"other path":      {func(c *browser.Client) { c.RedirectURI = "http://localhost:8787/other" }, "Invalid parameter: redirect_uri"},
		"callbackevil":    {func(c *browser.Client) { c.RedirectURI = "http://localhost:8787/callbackevil" }, "Invalid parameter: redirect_uri"},
		"lookalike host":  {func(c *browser.Client) { c.RedirectURI = "http://localhost.evil.example/callback" }, "Invalid parameter: redirect_uri"},
		"foreign https":   {func(c *browser.Client) { c.RedirectURI = "https://evil.example/callback" }, "Invalid parameter: redirect_uri"},
		"climbing out":    {func(c *browser.Client) { c.RedirectURI = "http://localhost:8787/callback/../other" }, "Invalid parameter: redirect_uri"},
		"implicit":        {func(c *browser.Client) { c.Parameters = map[string][]string{"response_type": {"token"}} }, "unauthorized_client"},
		"scope not given": {func(c *browser.Client) { c.Scopes = []string{"openid", "no-such-scope"} }, "invalid_scope"},
	} {
		assistant := w.assistant("http://localhost:8787/callback")
		test.alter(&assistant)
		if _, err := assistant.Login(t.Context(), bob); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", name, err, test.want)
		}
	}
	for _, grant := range []string{"password", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"} {
		form := map[string][]string{"grant_type": {grant}, "username": {bob.Username}, "password": {bob.Password}, "device_code": {"x"}}
		if _, err := w.assistant("").Token(t.Context(), form); err == nil {
			t.Errorf("%s: a token was given", grant)
		}
	}
}

// A password grant works too, with characters that forms mangle; Keycloak's own administrator.
func TestSetupWithThePasswordOfAnAdministrator(t *testing.T) {
	w := newWorld(t, realpart.Keycloak26_7)
	w.config.AdminRealm, w.config.Username, w.config.Password = "master", w.Keycloak.AdminUser, secret(w.Keycloak.AdminPassword)
	w.config.ClientSecret = nil
	w.setUp(t, spec(t))
	if all := w.sent.all.Load(); all != 4 {
		t.Errorf("%d requests, want 4", all)
	}
	assertAccepted(t, w, w.assistant("http://localhost:8787/callback"))
}

// The script's client is adopted and repaired, and nothing that the operator added is lost.
func TestAdoptingTheScriptsClientOnARealServer(t *testing.T) {
	for _, version := range []string{realpart.Keycloak26_7, realpart.Keycloak24} {
		t.Run(version, func(t *testing.T) {
			w := newWorld(t, version)
			w.CreateClient(t, map[string]any{
				"clientId": clientID, "protocol": "openid-connect", "enabled": true, "publicClient": true, "standardFlowEnabled": true,
				"directAccessGrantsEnabled": false, "serviceAccountsEnabled": false, "fullScopeAllowed": true, "description": "made by a script",
				"redirectUris": []string{"http://localhost/*", "http://127.0.0.1/*", "cursor://anysphere.cursor-mcp/oauth/callback"},
				"webOrigins":   []string{"http://localhost:1234"},
				"attributes":   map[string]string{"pkce.code.challenge.method": "S256", "access.token.lifespan": "777"},
				"protocolMappers": []map[string]any{
					{"name": "groups", "protocol": "openid-connect", "protocolMapper": "oidc-group-membership-mapper", "config": map[string]string{"full.path": "false", "id.token.claim": "true", "access.token.claim": "true", "userinfo.token.claim": "true", "claim.name": "groups"}},
					{"name": "department", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper", "config": map[string]string{"user.attribute": "department", "claim.name": "department", "access.token.claim": "true"}},
				},
			})
			before := w.Client(t, clientID)
			p := w.setUp(t, spec(t))
			if c := p.Changes[0]; c.Confirm != "" || len(p.Changes) != 1 {
				t.Errorf("adopting needs a yes or more than one change: %+v", p.Changes)
			}
			after := w.Client(t, clientID)
			for _, key := range []string{"id", "description", "webOrigins", "fullScopeAllowed", "defaultClientScopes", "optionalClientScopes", "consentRequired"} {
				if diff := cmp.Diff(sortedList(before[key]), sortedList(after[key])); diff != "" {
					t.Errorf("%s was changed:\n%s", key, diff)
				}
			}
			for _, uri := range before["redirectUris"].([]any) {
				if !slices.Contains(after["redirectUris"].([]any), uri) {
					t.Errorf("redirect %v is lost", uri)
				}
			}
			for name, value := range before["attributes"].(map[string]any) {
				if after["attributes"].(map[string]any)[name] != value {
					t.Errorf("attribute %s was changed", name)
				}
			}
			if diff := cmp.Diff(mapper(before, "department"), mapper(after, "department")); diff != "" {
				t.Errorf("mapper department was changed:\n%s", diff)
			}
			if diff := cmp.Diff(mapper(before, "groups"), mapper(after, "groups")); diff != "" {
				t.Errorf("a groups mapper that was right was changed:\n%s", diff)
			}
			assertAccepted(t, w, w.assistant("http://localhost:8787/callback"))

			pruned := spec(t)
			pruned.Prune = true
			if p := w.setUp(t, pruned); p.Changes[0].Confirm == "" {
				t.Error("pruning needs no yes")
			}
			assertRefusals(t, w)
			assertAccepted(t, w, w.assistant("http://127.0.0.1:41234/callback/6MFBM1In3Ey-"))
		})
	}
}

func sortedList(value any) any {
	list, ok := value.([]any)
	if !ok {
		return value
	}
	var texts []string
	for _, one := range list {
		texts = append(texts, one.(string))
	}
	return slices.Sorted(slices.Values(texts))
}

func mapper(client map[string]any, name string) any {
	for _, m := range client["protocolMappers"].([]any) {
		if m.(map[string]any)["name"] == name {
			return m
		}
	}
	return nil
}

// Everything that the registry's script leaves broken is repaired: this is the drift that was
// measured to survive its second run.
func TestDriftIsRepaired(t *testing.T) {
	for _, version := range []string{realpart.Keycloak26_7, realpart.Keycloak24} {
		t.Run(version, func(t *testing.T) {
			w := newWorld(t, version)
			w.setUp(t, spec(t))
			w.UpdateClient(t, clientID, map[string]any{
				"enabled": false, "implicitFlowEnabled": true, "directAccessGrantsEnabled": true, "standardFlowEnabled": false,
				"redirectUris": []string{"http://localhost:1/x"},
				"attributes":   map[string]string{"pkce.code.challenge.method": "", "oauth2.device.authorization.grant.enabled": "true"},
				"protocolMappers": []map[string]any{
					{"name": "groups", "protocol": "openid-connect", "protocolMapper": "oidc-group-membership-mapper", "config": map[string]string{"full.path": "true", "access.token.claim": "false", "claim.name": "grp"}},
					{"name": "mcp-gateway-audience", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper", "config": map[string]string{"included.client.audience": "account", "access.token.claim": "true"}},
				},
			})
			uuid := w.Client(t, clientID)["id"].(string)
			offline := w.ScopeID(t, "offline_access")
			w.Admin(t, "DELETE", "/clients/"+uuid+"/optional-client-scopes/"+offline, nil, 204)
			w.Admin(t, "PUT", "/clients/"+uuid+"/default-client-scopes/"+offline, nil, 204)
			email := w.ScopeID(t, "email")
			w.Admin(t, "DELETE", "/clients/"+uuid+"/default-client-scopes/"+email, nil, 204)
			w.Admin(t, "PUT", "/clients/"+uuid+"/optional-client-scopes/"+email, nil, 204)
			w.Admin(t, "DELETE", "/clients/"+uuid+"/default-client-scopes/"+w.ScopeID(t, "profile"), nil, 204)

			p := w.setUp(t, spec(t))
			var names []string
			for _, c := range p.Changes {
				names = append(names, c.Kind+" "+c.Name)
			}
			want := []string{"client mcp-gateway-ide", "client scope mcp-gateway-ide/profile", "client scope mcp-gateway-ide/email", "client scope mcp-gateway-ide/offline_access"}
			if diff := cmp.Diff(want, names); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if again := w.plan(t, spec(t)); !again.InSync() {
				t.Errorf("not in sync: %+v", again.Changes)
			}
			assertAccepted(t, w, w.assistant("http://localhost:8787/callback"))
			assertRefusals(t, w)
		})
	}
}

func TestStrictRedirects(t *testing.T) {
	w := newWorld(t, realpart.Keycloak26_7)
	s := spec(t)
	s.Clients[0].Redirects = uris(t, "http://localhost/callback", "http://127.0.0.1/callback", "http://localhost/callback/6MFBM1In3Ey-", "http://127.0.0.1/callback/6MFBM1In3Ey-")
	w.setUp(t, s)
	for _, redirect := range []string{"http://localhost:52114/callback", "http://127.0.0.1:1/callback/6MFBM1In3Ey-"} {
		assertAccepted(t, w, w.assistant(redirect))
	}
	if _, err := w.assistant("http://localhost:1/callback/another").Login(t.Context(), bob); err == nil || !strings.Contains(err.Error(), "Invalid parameter: redirect_uri") {
		t.Errorf("another server's path: %v", err)
	}
}

func TestPerAssistant(t *testing.T) {
	w := newWorld(t, realpart.Keycloak26_7)
	s := spec(t)
	one := s.Clients[0]
	s.Clients = nil
	for _, suffix := range []string{"-claude-code", "-cursor", "-codex", "-other"} {
		one.Name = clientID + suffix
		s.Clients = append(s.Clients, one)
	}
	before := w.ClientCount(t)
	w.setUp(t, s)
	if got := w.ClientCount(t) - before; got != 4 {
		t.Errorf("%d clients were made, want 4", got)
	}
	if p := w.plan(t, s); !p.InSync() {
		t.Errorf("not in sync: %+v", p.Changes)
	}
}

func TestRemovalTakesOursOnly(t *testing.T) {
	w := newWorld(t, realpart.Keycloak26_7)
	s := spec(t)
	other := s.Clients[0]
	other.Name = "somebody-elses"
	w.CreateClient(t, map[string]any{"clientId": other.Name, "publicClient": true})
	w.setUp(t, s)
	s.Clients = append(s.Clients, other)
	p, err := w.provider(t).PlanRemoval(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Changes) != 1 || p.Changes[0].Action != plan.Delete || len(p.Notes) != 1 {
		t.Errorf("plan %+v, want one deletion and one note", p)
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if w.Client(t, clientID) != nil || w.Client(t, other.Name) == nil {
		t.Error("removal took the wrong client")
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Errorf("removing what is gone: %v", err)
	}
}
