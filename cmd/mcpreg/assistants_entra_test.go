package main

import (
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/assistants"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// openEntraOffice is a tenant of Entra ID, a stand-in, and a gateway that was started with the lines
// that setup printed. People may consent for themselves if userConsent is set.
func openEntraOffice(t *testing.T, userConsent bool) *office {
	t.Helper()
	tenant, err := entratest.Start(entratest.Config{
		Domains: []string{"contoso.onmicrosoft.com", "127.0.0.1"}, UserConsent: userConsent,
		Users: []idptest.User{
			{Name: member.Username, Password: member.Password, Email: member.Username + "@contoso.onmicrosoft.com", Groups: []string{"registry-admins"}},
			{Name: outsider.Username, Password: outsider.Password},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tenant.Close)
	root, all := false, []string{"all"}
	registry, err := registrytest.Start(registrytest.Config{
		Provider: "entra", Issuer: tenant.Issuer(),
		// The assistants of several people stand at one address here, which the edge would refuse.
		Off: map[registrytest.Rule]bool{registrytest.DiscoveryRateLimit: true},
		Scopes: []registrytest.Scope{{
			Name: "registry-admins", GroupMappings: []string{tenant.GroupID("registry-admins")},
			ServerAccess:  []registrytest.Access{{Server: "*", Methods: all, Tools: all}},
			UIPermissions: map[string][]string{"list_service": all},
		}},
		Servers: []registrytest.Server{
			{Path: "/currenttime", Name: "Current Time", ProxyPassURL: "http://127.0.0.1:9/mcp", Upstream: toolServer("current_time")},
			{Path: "/aws-knowledge", Name: "AWS Knowledge", ProxyPassURL: "http://127.0.0.1:9/", AppendMCPPath: &root, Upstream: toolServer("search")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	o := &office{registry: registry, login: member.Username + "@contoso.onmicrosoft.com", env: map[string]string{
		"ENTRA_TENANT_ID": tenant.TenantID(), "ENTRA_GRAPH_URL": tenant.URL(), "ENTRA_TOKEN": tenant.AdminToken(),
		"REGISTRY_URL": registry.URL(), "REGISTRY_TOKEN": registry.AdminToken(),
	}}
	code, stdout, stderr := o.run(t, browser.Person{}, "entra", "setup", "--yes")
	if code != cmd.ExitOK {
		t.Fatalf("setup ended with %d: %s", code, stderr)
	}
	registry.Configure(func(c *registrytest.Config) {
		for line := range strings.Lines(stdout) {
			switch name, value, _ := strings.Cut(strings.TrimSpace(line), "="); name {
			case "IDE_OAUTH_CLIENT_ID":
				c.ClientID, o.clientID = value, value
			case "MCP_ADVERTISED_SCOPES":
				c.AdvertisedScopes = strings.Fields(strings.Trim(value, `"`))
			case "ENTRA_APPLICATION_ID_URI":
				c.AllowedAudiences = []string{value}
			default:
				t.Errorf("setup prints %q", line)
			}
		}
	})
	return o
}

// The real assistants log in through Entra with what mcpreg printed, and list tools behind the
// gateway. On loopback they do not see Entra's hosts, so that all three ask for consent.
func TestAssistantsOnEntra(t *testing.T) {
	o := openEntraOffice(t, true)
	consenting := member
	consenting.Consents = true
	o.connectsAll(t, consenting)
}

// Where people may not consent for themselves Codex, which never asks for consent, logs in all the
// same, and Cursor, which always does, is stopped (ID19).
func TestAssistantsOnEntraWithoutUserConsent(t *testing.T) {
	o := openEntraOffice(t, false)
	t.Run("codex", func(t *testing.T) {
		o.connects(t, assistants.NewWorld(t, member).Codex(t), "codex", "/currenttime")
	})
	defer realpart.Exclusive(t, "login of an assistant")() // Codex's port is one for all
	code, stdout, stderr := o.run(t, member, "login", "/currenttime", "--assistant", "codex")
	if code != cmd.ExitOK {
		t.Errorf("codex: mcpreg login ended with %d: %s%s", code, stdout, stderr)
	}
}
