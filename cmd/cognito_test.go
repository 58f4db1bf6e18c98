package cmd_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// runCognito runs a command line over a fake provider and returns what that was opened with.
func runCognito(t *testing.T, env map[string]string, args ...string) (code int, stdout, stderr string, target cmd.CognitoTarget, provider *fakeProvider) {
	t.Helper()
	var result, messages bytes.Buffer
	provider = &fakeProvider{plan: planOf(clientChange(plan.Create))}
	code = cmd.Run(t.Context(), cmd.Deps{
		Stdin: strings.NewReader(""), Stdout: &result, Stderr: &messages, Build: cmd.BuildInfo{Version: "1.2.3"},
		LookupEnv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
		Cognito: func(opened cmd.CognitoTarget) (idp.Provider, error) {
			target = opened
			return provider, nil
		},
	}, append([]string{"cognito"}, args...))
	return code, result.String(), messages.String(), target, provider
}

// Flags win over the variables of the registry's own script, and those over defaults.
func TestCognitoSettings(t *testing.T) {
	t.Parallel()
	pool := map[string]string{"COGNITO_USER_POOL_ID": "us-east-1_Env1"}
	with := func(more map[string]string) map[string]string {
		all := map[string]string{}
		for _, m := range []map[string]string{pool, more} {
			for name, value := range m {
				all[name] = value
			}
		}
		return all
	}
	for name, test := range map[string]struct {
		env  map[string]string
		args []string
		want cmd.CognitoTarget
	}{
		"variables": {with(map[string]string{"AWS_REGION": "us-east-1", "COGNITO_DOMAIN": "acme", "COGNITO_ENDPOINT_URL": "http://127.0.0.1:9"}), nil,
			cmd.CognitoTarget{UserPoolID: "us-east-1_Env1", Region: "us-east-1", Domain: "acme", Endpoint: "http://127.0.0.1:9"}},
		"flags": {with(map[string]string{"AWS_REGION": "us-east-1"}),
			[]string{"--user-pool-id", "eu-west-1_F1", "--region", "eu-west-1", "--create-domain", "acme", "--create-groups", "--identity-provider", "A,B", "--allow-http"},
			cmd.CognitoTarget{UserPoolID: "eu-west-1_F1", Region: "eu-west-1", CreateDomain: "acme", CreateGroups: true, IdentityProviders: []string{"A", "B"}, AllowHTTP: true}},
		"keys": {with(map[string]string{"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s"}), nil, cmd.CognitoTarget{UserPoolID: "us-east-1_Env1", AccessKeyID: "AKIA1"}},
		"a profile before keys": {with(map[string]string{"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s"}), []string{"--profile", "staging"},
			cmd.CognitoTarget{UserPoolID: "us-east-1_Env1", Profile: "staging"}},
		"no keys, no variables": {pool, nil, cmd.CognitoTarget{UserPoolID: "us-east-1_Env1"}},
	} {
		code, _, stderr, target, _ := runCognito(t, test.env, append([]string{"plan"}, test.args...)...)
		if code != cmd.ExitOK {
			t.Errorf("%s: exit %d: %s", name, code, stderr)
		}
		if secret := target.SecretAccessKey; (secret != nil) != (test.want.AccessKeyID != "") {
			t.Errorf("%s: secret given: %v", name, secret != nil)
		} else if secret != nil {
			if value, err := secret(t.Context()); err != nil || value != "s" {
				t.Errorf("%s: secret %q, %v", name, value, err)
			}
		}
		if target.HTTP == nil {
			t.Errorf("%s: no HTTP client", name)
		}
		target.HTTP, target.SecretAccessKey, target.SessionToken = nil, nil, nil
		if diff := cmp.Diff(test.want, target); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What the flags ask for reaches the spec; the port is that of the script's variable, by either
// name.
func TestCognitoSpec(t *testing.T) {
	t.Parallel()
	code, stdout, stderr, _, provider := runCognito(t, map[string]string{"COGNITO_USER_POOL_ID": "us-east-1_Env1", "IDE_CLIENT_NAME": "ours", "IDE_CALLBACK_PORT": "56789", "IDE_REDIRECT_URIS": "http://localhost:1/x"},
		"setup", "--group", "registry-admins,mcp-users", "--add-user", "bob", "--client-id", "abc", "--prune", "--yes", "--server", "https://api.us.elevenlabs.io/v1/mcp")
	if code != cmd.ExitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	spec := provider.spec
	if diff := cmp.Diff([]string{"registry-admins", "mcp-users"}, spec.Groups); diff != "" || len(spec.AssignUsers) != 1 || !spec.Prune {
		t.Errorf("spec %+v", spec)
	}
	client := spec.Clients[0]
	want := []string{"http://localhost:1/x", "http://localhost:56789/callback", "http://localhost:56789/callback/6MFBM1In3Ey-", "http://localhost:8787/callback"}
	if diff := cmp.Diff(want, sorted(idp.Strings(client.Redirects))); diff != "" || client.Name != "ours" || client.ID != "abc" {
		t.Errorf("client %+v (-want +got):\n%s", client, diff)
	}
	if diff := cmp.Diff("IDE_OAUTH_CLIENT_ID=ours\nIDE_OAUTH_CALLBACK_PORT=56789\nMCP_ADVERTISED_SCOPES=\"openid email profile\"\n", stdout); diff != "" {
		t.Errorf("stdout (-want +got):\n%s", diff)
	}
}

func TestCognitoUsage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"nowhere to put a user":     {[]string{"plan", "--add-user", "bob"}, "--group registry-admins --add-user bob"},
		"no policies":               {[]string{"plan", "--policy"}, "has no policies"}, // the fake's; the real one is in the scripts
		"an id for many":            {[]string{"plan", "--client-id", "x", "--per-assistant"}, "leave one of the two out"},
		"two ports that contradict": {[]string{"plan", "--port", "70000"}, "70000"},
	} {
		code, stdout, stderr, _, _ := runCognito(t, map[string]string{"COGNITO_USER_POOL_ID": "us-east-1_Env1"}, test.args...)
		if code != cmd.ExitUsage || stdout != "" || !strings.Contains(stderr, test.want) {
			t.Errorf("%s: exit %d, stdout %q, stderr %s", name, code, stdout, stderr)
		}
	}
}

// An endpoint of the environment is not followed, and said so, unless one is named.
func TestCognitoAndTheAmbientEndpoint(t *testing.T) {
	t.Parallel()
	env := map[string]string{"COGNITO_USER_POOL_ID": "us-east-1_Env1", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "http://127.0.0.1:9"}
	const note = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER is set and not followed"
	if _, stdout, _, target, _ := runCognito(t, env, "plan"); !strings.Contains(stdout, note) || target.Endpoint != "" {
		t.Errorf("endpoint %q, stdout %s", target.Endpoint, stdout)
	}
	if _, stdout, _, target, _ := runCognito(t, env, "plan", "--endpoint-url", "http://127.0.0.1:10"); strings.Contains(stdout, note) || target.Endpoint != "http://127.0.0.1:10" {
		t.Errorf("endpoint %q, stdout %s", target.Endpoint, stdout)
	}
}

// A client of a server's own must be listed on the gateway, and whoever uses one is told.
func TestClientsOfServersOnCognito(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, func(c *registrytest.Config) { c.Provider = "cognito" })
	r := run{env: env}
	for server, want := range map[string]bool{"/fininfo": true, "/currenttime": false} {
		if code := r.run(t, "connect", server, "--assistant", "claude-code", "-o", "json"); code != cmd.ExitOK || strings.Contains(r.stdout, "CG05") != want {
			t.Errorf("%s: exit %d: %s%s", server, code, r.stdout, r.stderr)
		}
	}
	registry.Configure(func(c *registrytest.Config) { c.Provider = "okta" })
	if code := r.run(t, "connect", "/fininfo", "-o", "json"); code != cmd.ExitOK || strings.Contains(r.stdout, "CG05") {
		t.Errorf("on another kind: exit %d: %s%s", code, r.stdout, r.stderr)
	}
}
