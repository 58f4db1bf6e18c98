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

// The script's own variables are enough, and their defaults are the script's.
func TestOktaReadsTheScriptsVariables(t *testing.T) {
	t.Parallel()
	r := &run{provider: &fakeProvider{plan: planOf()}, env: map[string]string{
		"OKTA_ORG_URL": "https://acme.okta.com", "OKTA_API_TOKEN": "00token", "IDE_CLIENT_LABEL": "Assistants",
		"IDE_CALLBACK_PORT": "56789", "IDE_REDIRECT_URIS": "http://localhost:9999/callback http://127.0.0.1:9999/callback",
	}}
	if code := r.run(t, "okta", "setup"); code != cmd.ExitOK {
		t.Fatalf("exit %d\n%s", code, r.stderr)
	}
	client := r.provider.spec.Clients[0]
	if got := []string{r.okta.OrgURL, r.okta.AuthorizationServer, client.Name}; !cmp.Equal(got, []string{"https://acme.okta.com", "default", "Assistants"}) {
		t.Errorf("got %q", got)
	}
	want := []string{"http://localhost:56789/callback", "http://localhost:8787/callback", "http://localhost:9999/callback", "http://127.0.0.1:9999/callback"}
	if diff := cmp.Diff(want, idp.Strings(client.Redirects)); diff != "" {
		t.Errorf("redirects (-want +got):\n%s", diff)
	}
	if token, err := r.okta.Token(t.Context()); token != "00token" || err != nil {
		t.Errorf("token %q, %v", token, err)
	}
	lines := "IDE_OAUTH_CLIENT_ID=Assistants\nIDE_OAUTH_CALLBACK_PORT=56789\nMCP_ADVERTISED_SCOPES=\"openid email profile offline_access\"\nOKTA_M2M_ALLOWED_AUDIENCES=mcp-gateway\n"
	if diff := cmp.Diff(lines, r.stdout); diff != "" {
		t.Errorf("stdout (-want +got):\n%s", diff)
	}
}

// The gateway's own variable names the authorization server, and a flag wins over it.
func TestOktaReadsTheGatewaysServer(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{"": "aus1", "--authorization-server=aus2": "aus2"} {
		r := &run{provider: &fakeProvider{plan: planOf()}, env: map[string]string{"OKTA_ORG_URL": "http://okta.internal", "OKTA_AUTH_SERVER_ID": "aus1"}}
		if code := r.run(t, append([]string{"okta", "plan", "--allow-http"}, strings.Fields(args)...)...); code != cmd.ExitOK {
			t.Fatalf("exit %d\n%s", code, r.stderr)
		}
		if r.okta.AuthorizationServer != want || !r.okta.AllowHTTP {
			t.Errorf("%q: server %s, http %v", args, r.okta.AuthorizationServer, r.okta.AllowHTTP)
		}
	}
}

func TestOktaDefaults(t *testing.T) {
	t.Parallel()
	r := &run{provider: &fakeProvider{plan: planOf()}, env: map[string]string{"OKTA_ORG_URL": "https://acme.okta.com"}}
	if code := r.run(t, "okta", "plan"); code != cmd.ExitOK {
		t.Fatalf("exit %d\n%s", code, r.stderr)
	}
	spec := r.provider.spec
	if spec.Clients[0].Name != "MCP Gateway IDE Public Client" || len(spec.Assign) != 0 || len(spec.Groups) != 0 {
		t.Errorf("spec %+v", spec)
	}
	// Cursor's port is one; the others move to that of an app that is there.
	if got := idp.Strings(spec.Clients[0].Movable); !cmp.Equal(got, []string{"http://localhost:8787/callback"}) {
		t.Errorf("movable %q", got)
	}
}

// Whom to assign: those who are named, else the groups that the token must carry.
func TestOktaAssignments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args          []string
		env           string
		groups, users []string
	}{
		"by --group":       {args: []string{"--group", "a,b"}, groups: []string{"a", "b"}},
		"by --assign":      {args: []string{"--group", "a,b", "--assign", "c"}, groups: []string{"c"}},
		"by variable":      {args: []string{"--group", "a"}, env: "c, d", groups: []string{"c", "d"}},
		"a comma too many": {args: []string{"--group", "a"}, env: "c,,d,", groups: []string{"c", "d"}},
		"a flag wins":      {args: []string{"--assign", "e"}, env: "c", groups: []string{"e"}},
		"users alone":      {args: []string{"--group", "a", "--assign-user", "u@x"}, users: []string{"u@x"}},
		"users and groups": {args: []string{"--assign", "c", "--assign-user", "u@x,v@x"}, groups: []string{"c"}, users: []string{"u@x", "v@x"}},
		"nobody":           {},
	} {
		r := &run{provider: &fakeProvider{plan: planOf()}, env: map[string]string{"OKTA_ORG_URL": "https://acme.okta.com", "OKTA_ASSIGN_GROUPS": test.env}}
		if code := r.run(t, append([]string{"okta", "plan"}, test.args...)...); code != cmd.ExitOK {
			t.Fatalf("%s: exit %d\n%s", name, code, r.stderr)
		}
		if diff := cmp.Diff([][]string{test.groups, test.users}, [][]string{r.provider.spec.Assign, r.provider.spec.AssignUsers}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A name that is missing in a list is not taken for the name of a group.
func TestANamelessGroupIsRefused(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--group", "a,"}, {"--group", "a", "--assign", ",b"}, {"--assign-user", "u,,v"}} {
		r := &run{provider: &fakeProvider{plan: planOf()}, env: map[string]string{"OKTA_ORG_URL": "https://acme.okta.com"}}
		if code := r.run(t, append([]string{"okta", "setup"}, args...)...); code != cmd.ExitUsage || !strings.Contains(r.stderr, "named by nothing") || len(r.provider.calls) > 0 {
			t.Errorf("%q: exit %d, calls %q\n%s", args, code, r.provider.calls, r.stderr)
		}
	}
}

// The scopes that the operator has the gateway advertise reach the provider, and the gateway's line.
func TestOktaScopes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		env  string
		want []string
		line string
	}{
		"none":        {line: "openid email profile offline_access"},
		"by variable": {env: "openid  offline_access mcp.use", want: []string{"openid", "offline_access", "mcp.use"}, line: "openid offline_access mcp.use"},
		"a flag wins": {args: []string{"--scope", "openid,mcp.use"}, env: "x", want: []string{"openid", "mcp.use"}, line: "openid mcp.use"},
	} {
		r := &run{provider: &fakeProvider{plan: planOf()}, env: map[string]string{"OKTA_ORG_URL": "https://acme.okta.com", "MCP_ADVERTISED_SCOPES": test.env}}
		if code := r.run(t, append([]string{"okta", "setup"}, test.args...)...); code != cmd.ExitOK {
			t.Fatalf("%s: exit %d\n%s", name, code, r.stderr)
		}
		if got := r.okta.Scopes; strings.Join(got, " ") != strings.Join(test.want, " ") || !strings.Contains(r.stdout, "MCP_ADVERTISED_SCOPES=\""+test.line+"\"\n") {
			t.Errorf("%s: scopes %q\n%s", name, got, r.stdout)
		}
	}
}

func TestOktaCredentialPrecedence(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("from file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"OKTA_API_TOKEN": "token", "OKTA_SERVICE_CLIENT_ID": "0oasvc", "OKTA_PRIVATE_KEY": "key", "OKTA_PRIVATE_KEY_ID": "kid"}
	for name, test := range map[string]struct {
		env         map[string]string
		args        []string
		stdin, want string
	}{
		"token first":            {env: all, want: "token:token"},
		"a flag before it":       {env: all, args: []string{"--private-key-file", file}, want: "0oasvc/kid:from file"},
		"then the service app":   {env: map[string]string{"OKTA_SERVICE_CLIENT_ID": "0oasvc", "OKTA_PRIVATE_KEY": "key"}, want: "0oasvc/:key"},
		"a file named by env":    {env: map[string]string{"OKTA_API_TOKEN_FILE": file}, want: "token:from file"},
		"a key from stdin":       {args: []string{"--service-client-id", "0oaflag", "--private-key-file", "-"}, stdin: "from stdin\n", want: "0oaflag/:from stdin"},
		"a key's file named too": {env: map[string]string{"OKTA_SERVICE_CLIENT_ID": "0oasvc", "OKTA_PRIVATE_KEY_FILE": file}, want: "0oasvc/:from file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"OKTA_ORG_URL": "https://acme.okta.com"}
			for n, value := range test.env {
				env[n] = value
			}
			r := &run{provider: &fakeProvider{plan: planOf()}, env: env, stdin: test.stdin}
			if code := r.run(t, append([]string{"okta", "plan"}, test.args...)...); code != cmd.ExitOK {
				t.Fatalf("exit %d\n%s", code, r.stderr)
			}
			who, credential := "token", r.okta.Token
			if r.okta.PrivateKey != nil {
				who, credential = r.okta.ClientID+"/"+r.okta.PrivateKeyID, r.okta.PrivateKey
			}
			secret, err := credential(t.Context())
			if got := who + ":" + secret; got != test.want || err != nil {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
		})
	}
}

func TestOktaPrintsNoSecret(t *testing.T) {
	t.Parallel()
	const canary = "canary-7f3a"
	env := map[string]string{"OKTA_ORG_URL": "https://acme.okta.com", "OKTA_API_TOKEN": canary, "OKTA_PRIVATE_KEY": canary, "OKTA_SERVICE_CLIENT_ID": "0oa1"}
	for _, args := range [][]string{
		{"okta", "setup", "--debug"}, {"okta", "setup", "--export"}, {"okta", "plan", "-o", "json"}, {"okta", "show"}, {"okta", "plan", "--offline"},
	} {
		r := &run{provider: &fakeProvider{plan: planOf(clientChange(plan.Create))}, env: env}
		r.run(t, args...)
		if strings.Contains(r.stdout+r.stderr, canary) {
			t.Errorf("%q prints a secret:\n%s%s", args, r.stdout, r.stderr)
		}
	}
}

// Help names the scopes and roles that are enough.
func TestOktaHelpNamesTheRights(t *testing.T) {
	t.Parallel()
	r := &run{}
	if code := r.run(t, "okta", "setup", "--help"); code != cmd.ExitOK {
		t.Fatalf("exit %d", code)
	}
	for _, want := range []string{"okta.apps.manage", "okta.groups.read", "okta.authorizationServers.manage", "okta.users.read", "API Access Management Administrator", "OKTA_API_TOKEN", "OKTA_PRIVATE_KEY", "IDE_CLIENT_LABEL"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("help lacks %s", want)
		}
	}
}
