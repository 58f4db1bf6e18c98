package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

func TestKeycloakDefaultsAreTheScripts(t *testing.T) {
	t.Parallel()
	r := &run{provider: &fakeProvider{plan: planOf()}, env: map[string]string{"KEYCLOAK_ADMIN_PASSWORD": "p+w&d%"}}
	if code := r.run(t, "keycloak", "setup"); code != cmd.ExitOK {
		t.Fatalf("exit %d\n%s", code, r.stderr)
	}
	got := []string{r.target.URL, r.target.Realm, r.target.AdminRealm, r.target.Username, r.provider.spec.Clients[0].Name, r.provider.spec.Audience}
	want := []string{"http://localhost:8080", "mcp-gateway", "master", "admin", "mcp-gateway-ide", "mcp-gateway"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if secret, err := r.target.Password(t.Context()); secret != "p+w&d%" || err != nil {
		t.Errorf("password %q, %v", secret, err)
	}
	if got := idp.Strings(r.provider.spec.Clients[0].Redirects); !cmp.Equal(got, []string{"http://127.0.0.1/callback/*", "http://localhost/callback/*"}) {
		t.Errorf("redirects %q", got)
	}
}

func TestAFlagWinsOverItsVariable(t *testing.T) {
	t.Parallel()
	r := &run{provider: &fakeProvider{plan: planOf()}, env: map[string]string{
		"KEYCLOAK_ADMIN_URL": "https://env.example.com", "KEYCLOAK_REALM": "env", "IDE_CLIENT_ID": "env-client", "KEYCLOAK_ADMIN_REALM": "",
	}}
	if code := r.run(t, "keycloak", "plan", "--realm", "flag"); code != cmd.ExitOK {
		t.Fatalf("exit %d\n%s", code, r.stderr)
	}
	got := []string{r.target.URL, r.target.Realm, r.target.AdminRealm, r.provider.spec.Clients[0].Name}
	if diff := cmp.Diff([]string{"https://env.example.com", "flag", "master", "env-client"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestKeycloakCredentialPrecedence(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("from file\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{
		"KEYCLOAK_TOKEN": "token", "KEYCLOAK_ADMIN_CLIENT_ID": "svc", "KEYCLOAK_ADMIN_CLIENT_SECRET": "secret", "KEYCLOAK_ADMIN_PASSWORD": "password",
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
		env         map[string]string
		args        []string
		stdin, want string
	}{
		"token first":             {env: all, want: "token:token"},
		"then the service":        {env: without("KEYCLOAK_TOKEN"), want: "svc:secret"},
		"then the password":       {env: without("KEYCLOAK_TOKEN", "KEYCLOAK_ADMIN_CLIENT_SECRET"), want: "admin:password"},
		"a flag before them all":  {env: all, args: []string{"--password-file", file}, want: "admin:from file"},
		"a file named by env":     {env: map[string]string{"KEYCLOAK_TOKEN_FILE": file}, want: "token:from file"},
		"a token from stdin":      {args: []string{"--token-file", "-"}, stdin: "from stdin\n", want: "token:from stdin"},
		"a service secret by env": {env: map[string]string{"KEYCLOAK_ADMIN_CLIENT_ID": "svc", "KEYCLOAK_ADMIN_CLIENT_SECRET_FILE": file}, want: "svc:from file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &run{provider: &fakeProvider{plan: planOf()}, env: test.env, stdin: test.stdin}
			if code := r.run(t, append([]string{"keycloak", "plan"}, test.args...)...); code != cmd.ExitOK {
				t.Fatalf("exit %d\n%s", code, r.stderr)
			}
			who, credential := "token", r.target.Token
			if r.target.ClientSecret != nil {
				who, credential = r.target.ClientID, r.target.ClientSecret
			}
			if r.target.Password != nil {
				who, credential = r.target.Username, r.target.Password
			}
			secret, err := credential(t.Context())
			if got := who + ":" + secret; got != test.want || err != nil {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
		})
	}
}

func TestNoSecretIsPrinted(t *testing.T) {
	t.Parallel()
	const canary = "canary-7f3a"
	env := map[string]string{"KEYCLOAK_TOKEN": canary, "KEYCLOAK_ADMIN_CLIENT_SECRET": canary, "KEYCLOAK_ADMIN_PASSWORD": canary}
	for _, args := range [][]string{
		{"keycloak", "setup", "--debug"}, {"keycloak", "setup", "--export"}, {"keycloak", "plan", "-o", "json"}, {"keycloak", "show"}, {"keycloak", "plan", "--offline"},
	} {
		r := &run{provider: &fakeProvider{plan: planOf(clientChange(plan.Create))}, env: env}
		r.run(t, args...)
		if strings.Contains(r.stdout+r.stderr, canary) {
			t.Errorf("%q prints a secret:\n%s%s", args, r.stdout, r.stderr)
		}
	}
}

func TestPerAssistantMakesAClientForEach(t *testing.T) {
	t.Parallel()
	r := &run{provider: &fakeProvider{plan: planOf()}}
	if code := r.run(t, "keycloak", "setup", "--per-assistant"); code != cmd.ExitOK {
		t.Fatalf("exit %d\n%s", code, r.stderr)
	}
	var names []string
	for _, c := range r.provider.spec.Clients {
		names = append(names, c.Name)
	}
	want := []string{"mcp-gateway-ide-claude-code", "mcp-gateway-ide-codex", "mcp-gateway-ide-cursor", "mcp-gateway-ide-other"}
	if diff := cmp.Diff(want, sorted(names)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(r.stdout, "IDE_OAUTH_CLIENT_ID=mcp-gateway-ide-other\n") {
		t.Errorf("the gateway must advertise the client for all others:\n%s", r.stdout)
	}
}

func TestRefusedInput(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		env  map[string]string
		want string
	}{
		"unknown assistant":    {args: []string{"--assistant", "claude-cod"}, want: "claude-code"},
		"foreign redirect":     {env: map[string]string{"IDE_REDIRECT_URIS": "https://evil.example/cb"}, want: "--allow-redirect"},
		"wildcard redirect":    {env: map[string]string{"IDE_REDIRECT_URIS": "http://localhost/*"}, want: "wildcard"},
		"relative server":      {args: []string{"--strict-redirects", "--server", "/currenttime"}, want: "/currenttime"},
		"unknown flag":         {args: []string{"--passwrod", "x"}, want: "--help"},
		"unknown output":       {args: []string{"-o", "xml"}, want: "text, json"},
		"unexpected arguments": {args: []string{"now"}, want: "now"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &run{provider: &fakeProvider{plan: planOf()}, env: test.env}
			if code := r.run(t, append([]string{"keycloak", "setup"}, test.args...)...); code != cmd.ExitUsage || r.stdout != "" {
				t.Errorf("exit %d, stdout %q, stderr:\n%s", code, r.stdout, r.stderr)
			}
			if !strings.Contains(r.stderr, test.want) {
				t.Errorf("stderr lacks %q:\n%s", test.want, r.stderr)
			}
			if len(r.provider.calls) != 0 {
				t.Errorf("the provider was called: %v", r.provider.calls)
			}
		})
	}
}
