package cmd_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

func startScopes(t *testing.T) (*registrytest.Registry, map[string]string) {
	t.Helper()
	return startRegistry(t, func(c *registrytest.Config) {
		all := []string{"all"}
		c.Scopes = []registrytest.Scope{
			{Name: "registry-admins", GroupMappings: []string{"registry-admins"}, ServerAccess: []registrytest.Access{{Server: "*", Methods: all, Tools: all}}, UIPermissions: map[string][]string{"modify_service": all}},
			{Name: "ops", GroupMappings: []string{"ops"}, UIPermissions: map[string][]string{"modify_service": all}},
			{Name: "mcp-users", GroupMappings: []string{"staff"}, ServerAccess: []registrytest.Access{{Server: "currenttime", Methods: all, Tools: all}}},
		}
		c.Keys = []registrytest.Key{{Name: "limited", Token: "limited-token", Groups: []string{"staff"}}, {Name: "ops", Token: "ops-token", Groups: []string{"ops"}}}
	})
}

func TestGroups(t *testing.T) {
	t.Parallel()
	registry, env := startScopes(t)
	r := run{env: env}
	if code := r.run(t, "groups", "list"); code != cmd.ExitOK || !strings.Contains(r.stdout, "mcp-users        staff            currenttime  no     mcpreg\n") || !strings.Contains(r.stdout, "registry-admins  *            yes    hand\n") {
		t.Errorf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
	if code := r.run(t, "groups", "map", "finance", "mcp-users", "--dry-run", "--detailed-exitcode"); code != cmd.ExitPending || patches(registry) != 0 {
		t.Errorf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
	if code := r.run(t, "groups", "map", "finance", "mcp-users"); code != cmd.ExitOK || patches(registry) != 1 || r.stdout != "" || !strings.Contains(r.stderr, "scope mcp-users  changed, read back as asked") {
		t.Errorf("exit %d, %d patches: %s%s", code, patches(registry), r.stdout, r.stderr)
	}
	if code := r.run(t, "groups", "map", "finance", "mcp-users"); code != cmd.ExitOK || patches(registry) != 1 || !strings.Contains(r.stderr, "in sync") {
		t.Errorf("again: exit %d: %s", code, r.stderr)
	}
	if code := r.run(t, "groups", "check", "--groups", "finance", "--server", "/currenttime"); code != cmd.ExitOK || !strings.Contains(r.stdout, "let in") {
		t.Errorf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
	if code := r.run(t, "groups", "check", "--groups", "Finance", "--server", "/currenttime", "-o", "json"); code != cmd.ExitFailed || r.stderr != "" {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
	var verdict struct{ Reasons []struct{ Failure string } }
	if err := json.Unmarshal([]byte(r.stdout), &verdict); err != nil || len(verdict.Reasons) != 1 || verdict.Reasons[0].Failure != "GW02" {
		t.Errorf("%v: %s", err, r.stdout)
	}
	if code := r.run(t, "groups", "unmap", "finance", "mcp-users"); code != cmd.ExitUsage || patches(registry) != 1 {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
	if code := r.run(t, "groups", "unmap", "finance", "mcp-users", "--yes"); code != cmd.ExitOK || patches(registry) != 2 {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
	if code := r.run(t, "groups", "map", "g", "registry-admins"); code != cmd.ExitUsage || patches(registry) != 2 || !strings.Contains(strings.Join(strings.Fields(r.stderr), " "), "db.mcp_scopes.updateOne") {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
}

func TestGroupsRefuse(t *testing.T) {
	t.Parallel()
	registry, env := startScopes(t)
	for want, c := range map[string]struct {
		token string
		code  int
		args  []string
	}{
		"the group comes first: staff mcp-users": {"", cmd.ExitNotFound, []string{"map", "mcp-users", "staff"}},
		"would lock itself out":                  {"ops-token", cmd.ExitUsage, []string{"unmap", "ops", "ops", "--yes"}},
		"did you mean mcp-users":                 {"", cmd.ExitNotFound, []string{"map", "x", "mcp-user"}},
		"is no name of a group":                  {"", cmd.ExitUsage, []string{"map", "staff\n", "mcp-users"}},
		"no group is named":                      {"", cmd.ExitUsage, []string{"check", "--server", "/currenttime"}},
		"did you mean /currenttime":              {"", cmd.ExitNotFound, []string{"check", "--groups", "staff", "--server", "/currentime"}},
		"use the token of an administrator":      {"limited-token", cmd.ExitAuth, []string{"list"}},
		"does not accept the token":              {"nobody's", cmd.ExitAuth, []string{"list"}},
	} {
		r := run{env: map[string]string{"REGISTRY_URL": env["REGISTRY_URL"], "REGISTRY_TOKEN": env["REGISTRY_TOKEN"]}}
		if c.token != "" {
			r.env["REGISTRY_TOKEN"] = c.token
		}
		if code := r.run(t, append([]string{"groups"}, c.args...)...); code != c.code || !strings.Contains(strings.Join(strings.Fields(r.stderr), " "), want) || r.stdout != "" {
			t.Errorf("%s: exit %d: %s%s", want, code, r.stdout, r.stderr)
		}
	}
	if patches(registry) != 0 {
		t.Errorf("%d patches", patches(registry))
	}
}
