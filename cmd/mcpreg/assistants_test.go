package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/connect/lab"
	"github.com/mcpreg/mcpreg/idp/idptest/assistants"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// office is a real Keycloak that mcpreg set up, and a registry whose gateway was started with the
// lines that setup printed.
type office struct {
	registry *registrytest.Registry
	env      map[string]string
	clientID string // of the client that setup made
	login    string // the member's name in tokens
}

var (
	member   = browser.Person{Username: "bob", Password: "secret"}
	outsider = browser.Person{Username: "eve", Password: "secret"}
)

func openOffice(t *testing.T) *office {
	t.Helper()
	realm := realpart.StartKeycloak(t, realpart.Keycloak26_7).Realm(t)
	realm.User(t, member.Username, member.Password, realm.Group(t, "registry-admins", ""))
	realm.User(t, outsider.Username, outsider.Password)
	account, secret := realm.ServiceAccount(t, "manage-clients")
	root := false
	registry, err := registrytest.Start(registrytest.Config{
		Issuer: realm.Issuer(),
		// The assistants of several people stand at one address here, which the edge would refuse.
		Off: map[registrytest.Rule]bool{registrytest.DiscoveryRateLimit: true},
		Servers: []registrytest.Server{
			{Path: "/currenttime", Name: "Current Time", ProxyPassURL: "http://127.0.0.1:9/mcp", Upstream: toolServer("current_time")},
			{Path: "/aws-knowledge", Name: "AWS Knowledge", ProxyPassURL: "http://127.0.0.1:9/", AppendMCPPath: &root, Upstream: toolServer("search")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	o := &office{registry: registry, clientID: "mcp-gateway-ide", login: member.Username, env: map[string]string{
		"KEYCLOAK_ADMIN_URL": realm.Keycloak.URL, "KEYCLOAK_REALM": realm.Name, "KEYCLOAK_ADMIN_REALM": realm.Name,
		"KEYCLOAK_ADMIN_CLIENT_ID": account, "KEYCLOAK_ADMIN_CLIENT_SECRET": secret,
		"REGISTRY_URL": registry.URL(), "REGISTRY_TOKEN": registry.AdminToken(),
	}}
	code, stdout, stderr := o.run(t, browser.Person{}, "keycloak", "setup", "--yes")
	if code != cmd.ExitOK {
		t.Fatalf("setup ended with %d: %s", code, stderr)
	}
	registry.Configure(func(c *registrytest.Config) {
		for line := range strings.Lines(stdout) {
			switch name, value, _ := strings.Cut(strings.TrimSpace(line), "="); name {
			case "IDE_OAUTH_CLIENT_ID":
				c.ClientID = value
			case "MCP_ADVERTISED_SCOPES":
				c.AdvertisedScopes = strings.Fields(strings.Trim(value, `"`))
			default:
				t.Errorf("setup prints %q", line)
			}
		}
	})
	return o
}

// toolServer is an MCP server with one tool.
func toolServer(tool string) http.Handler {
	type nothing struct{}
	s := mcp.NewServer(&mcp.Implementation{Name: tool, Version: "1"}, nil)
	mcp.AddTool(s, &mcp.Tool{Name: tool}, func(context.Context, *mcp.CallToolRequest, nothing) (*mcp.CallToolResult, nothing, error) {
		return &mcp.CallToolResult{}, nothing{}, nil
	})
	return mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return s }, nil)
}

// run runs a command line of the whole program in the office; person answers login pages.
func (o *office) run(t *testing.T, person browser.Person, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var result, messages bytes.Buffer
	code = cmd.Run(t.Context(), cmd.Deps{
		Stdin: strings.NewReader(""), Stdout: &result, Stderr: &messages, Build: buildInfo(), Keycloak: openKeycloak, Okta: openOkta, Cognito: openCognito, Entra: openEntra,
		LookupEnv: func(name string) (string, bool) { value, ok := o.env[name]; return value, ok },
		OpenBrowser: func(ctx context.Context, url string) error {
			go func() { _ = lab.User{Name: person.Username, Password: person.Password}.Visit(ctx, url) }()
			return nil
		},
	}, args)
	return code, result.String(), messages.String()
}

// snippets returns what connect prints for one assistant and the name that it gives the server.
func (o *office) snippets(t *testing.T, server, assistant string) (string, []assistants.Snippet) {
	t.Helper()
	code, stdout, stderr := o.run(t, browser.Person{}, "connect", server, "--assistant", assistant, "-o", "json")
	if code != cmd.ExitOK {
		t.Fatalf("connect ended with %d: %s", code, stderr)
	}
	var doc struct {
		Connections []struct {
			Server   string
			Snippets []connect.Snippet
		}
	}
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil {
		t.Fatal(err)
	}
	var list []assistants.Snippet
	for _, s := range doc.Connections[0].Snippets {
		if (s.Form != connect.Command || s.Shell == connect.Sh) && !strings.HasPrefix(s.Text, "cursor://") {
			list = append(list, assistants.Snippet{Path: s.Path, Text: s.Text})
		}
	}
	return doc.Connections[0].Server, list
}

// listed returns how often a person's tools/list reached the server with the client that setup
// made.
func (o *office) listed(server string) int {
	n := 0
	for _, c := range o.registry.Calls() {
		if strings.Trim(c.Server, "/") == server && c.Method == "tools/list" && c.User == o.login && c.ClientID == o.clientID {
			n++
		}
	}
	return n
}

// connects pastes what was printed, logs in and has the assistant list tools; then again after
// its tokens are gone.
func (o *office) connects(t *testing.T, a assistants.Assistant, id, server string) {
	t.Helper()
	name, snippets := o.snippets(t, server, id)
	for _, s := range snippets {
		if err := a.Paste(t, s); err != nil {
			t.Fatalf("%s: %v", s.Text, err)
		}
	}
	for i, login := range []func(testing.TB, string) error{a.Login, a.LoginAgain} {
		if err := login(t, name); err != nil {
			t.Fatalf("login %d: %v", i+1, err)
		}
		before := o.listed(strings.Trim(server, "/"))
		status := a.Tools(t, name)
		if !status.Connected || o.listed(strings.Trim(server, "/")) == before {
			t.Fatalf("login %d: connected %v, no tools/list at the gateway: %s", i+1, status.Connected, status.Said)
		}
		t.Logf("%s at %s, login %d: tools %q", id, server, i+1, status.Tools)
	}
}

// connectsAll has each assistant connect to each server as that person.
func (o *office) connectsAll(t *testing.T, person browser.Person) {
	t.Helper()
	for _, server := range []string{"/currenttime", "/aws-knowledge"} {
		for id, open := range map[string]func(*assistants.World, testing.TB) assistants.Assistant{
			"claude-code": func(w *assistants.World, t testing.TB) assistants.Assistant { return w.ClaudeCode(t) },
			"codex":       func(w *assistants.World, t testing.TB) assistants.Assistant { return w.Codex(t) },
			"cursor":      func(w *assistants.World, t testing.TB) assistants.Assistant { return w.Cursor(t) },
		} {
			t.Run(id+server, func(t *testing.T) {
				o.connects(t, open(assistants.NewWorld(t, person), t), id, server)
			})
		}
	}
}

// The real assistants log in through a real Keycloak with what mcpreg printed, and list tools
// behind the gateway.
func TestAssistants(t *testing.T) {
	o := openOffice(t)
	o.connectsAll(t, member)
}

// A user without groups logs in everywhere, and what the assistants then say hides the reason;
// mcpreg login says it.
func TestAssistantsOfAUserWithoutGroups(t *testing.T) {
	o := openOffice(t)
	for id, said := range map[string]string{"claude-code": "Needs authentication", "codex": "HTTP 403", "cursor": "Access forbidden"} {
		t.Run(id, func(t *testing.T) {
			w := assistants.NewWorld(t, outsider)
			a := map[string]func(testing.TB) assistants.Assistant{
				"claude-code": func(t testing.TB) assistants.Assistant { return w.ClaudeCode(t) },
				"codex":       func(t testing.TB) assistants.Assistant { return w.Codex(t) },
				"cursor":      func(t testing.TB) assistants.Assistant { return w.Cursor(t) },
			}[id](t)
			name, snippets := o.snippets(t, "/currenttime", id)
			for _, s := range snippets {
				if err := a.Paste(t, s); err != nil && !strings.Contains(err.Error(), said) {
					t.Fatal(err)
				}
			}
			if err := a.Login(t, name); err != nil && !strings.Contains(err.Error(), said) {
				t.Fatal(err)
			}
			if status := a.Tools(t, name); status.Connected || !strings.Contains(status.Said, said) {
				t.Errorf("connected %v, says %s; want %q", status.Connected, status.Said, said)
			}
			defer realpart.Exclusive(t, "login of an assistant")() // Cursor's port is one for all
			code, stdout, stderr := o.run(t, outsider, "login", "/currenttime", "--assistant", id)
			if code != cmd.ExitFailed || !strings.Contains(stdout, "[KC08]") {
				t.Errorf("mcpreg login ended with %d: %s%s", code, stdout, stderr)
			}
			if id == "claude-code" && os.Getenv("MCPREG_REAL") == "require" {
				t.Log(stdout)
			}
		})
	}
	if slices.ContainsFunc(o.registry.Calls(), func(c registrytest.Call) bool { return c.User == outsider.Username }) {
		t.Error("a call of a user without groups reached a server")
	}
}
