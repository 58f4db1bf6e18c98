package oktatest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest/contract"
)

// Each route of the management API is walked with right requests, and errors of each kind are
// seen. Okta's own document judges both sides.
func TestManagementAPIKeepsTheContract(t *testing.T) {
	t.Parallel()
	checker := contract.Transport(t, nil)
	w := start(t, oktatest.Config{DefaultPolicy: true, CustomDomain: true})
	w.client.Transport = checker
	walkDirectory(w)
	walkApps(w)
	walkServers(w)
	walkRefusals(w)
	want := []string{
		"activateApplication", "activateAuthorizationServerPolicy", "activateAuthorizationServerPolicyRule", "assignGroupToApplication",
		"assignUserToApplication", "createApplication", "createAuthorizationServerPolicy", "createAuthorizationServerPolicyRule", "createGroup",
		"createOAuth2Claim", "createOAuth2Scope", "deactivateApplication", "deactivateAuthorizationServerPolicy",
		"deactivateAuthorizationServerPolicyRule", "deleteApplication", "deleteAuthorizationServerPolicy", "deleteAuthorizationServerPolicyRule",
		"deleteOAuth2Claim", "deleteOAuth2Scope", "getApplication", "getApplicationGroupAssignment", "getApplicationUser", "getAuthorizationServer",
		"getAuthorizationServerPolicy", "getAuthorizationServerPolicyRule", "getGroup", "getOAuth2Claim", "getOAuth2Scope", "getOrgSettings",
		"getUser", "getWellknownOrgMetadata", "listApplicationGroupAssignments", "listApplicationUsers", "listApplications",
		"listAuthorizationServerPolicies", "listAuthorizationServerPolicyRules", "listAuthorizationServers", "listGroupUsers", "listGroups",
		"listOAuth2Claims", "listOAuth2Scopes", "listUserGroups", "listUsers", "replaceApplication", "replaceAuthorizationServerPolicy",
		"replaceAuthorizationServerPolicyRule", "replaceOAuth2Claim", "replaceOAuth2Scope", "unassignApplicationFromGroup",
		"unassignUserFromApplication",
	}
	if diff := cmp.Diff(want, checker.Operations()); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}

func walkDirectory(w *world) {
	w.must("GET", "/.well-known/okta-organization", nil)
	w.must("GET", "/api/v1/org", nil)
	group := w.must("POST", "/api/v1/groups", object{"profile": object{"name": "registry-users", "description": ""}}).value("id")
	w.must("GET", "/api/v1/groups?limit=1", nil)
	w.must("GET", "/api/v1/groups?q=registry", nil)
	w.must("GET", "/api/v1/groups/"+group, nil)
	w.must("GET", "/api/v1/groups/"+w.okta.GroupID("registry-admins")+"/users", nil)
	w.must("GET", `/api/v1/users?search=profile.login+eq+"bob@example.com"`, nil)
	w.must("GET", "/api/v1/users/bob@example.com", nil)
	w.must("GET", "/api/v1/users/"+w.okta.UserID("bob")+"/groups", nil)
}

func walkApps(w *world) {
	id := w.must("POST", "/api/v1/apps", nativeApp("MCP")).value("id")
	one := "/api/v1/apps/" + id
	w.must("GET", "/api/v1/apps?q=MCP&limit=200", nil)
	w.must("PUT", one, w.must("GET", one, nil).object()) // what came may be sent back
	group := w.okta.GroupID("registry-admins")
	w.must("PUT", one+"/groups/"+group, object{"priority": 0})
	w.must("GET", one+"/groups?limit=200", nil)
	w.must("GET", one+"/groups/"+group, nil)
	w.must("DELETE", one+"/groups/"+group, nil)
	user := w.must("POST", one+"/users", object{"id": w.okta.UserID("amy"), "scope": "USER"}).value("id")
	w.must("GET", one+"/users", nil)
	w.must("GET", one+"/users/"+user, nil)
	w.must("DELETE", one+"/users/"+user, nil)
	w.must("POST", one+"/lifecycle/deactivate", nil)
	w.must("POST", one+"/lifecycle/activate", nil)
	w.must("POST", one+"/lifecycle/deactivate", nil)
	w.must("DELETE", one, nil)
}

func walkServers(w *world) {
	w.must("GET", "/api/v1/authorizationServers", nil)
	w.must("GET", server, nil)
	for _, policy := range w.must("GET", server+"/policies", nil).list() {
		w.must("GET", server+"/policies/"+policy["id"].(string)+"/rules", nil)
	}
	claim := w.must("POST", server+"/claims", groupsClaim("STARTS_WITH", "registry-"))
	w.must("GET", server+"/claims", nil)
	w.must("GET", server+"/claims/"+claim.value("id"), nil)
	w.must("PUT", server+"/claims/"+claim.value("id"), claim.object())
	w.must("DELETE", server+"/claims/"+claim.value("id"), nil)
	scope := w.must("POST", server+"/scopes", object{"name": "mcp", "consent": "IMPLICIT"})
	w.must("GET", server+"/scopes?q=m", nil)
	w.must("GET", server+"/scopes/"+scope.value("id"), nil)
	w.must("PUT", server+"/scopes/"+scope.value("id"), scope.object())
	w.must("DELETE", server+"/scopes/"+scope.value("id"), nil)
	policy := w.must("POST", server+"/policies", accessPolicy("MCP", "ALL_CLIENTS"))
	one := server + "/policies/" + policy.value("id")
	w.must("GET", server+"/policies", nil)
	w.must("GET", one, nil)
	w.must("PUT", one, policy.object())
	rule := w.must("POST", one+"/rules", accessRule("MCP", []string{"openid"}, []string{"EVERYONE"}))
	w.must("GET", one+"/rules", nil)
	w.must("GET", one+"/rules/"+rule.value("id"), nil)
	w.must("PUT", one+"/rules/"+rule.value("id"), rule.object())
	for _, step := range []string{"deactivate", "activate"} {
		w.must("POST", one+"/rules/"+rule.value("id")+"/lifecycle/"+step, nil)
		w.must("POST", one+"/lifecycle/"+step, nil)
	}
	w.must("DELETE", one+"/rules/"+rule.value("id"), nil)
	w.must("DELETE", one, nil)
}

// walkRefusals sees errors of each kind; their bodies are judged as well.
func walkRefusals(w *world) {
	for path, want := range map[string]int{
		"/api/v1/apps/nobody": 404, "/api/v1/groups/nobody": 404, "/api/v1/users/nobody": 404, server + "/claims/nobody": 404,
		"/api/v1/apps?after=nobody": 400,
	} {
		if got := w.send("GET", path, nil).status; got != want {
			w.t.Errorf("GET %s: %d, want %d", path, got, want)
		}
	}
	w.okta.Throttle(oktatest.Storm{Requests: 1})
	if got := w.send("GET", "/api/v1/apps", nil).String(); got != "429 E0000047 API call exceeded rate limit due to too many requests." {
		w.t.Error(got)
	}
	token := w.token
	defer func() { w.token = token }()
	w.token = "Bearer nobody"
	if got := w.send("GET", "/api/v1/apps", nil).status; got != http.StatusUnauthorized {
		w.t.Errorf("an unknown token: %d", got)
	}
}

// The scope that guards a route is the one that Okta's document demands.
func TestScopesAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	c := contract.Load(t)
	one, rule := server+"/policies/p", server+"/policies/p/rules/r"
	for _, row := range [][2]string{
		{"GET", "/api/v1/org"}, {"GET", "/api/v1/groups"}, {"POST", "/api/v1/groups"}, {"GET", "/api/v1/groups/g/users"}, {"GET", "/api/v1/users/u"},
		{"GET", "/api/v1/users/u/groups"}, {"GET", "/api/v1/apps"}, {"POST", "/api/v1/apps"}, {"PUT", "/api/v1/apps/a"}, {"DELETE", "/api/v1/apps/a"},
		{"POST", "/api/v1/apps/a/lifecycle/deactivate"}, {"GET", "/api/v1/apps/a/groups"}, {"PUT", "/api/v1/apps/a/groups/g"},
		{"DELETE", "/api/v1/apps/a/groups/g"}, {"POST", "/api/v1/apps/a/users"}, {"GET", "/api/v1/authorizationServers"}, {"GET", server},
		{"GET", server + "/claims"}, {"POST", server + "/claims"}, {"PUT", server + "/claims/c"}, {"DELETE", server + "/claims/c"},
		{"GET", server + "/scopes"}, {"POST", server + "/scopes"}, {"PUT", server + "/scopes/s"}, {"GET", server + "/policies"},
		{"POST", server + "/policies"}, {"PUT", one}, {"DELETE", one}, {"POST", one + "/lifecycle/activate"}, {"GET", one + "/rules"},
		{"POST", one + "/rules"}, {"PUT", rule}, {"DELETE", rule}, {"POST", rule + "/lifecycle/activate"},
	} {
		request, err := http.NewRequestWithContext(t.Context(), row[0], row[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := c.Scopes(request)
		if err != nil {
			t.Errorf("%s %s: %v", row[0], row[1], err)
			continue
		}
		// A token without any fitting scope is told which one is needed (RFC 6750 section 3).
		w := start(t, oktatest.Config{})
		w.token = "Bearer " + bearer(w, "okta.logs.read")
		challenge := w.send(row[0], row[1], nil).header.Get("Www-Authenticate")
		if !strings.Contains(challenge, `scope="`+strings.Join(want, " ")+`"`) {
			t.Errorf("%s %s: %s, want the scope %s", row[0], row[1], challenge, want)
		}
	}
}

func TestSnapshotShowsWhatIsStored(t *testing.T) {
	t.Parallel()
	w := start(t, oktatest.Config{})
	id := w.okta.AddApp(object{"label": "Foreign", "settings": object{"oauthClient": object{"future": object{"deep": 1}}}})
	before := w.okta.Snapshot()
	w.must("POST", "/api/v1/apps", nativeApp("MCP"))
	after := w.okta.Snapshot()
	if diff := cmp.Diff(before["apps"].(object)[id], after["apps"].(object)[id]); diff != "" {
		t.Errorf("a foreign app changed (-before +after):\n%s", diff)
	}
	if got := len(after["apps"].(object)); got != 2 {
		t.Errorf("%d apps, want 2", got)
	}
}

func TestTwoUsersOfOneLoginAreRefused(t *testing.T) {
	t.Parallel()
	_, err := oktatest.Start(oktatest.Config{Users: []idptest.User{{Name: "bob"}, {Name: "BOB@example.com"}}})
	if err == nil || !strings.Contains(err.Error(), "two users") {
		t.Errorf("error %v, want one about two users", err)
	}
}

func TestClosedStandInAnswersNoMore(t *testing.T) {
	t.Parallel()
	w := start(t, oktatest.Config{})
	w.okta.Close()
	if response, err := http.Get(w.okta.URL()); err == nil {
		response.Body.Close()
		t.Error("it still answers")
	}
}

func TestRulesAreListedOnce(t *testing.T) {
	t.Parallel()
	rules := oktatest.Rules()
	if got := len(slices.Compact(slices.Sorted(slices.Values(rules)))); got != len(rules) || got == 0 {
		t.Errorf("%d rules, %d different ones", len(rules), got)
	}
}
