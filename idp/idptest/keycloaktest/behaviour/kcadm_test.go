package behaviour_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// kcadm runs Keycloak's own command line against a stand-in.
type kcadm struct {
	program, config string
}

func (c kcadm) run(t *testing.T, arguments ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.program, append(arguments, "--config", c.config)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "JAVA_HOME=" + os.Getenv("JAVA_HOME"), "HOME=" + filepath.Dir(c.config)}
	var complaints strings.Builder
	cmd.Stderr = &complaints
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("kcadm %s: %v\n%s", arguments[0], err, complaints.String())
	}
	return strings.TrimSpace(string(output))
}

// Keycloak's own command line takes the stand-in for a Keycloak.
func TestKcadmOnTheStandIn(t *testing.T) {
	t.Parallel()
	home := pool.Keycloak(t, realpart.Keycloak26_7).Home
	k := newStandIn(t)
	c := kcadm{filepath.Join(home, "bin", "kcadm.sh"), filepath.Join(t.TempDir(), "kcadm.config")}
	c.run(t, "config", "credentials", "--server", k.URL(), "--realm", "master", "--user", k.AdminUser(), "--password", k.AdminPassword())
	id := c.run(t, "create", "clients", "-r", "stand-in", "-s", "clientId="+clientName, "-s", "publicClient=true", "-s", `redirectUris=["http://localhost/callback/*"]`, "-i")
	c.run(t, "update", "clients/"+id, "-r", "stand-in", "-s", `attributes."pkce.code.challenge.method"=S256`)
	var found []struct {
		ID, ClientID        string
		Attributes          map[string]string
		RedirectURIs        []string
		DefaultClientScopes []string
	}
	decode(t, []byte(c.run(t, "get", "clients", "-r", "stand-in", "-q", "clientId="+clientName)), &found)
	if len(found) != 1 || found[0].ID != id || found[0].Attributes["pkce.code.challenge.method"] != "S256" {
		t.Fatalf("kcadm reads %+v", found)
	}
	scopes := slices.Sorted(slices.Values(found[0].DefaultClientScopes))
	if diff := cmp.Diff([]string{"acr", "basic", "email", "profile", "roles", "web-origins"}, scopes); diff != "" {
		t.Errorf("default scopes (-want +got):\n%s", diff)
	}
	c.run(t, "delete", "clients/"+id, "-r", "stand-in")
	var left []json.RawMessage
	decode(t, []byte(c.run(t, "get", "clients", "-r", "stand-in", "-q", "clientId="+clientName)), &left)
	if len(left) != 0 {
		t.Errorf("%d clients are left", len(left))
	}
}
