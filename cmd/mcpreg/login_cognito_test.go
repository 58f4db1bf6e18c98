package main

import (
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// What a gateway before Cognito gets wrong is named by a login, with the place and the fix.
func TestLoginNamesWhatIsWrongOnCognito(t *testing.T) {
	defer realpart.Exclusive(t, "login of an assistant")()
	o, clientID := openCognitoOffice(t)
	alice := browser.Person{Username: "alice", Password: "alice-lab"}
	for want, change := range map[string]func(*registrytest.Config){
		"/currenttime/mcp: current_time": func(*registrytest.Config) {},
		"[CG02]":                         func(c *registrytest.Config) { c.AdvertisedScopes = nil }, // the default, with offline_access
		"[CG05]": func(c *registrytest.Config) {
			c.ClientID = "another"
			c.Servers[0].OAuthClientID = &clientID
		},
	} {
		var before registrytest.Config
		o.registry.Configure(func(c *registrytest.Config) {
			before = *c
			before.Servers = append([]registrytest.Server{}, c.Servers...)
			change(c)
		})
		code, stdout, stderr := o.run(t, alice, "login", "/currenttime", "--assistant", "claude-code")
		if !strings.Contains(stdout, want) || (code == cmd.ExitOK) != (want[0] == '/') {
			t.Errorf("%s: exit %d: %s%s", want, code, stdout, stderr)
		}
		o.registry.Configure(func(c *registrytest.Config) { *c = before })
	}
}
