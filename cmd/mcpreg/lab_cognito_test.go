package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// The lab shows the whole job on Cognito, with Codex through the bridge.
func TestLabOnCognito(t *testing.T) {
	defer realpart.Exclusive(t, "login of an assistant")() // Cursor's port is one for all
	var stdout, stderr bytes.Buffer
	if code := cmd.Run(t.Context(), labDeps(&stdout, &stderr), []string{"lab", "--idp", "cognito"}); code != cmd.ExitOK {
		t.Fatalf("exit %d: %s\n%s", code, stderr.String(), stdout.String())
	}
	said := strings.Join(strings.Fields(stdout.String()), " ")
	for _, want := range []string{
		"$ mcpreg cognito plan 2 to add, 0 to change",
		"$ mcpreg cognito setup --yes 3 settings for the gateway IDE_OAUTH_CLIENT_ID=",
		`IDE_OAUTH_CALLBACK_PORT=8787 MCP_ADVERTISED_SCOPES="openid email profile"`,
		"$ mcpreg cognito plan in sync",
		"--callback-port 8787 current-time",
		"$ mcpreg login /currenttime --assistant claude-code tools: current_time",
		"npx -y mcp-remote@0.15.1",
		"$ mcpreg login /aws-knowledge --assistant codex tools: search_documentation",
		"The login works; access does not. [CG06]",
		"cognito claude-code ✓ cursor ✓ codex bridge mcpreg lab --keep",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the lab does not say %q:\n%s", want, stdout.String())
		}
	}
}
