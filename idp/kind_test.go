package idp_test

import (
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
)

func TestParseKind(t *testing.T) {
	t.Parallel()
	for _, kind := range idp.Kinds() {
		got, err := idp.ParseKind(string(kind))
		if got != kind || err != nil {
			t.Errorf("ParseKind(%q) = %q, %v", kind, got, err)
		}
	}
	if _, err := idp.ParseKind("auth0"); err == nil || !strings.Contains(err.Error(), `"auth0"`) {
		t.Errorf("ParseKind(auth0) error %v, want it to name what was given", err)
	}
}

// The values are the vendors' rules and the names that the registry's own scripts use.
func TestTraits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind      idp.Kind
		needsPort bool
		claim     string
		scopes    string
		name      string
	}{
		{idp.Keycloak, false, "groups", "openid email profile offline_access", "mcp-gateway-ide"},
		{idp.Okta, true, "groups", "openid email profile offline_access", "MCP Gateway IDE Public Client"},
		{idp.Cognito, true, "cognito:groups", "openid email profile", "mcp-gateway-ide"},
		{idp.Entra, false, "groups", "openid email profile offline_access", "MCP Gateway IDE Public Client"},
	}
	for _, test := range tests {
		traits := test.kind.Traits()
		if traits.Redirects.NeedsPort() != test.needsPort || traits.GroupsClaim != test.claim ||
			strings.Join(traits.Scopes, " ") != test.scopes || traits.DefaultClientName != test.name {
			t.Errorf("%s: traits %+v, want %+v", test.kind, traits, test)
		}
	}
	if idp.Entra.Traits().Redirects.IgnoresPort("127.0.0.1") {
		t.Error("Entra compares the port on 127.0.0.1")
	}
}
