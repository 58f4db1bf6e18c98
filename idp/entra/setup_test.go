package entra_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/entra"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// From an empty tenant to all that a login needs, and again in sync, within the budget of requests.
func TestFromAnEmptyTenant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plan(t, spec(t))
	if n := w.sent.all.Load(); n > 6 || w.sent.writes.Load() != 0 {
		t.Errorf("planning took %d requests with %d writes, want at most 6 with none", n, w.sent.writes.Load())
	}
	p, made := w.setUp(t, spec(t))
	want := []string{
		"create gateway app " + gatewayName, "create service principal " + gatewayName, "create identifier URIs " + gatewayName,
		"create client " + clientName, "create service principal " + clientName, "create pre-authorization " + clientName,
	}
	if diff := cmp.Diff(want, changes(p)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if n := w.sent.writes.Load(); n != int64(len(want)) {
		t.Errorf("%d writes for %d changes", n, len(want))
	}
	client, gateway := w.stored(t, "applications", clientName), w.stored(t, "applications", gatewayName)
	if made.Clients[clientName] != client["appId"] || made.Audience != gateway["appId"] {
		t.Errorf("registration %+v of client %v and gateway %v", made, client["appId"], gateway["appId"])
	}
	assertClient(t, client)
	assertGateway(t, gateway, client["appId"], timeURL)
	for _, name := range []string{clientName, gatewayName} {
		// The tag is what makes the admin center list it among the enterprise applications.
		if principal := w.stored(t, "servicePrincipals", name); principal == nil || !contains(texts(t, principal, "tags"), "WindowsAzureActiveDirectoryIntegratedApp") {
			t.Errorf("the service principal of %s is %v", name, principal)
		}
	}
	w.sent.reset()
	if p := w.plan(t, spec(t)); !p.InSync() {
		t.Errorf("a second plan is not empty: %v", changes(p))
	}
	if n := w.sent.all.Load(); n != 4 {
		t.Errorf("in sync took %d requests, want 4: two applications and their service principals", n)
	}
}

// assertClient compares with what Microsoft's pages say of a public client on loopback.
func assertClient(t *testing.T, client map[string]any) {
	t.Helper()
	if diff := cmp.Diff([]string{"http://localhost/callback", "http://localhost/callback/6MFBM1In3Ey-"}, texts(t, client, "publicClient", "redirectUris")); diff != "" {
		t.Errorf("redirects of the mobile and desktop platform (-want +got):\n%s", diff)
	}
	web := client["web"].(map[string]any)
	if len(web["redirectUris"].([]any))+len(client["spa"].(map[string]any)["redirectUris"].([]any)) != 0 {
		t.Error("redirects on another platform make the client confidential")
	}
	implicit := web["implicitGrantSettings"].(map[string]any)
	if client["signInAudience"] != "AzureADMyOrg" || implicit["enableIdTokenIssuance"] != false || implicit["enableAccessTokenIssuance"] != false || client["isFallbackPublicClient"] == true {
		t.Errorf("client %v", client)
	}
	if !slices.Contains(texts(t, client, "tags"), "mcpreg") {
		t.Error("no mark")
	}
}

func assertGateway(t *testing.T, gateway map[string]any, clientAppID any, identifiers ...string) {
	t.Helper()
	if diff := cmp.Diff(identifiers, texts(t, gateway, "identifierUris")); diff != "" {
		t.Errorf("identifier URIs (-want +got):\n%s", diff)
	}
	api := gateway["api"].(map[string]any)
	if api["requestedAccessTokenVersion"] != float64(2) || gateway["groupMembershipClaims"] != "SecurityGroup" {
		t.Errorf("token version %v, groups %v", api["requestedAccessTokenVersion"], gateway["groupMembershipClaims"])
	}
	scope := api["oauth2PermissionScopes"].([]any)[0].(map[string]any)
	if scope["value"] != "user_impersonation" || scope["isEnabled"] != true || scope["type"] != "User" {
		t.Errorf("scope %v", scope)
	}
	for _, text := range []string{"adminConsentDisplayName", "adminConsentDescription"} { // required by Graph
		if scope[text] == "" || scope[text] == nil {
			t.Errorf("the scope has no %s", text)
		}
	}
	entry := api["preAuthorizedApplications"].([]any)[0].(map[string]any)
	if entry["appId"] != clientAppID || !slices.Equal(texts(t, entry, "delegatedPermissionIds"), []string{scope["id"].(string)}) {
		t.Errorf("pre-authorization %v", entry)
	}
}

// One more server is one more setup: the plan shows just its URI and scope.
func TestANewServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp(t, spec(t))
	p, _ := w.setUp(t, spec(t, timeURL, financeURL))
	if len(p.Changes) != 1 {
		t.Fatalf("changes %v", changes(p))
	}
	want := plan.Change{
		System: "entra", Kind: "identifier URIs", Name: gatewayName, Action: plan.Update, Prevents: "EN18",
		Fields: []plan.Field{
			{Path: "URIs", Before: []string{timeURL}, After: []string{timeURL, financeURL}, Prevents: "EN18"},
			{Path: "scopes", After: []string{financeURL + "/user_impersonation"}},
		},
	}
	if diff := cmp.Diff(want, p.Changes[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p := w.plan(t, spec(t, timeURL, financeURL)); !p.InSync() {
		t.Errorf("not in sync: %v", changes(p))
	}
	one := w.plan(t, spec(t))
	if !one.InSync() || !notes(one, "belong to no server that was named: "+financeURL) {
		t.Errorf("a server that is gone: %v %v", changes(one), one.Notes)
	}
	pruned := spec(t)
	pruned.Prune = true
	p, _ = w.setUp(t, pruned)
	if len(p.Changes) != 1 || p.Changes[0].Confirm != "removes 1 identifier URI" || p.Changes[0].Prevents != "" {
		t.Errorf("pruning: %+v", p.Changes)
	}
	if diff := cmp.Diff([]string{timeURL}, texts(t, w.stored(t, "applications", gatewayName), "identifierUris")); diff != "" {
		t.Error(diff)
	}
}

func notes(p *plan.Plan, part string) bool {
	return slices.ContainsFunc(p.Notes, func(n plan.Note) bool { return strings.Contains(n.Text, part) })
}

// The gateway's own application is used as it is, and keeps everything that it had.
func TestAnExistingGatewayApplication(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const otherScope, otherClient = "11111111-0000-4000-8000-000000000001", "11111111-0000-4000-8000-000000000002"
	_, appID := w.AddApplication(map[string]any{
		"displayName": "Gateway", "identifierUris": []any{"api://gateway"}, "groupMembershipClaims": "DirectoryRole", "tags": []any{"prod"},
		"web": map[string]any{"redirectUris": []any{"https://gw.contoso.com/oauth2/callback/entra"}, "implicitGrantSettings": map[string]any{"enableIdTokenIssuance": true, "enableAccessTokenIssuance": false}},
		"api": map[string]any{
			"acceptMappedClaims":     true,
			"oauth2PermissionScopes": []any{map[string]any{"id": otherScope, "value": "read", "isEnabled": true, "type": "Admin", "adminConsentDisplayName": "r", "adminConsentDescription": "r"}},
			"preAuthorizedApplications": []any{
				map[string]any{"appId": otherClient, "delegatedPermissionIds": []any{otherScope}},
			},
		},
		"passwordCredentials": []any{map[string]any{"keyId": otherScope, "displayName": "web login"}},
	})
	w.AddServicePrincipal(appID, nil)
	before := w.stored(t, "applications", "Gateway")
	w.config.GatewayApp = appID
	p, made := w.setUp(t, spec(t))
	if made.Audience != appID || contains(changes(p), "create gateway app") || contains(changes(p), "service principal Gateway") {
		t.Errorf("registration %+v by %v", made, changes(p))
	}
	after := w.stored(t, "applications", "Gateway")
	for _, name := range []string{"id", "displayName", "web", "spa", "publicClient", "passwordCredentials", "tags", "signInAudience", "optionalClaims", "appRoles"} {
		if diff := cmp.Diff(before[name], after[name]); diff != "" {
			t.Errorf("%s was changed:\n%s", name, diff)
		}
	}
	if diff := cmp.Diff([]string{"api://gateway", timeURL}, texts(t, after, "identifierUris")); diff != "" || after["groupMembershipClaims"] != "DirectoryRole, SecurityGroup" {
		t.Errorf("groups %v, identifier URIs:\n%s", after["groupMembershipClaims"], diff)
	}
	was, is := before["api"].(map[string]any), after["api"].(map[string]any)
	if is["acceptMappedClaims"] != true || len(is["oauth2PermissionScopes"].([]any)) != 2 || len(is["preAuthorizedApplications"].([]any)) != 2 {
		t.Errorf("api is %v", is)
	}
	for _, list := range []string{"oauth2PermissionScopes", "preAuthorizedApplications"} {
		if diff := cmp.Diff(was[list].([]any)[0], is[list].([]any)[0]); diff != "" {
			t.Errorf("what stood in %s was changed:\n%s", list, diff)
		}
	}
	if p := w.plan(t, spec(t)); !p.InSync() {
		t.Errorf("not in sync: %v", changes(p))
	}
}

// The registry's script makes a client that cannot log in; it is adopted and repaired.
func TestAdoptingTheScriptsClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, appID := w.AddApplication(map[string]any{
		"displayName": clientName, "signInAudience": "AzureADMyOrg", "isFallbackPublicClient": true, "groupMembershipClaims": "SecurityGroup",
		"publicClient": map[string]any{"redirectUris": []any{"http://localhost", "http://127.0.0.1"}}, "notes": "made by a script",
	})
	p, made := w.setUp(t, spec(t))
	client := w.stored(t, "applications", clientName)
	if client["id"] != id || made.Clients[clientName] != appID || client["notes"] != "made by a script" || client["groupMembershipClaims"] != "SecurityGroup" {
		t.Errorf("client %v", client)
	}
	want := []string{"http://127.0.0.1", "http://localhost", "http://localhost/callback", "http://localhost/callback/6MFBM1In3Ey-"}
	if diff := cmp.Diff(want, texts(t, client, "publicClient", "redirectUris")); diff != "" {
		t.Errorf("redirects (-want +got):\n%s", diff)
	}
	at := slices.IndexFunc(p.Changes, func(c plan.Change) bool { return c.Kind == "client" })
	if c := p.Changes[at]; c.Confirm != "" || c.Action != plan.Update || !strings.HasSuffix(c.Summary, "adopted") {
		t.Errorf("adopting: %+v", c)
	}
	if !notes(p, "device code") {
		t.Error("nothing is said of public client flows")
	}
	w.sent.reset()
	if p := w.plan(t, spec(t)); !p.InSync() || w.sent.all.Load() != 4 {
		t.Errorf("%v after %d requests", changes(p), w.sent.all.Load())
	}
	pruned := spec(t)
	pruned.Prune = true
	p, _ = w.setUp(t, pruned)
	if len(p.Changes) != 1 || p.Changes[0].Confirm != "removes 2 redirect URIs" || p.Changes[0].Prevents != "EN32" {
		t.Errorf("pruning: %+v", p.Changes)
	}
	assertClient(t, func() map[string]any {
		c := w.stored(t, "applications", clientName)
		c["isFallbackPublicClient"] = nil // stays as found
		return c
	}())
}

// A redirect on a platform that makes the client confidential moves, and everything drifts back.
func TestDriftIsRepaired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, appID := w.AddApplication(map[string]any{
		"displayName": clientName, "signInAudience": "AzureADMultipleOrgs",
		"publicClient": map[string]any{"redirectUris": []any{"http://localhost:8787/callback"}},
		"spa":          map[string]any{"redirectUris": []any{"http://localhost/callback/6MFBM1In3Ey-", "https://app.contoso.com/"}},
		"web": map[string]any{
			"redirectUris": []any{"https://app.contoso.com/cb", "http://localhost/callback"}, "homePageUrl": "https://app.contoso.com",
			"redirectUriSettings":   []any{map[string]any{"uri": "https://app.contoso.com/cb", "index": float64(1)}, map[string]any{"uri": "http://localhost/callback", "index": nil}},
			"implicitGrantSettings": map[string]any{"enableIdTokenIssuance": true, "enableAccessTokenIssuance": true},
		},
	})
	w.AddServicePrincipal(appID, map[string]any{"accountEnabled": false})
	p, _ := w.setUp(t, spec(t))
	for _, want := range []string{"update client " + clientName, "manual service principal " + clientName} {
		if !contains(changes(p), want) {
			t.Errorf("no %q in %v", want, changes(p))
		}
	}
	at := slices.IndexFunc(p.Changes, func(c plan.Change) bool { return c.Kind == "client" })
	want := "moves 2 redirect URIs to another platform; locks accounts of other tenants out of an application that mcpreg did not make; turns the implicit grant off on an application that mcpreg did not make"
	if p.Changes[at].Confirm != want {
		t.Errorf("needs a yes: %q", p.Changes[at].Confirm)
	}
	client := w.stored(t, "applications", clientName)
	// The port of localhost does not count, so that one with a port serves, and no twin is added.
	if diff := cmp.Diff([]string{"http://localhost/callback/6MFBM1In3Ey-", "http://localhost:8787/callback"}, texts(t, client, "publicClient", "redirectUris")); diff != "" {
		t.Errorf("redirects:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"https://app.contoso.com/"}, texts(t, client, "spa", "redirectUris")); diff != "" {
		t.Errorf("single-page redirects:\n%s", diff)
	}
	web := client["web"].(map[string]any)
	if web["homePageUrl"] != "https://app.contoso.com" || len(web["redirectUriSettings"].([]any)) != 1 || client["signInAudience"] != "AzureADMyOrg" {
		t.Errorf("web %v of %v", web, client["signInAudience"])
	}
	if again := w.plan(t, spec(t)); again.Counts().Pending() != 0 || again.Counts().Manual != 1 {
		t.Errorf("left: %v", changes(again))
	}
}

func TestPerAssistant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := spec(t)
	one := s.Clients[0]
	s.Clients = nil
	for _, suffix := range []string{"-claude-code", "-cursor", "-codex", "-other"} {
		one.Name = clientName + suffix
		s.Clients = append(s.Clients, one)
	}
	_, made := w.setUp(t, s)
	if p := w.plan(t, s); !p.InSync() || len(made.Clients) != 4 {
		t.Errorf("%v, registration %+v", changes(p), made)
	}
	entries := w.stored(t, "applications", gatewayName)["api"].(map[string]any)["preAuthorizedApplications"].([]any)
	if len(entries) != 4 {
		t.Errorf("pre-authorized %v", entries)
	}
}

func TestAdminConsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Consent = entra.GrantConsent
	p, _ := w.setUp(t, spec(t))
	if !contains(changes(p), "create admin consent "+clientName) || contains(changes(p), "pre-authorization") {
		t.Errorf("changes %v", changes(p))
	}
	client, gateway := w.stored(t, "servicePrincipals", clientName), w.stored(t, "servicePrincipals", gatewayName)
	grants := w.Snapshot()["oauth2PermissionGrants"]
	if len(grants) != 1 || grants[0]["clientId"] != client["id"] || grants[0]["resourceId"] != gateway["id"] || grants[0]["consentType"] != "AllPrincipals" || strings.TrimSpace(grants[0]["scope"].(string)) != "user_impersonation" {
		t.Errorf("grants %v", grants)
	}
	w.sent.reset()
	if p := w.plan(t, spec(t)); !p.InSync() || w.sent.all.Load() != 5 {
		t.Errorf("%v after %d requests", changes(p), w.sent.all.Load())
	}
}

// A consent that is there is widened, and keeps what it was for; those for other applications, and
// of one person, are not taken for it.
func TestAConsentIsWidened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Consent = entra.GrantConsent
	w.setUp(t, spec(t))
	id := func(name string) any { return w.stored(t, "servicePrincipals", name)["id"] }
	grant := w.Snapshot()["oauth2PermissionGrants"][0]
	for _, scope := range []string{"read", "read write"} {
		w.send(t, http.MethodPatch, "/oauth2PermissionGrants/"+grant["id"].(string), map[string]any{"scope": scope})
		w.setUp(t, spec(t))
		grants := w.Snapshot()["oauth2PermissionGrants"]
		if len(grants) != 1 || grants[0]["scope"] != scope+" user_impersonation" {
			t.Errorf("grants %v", grants)
		}
	}
	w.delete(t, "/oauth2PermissionGrants/"+grant["id"].(string))
	for _, other := range []map[string]any{
		{"clientId": id(clientName), "resourceId": id("Microsoft Graph"), "consentType": "AllPrincipals", "scope": "user_impersonation"},
		{"clientId": id(clientName), "resourceId": id(gatewayName), "consentType": "Principal", "principalId": "11111111-0000-4000-8000-000000000001", "scope": "user_impersonation"},
	} {
		w.send(t, http.MethodPost, "/oauth2PermissionGrants", other)
	}
	if p := w.plan(t, spec(t)); !contains(changes(p), "create admin consent "+clientName) {
		t.Errorf("changes %v", changes(p))
	}
	w.setUp(t, spec(t))
	if grants := w.Snapshot()["oauth2PermissionGrants"]; len(grants) != 3 {
		t.Errorf("grants %v", grants)
	}
}

// New objects are unknown for a while: that is waited for, said, and is over.
func TestSlowReplication(t *testing.T) {
	t.Parallel()
	for _, permissions := range [][]string{nil, {entratest.ApplicationReadWriteOwnedBy}} {
		for _, consent := range []entra.Consent{entra.PreAuthorize, entra.GrantConsent} {
			for requests := 1; requests <= 8; requests++ {
				w := newWorld(t)
				w.config.Token, w.config.Consent = secret(w.AdminToken(permissions...)), consent
				if permissions != nil {
					w.config.Consent = entra.PreAuthorize
				}
				w.SlowReplication(requests)
				w.setUp(t, spec(t))
				if requests > 1 && !contains(w.waits, "waiting for Entra to know gateway app "+gatewayName+", up to 2 min") {
					t.Errorf("said %q", w.waits)
				}
				w.SlowReplication(0)
				for range requests { // until everybody knows
					w.send(t, http.MethodGet, "/applications", nil)
				}
				if p := w.plan(t, spec(t)); !p.InSync() {
					t.Errorf("not in sync: %v", changes(p))
				}
			}
		}
	}
}

// Patience ends, and a second run finishes.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.SlowReplication(1000)
	p := w.plan(t, spec(t))
	result, err := p.Apply(t.Context(), nil)
	if code, failure := told(err); code != idp.CodeFailed || failure != "EN28" || len(result.Done) != 0 {
		t.Errorf("error %v after %v", err, result.Done)
	}
	if w.paused < 2*time.Minute || w.paused > 3*time.Minute {
		t.Errorf("waited %s, want 2 minutes", w.paused)
	}
}

// keyless is a Graph that does not know the property uniqueName, and says so as Graph does.
type keyless struct{ refused int }

func (k *keyless) RoundTrip(request *http.Request) (*http.Response, error) {
	if !strings.Contains(request.URL.Query().Get("$select"), "uniqueName") {
		return http.DefaultTransport.RoundTrip(request)
	}
	k.refused++
	return &http.Response{
		StatusCode: http.StatusBadRequest, Status: "400", ContentLength: -1, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(`{"error":{"code":"BadRequest","message":"Could not find a property named 'uniqueName' on type 'microsoft.graph.application'."}}`)),
	}, nil
}

// A cloud without alternate keys makes applications by POST, and finds them by name. One request
// shows that it does not know them.
func TestACloudWithoutUpsert(t *testing.T) {
	t.Parallel()
	w := tenant(t, entratest.Config{NoUpsert: true})
	cloud := &keyless{}
	w.config.HTTP = &http.Client{Transport: cloud}
	w.setUp(t, spec(t))
	if cloud.refused != 1 {
		t.Errorf("asked for keys %d times", cloud.refused)
	}
	if p := w.plan(t, spec(t)); !p.InSync() {
		t.Errorf("not in sync: %v", changes(p))
	}
}

// Somebody renames the client in the admin center: it is found by its alternate key.
func TestARenamedClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, made := w.setUp(t, spec(t))
	w.patch(t, w.stored(t, "applications", clientName)["id"].(string), map[string]any{"displayName": "IDE login"})
	p, again, err := w.provider(t).Plan(t.Context(), spec(t))
	if err != nil || !p.InSync() || again.Clients[clientName] != made.Clients[clientName] {
		t.Errorf("%v, %v, registration %+v", err, changes(p), again)
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp(t, spec(t))
	p, made, err := w.provider(t).Inspect(t.Context(), spec(t))
	if err != nil || !p.InSync() || len(made.Clients) != 1 {
		t.Fatalf("%v %v %+v", err, changes(p), made)
	}
	if !contains(p.OK, "tenant Contoso") || !notes(p, "more than 200") {
		t.Errorf("ok %q, notes %v", p.OK, p.Notes)
	}
}
