package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

func labDeps(stdout, stderr io.Writer) cmd.Deps {
	return cmd.Deps{
		Stdin: strings.NewReader(""), Stdout: stdout, Stderr: stderr, Build: buildInfo(), Keycloak: openKeycloak, Okta: openOkta, Cognito: openCognito, Entra: openEntra,
		LookupEnv: func(name string) (string, bool) { return "C.UTF-8", name == "LANG" },
	}
}

// The lab shows the whole job, and its last word is what works.
func TestLab(t *testing.T) {
	defer realpart.Exclusive(t, "login of an assistant")() // Cursor's port is one for all
	var stdout, stderr bytes.Buffer
	if code := cmd.Run(t.Context(), labDeps(&stdout, &stderr), []string{"lab"}); code != cmd.ExitOK {
		t.Fatalf("exit %d: %s\n%s", code, stderr.String(), stdout.String())
	}
	said := strings.Join(strings.Fields(stdout.String()), " ")
	for _, want := range []string{
		"$ mcpreg keycloak plan 1 to add, 0 to change",
		"$ mcpreg keycloak setup --yes 2 settings for the gateway IDE_OAUTH_CLIENT_ID=mcp-gateway-ide",
		"$ mcpreg keycloak plan in sync",
		"$ mcpreg login /currenttime --assistant claude-code tools: current_time",
		"$ mcpreg login /aws-knowledge --assistant codex tools: search_documentation",
		"The login works; access does not. [KC08]",
		"$ mcpreg okta setup --yes 4 settings for the gateway IDE_OAUTH_CLIENT_ID=0oa",
		"OKTA_M2M_ALLOWED_AUDIENCES=api://default (the gateway restarts with these) $ mcpreg okta plan in sync",
		"The login works; access does not. [OK05]",
		"$ mcpreg cognito setup --yes 3 settings for the gateway IDE_OAUTH_CLIENT_ID=",
		`IDE_OAUTH_CALLBACK_PORT=8787 MCP_ADVERTISED_SCOPES="openid email profile" (the gateway restarts with these) $ mcpreg cognito plan in sync`,
		"--callback-port 8787 current-time",
		"npx -y mcp-remote@0.15.1",
		"The login works; access does not. [CG06]",
		"$ mcpreg entra plan 6 to add, 0 to change",
		"$ mcpreg entra setup --yes 3 settings for the gateway IDE_OAUTH_CLIENT_ID=",
		"$ mcpreg login /aws-knowledge --assistant cursor tools: search_documentation",
		"The login works; access does not. [EN15]",
		"keycloak okta cognito entra claude-code ✓ ✓ ✓ ✓ cursor ✓ ✓ ✓ ✓ codex ✓ ✓ bridge ✓ mcpreg lab --keep",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the lab does not say %q:\n%s", want, stdout.String())
		}
	}
}

// A lab that is kept works from another terminal with what it printed, and is gone afterwards.
func TestLabThatIsKept(t *testing.T) {
	reader, writer := io.Pipe()
	var stderr bytes.Buffer
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- cmd.Run(ctx, labDeps(writer, &stderr), []string{"lab", "--keep", "-o", "json"})
		writer.Close()
	}()
	var doc struct {
		SchemaVersion int               `json:"schema_version"`
		Env           map[string]string `json:"env"`
		URLs          map[string]string `json:"urls"`
		Users         []struct{ Name, Password string }
	}
	if err := json.NewDecoder(reader).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	if doc.SchemaVersion != 1 || doc.URLs["registry"] != doc.Env["REGISTRY_URL"] || len(doc.Users) != 4 {
		t.Errorf("document %+v", doc)
	}
	o := &office{env: doc.Env}
	bob := browser.Person{Username: doc.Users[1].Name, Password: doc.Users[1].Password}
	for _, step := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"keycloak", "plan", "--detailed-exitcode"}, cmd.ExitOK, "in sync"},
		{[]string{"connect", "--all"}, cmd.ExitOK, "claude mcp add --transport http --client-id mcp-gateway-ide financial-reports " + doc.Env["REGISTRY_URL"] + "/finance/reports/mcp"},
		{[]string{"redirects", "--all"}, cmd.ExitOK, "http://127.0.0.1/callback/*"},
		{[]string{"login", "/currenttime"}, cmd.ExitOK, "/currenttime/mcp: current_time"},
		{[]string{"login", "/finance/reports", "--assistant", "codex"}, cmd.ExitFailed, "[GW03]"},
	} {
		code, stdout, said := o.run(t, bob, step.args...)
		if code != step.code || !strings.Contains(stdout, step.want) {
			t.Errorf("mcpreg %s: exit %d: %s%s", strings.Join(step.args, " "), code, stdout, said)
		}
	}
	stop()
	if code := <-ended; code != cmd.ExitOK {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, doc.Env["REGISTRY_URL"]+"/api/version", nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := http.DefaultClient.Do(request); err == nil {
		response.Body.Close()
		t.Error("the lab's registry is still there")
	}
}
