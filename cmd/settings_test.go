package cmd_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	r := run{}
	if code := r.run(t, "settings", "--idp", "okta", "--client-id", "0oa1", "--audience", "api://default", "--port", "8787"); code != cmd.ExitOK {
		t.Fatalf("exit %d: %s", code, r.stderr)
	}
	for _, line := range []string{"IDE_OAUTH_CLIENT_ID=0oa1\n", "IDE_OAUTH_CALLBACK_PORT=8787\n", `MCP_ADVERTISED_SCOPES="openid email profile offline_access"` + "\n", "OKTA_M2M_ALLOWED_AUDIENCES=api://default\n"} {
		if !strings.Contains(r.stdout, line) {
			t.Errorf("no %q in %s", line, r.stdout)
		}
	}
	for format, want := range map[string]string{
		"helm": "ideOauthClientId: 0oa1", "tfvars": `= "0oa1"`, "compose": "IDE_OAUTH_CLIENT_ID: 0oa1", "json": `"since": "1.24.5"`, "github": "MCP_ADVERTISED_SCOPES=openid email profile offline_access",
	} {
		if code := r.run(t, "settings", "--idp", "okta", "--client-id", "0oa1", "-o", format); code != cmd.ExitOK || !strings.Contains(r.stdout, want) {
			t.Errorf("%s: exit %d: %s%s", format, code, r.stdout, r.stderr)
		}
	}
	if code := r.run(t, "settings", "--client-id", "c", "--extra-client-id", "d,\te"); code != cmd.ExitUsage || r.stdout != "" || !strings.Contains(r.stderr, "is no client id") {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
	if code := r.run(t, "settings", "--idp", "okta"); code != cmd.ExitUsage || !strings.Contains(r.stderr, "no client id is named") {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
}

// Whole outputs, typed by hand: the names are those of the gateway's chart and Terraform module.
func TestSettingsInEachSpelling(t *testing.T) {
	t.Parallel()
	const releases = "# gateway 1.24.5 or newer: IDE_OAUTH_CLIENT_ID, IDE_OAUTH_CALLBACK_PORT, MCP_ADVERTISED_SCOPES\n# gateway 1.27.0 or newer: OKTA_M2M_ALLOWED_AUDIENCES\n"
	for spelling, want := range map[string]string{
		"env": releases + `IDE_OAUTH_CLIENT_ID=0oa1
IDE_OAUTH_CALLBACK_PORT=8787
MCP_ADVERTISED_SCOPES="openid email profile offline_access"
OKTA_M2M_ALLOWED_AUDIENCES=api://default
`,
		"github": `IDE_OAUTH_CLIENT_ID=0oa1
IDE_OAUTH_CALLBACK_PORT=8787
MCP_ADVERTISED_SCOPES=openid email profile offline_access
OKTA_M2M_ALLOWED_AUDIENCES=api://default
`,
		"compose": releases + `environment:
  IDE_OAUTH_CLIENT_ID: 0oa1
  IDE_OAUTH_CALLBACK_PORT: "8787"
  MCP_ADVERTISED_SCOPES: openid email profile offline_access
  OKTA_M2M_ALLOWED_AUDIENCES: api://default
`,
		"helm": releases + `registry:
  ideOauthClientId: 0oa1
  ideOauthCallbackPort: 8787
  app:
    mcpAdvertisedScopes: openid email profile offline_access
auth-server:
  okta:
    m2mAllowedAudiences: api://default
`,
		"tfvars": releases + `ide_oauth_client_id        = "0oa1"
ide_oauth_callback_port    = 8787
mcp_advertised_scopes      = "openid email profile offline_access"
okta_m2m_allowed_audiences = "api://default"
`,
	} {
		r := run{}
		if code := r.run(t, "settings", "--idp", "okta", "--client-id", "0oa1", "--audience", "api://default", "--port", "8787", "-o", spelling); code != cmd.ExitOK || r.stderr != "" {
			t.Errorf("%s: exit %d: %s", spelling, code, r.stderr)
		}
		if diff := cmp.Diff(want, r.stdout); diff != "" {
			t.Errorf("%s: %s", spelling, diff)
		}
	}
	// The other kinds: no port where it is not compared, and what Cognito needs besides.
	for kind, want := range map[string]string{
		"keycloak": "# gateway 1.24.5 or newer: IDE_OAUTH_CLIENT_ID, MCP_ADVERTISED_SCOPES\nIDE_OAUTH_CLIENT_ID=c\nMCP_ADVERTISED_SCOPES=\"openid email profile offline_access\"\n",
		"cognito":  "# gateway 1.24.5 or newer: IDE_OAUTH_CLIENT_ID, IDE_OAUTH_CALLBACK_PORT, MCP_ADVERTISED_SCOPES\nIDE_OAUTH_CLIENT_ID=c\nIDE_OAUTH_CALLBACK_PORT=8787\nMCP_ADVERTISED_SCOPES=\"openid email profile\"\nCOGNITO_M2M_CLIENT_IDS=d,e\n",
	} {
		r := run{}
		if code := r.run(t, "settings", "--idp", kind, "--client-id", "c", "--port", "8787", "--extra-client-id", "d,e"); code != cmd.ExitOK || cmp.Diff(want, r.stdout) != "" {
			t.Errorf("%s: exit %d: %s%s", kind, code, r.stderr, cmp.Diff(want, r.stdout))
		}
	}
}

// The gateway that runs advertises 0oaide, port 9797 and the default scopes.
func TestSettingsOfTheRunningGateway(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, nil)
	r := run{env: env}
	if code := r.run(t, "settings", "--client-id", "0oaide", "--port", "9797", "--detailed-exitcode"); code != cmd.ExitOK || r.stderr != "" {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
	code := r.run(t, "settings", "--client-id", "other", "--port", "8787", "--detailed-exitcode")
	for _, want := range []string{
		`! setting IDE_OAUTH_CLIENT_ID is "0oaide" and must be "other": restart the gateway with it`,
		`! setting IDE_OAUTH_CALLBACK_PORT is "9797" and must be "8787": restart the gateway with it`, "2 by hand",
	} {
		if !strings.Contains(strings.Join(strings.Fields(r.stderr), " "), want) {
			t.Errorf("no %q in %s", want, r.stderr)
		}
	}
	if code != cmd.ExitPending {
		t.Errorf("exit %d", code)
	}
	code = r.run(t, "settings", "--client-id", "0oaide", "--port", "9797", "--issuer", "https://other.example.com", "--registry-release", "1.24.4", "--detailed-exitcode", "-o", "json")
	if code != cmd.ExitPending || !strings.Contains(r.stdout, "tokens of another are refused") || !strings.Contains(r.stdout, "release 1.24.4 does not read it") || r.stderr != "" {
		t.Errorf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
}

// What an older gateway does not read is named with the release to go to.
func TestSettingsOfAnOlderGateway(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, func(c *registrytest.Config) { c.Release, c.Version = "1.24.4", "" })
	r := run{env: env}
	code := r.run(t, "settings", "--client-id", "0oaide", "--port", "9797", "--audience", "api://default", "--detailed-exitcode")
	said := strings.Join(strings.Fields(r.stderr), " ")
	for _, want := range []string{"IDE_OAUTH_CLIENT_ID release 1.24.4 does not read it: go to 1.24.5 or newer", "OKTA_M2M_ALLOWED_AUDIENCES release 1.24.4 does not read it: go to 1.27.0 or newer", "4 by hand"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in %s", want, said)
		}
	}
	if code != cmd.ExitPending || writes(registry) != 0 {
		t.Errorf("exit %d", code)
	}
}

// A gateway whose metadata is broken still gets its lines, and is told what is not known.
func TestSettingsWithoutMetadata(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, func(c *registrytest.Config) { c.Provider, c.Issuer = "keycloak", "http://127.0.0.1:1" })
	r := run{env: env}
	code := r.run(t, "settings", "--client-id", "0oaide", "--issuer", "https://sso.example.com", "--detailed-exitcode")
	said := strings.Join(strings.Fields(r.stderr), " ")
	if code != cmd.ExitOK || !strings.Contains(r.stdout, "IDE_OAUTH_CLIENT_ID=0oaide\n") || !strings.Contains(said, "the gateway's metadata cannot be read") || !strings.Contains(said, "[GW07]") ||
		!strings.Contains(said, "MCP_ADVERTISED_SCOPES cannot be read from outside") || strings.Contains(said, "names the issuer") {
		t.Errorf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
}

// The order of scopes does not matter, and a few servers are looked at for the default, not all.
func TestSettingsLookAtAFew(t *testing.T) {
	t.Parallel()
	own := "own"
	registry, env := startRegistry(t, func(c *registrytest.Config) {
		c.AdvertisedScopes = []string{"offline_access", "profile", "openid", "email"}
		c.Servers = nil
		for n := range 30 {
			c.Servers = append(c.Servers, registrytest.Server{Path: fmt.Sprintf("/s%02d", n), Name: "S", ProxyPassURL: "http://s:1/", OAuthClientID: &own})
		}
	})
	r := run{env: env}
	code := r.run(t, "settings", "--client-id", "0oaide", "--port", "9797", "--detailed-exitcode")
	if said := strings.Join(strings.Fields(r.stderr), " "); code != cmd.ExitOK || !strings.Contains(said, "IDE_OAUTH_CLIENT_ID cannot be read from outside") || strings.Contains(said, "MCP_ADVERTISED_SCOPES") {
		t.Errorf("exit %d: %s", code, said)
	}
	if asked := len(registry.Requests()); asked > 25 {
		t.Errorf("%d requests", asked)
	}
}
