package gateway_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
)

// The lines are what the registry's setup scripts print, and what they leave to the reader.
func TestSettingsAsEnv(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		kind idp.Kind
		in   gateway.Input
		want string
	}{
		{"keycloak ignores the port", idp.Keycloak, gateway.Input{ClientID: "mcp-gateway-ide", CallbackPort: 8787, Audience: "mcp-gateway"}, `
IDE_OAUTH_CLIENT_ID=mcp-gateway-ide
MCP_ADVERTISED_SCOPES="openid email profile offline_access"
`},
		{"okta", idp.Okta, gateway.Input{ClientID: "0oaIDEPUBLIC", CallbackPort: 56789, Audience: "api://default"}, `
IDE_OAUTH_CLIENT_ID=0oaIDEPUBLIC
IDE_OAUTH_CALLBACK_PORT=56789
MCP_ADVERTISED_SCOPES="openid email profile offline_access"
OKTA_M2M_ALLOWED_AUDIENCES=api://default
`},
		{"okta without a known audience", idp.Okta, gateway.Input{ClientID: "0oaIDEPUBLIC", CallbackPort: 8787}, `
IDE_OAUTH_CLIENT_ID=0oaIDEPUBLIC
IDE_OAUTH_CALLBACK_PORT=8787
MCP_ADVERTISED_SCOPES="openid email profile offline_access"
`},
		{"cognito refuses offline_access", idp.Cognito, gateway.Input{ClientID: "7ide", CallbackPort: 8787}, `
IDE_OAUTH_CLIENT_ID=7ide
IDE_OAUTH_CALLBACK_PORT=8787
MCP_ADVERTISED_SCOPES="openid email profile"
`},
		{"cognito with a client for each assistant", idp.Cognito, gateway.Input{ClientID: "7other", CallbackPort: 8787, ExtraClientIDs: []string{"7claude", "7other", "", "7codex", "7claude"}}, `
IDE_OAUTH_CLIENT_ID=7other
IDE_OAUTH_CALLBACK_PORT=8787
MCP_ADVERTISED_SCOPES="openid email profile"
COGNITO_M2M_CLIENT_IDS=7claude,7codex
`},
		{"entra ignores the port", idp.Entra, gateway.Input{ClientID: "11111111-2222-3333-4444-555555555555", CallbackPort: 8787}, `
IDE_OAUTH_CLIENT_ID=11111111-2222-3333-4444-555555555555
MCP_ADVERTISED_SCOPES="openid email profile offline_access"
`},
		{"entra with an application made for the gateway", idp.Entra, gateway.Input{ClientID: "11111111-2222-3333-4444-555555555555", Audience: "66666666-2222-3333-4444-555555555555"}, `
IDE_OAUTH_CLIENT_ID=11111111-2222-3333-4444-555555555555
MCP_ADVERTISED_SCOPES="openid email profile offline_access"
ENTRA_APPLICATION_ID_URI=66666666-2222-3333-4444-555555555555
`},
		{"no client yet", idp.Keycloak, gateway.Input{}, `
MCP_ADVERTISED_SCOPES="openid email profile offline_access"
`},
		{"unknown kind", "saml", gateway.Input{}, "\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got strings.Builder
			if err := gateway.WriteEnv(&got, gateway.Settings(tt.kind, tt.in)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Every setting can be written for every deployment, and names the release that reads it.
func TestSettingsKnowTheirNames(t *testing.T) {
	t.Parallel()
	since := map[string]string{
		"IDE_OAUTH_CLIENT_ID": "1.24.5", "IDE_OAUTH_CALLBACK_PORT": "1.24.5", "MCP_ADVERTISED_SCOPES": "1.24.5",
		"OKTA_M2M_ALLOWED_AUDIENCES": "1.27.0", "COGNITO_M2M_CLIENT_IDS": "unknown", "ENTRA_APPLICATION_ID_URI": "unknown",
	}
	seen := map[string]bool{}
	for _, kind := range idp.Kinds() {
		for _, s := range gateway.Settings(kind, gateway.Input{ClientID: "a", CallbackPort: 1, Audience: "b", ExtraClientIDs: []string{"c"}}) {
			seen[s.Name] = true
			if s.Helm == "" || s.Terraform == "" || s.Since.String() != since[s.Name] {
				t.Errorf("%s: helm %q, terraform %q, since %s, want %s", s.Name, s.Helm, s.Terraform, s.Since, since[s.Name])
			}
		}
	}
	if len(seen) != len(since) {
		t.Errorf("settings %v, want those of %v", seen, since)
	}
}
