package cmd_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

func TestServerList(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, nil)
	r := run{env: env}
	if code := r.run(t, "server", "list"); code != cmd.ExitOK {
		t.Fatalf("exit %d: %s", code, r.stderr)
	}
	var rows [][]string
	for line := range strings.Lines(strings.ReplaceAll(r.stdout, registry.URL(), "GW")) {
		rows = append(rows, strings.Fields(line))
	}
	want := []string{
		"PATH CLIENT ID FROM APPEND MCP CONNECT URL REMARKS",
		"/aws-knowledge 0oaide default false GW/aws-knowledge/ GW17",
		"/currenttime 0oaide default unset GW/currenttime/mcp -",
		"/fininfo fininfo-ide server unset GW/fininfo/mcp -",
		"/off 0oaide default unset GW/off/mcp GW20",
	}
	for i, row := range rows {
		if i >= len(want) || strings.Join(row, " ") != want[i] {
			t.Errorf("row %d: %q", i, row)
		}
	}
	// One list, and for each server its document and its connect settings; nothing twice.
	asked := map[string]int{}
	for _, request := range registry.Requests() {
		asked[request]++
	}
	for request, n := range asked {
		if n > 1 {
			t.Errorf("%s: %d times", request, n)
		}
	}
}

func TestServerShow(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, nil)
	r := run{env: env}
	if code := r.run(t, "server", "show", "fininfo", "-o", "json"); code != cmd.ExitOK {
		t.Fatalf("exit %d: %s", code, r.stderr)
	}
	var doc struct {
		Servers []struct {
			Path           string
			ClientID       string `json:"client_id"`
			ClientIDSource string `json:"client_id_source"`
			AppendMCPPath  *bool  `json:"append_mcp_path"`
			Headers        []string
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &doc); err != nil {
		t.Fatal(err)
	}
	if s := doc.Servers[0]; s.Path != "/fininfo" || s.ClientID != "fininfo-ide" || s.ClientIDSource != "server" || s.AppendMCPPath != nil || s.Headers[0] != "X-Team" {
		t.Errorf("server %+v", s)
	}
	if strings.Contains(r.stdout, "top-secret") {
		t.Error("the value of a header is printed")
	}
}

// Names come from whoever registers servers.
func TestServerNamesCannotMoveTheCursor(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, func(c *registrytest.Config) {
		c.Servers = []registrytest.Server{{Path: "/x", Name: "x\x1b[2Jy", Tags: []string{"a\rb"}, ProxyPassURL: "http://x:1/"}, {Path: "/esc\x1b[2J", Name: "E", ProxyPassURL: "http://x:1/"}}
	})
	r := run{env: env}
	if code := r.run(t, "server", "set", "--all", "--oauth-client-id", "z"); code != cmd.ExitOK || strings.ContainsAny(r.stdout+r.stderr, "\x1b\r") {
		t.Errorf("exit %d: %q%q", code, r.stdout, r.stderr)
	}
	if code := r.run(t, "server", "show", "/x"); code != cmd.ExitOK || strings.ContainsAny(r.stdout, "\x1b\r") || !strings.Contains(r.stdout, "x[2Jy") {
		t.Errorf("exit %d: %q", code, r.stdout)
	}
}

// Whoever leaves a part of the path out is told the whole one.
func TestServerNearby(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, func(c *registrytest.Config) {
		c.Servers = []registrytest.Server{{Path: "/finance/reports", Name: "Quarterly", ProxyPassURL: "http://x:1/"}, {Path: "/reporting", Name: "R", ProxyPassURL: "http://x:1/"}}
	})
	r := run{env: env}
	if code := r.run(t, "server", "show", "reports"); code != cmd.ExitNotFound || !strings.Contains(r.stderr, "did you mean /finance/reports?") {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
}
