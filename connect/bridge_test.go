package connect_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

// Whoever gets the bridge is told why, and which releases of Codex may do without.
func TestTheBridgeIsExplained(t *testing.T) {
	t.Parallel()
	c := connected(t, "codex", connect.Request{Kind: idp.Cognito, ClientID: "ID"})
	var said string
	for _, w := range c.Warnings {
		said += w.Text + ": " + w.Fix
	}
	for _, want := range []string{"every version of Codex", "another origin than its issuer", "--direct", "0.150.1, 0.164.0, 0.169.0", "setup registers the callback URLs of both"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q does not say %q", said, want)
		}
	}
}

// Setup registers what both ways of Codex send.
func TestBothWaysOfCodexAreRegistered(t *testing.T) {
	t.Parallel()
	const url = "https://gateway.example.com/my-server/mcp"
	codex := assistant(t, "codex")
	registered, _, err := connect.Redirects(idp.Cognito, []connect.Assistant{codex}, []string{url}, connect.RedirectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// The id is that of the URL: base64url of the first nine bytes of its SHA-256.
	want := []string{"http://localhost:8787/callback", "http://localhost:8787/callback/4YytuSq7vmJ5"}
	if diff := cmp.Diff(want, idp.Strings(registered)); diff != "" {
		t.Errorf("registered (-want +got):\n%s", diff)
	}
	for _, uri := range connected(t, "codex", connect.Request{Kind: idp.Cognito, ClientID: "ID"}).RedirectURIs {
		if !slices.Contains(want, uri.String()) {
			t.Errorf("the bridge sends %s", uri)
		}
	}
}

// npm puts a script in front of Codex, which PowerShell would not hand a bare --.
func TestBridgeOnWindows(t *testing.T) {
	t.Parallel()
	c := connected(t, "codex", connect.Request{Kind: idp.Cognito, ClientID: "ID"})
	const url = "https://gateway.example.com/my-server/mcp"
	for shell, want := range map[connect.Shell]string{
		connect.PowerShell: "& { $PSNativeCommandArgumentPassing = 'Legacy'; codex mcp add my-server '--' npx -y 'mcp-remote@0.15.1' " + url +
			` 8787 --callback-path /callback --static-oauth-client-info '{\"client_id\":\"ID\"}' --static-oauth-client-metadata '{\"scope\":\"openid email profile\",\"grant_types\":[\"authorization_code\"]}' }`,
		connect.Cmd: `codex mcp add my-server -- npx -y "mcp-remote@0.15.1" ` + url + ` 8787 --callback-path /callback --static-oauth-client-info "{""client_id"":""ID""}" --static-oauth-client-metadata "{""scope"":""openid email profile"",""grant_types"":[""authorization_code""]}"`,
	} {
		if got := text(c, connect.Command, shell); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", shell, got, want)
		}
	}
}
