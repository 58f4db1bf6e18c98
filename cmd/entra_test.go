package cmd_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// entraRun is one invocation with a tenant that answers with the plan it was given.
type entraRun struct {
	provider *fakeProvider
	env      map[string]string
	stdin    string
	target   cmd.EntraTarget // what the provider was opened with

	stdout, stderr string
}

func (r *entraRun) run(t *testing.T, args ...string) int {
	t.Helper()
	if r.provider == nil {
		r.provider = &fakeProvider{plan: planOf()}
	}
	var stdout, stderr bytes.Buffer
	code := cmd.Run(t.Context(), cmd.Deps{
		Stdin: strings.NewReader(r.stdin), Stdout: &stdout, Stderr: &stderr, Build: cmd.BuildInfo{Version: "1.2.3"},
		LookupEnv: func(name string) (string, bool) { value, ok := r.env[name]; return value, ok },
		Entra: func(target cmd.EntraTarget) (idp.Provider, error) {
			r.target = target
			return r.provider, nil
		},
	}, args)
	r.stdout, r.stderr = stdout.String(), stderr.String()
	return code
}

// The variables and the name are those of the registry's own script.
func TestEntraReadsTheScriptsVariables(t *testing.T) {
	t.Parallel()
	r := &entraRun{env: map[string]string{
		"ENTRA_TENANT_ID": "contoso.com", "ENTRA_GRAPH_CLIENT_ID": "11111111-2222-4333-8444-555555555555", "ENTRA_GRAPH_CLIENT_SECRET": "s~e+c&r%t",
		"ENTRA_CLIENT_ID": "66666666-2222-4333-8444-555555555555", "IDE_REDIRECT_URIS": "http://localhost:56789/callback http://localhost/other",
	}}
	if code := r.run(t, "entra", "setup"); code != cmd.ExitOK {
		t.Fatalf("exit %d\n%s", code, r.stderr)
	}
	got := []string{r.target.TenantID, r.target.Cloud, r.target.Auth, r.target.ClientID, r.target.GatewayApp, r.target.Consent, r.provider.spec.Clients[0].Name}
	want := []string{"contoso.com", "public", "client-secret", "11111111-2222-4333-8444-555555555555", "66666666-2222-4333-8444-555555555555", "pre-authorize", "MCP Gateway IDE Public Client"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if secret, err := r.target.ClientSecret(t.Context()); secret != "s~e+c&r%t" || err != nil {
		t.Errorf("secret %q, %v", secret, err)
	}
	redirects := idp.Strings(r.provider.spec.Clients[0].Redirects)
	if diff := cmp.Diff([]string{"http://localhost/callback", "http://localhost:56789/callback", "http://localhost/other"}, redirects); diff != "" {
		t.Errorf("redirects:\n%s", diff)
	}
	// The gateway's own application is what its tokens are for already.
	if strings.Contains(r.stdout, "ENTRA_APPLICATION_ID_URI") {
		t.Errorf("stdout %q", r.stdout)
	}
}

func TestEntraCredentialPrecedence(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("from file\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{
		"ENTRA_TENANT_ID": "contoso.com", "ENTRA_TOKEN": "token", "ENTRA_GRAPH_CLIENT_ID": "app", "ENTRA_GRAPH_CLIENT_SECRET": "secret", "ENTRA_GRAPH_CERTIFICATE": "pem",
	}
	without := func(names ...string) map[string]string {
		env := map[string]string{}
		for name, value := range all {
			env[name] = value
		}
		for _, name := range names {
			delete(env, name)
		}
		return env
	}
	for name, test := range map[string]struct {
		env  map[string]string
		args []string
		want string // auth, its secret, and the app
	}{
		"token first":               {all, nil, "token token "},
		"then the secret":           {without("ENTRA_TOKEN"), nil, "client-secret secret app"},
		"then the certificate":      {without("ENTRA_TOKEN", "ENTRA_GRAPH_CLIENT_SECRET"), nil, "certificate pem app"},
		"a flag before environment": {all, []string{"--client-secret-file", file}, "client-secret from file app"},
		"a certificate is whole":    {all, []string{"--certificate-file", file}, "certificate from file\r\n app"},
		"a token from stdin":        {all, []string{"--token-file", "-"}, "token from stdin "},
		"chosen":                    {all, []string{"--auth", "certificate"}, "certificate pem app"},
		"chosen, none given":        {all, []string{"--auth", "az"}, "az  app"},
		"chosen before a flag":      {all, []string{"--auth", "managed-identity", "--token-file", file}, "managed-identity  app"},
		"nothing":                   {map[string]string{}, nil, "  "},
	} {
		r := &entraRun{env: test.env, stdin: "from stdin\n"}
		if code := r.run(t, append([]string{"entra", "plan"}, test.args...)...); code != cmd.ExitOK {
			t.Fatalf("%s: exit %d\n%s", name, code, r.stderr)
		}
		secret := ""
		for _, credential := range []idp.Credential{r.target.Token, r.target.ClientSecret, r.target.Certificate} {
			if credential == nil {
				continue
			}
			value, err := credential(t.Context())
			if err != nil || secret != "" {
				t.Errorf("%s: a second credential, or %v", name, err)
			}
			secret = value
		}
		if got := r.target.Auth + " " + secret + " " + r.target.ClientID; got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// Every flag arrives, and the declaration that they come to holds no secret.
func TestEntraFlags(t *testing.T) {
	t.Parallel()
	r := &entraRun{env: map[string]string{"ENTRA_TOKEN": "canary"}}
	args := []string{
		"entra", "plan", "--tenant", "contoso.com", "--cloud", "usgov", "--gateway-app-name", "Ours", "--group-claims", "ApplicationGroup", "--consent", "grant",
		"--allow-unverified-domain", "--graph-url", "https://graph.example", "--login-url", "https://login.example",
	}
	if code := r.run(t, args...); code != cmd.ExitOK {
		t.Fatalf("exit %d\n%s", code, r.stderr)
	}
	r.target.Token, r.target.HTTP, r.target.Waiting = nil, nil, nil
	want := cmd.EntraTarget{
		TenantID: "contoso.com", Cloud: "usgov", Auth: "token", GatewayAppName: "Ours", GroupClaims: "ApplicationGroup", Consent: "grant",
		AllowUnverifiedDomain: true, GraphURL: "https://graph.example", LoginURL: "https://login.example",
	}
	if diff := cmp.Diff(want, r.target); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if code := r.run(t, append(args, "--export")...); code != cmd.ExitOK || strings.Contains(r.stdout, "canary") || !strings.Contains(r.stdout, "env: ENTRA_TOKEN") {
		t.Errorf("exit %d, declaration\n%s", code, r.stdout)
	}
	for _, wrong := range [][]string{{"--cloud", "germany"}, {"--auth", "chain"}, {"--consent", "none"}, {"--group-claims", "All"}} {
		if code := r.run(t, append([]string{"entra", "plan"}, wrong...)...); code != cmd.ExitUsage {
			t.Errorf("%v: exit %d", wrong, code)
		}
	}
}

// What the directory does not know yet is said on standard error.
func TestEntraSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	r := &entraRun{}
	r.run(t, "entra", "plan")
	var said bytes.Buffer
	deps := cmd.Deps{Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &said, LookupEnv: func(string) (string, bool) { return "", false },
		Entra: func(target cmd.EntraTarget) (idp.Provider, error) {
			target.Waiting("waiting for Entra to know client x, up to 2 min")
			return r.provider, nil
		}}
	if code := cmd.Run(t.Context(), deps, []string{"entra", "plan"}); code != cmd.ExitOK || !strings.Contains(said.String(), "waiting for Entra to know client x") {
		t.Errorf("exit %d, stderr %q", code, said.String())
	}
}

// The registry's list of identifier URIs wins over what can be computed; who may not read it is
// told so.
func TestEntraAsksTheRegistryForIdentifiers(t *testing.T) {
	t.Parallel()
	registry, err := registrytest.Start(registrytest.Config{
		Provider: "entra", PublicURL: "https://gw.example.com", Issuer: "https://login.microsoftonline.com/t/v2.0",
		Servers: []registrytest.Server{{Path: "/currenttime", Name: "Current Time", ProxyPassURL: "http://127.0.0.1:9/mcp"}},
		Scopes:  []registrytest.Scope{{Name: "devs", GroupMappings: []string{"devs"}, UIPermissions: map[string][]string{"list_service": {"all"}}}},
		Keys:    []registrytest.Key{{Name: "limited", Token: "limited-token", Groups: []string{"devs"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	limited := &entraRun{env: map[string]string{"REGISTRY_URL": registry.URL(), "REGISTRY_TOKEN": "limited-token"}}
	if code := limited.run(t, "entra", "plan"); code != cmd.ExitOK || !strings.Contains(limited.stdout, "to its administrators only") {
		t.Errorf("exit %d, stdout %s%s", code, limited.stdout, limited.stderr)
	}
	r := &entraRun{env: map[string]string{"REGISTRY_URL": registry.URL(), "REGISTRY_TOKEN": registry.AdminToken()}}
	if code := r.run(t, "entra", "plan"); code != cmd.ExitOK {
		t.Fatalf("exit %d\n%s", code, r.stderr)
	}
	if diff := cmp.Diff([]string{"https://gw.example.com/currenttime/mcp"}, r.provider.spec.Resources); diff != "" {
		t.Errorf("resources:\n%s", diff)
	}
	if strings.Contains(r.stdout, "EN02") {
		t.Errorf("a gateway that has a resource for each server is doubted:\n%s", r.stdout)
	}
}

// A gateway that is too old is told before anything is created, with what it means.
func TestEntraBelow129(t *testing.T) {
	t.Parallel()
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.URL.Path == "/api/version" {
			_ = json.NewEncoder(w).Encode(map[string]string{"version": "1.28.0"})
			return
		}
		http.NotFound(w, request)
	}))
	t.Cleanup(old.Close)
	for name, args := range map[string][]string{
		"the operator says": {"--registry-release", "1.28.0"},
		"the registry says": {"--registry", old.URL},
	} {
		args = append(args, "--server", "https://gw.contoso.com/currenttime/mcp")
		r := &entraRun{}
		code := r.run(t, append([]string{"entra", "setup", "--yes"}, args...)...)
		if code != cmd.ExitUsage || len(r.provider.calls) != 0 || r.stdout != "" {
			t.Errorf("%s: exit %d after %v, stdout %q", name, code, r.provider.calls, r.stdout)
		}
		for _, part := range []string{"1.28.0", "AADSTS9010010", "1.29.0", "mcpreg explain EN02"} {
			if !strings.Contains(r.stderr, part) {
				t.Errorf("%s: stderr lacks %q:\n%s", name, part, r.stderr)
			}
		}
		if code := r.run(t, append([]string{"entra", "plan"}, args...)...); code != cmd.ExitOK || !strings.Contains(r.stdout, "AADSTS9010010") {
			t.Errorf("%s: plan: exit %d\n%s", name, code, r.stdout)
		}
	}
	r := &entraRun{}
	if code := r.run(t, "entra", "setup", "--registry-release", "1.29.0"); code != cmd.ExitOK || strings.Contains(r.stderr, "EN02") {
		t.Errorf("1.29: exit %d\n%s", code, r.stderr)
	}
}

// A group that is mapped by its name is doubted, one mapped by its id is not.
func TestMappingAGroupOfEntra(t *testing.T) {
	t.Parallel()
	registry, err := registrytest.Start(registrytest.Config{
		Provider: "entra", Issuer: "https://login.microsoftonline.com/t/v2.0", Scopes: []registrytest.Scope{{Name: "mcp-users", GroupMappings: []string{}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	for group, doubted := range map[string]bool{"finance-team": true, "11111111-2222-4333-8444-555555555555": false} {
		r := &entraRun{env: map[string]string{"REGISTRY_URL": registry.URL(), "REGISTRY_TOKEN": registry.AdminToken()}}
		code := r.run(t, "groups", "map", group, "mcp-users", "--dry-run")
		if code != cmd.ExitOK || strings.Contains(r.stdout, "EN17") != doubted {
			t.Errorf("%s: exit %d\n%s%s", group, code, r.stdout, r.stderr)
		}
	}
}
