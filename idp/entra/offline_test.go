package entra_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp"
)

// az stands in for the Azure CLI: an object's id is its name, and what goes to Microsoft Graph is
// written down, one request a line.
const az = `#!/bin/sh
case "$1 $2 $3" in
"ad app create" | "ad group show") echo "id:$5" | tr ' ' _ ;;
"ad sp show") echo "sp:$5" ;;
"ad app update" | "ad app show" | "ad sp create") ;;
"rest --method "*) printf '%s\t%s\t%s\n' "$3" "$5" "$7" >>"$(dirname "$0")/requests" ;;
*) exit 1 ;;
esac
`

// The lines for the Azure CLI of an offline plan go together: each sets the variables of later ones,
// and no later one takes back what an earlier one wrote.
func TestOfflineCommands(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the lines are for sh")
	}
	w := newWorld(t)
	s := spec(t)
	s.Assign = []string{"registry admins"}
	s.Clients[0].Name = "one"
	s.Clients = append(s.Clients, idp.Client{Name: "two", Redirects: s.Clients[0].Redirects})
	lines := []string{"set -eu"}
	for _, c := range w.provider(t).Offline(s).Changes {
		if len(c.Commands) == 0 || len(c.Steps) == 0 {
			t.Errorf("%s: %d lines, %d steps", c, len(c.Commands), len(c.Steps))
		}
		lines = append(lines, c.Commands...)
	}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "az"), []byte(az), 0o700); err != nil {
		t.Fatal(err)
	}
	sh := exec.CommandContext(t.Context(), "sh", "-c", strings.Join(lines, "\n"))
	sh.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	if output, err := sh.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	text, err := os.ReadFile(filepath.Join(bin, "requests"))
	if err != nil {
		t.Fatal(err)
	}
	clients, assigned := requested(t, string(text))
	if diff := cmp.Diff([]string{"id:one", "id:two"}, clients); diff != "" {
		t.Errorf("pre-authorized in the end (-want +got):\n%s", diff)
	}
	want := map[string]any{"principalId": "id:registry_admins", "resourceId": "sp:id:MCP_Gateway_API", "appRoleId": "00000000-0000-0000-0000-000000000000"}
	if diff := cmp.Diff(want, assigned); diff != "" {
		t.Errorf("assigned (-want +got):\n%s", diff)
	}
}

// requested reads the requests: the clients that the last one about them pre-authorizes, and the
// assignment.
func requested(t *testing.T, requests string) (clients []string, assigned map[string]any) {
	t.Helper()
	for line := range strings.Lines(requests) {
		request := strings.SplitN(line, "\t", 3)
		var body map[string]any
		if err := json.Unmarshal([]byte(request[2]), &body); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		switch {
		case request[0] == "POST" && request[1] == "https://graph.microsoft.com/v1.0/servicePrincipals/sp:id:MCP_Gateway_API/appRoleAssignedTo":
			assigned = body
		case request[0] == "PATCH" && request[1] == "https://graph.microsoft.com/v1.0/applications(appId='id:MCP_Gateway_API')":
			if api, ok := body["api"].(map[string]any); ok {
				clients = nil
				entries, _ := api["preAuthorizedApplications"].([]any)
				for _, entry := range entries {
					clients = append(clients, entry.(map[string]any)["appId"].(string))
				}
			}
		default:
			t.Errorf("request %q", line)
		}
	}
	return clients, assigned
}
