package main

import (
	"net/url"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/connect/lab"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/assistants"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// openCognitoOffice is the lab on Cognito, set up by mcpreg, with its gateway restarted with the
// lines that setup printed.
func openCognitoOffice(t *testing.T) (o *office, clientID string) {
	t.Helper()
	world, err := lab.Start(idp.Cognito)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(world.Close)
	o = &office{registry: world.Registry, env: world.Environment()}
	code, stdout, stderr := o.run(t, browser.Person{}, "cognito", "setup", "--yes")
	if code != cmd.ExitOK {
		t.Fatalf("setup ended with %d: %s", code, stderr)
	}
	settings := map[string]string{}
	for line := range strings.Lines(stdout) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		settings[name] = strings.Trim(value, `"`)
	}
	if err := world.RestartGateway(settings); err != nil {
		t.Fatal(err)
	}
	// The assistants of several people stand at one address here, which the edge would refuse.
	world.Registry.Configure(func(c *registrytest.Config) {
		c.Off = map[registrytest.Rule]bool{registrytest.DiscoveryRateLimit: true}
	})
	return o, settings["IDE_OAUTH_CLIENT_ID"]
}

// The real assistants log in through the stand-in of Cognito with what mcpreg printed, Codex
// through the bridge, and list tools behind the gateway; then again after their tokens are gone.
func TestAssistantsOnCognito(t *testing.T) {
	o, clientID := openCognitoOffice(t)
	alice := browser.Person{Username: "alice", Password: "alice-lab"}
	for _, server := range []string{"/currenttime", "/aws-knowledge"} {
		for id, open := range map[string]func(*assistants.World) assistants.Assistant{
			"claude-code": func(w *assistants.World) assistants.Assistant { return w.ClaudeCode(t) },
			"cursor":      func(w *assistants.World) assistants.Assistant { return w.Cursor(t) },
			"codex":       func(w *assistants.World) assistants.Assistant { return w.Bridged(t) },
		} {
			t.Run(id+server, func(t *testing.T) {
				w := assistants.NewWorld(t, alice)
				a := open(w)
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
					assertAsked(t, w.Asked, clientID)
					before := listedBy(o, server, clientID)
					status := a.Tools(t, name)
					if !status.Connected || listedBy(o, server, clientID) == before {
						t.Fatalf("login %d: connected %v, no tools/list at the gateway: %s", i+1, status.Connected, status.Said)
					}
					t.Logf("%s at %s, login %d: tools %q", id, server, i+1, status.Tools)
				}
			})
		}
	}
}

// assertAsked checks the authorize request: the client that setup made, one of its callback URLs,
// and no scope that Cognito does not know.
func assertAsked(t *testing.T, address, clientID string) {
	t.Helper()
	asked, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := asked.Query()
	if query.Get("client_id") != clientID || query.Get("redirect_uri") != "http://localhost:8787/callback" || strings.Contains(query.Get("scope"), "offline_access") || query.Get("code_challenge_method") != "S256" {
		t.Errorf("asked for %v", query)
	}
}

// listedBy returns how often a tools/list of alice reached the server with that client.
func listedBy(o *office, server, clientID string) int {
	n := 0
	for _, c := range o.registry.Calls() {
		if strings.Trim(c.Server, "/") == strings.Trim(server, "/") && c.Method == "tools/list" && c.User == "alice" && c.ClientID == clientID {
			n++
		}
	}
	return n
}
