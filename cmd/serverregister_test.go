package cmd_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

func TestServerRegister(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, nil)
	r := run{env: env}
	describe := []string{"--name", "Knowledge Base", "--description", "Articles", "--proxy-pass-url", "http://kb:8000/", "--append-mcp-path=false", "--oauth-client-id", "kb-ide"}
	register := func(path string, more ...string) int {
		return r.run(t, append(append([]string{"server", "register", path}, describe...), more...)...)
	}
	posts := func() (n int) {
		for _, request := range registry.Requests() {
			if strings.HasPrefix(request, "POST ") {
				n++
			}
		}
		return n
	}
	if code := register("/kb", "--dry-run"); code != cmd.ExitOK || posts() != 0 || !strings.Contains(r.stdout, "+ server /kb") {
		t.Errorf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
	if code := register("/kb"); code != cmd.ExitOK || posts() != 1 || !strings.Contains(r.stdout, "/kb   kb-ide     server  false") {
		t.Errorf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
	if code := register("/kb"); code != cmd.ExitUsage || posts() != 1 || !strings.Contains(r.stderr, "--overwrite") {
		t.Errorf("again: exit %d: %s", code, r.stderr)
	}
	for _, path := range []string{"kb", "/", "/a//b", "/x?y", "/health", "/a/connect-config", "/Ünï", "/x/"} {
		if code := register(path); code != cmd.ExitUsage || posts() != 1 {
			t.Errorf("%s: exit %d: %s", path, code, r.stderr)
		}
	}
	if code := register("/kb2", "--oauth-client-id", "kb\n"); code != cmd.ExitUsage || posts() != 1 || !strings.Contains(r.stderr, "is no client id") {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
	describe[5] = "http://169.254.169.254/latest"
	if code := register("/meta"); code != cmd.ExitFailed || !strings.Contains(strings.Join(strings.Fields(r.stderr), " "), "without a reason") {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// Each flag reaches the field of the registry that it is for; secrets are shown nowhere.
func TestServerRegisterEveryField(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, nil)
	env["MCP_SERVER_CREDENTIAL"] = "top-secret"
	r := run{env: env, stdin: `[{"name": "X-Team", "value": "hidden-value"}]`}
	args := []string{"server", "register", "/finance/reports", "--name", "Finance", "--description", "Reports", "--proxy-pass-url", "https://f.example.com/mcp",
		"--mcp-endpoint", "https://f.example.com/own", "--sse-endpoint", "https://f.example.com/sse", "--transport", "streamable-http",
		"--supported-transports", "sse,streamable-http", "--tags", "a,b", "--external-tags", "c,d", "--license", "MIT", "--server-version", "2.0.0", "--id", "id-1",
		"--status", "beta", "--visibility", "group-restricted", "--allowed-groups", "g,h", "--provider-organization", "ACME", "--provider-url", "https://acme.example.com",
		"--auth-provider", "keycloak", "--auth-scheme", "api_key", "--auth-header-name", "X-Key", "--headers-file", "-", "--plain-headers-file", file(t, `[{"X-Plain":"1"}]`),
		"--metadata-file", file(t, `{"team":"x"}`), "--tools-file", file(t, `[{"name":"t"}]`), "--num-tools", "3", "--source-created-at", "2026-01-02T03:04:05Z",
		"--source-updated-at", "2026-02-03T04:05:06Z", "--deployment", "remote", "--oauth-client-id", "own", "--append-mcp-path", "false"}
	if code := r.run(t, args...); code != cmd.ExitOK {
		t.Fatalf("exit %d: %s", code, r.stderr)
	}
	if said := r.stdout + r.stderr; strings.Contains(said, "top-secret") || strings.Contains(said, "hidden-value") || !strings.Contains(said, "X-Team") {
		t.Errorf("secrets are told, or their names are not: %s", said)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, registry.URL()+"/api/servers/finance/reports", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+registry.AdminToken())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var stored map[string]any
	if err := json.NewDecoder(response.Body).Decode(&stored); err != nil {
		t.Fatal(err)
	}
	list := func(items ...any) []any { return items }
	for field, want := range map[string]any{
		"server_name": "Finance", "description": "Reports", "proxy_pass_url": "https://f.example.com/mcp", "mcp_endpoint": "https://f.example.com/own",
		"sse_endpoint": "https://f.example.com/sse", "transport": "streamable-http", "supported_transports": list("sse", "streamable-http"), "tags": list("a", "b"),
		"external_tags": list("c", "d"), "license": "MIT", "version": "2.0.0", "id": "id-1", "status": "beta", "visibility": "group-restricted",
		"allowed_groups": list("g", "h"), "provider_organization": "ACME", "provider_url": "https://acme.example.com", "auth_provider": "keycloak",
		"auth_scheme": "api_key", "auth_header_name": "X-Key", "custom_header_names": list("X-Team"), "headers": list(map[string]any{"X-Plain": "1"}),
		"metadata": map[string]any{"team": "x"}, "tool_list": list(map[string]any{"name": "t"}), "num_tools": 3.0, "source_created_at": "2026-01-02T03:04:05Z",
		"source_updated_at": "2026-02-03T04:05:06Z", "deployment": "remote", "oauth_client_id": "own", "append_mcp_path": false, "is_enabled": false,
	} {
		if diff := cmp.Diff(want, stored[field]); diff != "" {
			t.Errorf("%s: %s", field, diff)
		}
	}
}

// A server that runs on its user's machine is registered, and there is nothing to connect to.
func TestServerRegisterLocal(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, nil)
	r := run{env: env}
	if code := r.run(t, "server", "register", "/npx", "--name", "N", "--description", "d", "--deployment", "local", "--local-runtime-file", file(t, `{"type":"npx","package":"@example/mcp"}`)); code != cmd.ExitOK || r.stdout != "" || !strings.Contains(r.stderr, "nothing to log in to") {
		t.Errorf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
}

func TestServerRegisterRefusesBadInput(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, nil)
	for want, more := range map[string][]string{
		"needs a credential":              {"--auth-scheme", "bearer"},
		"no scheme to send it with":       {"--credential-file", "x"},
		"none of none, bearer":            {"--auth-scheme", "basic"},
		"none of active":                  {"--status", "gone"},
		"does not hold a JSON object":     {"--metadata-file", file(t, `[1]`)},
		"does not hold a JSON list":       {"--tools-file", file(t, `{}`)},
		"no such file":                    {"--tools-file", "/nosuch"},
		"not a JSON list of names":        {"--headers-file", file(t, `[{"value":"x"}]`)},
		"both read standard input":        {"--headers-file", "-", "--credential-file", "-", "--auth-scheme", "bearer"},
		"neither true nor false":          {"--append-mcp-path", "maybe"},
		"--mcp-endpoint is not an":        {"--mcp-endpoint", "ftp://x/"},
		"neither remote nor local":        {"--deployment", "cloud"},
		"--num-tools -1 is negative":      {"--num-tools", "-1"},
		"--sse-endpoint is not an":        {"--sse-endpoint", "https://user:pw@x/"},
		"the server has no name or no de": {"--name", ""},
	} {
		r := run{env: env}
		code := r.run(t, append(register("/kb"), more...)...)
		if code != cmd.ExitUsage || !strings.Contains(strings.Join(strings.Fields(r.stderr), " "), want) || strings.Contains(r.stderr, "pw@") {
			t.Errorf("%s: exit %d: %s", want, code, r.stderr)
		}
	}
	if made := writes(registry); made != 0 {
		t.Errorf("%d changes reached the registry", made)
	}
}

// A registration whose answer is lost is looked up; one that was not made is told, and so is one over
// a server that was there before, where looking tells nothing.
func TestServerRegisterWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		made bool
		args []string
		code int
	}{
		"made":             {true, register("/kb"), cmd.ExitOK},
		"not made":         {false, register("/kb"), cmd.ExitUnreachable},
		"over another one": {true, register("/currenttime", "--overwrite", "--yes"), cmd.ExitUnreachable},
	} {
		registry, env := startRegistry(t, nil)
		target, err := url.Parse(registry.URL())
		if err != nil {
			t.Fatal(err)
		}
		forward := httputil.NewSingleHostReverseProxy(target)
		env["REGISTRY_URL"] = answering(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost {
				forward.ServeHTTP(w, r)
				return
			}
			if c.made {
				forward.ServeHTTP(httptest.NewRecorder(), r)
			}
			panic(http.ErrAbortHandler)
		})
		r := run{env: env}
		if code := r.run(t, c.args...); code != c.code {
			t.Errorf("%s: exit %d: %s", name, code, r.stderr)
		}
	}
}

// Whoever may register and not read is told that it is done, and what is missing.
func TestServerRegisterWithoutAccess(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, func(c *registrytest.Config) {
		c.Scopes = []registrytest.Scope{{Name: "s", GroupMappings: []string{"devs"}, UIPermissions: map[string][]string{"register_service": {"KB"}}}}
	})
	env["REGISTRY_TOKEN"] = "limited-token"
	r := run{env: env}
	code := r.run(t, register("/kb")...)
	if said := strings.Join(strings.Fields(r.stderr), " "); code != cmd.ExitAuth || !strings.Contains(said, "server /kb: it is registered, and the token's owner may not read it back") || !strings.Contains(said, "needs a rule on kb") || writes(registry) != 1 {
		t.Errorf("exit %d: %s", code, said)
	}
}

// What cannot be told in the end is asked before anything is registered.
func TestServerRegisterAtAnUnknownProvider(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, nil)
	fronted(t, registry, env, func(w http.ResponseWriter, r *http.Request) bool {
		asked := r.URL.Path == "/api/auth/providers"
		if asked {
			_, _ = io.WriteString(w, `{"providers":[{"name":"auth0","display_name":"Auth0"}]}`)
		}
		return asked
	})
	r := run{env: env}
	if code := r.run(t, register("/kb")...); code != cmd.ExitUsage || writes(registry) != 0 || !strings.Contains(r.stderr, "--idp") {
		t.Errorf("exit %d, %d writes: %s", code, writes(registry), r.stderr)
	}
}
