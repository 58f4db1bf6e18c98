package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// Login tells each of the ways in which an Okta that was set up by halves fails, but for a redirect
// that is not registered: that one ends on a page that only the person sees.
func TestLoginOnOkta(t *testing.T) {
	defer realpart.Exclusive(t, "login of an assistant")() // Cursor's port is one for all
	for name, test := range map[string]struct {
		spoil  func(t *testing.T, o *office, org *oktatest.Okta)
		person browser.Person
		want   string
	}{
		"not assigned": {nil, outsider, "[OK02]"},
		"no policy": {func(t *testing.T, _ *office, org *oktatest.Okta) {
			remove(t, org, "/authorizationServers/default/policies/", one(t, org, "policies", "default", "MCP Gateway IDE Public Client"))
		}, member, "[OK03]"},
		"no groups claim": {func(t *testing.T, _ *office, org *oktatest.Okta) {
			remove(t, org, "/authorizationServers/default/claims/", one(t, org, "claims", "default", "groups"))
		}, member, "[OK05]"},
		"audience not allowed": {func(_ *testing.T, o *office, _ *oktatest.Okta) {
			o.registry.Configure(func(c *registrytest.Config) { c.AllowedAudiences = nil })
		}, member, "[OK08]"},
	} {
		t.Run(name, func(t *testing.T) {
			o, org := openOktaOffice(t, false)
			if test.spoil != nil {
				test.spoil(t, o, org)
			}
			for _, assistant := range []string{"claude-code", "codex"} {
				code, stdout, stderr := o.run(t, test.person, "login", "/currenttime", "--assistant", assistant)
				if code == cmd.ExitOK || !strings.Contains(stdout, test.want) {
					t.Errorf("%s: exit %d, want %s:\n%s%s", assistant, code, test.want, stdout, stderr)
				}
			}
		})
	}
}

// All three assistants log in as mcpreg plays them, with redirects that carry iss and without.
func TestLoginAsEachAssistantOnOkta(t *testing.T) {
	defer realpart.Exclusive(t, "login of an assistant")()
	for _, issuer := range []bool{false, true} {
		o, _ := openOktaOffice(t, issuer)
		for _, assistant := range []string{"claude-code", "cursor", "codex"} {
			for server, tool := range map[string]string{"/currenttime": "current_time", "/aws-knowledge": "search"} {
				code, stdout, stderr := o.run(t, member, "login", server, "--assistant", assistant)
				if code != cmd.ExitOK || !strings.Contains(stdout, tool) {
					t.Errorf("iss %v, %s at %s: exit %d\n%s%s", issuer, assistant, server, code, stdout, stderr)
				}
			}
		}
	}
}

// one returns the id of the object of that name, which belongs to owner.
func one(t *testing.T, org *oktatest.Okta, part, owner, name string) string {
	t.Helper()
	text, err := json.Marshal(org.Snapshot()[part])
	if err != nil {
		t.Fatal(err)
	}
	var all map[string][]struct{ ID, Name, ClaimType string }
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(all[owner], func(o struct{ ID, Name, ClaimType string }) bool { return o.Name == name })
	if at < 0 {
		t.Fatalf("no %s called %s", part, name)
	}
	return all[owner][at].ID
}

func remove(t *testing.T, org *oktatest.Okta, path, id string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, org.URL()+"/api/v1"+path+id, bytes.NewReader(nil))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "SSWS "+org.AdminToken())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		t.Fatalf("%s%s: %s", path, id, response.Status)
	}
}
