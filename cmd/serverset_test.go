package cmd_test

import (
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

func patches(registry *registrytest.Registry) int {
	n := 0
	for _, request := range registry.Requests() {
		if strings.HasPrefix(request, "PATCH ") {
			n++
		}
	}
	return n
}

func TestServerSet(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, nil)
	r := run{env: env}
	if code := r.run(t, "server", "set", "/currenttime", "/fininfo", "--oauth-client-id", "fininfo-ide", "--dry-run", "--detailed-exitcode"); code != cmd.ExitPending || !strings.Contains(r.stdout, "~ server /currenttime") || strings.Contains(r.stdout, "server /fininfo") || patches(registry) != 0 {
		t.Fatalf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
	if code := r.run(t, "server", "set", "/currenttime", "/fininfo", "--oauth-client-id", "fininfo-ide"); code != cmd.ExitOK || patches(registry) != 1 {
		t.Fatalf("exit %d, %d patches: %s", code, patches(registry), r.stderr)
	}
	if rows := strings.Fields(strings.Split(r.stdout, "\n")[1]); strings.Join(rows[:4], " ") != "/currenttime fininfo-ide server unset" {
		t.Errorf("stdout %s", r.stdout)
	}
	if code := r.run(t, "server", "set", "/currenttime", "/fininfo", "--oauth-client-id", "fininfo-ide"); code != cmd.ExitOK || patches(registry) != 1 || !strings.Contains(r.stderr, "in sync") {
		t.Errorf("again: exit %d, %d patches: %s", code, patches(registry), r.stderr)
	}
	// Both at once travel in one request; empty clears, and what is not named stays.
	if code := r.run(t, "server", "set", "/currenttime", "--oauth-client-id=", "--append-mcp-path=false"); code != cmd.ExitOK || patches(registry) != 2 {
		t.Fatalf("exit %d, %d patches: %s", code, patches(registry), r.stderr)
	}
	if rows := strings.Fields(strings.Split(r.stdout, "\n")[1]); strings.Join(rows[:4], " ") != "/currenttime 0oaide default false" || !strings.HasSuffix(rows[4], "/currenttime/") {
		t.Errorf("stdout %s", r.stdout)
	}
	if code := r.run(t, "server", "set", "/currenttime", "--append-mcp-path="); code != cmd.ExitOK || !strings.Contains(r.stdout, "unset") {
		t.Errorf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
}

// A bulk change goes on after a server that refuses, says what was done, and running it again
// finishes.
func TestServerSetInPart(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, func(c *registrytest.Config) {
		c.Keys = []registrytest.Key{{Name: "editor", Token: "editor-token", Groups: []string{"editors"}}}
		c.Servers = []registrytest.Server{
			{Path: "/a", Name: "A", ProxyPassURL: "http://a:1/", RegisteredBy: "editor"},
			{Path: "/b", Name: "B", ProxyPassURL: "http://b:1/", RegisteredBy: "somebody"},
			{Path: "/c", Name: "C", ProxyPassURL: "http://c:1/", RegisteredBy: "editor"},
		}
		all := []string{"all"}
		c.Scopes = []registrytest.Scope{{Name: "editors", GroupMappings: []string{"editors"},
			ServerAccess:  []registrytest.Access{{Server: "a", Methods: all, Tools: all}, {Server: "b", Methods: all, Tools: all}, {Server: "c", Methods: all, Tools: all}},
			UIPermissions: map[string][]string{"list_service": all, "modify_service": {"A", "B", "C"}}}}
	})
	admin := env["REGISTRY_TOKEN"]
	env["REGISTRY_TOKEN"] = "editor-token"
	r := run{env: env}
	code := r.run(t, "server", "set", "--all", "--oauth-client-id", "x")
	if code != cmd.ExitPartly || !strings.Contains(r.stderr, "server /a  changed") || !strings.Contains(r.stderr, "server /b  failed") || !strings.Contains(r.stderr, "server /c  changed") || !strings.Contains(strings.Join(strings.Fields(r.stderr), " "), "You can only patch servers you registered") {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
	before := patches(registry)
	env["REGISTRY_TOKEN"] = admin
	if code := r.run(t, "server", "set", "--all", "--oauth-client-id", "x"); code != cmd.ExitOK || patches(registry) != before+1 {
		t.Errorf("again: exit %d, %d patches: %s", code, patches(registry)-before, r.stderr)
	}
}

// What only a person can change was not done when somebody named it, and is told once. A server that
// is only one of all does not make the change of all fail for good.
func TestServerSetByHand(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, func(c *registrytest.Config) {
		c.PublicURL = "https://elsewhere.example.com"
		c.Servers = []registrytest.Server{
			{Path: "/slashed/", Name: "Slashed", ProxyPassURL: "http://t:1/"}, {Path: "/plain", Name: "Plain", ProxyPassURL: "http://t:1/"},
			{Path: "/far", Name: "Far", ProxyPassURL: "http://t:1/", Stored: map[string]any{"sync_metadata": map[string]any{"is_federated": true}}},
		}
	})
	r := run{env: env}
	for _, c := range []struct {
		servers []string
		code    int
		want    []string
		patches int
	}{
		{[]string{"slashed"}, cmd.ExitUsage, []string{"before release 1.32", "only by hand, and not done: server /slashed/"}, 0},
		{[]string{"/far/", "-o", "json"}, cmd.ExitUsage, []string{"it belongs to another registry", `{"error":{"code":"usage"`}, 0},
		{[]string{"/far", "/plain"}, cmd.ExitPartly, []string{"not done: server /far", "ok server /plain"}, 1},
		{[]string{"/far", "/plain"}, cmd.ExitUsage, []string{"not done: server /far"}, 1},
		{[]string{"--all"}, cmd.ExitOK, []string{"2 by hand"}, 1},
	} {
		code := r.run(t, append([]string{"server", "set", "--oauth-client-id", "x"}, c.servers...)...)
		said := strings.Join(strings.Fields(r.stderr), " ")
		for _, want := range c.want {
			if !strings.Contains(said, want) {
				t.Errorf("%v: no %q in %s", c.servers, want, r.stderr)
			}
		}
		if code != c.code || patches(registry) != c.patches || strings.Count(said, "GW16") != 1 || r.stdout == "" {
			t.Errorf("%v: exit %d, %d patches: %s%s", c.servers, code, patches(registry), r.stdout, r.stderr)
		}
	}
}

func TestServerSetRefuses(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, nil)
	for want, args := range map[string][]string{
		"nothing is to be set":      {"/currenttime"},
		"neither true nor false":    {"/currenttime", "--append-mcp-path=maybe"},
		`"x\r" is no client id`:     {"/currenttime", "--oauth-client-id", "x\r"},
		`" " is no client id`:       {"/currenttime", "--oauth-client-id", " "},
		"no server is named":        {"--oauth-client-id", "x"},
		"does not know overrides":   {"/currenttime", "--oauth-client-id", "x", "--registry-release", "1.24.5"},
		"did you mean /currenttime": {"/currentime", "--oauth-client-id", "x"},
	} {
		r := run{env: env}
		code := r.run(t, append([]string{"server", "set"}, args...)...)
		if (code != cmd.ExitUsage && code != cmd.ExitNotFound) || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: exit %d: %s", want, code, r.stderr)
		}
	}
	if patches(registry) != 0 {
		t.Errorf("%d patches", patches(registry))
	}
}

// Each server is read once to plan, and a second time only where it was changed.
func TestServerSetReadsNothingTwice(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, nil)
	r := run{env: env}
	if code := r.run(t, "server", "set", "--all", "--oauth-client-id", "fininfo-ide"); code != cmd.ExitOK || strings.Count(r.stdout, "fininfo-ide  server") != 4 {
		t.Fatalf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
	asked := map[string]int{}
	for _, request := range registry.Requests() {
		asked[request]++
	}
	for path, want := range map[string]int{"/currenttime": 2, "/aws-knowledge": 2, "/off": 2, "/fininfo": 1} {
		if got := asked["GET /api/servers"+path]; got != want {
			t.Errorf("%s was read %d times, want %d", path, got, want)
		}
	}
}
