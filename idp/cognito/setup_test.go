package cognito_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// From an empty pool to a client that reads back as it was asked for; a second plan is empty.
func TestSetup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	p, registration := w.setUp(t, spec(t))
	want := []string{"create app client " + clientName, "create managed login branding " + clientName}
	if diff := cmp.Diff(want, changes(p)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	c := w.client(t, clientName)
	for member, want := range map[string]any{
		"AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": []any{"code"}, "AllowedOAuthScopes": []any{"email", "openid", "profile"},
		"CallbackURLs":               []any{"http://localhost:8787/callback", "http://localhost:8787/callback/6MFBM1In3Ey-"},
		"SupportedIdentityProviders": []any{"COGNITO"}, "PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": true,
		"ExplicitAuthFlows": []any{"ALLOW_REFRESH_TOKEN_AUTH"}, "ClientSecret": nil,
	} {
		if diff := cmp.Diff(want, c[member]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", member, diff)
		}
	}
	if registration.Clients[clientName] != c["ClientId"] || registration.CallbackPort != 8787 || registration.Issuer != w.Issuer() || registration.Audience != "" {
		t.Errorf("registration %+v", registration)
	}
	if again := w.plan(t, spec(t)); !again.InSync() {
		t.Errorf("a second plan: %v", changes(again))
	}
	if brandings, _ := w.Snapshot()["Brandings"].(map[string]any); len(brandings) != 1 {
		t.Errorf("brandings %v", brandings)
	}
}

// A plan costs one request for each 60 clients of the pool, and six.
func TestRequestBudget(t *testing.T) {
	t.Parallel()
	for others, pages := range map[int]int64{0: 1, 59: 1, 60: 2, 130: 3} {
		w := newWorld(t, cognitotest.Config{})
		for i := range others {
			w.AddClient(map[string]any{"ClientName": fmt.Sprintf("other-%d", i)})
		}
		w.setUp(t, spec(t))
		before := w.sent.all.Load()
		if p := w.plan(t, spec(t)); !p.InSync() {
			t.Errorf("beside %d others: %v", others, changes(p))
		}
		if spent := w.sent.all.Load() - before; spent != pages+6 {
			t.Errorf("beside %d others: %d requests, want %d: %v", others, spent, pages+6, w.Calls())
		}
		byID := spec(t)
		byID.Clients[0].ID = w.client(t, clientName)["ClientId"].(string)
		before = w.sent.all.Load()
		w.plan(t, byID)
		if spent := w.sent.all.Load() - before; spent != 6 {
			t.Errorf("by id beside %d others: %d requests, want 6", others, spent)
		}
	}
}

// scriptClient is what the registry's own script leaves: one callback URL at its port, only the
// pool's own users; and what an operator set since.
func scriptClient() map[string]any {
	return map[string]any{
		"ClientName": clientName, "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": []string{"code"},
		"AllowedOAuthScopes": []string{"openid", "email", "profile", "phone"}, "CallbackURLs": []string{"http://localhost:56789/callback", "https://app.example.com/cb"},
		"SupportedIdentityProviders": []string{"COGNITO"}, "LogoutURLs": []string{"https://app.example.com/bye"}, "DefaultRedirectURI": "https://app.example.com/cb",
		"AccessTokenValidity": 20, "IdTokenValidity": 30, "RefreshTokenValidity": 12,
		"TokenValidityUnits": map[string]any{"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "hours"},
		"ReadAttributes":     []string{"email", "name"}, "WriteAttributes": []string{"name"}, "AuthSessionValidity": 7,
		"ExplicitAuthFlows":          []string{"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"},
		"PreventUserExistenceErrors": "LEGACY", "EnableTokenRevocation": false,
		"AnalyticsConfiguration": map[string]any{"ApplicationId": "d70b2ba36a8c4dc5a04a0451a31a1e12", "ExternalId": "x", "RoleArn": "arn:aws:iam::123456789012:role/analytics", "UserDataShared": true},
	}
}

// notOurs are the members of the script's client that setup has no say in.
func notOurs() []string {
	return []string{
		"ClientId", "AllowedOAuthFlows", "LogoutURLs", "DefaultRedirectURI", "AccessTokenValidity", "IdTokenValidity", "RefreshTokenValidity", "TokenValidityUnits",
		"ReadAttributes", "WriteAttributes", "AuthSessionValidity", "ExplicitAuthFlows", "AnalyticsConfiguration",
	}
}

// The script's client is adopted and repaired at the port that it has, and nothing that the
// operator set is reset: Cognito resets whatever an update leaves out.
func TestAdoptingTheScriptsClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{IdentityProviders: []cognitotest.IdentityProvider{{Name: "Corporate", Type: "SAML"}}})
	id := w.AddClient(scriptClient())
	before := w.client(t, clientName)
	p, registration := w.setUp(t, spec(t))
	if len(p.Changes) != 2 || p.Changes[0].Confirm != "" || p.Changes[0].Action != plan.Update {
		t.Errorf("changes %+v, want one update that needs no yes, and a branding", p.Changes)
	}
	if registration.Clients[clientName] != id || registration.CallbackPort != 56789 {
		t.Errorf("registration %+v", registration)
	}
	after := w.client(t, clientName)
	for _, member := range notOurs() {
		if diff := cmp.Diff(before[member], after[member]); diff != "" {
			t.Errorf("%s was changed:\n%s", member, diff)
		}
	}
	for member, want := range map[string]any{
		"CallbackURLs":               []any{"http://localhost:56789/callback", "http://localhost:56789/callback/6MFBM1In3Ey-", "http://localhost:8787/callback", "https://app.example.com/cb"},
		"AllowedOAuthScopes":         []any{"openid", "email", "profile", "phone"},
		"SupportedIdentityProviders": []any{"COGNITO", "Corporate"},
		"PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": true,
	} {
		if diff := cmp.Diff(want, after[member]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", member, diff)
		}
	}
	if !noted(p, "CG17", "https://app.example.com/cb") || !noted(p, "CG06", "Corporate") {
		t.Errorf("notes %+v", p.Notes)
	}
	if again := w.plan(t, spec(t)); !again.InSync() {
		t.Errorf("a second plan: %+v", again.Changes)
	}
}

// Pruning makes lists exact, and needs a yes.
func TestPrune(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	members := scriptClient()
	members["AllowedOAuthFlows"] = []string{"code", "implicit"}
	w.AddClient(members)
	s := spec(t)
	s.Prune = true
	p, _ := w.setUp(t, s)
	if c := p.Changes[0].Confirm; !strings.Contains(c, "removes 1 of its callback URLs") || !strings.Contains(c, "removes 1 of its grant types") || !strings.Contains(c, "removes 1 of its scopes") {
		t.Errorf("confirm %q", c)
	}
	after := w.client(t, clientName)
	if after["DefaultRedirectURI"] != nil || slices.Contains(after["CallbackURLs"].([]any), any("https://app.example.com/cb")) || len(after["AllowedOAuthFlows"].([]any)) != 1 {
		t.Errorf("after pruning: %v", after)
	}
	if after["AccessTokenValidity"] == nil || after["LogoutURLs"] == nil {
		t.Errorf("pruning reset what is not a list of ours: %v", after)
	}
	if again := w.plan(t, s); !again.InSync() {
		t.Errorf("a second plan: %+v", again.Changes)
	}
}

// A pool without a domain is told, and made whole when asked.
func TestDomain(t *testing.T) {
	t.Parallel()
	for tier, version := range map[string]string{"ESSENTIALS": "2", "LITE": "1"} {
		w := newWorld(t, cognitotest.Config{NoDomain: true, Tier: tier})
		p, _ := w.setUp(t, spec(t))
		if first := p.Changes[0]; first.Action != plan.Manual || first.Prevents != "CG09" || !strings.Contains(first.Summary, "--create-domain") {
			t.Errorf("%s: %+v", tier, first)
		}
		w.config.CreateDomain = "acme-ide"
		p, _ = w.setUp(t, spec(t))
		if first := p.Changes[0]; first.Action != plan.Create || first.Fields[0].After[0] != version {
			t.Errorf("%s: %+v", tier, first)
		}
		if branded := len(p.Changes) == 2; branded != (version == "2") {
			t.Errorf("%s: %v", tier, changes(p))
		}
		if again := w.plan(t, spec(t)); !again.InSync() {
			t.Errorf("%s: a second plan: %v", tier, changes(again))
		}
	}
}

func TestDomainThatIsNotTheGateways(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	w.config.GatewayDomain, w.config.CreateDomain = "another", "third"
	p := w.plan(t, spec(t))
	if !noted(p, "CG09", "COGNITO_DOMAIN=another") || !noted(p, "", "third is not made") {
		t.Errorf("notes %+v", p.Notes)
	}
}

// Groups and members are made when asked for, and named as work by hand when not.
func TestGroupsAndMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	s := spec(t)
	s.Groups, s.AssignUsers = []string{"registry-admins", "mcp-users"}, []string{eve.Username}
	p := w.plan(t, s)
	want := []string{
		"create app client " + clientName, "create managed login branding " + clientName,
		"manual group mcp-users", "create group member registry-admins/eve", "manual group member mcp-users/eve",
	}
	if diff := cmp.Diff(want, changes(p)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	w.config.CreateGroups = true
	w.setUp(t, s)
	if diff := cmp.Diff([]any{"mcp-users", "registry-admins"}, sortedMembers(w.Snapshot()["Members"], eve.Username)); diff != "" {
		t.Errorf("groups of eve (-want +got):\n%s", diff)
	}
	if again := w.plan(t, s); !again.InSync() {
		t.Errorf("a second plan: %v", changes(again))
	}
}

func sortedMembers(members any, user string) []any {
	all, _ := members.(map[string]any)
	list, _ := all[user].([]any)
	slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return list
}

func TestPerAssistant(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	s := spec(t)
	one := s.Clients[0]
	s.Clients = nil
	for _, suffix := range []string{"-claude-code", "-cursor", "-codex", "-other"} {
		one.Name = clientName + suffix
		s.Clients = append(s.Clients, one)
	}
	p, registration := w.setUp(t, s)
	if len(registration.Clients) != 4 || !noted(p, "CG05", "COGNITO_M2M_CLIENT_IDS") {
		t.Errorf("registration %+v, notes %+v", registration, p.Notes)
	}
	if again := w.plan(t, s); !again.InSync() {
		t.Errorf("a second plan: %v", changes(again))
	}
}

// Who chose what the login page offers is not overruled.
func TestIdentityProviders(t *testing.T) {
	t.Parallel()
	pool := cognitotest.Config{IdentityProviders: []cognitotest.IdentityProvider{{Name: "Corporate", Type: "SAML"}, {Name: "Google", Type: "Google"}}}
	for name, test := range map[string]struct {
		now    []string // on the client, before
		chosen []string
		prune  bool
		want   []any
	}{
		"new":                        {nil, nil, false, []any{"COGNITO", "Corporate", "Google"}},
		"new, chosen":                {nil, []string{"Corporate"}, false, []any{"Corporate"}},
		"own users taken off":        {[]string{"Google"}, nil, false, []any{"Corporate", "Google"}},
		"chosen beside what is":      {[]string{"Google"}, []string{"COGNITO"}, false, []any{"COGNITO", "Google"}},
		"chosen instead of what is":  {[]string{"COGNITO", "Google"}, []string{"Corporate"}, true, []any{"Corporate"}},
		"what the script left there": {[]string{"COGNITO"}, nil, false, []any{"COGNITO", "Corporate", "Google"}},
	} {
		w := newWorld(t, pool)
		if test.now != nil {
			members := scriptClient()
			members["SupportedIdentityProviders"] = test.now
			w.AddClient(members)
		}
		w.config.IdentityProviders = test.chosen
		s := spec(t)
		s.Prune = test.prune
		w.setUp(t, s)
		if diff := cmp.Diff(test.want, w.client(t, clientName)["SupportedIdentityProviders"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAnIdentityProviderThatThePoolLacks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{IdentityProviders: []cognitotest.IdentityProvider{{Name: "Corporate", Type: "SAML"}}})
	w.config.IdentityProviders = []string{"COGNITO", "corporate"}
	_, _, err := w.provider(t).Plan(t.Context(), spec(t))
	assertRefused(t, err, idp.CodeNotFound, "no identity provider corporate; it has COGNITO, Corporate", "--identity-provider")
}

func TestRemoval(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	s := spec(t)
	w.setUp(t, s)
	id := w.client(t, clientName)["ClientId"].(string)
	if p, err := w.provider(t).PlanRemoval(t.Context(), s); err != nil || !p.InSync() || !noted(p, "", "--client-id "+id) {
		t.Errorf("without an id: %v, %+v", err, p)
	}
	s.Clients[0].ID = id
	s.Clients[0].Name = "another"
	if _, err := w.provider(t).PlanRemoval(t.Context(), s); code(err) != idp.CodeUsage || !strings.Contains(hint(err), "--name "+clientName) {
		t.Errorf("under another name: %v", err)
	}
	s.Clients[0].Name = clientName
	p, err := w.provider(t).PlanRemoval(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Apply(t.Context(), nil); err != nil || len(w.clientsNamed(clientName)) != 0 {
		t.Errorf("error %v, clients %v", err, w.clientsNamed(clientName))
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Errorf("removing what is gone: %v", err)
	}
	if p, err = w.provider(t).PlanRemoval(t.Context(), s); err != nil || !p.InSync() {
		t.Errorf("a second plan: %v, %v", p, err)
	}
}
