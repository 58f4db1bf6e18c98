package main

import (
	"strconv"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// openOktaOffice is an Okta org, a stand-in that compares redirects literally, and a gateway that
// was started with the lines that setup printed. With issuer, redirects carry iss (RFC 9207), and
// Codex then leaves the server's id out of some of its redirects.
func openOktaOffice(t *testing.T, issuer bool) (*office, *oktatest.Okta) {
	t.Helper()
	org, err := oktatest.Start(oktatest.Config{
		Users: []idptest.User{
			{Name: member.Username, Password: member.Password, Groups: []string{"registry-admins"}},
			{Name: outsider.Username, Password: outsider.Password},
		},
		IssuerInRedirects: issuer,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(org.Close)
	root := false
	registry, err := registrytest.Start(registrytest.Config{
		Provider: "okta", Issuer: org.Issuer(),
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
	o := &office{registry: registry, login: member.Username + "@example.com", env: map[string]string{
		"OKTA_ORG_URL": org.URL(), "OKTA_API_TOKEN": org.AdminToken(), "OKTA_ASSIGN_GROUPS": "registry-admins",
		"REGISTRY_URL": registry.URL(), "REGISTRY_TOKEN": registry.AdminToken(),
	}}
	code, stdout, stderr := o.run(t, browser.Person{}, "okta", "setup", "--yes")
	if code != cmd.ExitOK {
		t.Fatalf("setup ended with %d: %s", code, stderr)
	}
	registry.Configure(func(c *registrytest.Config) {
		for line := range strings.Lines(stdout) {
			switch name, value, _ := strings.Cut(strings.TrimSpace(line), "="); name {
			case "IDE_OAUTH_CLIENT_ID":
				c.ClientID, o.clientID = value, value
			case "IDE_OAUTH_CALLBACK_PORT":
				if c.CallbackPort, err = strconv.Atoi(value); err != nil {
					t.Error(err)
				}
			case "MCP_ADVERTISED_SCOPES":
				c.AdvertisedScopes = strings.Fields(strings.Trim(value, `"`))
			case "OKTA_M2M_ALLOWED_AUDIENCES":
				c.AllowedAudiences = []string{value}
			default:
				t.Errorf("setup prints %q", line)
			}
		}
	})
	return o, org
}

// The real assistants log in at an Okta that compares redirects literally, with what mcpreg
// printed, and list tools behind the gateway.
func TestAssistantsOnOkta(t *testing.T) {
	for name, issuer := range map[string]bool{"without iss": false, "with iss": true} {
		t.Run(name, func(t *testing.T) {
			o, _ := openOktaOffice(t, issuer)
			o.connectsAll(t, member)
		})
	}
}
