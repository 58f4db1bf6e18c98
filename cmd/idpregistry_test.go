package cmd_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// The servers of the registry decide redirect URIs, so a plan reads them: all that can be logged
// in to.
func TestPlanReadsTheServersOfTheRegistry(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, func(c *registrytest.Config) { c.Provider = "keycloak" })
	r := &run{env: env, provider: &fakeProvider{plan: planOf(clientChange(plan.Create))}}
	if code := r.run(t, "keycloak", "plan", "--strict-redirects"); code != cmd.ExitOK {
		t.Fatalf("exit %d: %s", code, r.stderr)
	}
	var want []string
	for _, path := range []string{"/aws-knowledge/", "/currenttime/mcp", "/fininfo/mcp", "/off/mcp"} {
		want = append(want, registry.URL()+path)
	}
	if diff := cmp.Diff(want, r.provider.spec.Resources); diff != "" {
		t.Errorf("servers (-want +got):\n%s", diff)
	}
	// One redirect URI for each server and host, of Codex, and the one of all assistants.
	if uris := idp.Strings(r.provider.spec.Clients[0].Redirects); len(uris) != 2*(len(want)+1) {
		t.Errorf("redirect URIs %q", uris)
	}
	for _, note := range []string{"/stdio is left out", "/off is disabled"} {
		if !strings.Contains(r.stdout, note) {
			t.Errorf("%q is not noted:\n%s", note, r.stdout)
		}
	}
}

// Where nothing depends on the servers, or they are named, the registry is not asked.
func TestTheRegistryIsAskedOnlyWhenItMatters(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"keycloak", "plan"},
		{"keycloak", "plan", "--strict-redirects", "--server", "https://gw.example.com/time/mcp"},
		{"keycloak", "plan", "--strict-redirects", "--offline"},
	} {
		registry, env := startRegistry(t, nil)
		r := &run{env: env, provider: &fakeProvider{plan: planOf()}}
		if code := r.run(t, args...); code != cmd.ExitOK {
			t.Errorf("%q: exit %d: %s", args, code, r.stderr)
		}
		if asked := registry.Requests(); len(asked) > 0 {
			t.Errorf("%q: the registry was asked %q", args, asked)
		}
	}
}

// A registry that signs its users in with another kind would refuse every token.
func TestAnotherProviderOfTheRegistryIsNoted(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, nil)
	r := &run{env: env, provider: &fakeProvider{plan: planOf()}}
	if code := r.run(t, "keycloak", "plan", "--strict-redirects"); code != cmd.ExitOK || !strings.Contains(r.stdout, "the registry signs its users in with Okta, not with Keycloak") {
		t.Errorf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
}

func TestARegistryThatRefusesEndsThePlan(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, nil)
	env["REGISTRY_TOKEN"] = "expired"
	r := &run{env: env, provider: &fakeProvider{plan: planOf()}}
	if code := r.run(t, "keycloak", "setup", "--strict-redirects", "--yes"); code != cmd.ExitAuth || slices.Contains(r.provider.calls, "plan") {
		t.Errorf("exit %d, provider asked %q: %s", code, r.provider.calls, r.stderr)
	}
}

// What is exported names the registry and where its token is, never the token.
func TestExportNamesTheRegistry(t *testing.T) {
	t.Parallel()
	r := &run{env: map[string]string{"REGISTRY_URL": "https://gw.example.com", "REGISTRY_TOKEN": "top-secret"}, provider: &fakeProvider{plan: planOf()}}
	code := r.run(t, "keycloak", "plan", "--export")
	if code != cmd.ExitOK || !strings.Contains(r.stdout, "env: REGISTRY_TOKEN") || strings.Contains(r.stdout, "top-secret") {
		t.Errorf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
}
