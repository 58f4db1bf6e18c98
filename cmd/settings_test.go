package cmd_test

import (
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
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
	if code := r.run(t, "settings", "--idp", "okta"); code != cmd.ExitUsage || !strings.Contains(r.stderr, "no client id is named") {
		t.Errorf("exit %d: %s", code, r.stderr)
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
