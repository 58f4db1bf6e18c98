package entra_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/connect/failure"
	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/entra"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
	"github.com/mcpreg/mcpreg/idp/plan"
)

var bob = browser.Person{Username: "bob", Password: "secret", Consents: true}

// assistant plays one that connects to a server, as the printed snippets say.
func (w *world) assistant(t *testing.T, made *idp.Registration, server string) browser.Client {
	t.Helper()
	return browser.Client{
		Issuer: w.Issuer(), ID: made.Clients[clientName], RedirectURI: "http://localhost:52114/callback",
		Scopes:     []string{server + "/user_impersonation", "offline_access", "openid", "profile"},
		Parameters: map[string][]string{"resource": {server}},
	}
}

// failuresMet logs in at a server, lets a gateway of release 1.30 judge the token, and names what
// it meets.
func (w *world) failuresMet(t *testing.T, made *idp.Registration, server string) []string {
	t.Helper()
	assistant := w.assistant(t, made, server)
	var met []string
	tokens, err := assistant.Login(t.Context(), bob)
	if err != nil {
		for _, candidate := range failure.Match(err.Error()) {
			if candidate.Confident() {
				met = append(met, candidate.Failure.ID)
			}
		}
		if len(met) == 0 {
			t.Errorf("nobody knows %q", err)
		}
	} else {
		met = append(met, w.judged(t, made, server, tokens.Claims)...)
	}
	return met
}

func (w *world) judged(t *testing.T, made *idp.Registration, server string, members map[string]any) []string {
	t.Helper()
	claims, err := gateway.ParseClaims(idp.Entra, members)
	if err != nil {
		t.Fatal(err)
	}
	release, err := gateway.ParseRelease("1.30.0")
	if err != nil {
		t.Fatal(err)
	}
	acceptance := gateway.Acceptance{
		Kind: idp.Entra, Release: release, ClientID: "66666666-2222-3333-4444-555555555555", ApplicationIDURI: made.Audience, ServerURL: server,
		Issuers: []string{w.Issuer(), "https://sts.windows.net/" + w.TenantID() + "/"},
	}
	var met []string
	for _, v := range gateway.Judge(claims, acceptance, time.Now()) {
		if v.Outcome != gateway.Accepted {
			met = append(met, v.Failure)
		}
	}
	if members["preferred_username"] == nil || members["azp"] == nil {
		met = append(met, "EN31")
	}
	if groups, ok := members["groups"].([]any); ok && !slices.Contains(groups, any(w.GroupID("registry-admins"))) {
		met = append(met, "EN17")
	}
	return met
}

// What was set up lets all three assistants in, at every server and port, and refreshes.
func TestLoginsWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, made := w.setUp(t, spec(t, timeURL, financeURL))
	for _, server := range []string{timeURL, financeURL} {
		if met := w.failuresMet(t, made, server); len(met) > 0 {
			t.Errorf("%s: %v", server, met)
		}
	}
	for _, redirect := range []string{"http://localhost:8787/callback", "http://localhost:1/callback/6MFBM1In3Ey-", "http://localhost/callback"} {
		assistant := w.assistant(t, made, timeURL)
		assistant.RedirectURI = redirect
		tokens, err := assistant.Login(t.Context(), bob)
		if err != nil {
			t.Errorf("%s: %v", redirect, err)
			continue
		}
		again, err := assistant.Refresh(t.Context(), tokens.RefreshToken)
		if err != nil || len(w.judged(t, made, timeURL, again.Claims)) > 0 {
			t.Errorf("%s: refresh: %v", redirect, err)
		}
	}
}

// leftOut says how the tenant looks when one thing that the plan sets was never set.
func (w *world) leftOut(t *testing.T) map[string]func() {
	app := func(name string) map[string]any { return w.stored(t, "applications", name) }
	update := func(name string, properties map[string]any) func() {
		return func() { w.patch(t, app(name)["id"].(string), properties) }
	}
	api := func(alter func(map[string]any)) func() {
		return func() {
			now := app(gatewayName)["api"].(map[string]any)
			alter(now)
			w.patch(t, app(gatewayName)["id"].(string), map[string]any{"api": now})
		}
	}
	withoutPrincipal := func(name string) func() {
		return func() { w.delete(t, "/servicePrincipals/"+w.stored(t, "servicePrincipals", name)["id"].(string)) }
	}
	redirects := []any{"http://localhost/callback", "http://localhost/callback/6MFBM1In3Ey-"}
	return map[string]func(){
		"gateway app/scope": api(func(a map[string]any) {
			a["preAuthorizedApplications"] = []any{}
			a["oauth2PermissionScopes"].([]any)[0].(map[string]any)["isEnabled"] = false
		}),
		"gateway app/token version":        api(func(a map[string]any) { a["requestedAccessTokenVersion"] = nil }),
		"gateway app/group claims":         update(gatewayName, map[string]any{"groupMembershipClaims": nil}),
		"identifier URIs/URIs":             update(gatewayName, map[string]any{"identifierUris": []any{}}),
		"client/redirects":                 update(clientName, map[string]any{"publicClient": map[string]any{"redirectUris": []any{"http://localhost"}}}),
		"pre-authorization/client id":      api(func(a map[string]any) { a["preAuthorizedApplications"] = []any{} }),
		"service principal/" + gatewayName: withoutPrincipal(gatewayName),
		"service principal/" + clientName:  withoutPrincipal(clientName),

		// What no plan for an empty tenant shows, because it is right there.
		"client/no redirect at all":    update(clientName, map[string]any{"publicClient": map[string]any{"redirectUris": []any{}}}),
		"client/web redirects":         update(clientName, map[string]any{"publicClient": map[string]any{"redirectUris": []any{}}, "web": map[string]any{"redirectUris": redirects}}),
		"client/single-page redirects": update(clientName, map[string]any{"publicClient": map[string]any{"redirectUris": []any{}}, "spa": map[string]any{"redirectUris": redirects}}),
		"service principal/disabled": func() {
			w.send(t, http.MethodPatch, "/servicePrincipals/"+w.stored(t, "servicePrincipals", clientName)["id"].(string), map[string]any{"accountEnabled": false})
		},
	}
}

// Each thing that a plan sets is left out in turn: the failure that the plan says it prevents is the
// one that a login meets, and the plan names it again.
func TestEachThingLeftOutFailsAsThePlanSays(t *testing.T) {
	t.Parallel()
	promised := map[string]string{
		"client/no redirect at all": "EN11", "client/web redirects": "EN08", "client/single-page redirects": "EN08",
		"service principal/disabled": "EN29",
	}
	for _, c := range newWorld(t).plan(t, spec(t)).Changes {
		if len(c.Fields) == 0 {
			promised[c.Kind+"/"+c.Name] = c.Prevents
		}
		for _, f := range c.Fields {
			if f.Prevents != "" && f.Path != "accounts" { // other tenants are not at hand
				promised[c.Kind+"/"+f.Path] = f.Prevents
			}
		}
	}
	if len(promised) != 4+8 {
		t.Errorf("promised: %v", promised)
	}
	for path, id := range promised {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			_, made := w.setUp(t, spec(t))
			leave, ok := w.leftOut(t)[path]
			if !ok {
				t.Fatalf("nobody leaves out %q, which is said to prevent %s", path, id)
			}
			leave()
			if met := w.failuresMet(t, made, timeURL); !slices.Contains(met, id) {
				t.Errorf("a login without it meets %v, the plan says %s", met, id)
			}
			repair := w.plan(t, spec(t))
			if !slices.ContainsFunc(repair.Changes, func(c plan.Change) bool {
				return c.Prevents == id || slices.ContainsFunc(c.Fields, func(f plan.Field) bool { return f.Prevents == id })
			}) {
				t.Errorf("the plan does not name %s: %+v", id, repair.Changes)
			}
			if id == "EN29" {
				return // an administrator's decision
			}
			_, made = w.setUp(t, spec(t))
			if met := w.failuresMet(t, made, timeURL); len(met) > 0 {
				t.Errorf("after the repair a login meets %v", met)
			}
		})
	}
}

// Group claims on the client instead of the API, as the registry's script sets them, give no groups.
func TestGroupClaimsOnTheWrongApplication(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, made := w.setUp(t, spec(t))
	w.patch(t, w.stored(t, "applications", clientName)["id"].(string), map[string]any{"groupMembershipClaims": "SecurityGroup"})
	w.patch(t, w.stored(t, "applications", gatewayName)["id"].(string), map[string]any{"groupMembershipClaims": nil})
	if met := w.failuresMet(t, made, timeURL); !slices.Equal(met, []string{"EN15"}) {
		t.Errorf("a login meets %v", met)
	}
}

// A gateway before 1.29 names its origin as the resource.
func TestAnOldGatewaysResource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, made := w.setUp(t, spec(t))
	assistant := w.assistant(t, made, timeURL)
	assistant.Parameters = map[string][]string{"resource": {"https://gw.contoso.com"}}
	_, err := assistant.Login(t.Context(), bob)
	if err == nil || !slices.ContainsFunc(failure.Match(err.Error()), func(c failure.Candidate) bool { return c.Failure.ID == "EN02" && c.Confident() }) {
		t.Errorf("error %v", err)
	}
}

// With consent granted instead of pre-authorization the login works as well.
func TestLoginByAdminConsent(t *testing.T) {
	t.Parallel()
	w := tenant(t, entratest.Config{})
	w.config.Consent = entra.GrantConsent
	_, made := w.setUp(t, spec(t))
	if met := w.failuresMet(t, made, timeURL); len(met) > 0 {
		t.Errorf("a login meets %v", met)
	}
}

// Cursor asks for consent at every login: where people may not consent for themselves that stops
// them, whatever an administrator consented to.
func TestForcedConsent(t *testing.T) {
	t.Parallel()
	for userConsent, want := range map[bool]string{true: "", false: "ID19"} {
		for _, consent := range []entra.Consent{entra.PreAuthorize, entra.GrantConsent} {
			w := tenant(t, entratest.Config{UserConsent: userConsent})
			w.config.Consent = consent
			_, made := w.setUp(t, spec(t))
			assistant := w.assistant(t, made, timeURL)
			assistant.Parameters["prompt"] = []string{"consent"}
			_, err := assistant.Login(t.Context(), bob)
			met := ""
			if err != nil && slices.ContainsFunc(failure.Match(err.Error()), func(c failure.Candidate) bool { return c.Failure.ID == "ID19" }) {
				met = "ID19"
			}
			if met != want || (err != nil) != (want != "") {
				t.Errorf("user consent %v, %s: %v, want %q", userConsent, consent, err, want)
			}
		}
	}
}
