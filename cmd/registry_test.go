package cmd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// startRegistry starts a registry in front of an identity provider of which there is only the
// discovery document.
func startRegistry(t *testing.T, change func(*registrytest.Config)) (*registrytest.Registry, map[string]string) {
	t.Helper()
	var idp *httptest.Server
	idp = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"issuer":"`+idp.URL+`","authorization_endpoint":"`+idp.URL+`/a","token_endpoint":"`+idp.URL+`/t","jwks_uri":"`+idp.URL+`/k"}`)
	}))
	t.Cleanup(idp.Close)
	no, own := false, "fininfo-ide"
	config := registrytest.Config{
		Provider: "okta", Issuer: idp.URL, ClientID: "0oaide", CallbackPort: 9797, ConnectScope: "user",
		Keys: []registrytest.Key{{Name: "limited", Token: "limited-token", Groups: []string{"devs"}}},
		Servers: []registrytest.Server{
			{Path: "/currenttime", Name: "Current Time", ProxyPassURL: "http://time:8000/"},
			{Path: "/fininfo", Name: "Financial Info", OAuthClientID: &own, ProxyPassURL: "http://fin:8000/", CustomHeaders: []registrytest.Header{{Name: "X-Team", Value: "top-secret"}}},
			{Path: "/aws-knowledge", Name: "AWS Knowledge", AppendMCPPath: &no, ProxyPassURL: "http://aws:8000/"},
			{Path: "/off", Name: "Off", Disabled: true, ProxyPassURL: "http://off:8000/"},
			{Path: "/stdio", Name: "Local", Deployment: "local"},
		},
	}
	if change != nil {
		change(&config)
	}
	registry, err := registrytest.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	return registry, map[string]string{"REGISTRY_URL": registry.URL(), "REGISTRY_TOKEN": registry.AdminToken()}
}

type connections struct {
	Connections []struct {
		Server, Assistant, URL string
		ClientID               string `json:"client_id"`
		CallbackPort           int    `json:"callback_port"`
		Snippets               []struct{ Form, Text string }
		Warnings               []struct{ Failure, Text string }
	}
}

func TestConnectFromTheRegistry(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, nil)
	r := run{env: env}
	if code := r.run(t, "connect", "--all", "--assistant", "claude-code", "-o", "json"); code != cmd.ExitOK {
		t.Fatalf("exit %d: %s", code, r.stderr)
	}
	var doc connections
	if err := json.Unmarshal([]byte(r.stdout), &doc); err != nil {
		t.Fatal(err)
	}
	type seen struct{ name, url, client string }
	var got []seen
	for _, c := range doc.Connections {
		got = append(got, seen{c.Server, strings.TrimPrefix(c.URL, registry.URL()), c.ClientID})
		if c.CallbackPort != 9797 {
			t.Errorf("%s: port %d", c.Server, c.CallbackPort)
		}
	}
	want := []seen{
		{"aws-knowledge", "/aws-knowledge/", "0oaide"}, {"current-time", "/currenttime/mcp", "0oaide"},
		{"financial-info", "/fininfo/mcp", "fininfo-ide"}, {"off", "/off/mcp", "0oaide"},
	}
	if len(got) != len(want) {
		t.Fatalf("connections %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("connection %d: %v, want %v", i, got[i], want[i])
		}
	}
	for _, text := range []string{"top-secret", registry.AdminToken()} {
		if strings.Contains(r.stdout+r.stderr, text) {
			t.Errorf("a secret is printed: %s", text)
		}
	}
	if !strings.Contains(r.stdout, "--scope user") || !strings.Contains(r.stdout, "GW20") || !strings.Contains(r.stdout, "GW17") || !strings.Contains(r.stderr, "/stdio is left out") {
		t.Errorf("stdout %s stderr %s", r.stdout, r.stderr)
	}
}

func TestConnectOneServerAsText(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, func(c *registrytest.Config) { c.Provider, c.ConnectScope = "keycloak", "" })
	r := run{env: env}
	if code := r.run(t, "connect", "currenttime", "--assistant", "claude-code"); code != cmd.ExitOK {
		t.Fatalf("exit %d: %s", code, r.stderr)
	}
	want := "Claude Code: current-time\n  claude mcp add --transport http --client-id 0oaide current-time " + registry.URL() + "/currenttime/mcp\n"
	if r.stdout != want {
		t.Errorf("stdout %q, want %q", r.stdout, want)
	}
}

func TestRedirectsFromTheRegistry(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, nil)
	r := run{env: env}
	if code := r.run(t, "redirects", "/currenttime", "--assistant", "claude-code,codex"); code != cmd.ExitOK {
		t.Fatalf("exit %d: %s", code, r.stderr)
	}
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	if len(lines) != 2 || lines[0] != "http://localhost:9797/callback" || !strings.HasPrefix(lines[1], "http://localhost:9797/callback/") {
		t.Errorf("stdout %q", r.stdout)
	}
}

// The release decides what an unset append_mcp_path means; 1.0.0 is not believed.
func TestReleaseOfTheRegistry(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		version string
		args    []string
		path    string
		noted   bool
	}{
		"unstamped":         {"1.0.0", nil, "/time/mcp", true},
		"named by the user": {"1.0.0", []string{"--registry-release", "1.28.0"}, "/time/", false},
		"old and plausible": {"1.28.1", nil, "/time/", false},
		"new and plausible": {"1.30.0", nil, "/time/mcp", false},
	} {
		registry, env := startRegistry(t, func(c *registrytest.Config) {
			c.Provider, c.Version = "keycloak", test.version
			c.Servers = []registrytest.Server{{Path: "/time", Name: "Time", ProxyPassURL: "http://time:8000/mcp"}}
		})
		r := run{env: env}
		if code := r.run(t, append([]string{"connect", "/time", "--assistant", "claude-code"}, test.args...)...); code != cmd.ExitOK {
			t.Fatalf("%s: exit %d: %s", name, code, r.stderr)
		}
		if !strings.HasSuffix(strings.TrimSpace(r.stdout), registry.URL()+test.path) {
			t.Errorf("%s: %s", name, r.stdout)
		}
		if strings.Contains(r.stderr, "before 1.29") != test.noted {
			t.Errorf("%s: stderr %s", name, r.stderr)
		}
	}
}

// What flags and environment say stands above what the registry says; two servers of one name get
// names of their own.
func TestOperatorOverTheRegistry(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, func(c *registrytest.Config) {
		c.Servers = []registrytest.Server{{Path: "/a/time", Name: "Time", ProxyPassURL: "http://a:1/"}, {Path: "/b/time", Name: "Time", ProxyPassURL: "http://b:1/"}}
	})
	env["IDE_CALLBACK_PORT"] = "7777"
	r := run{env: env}
	if code := r.run(t, "connect", "--all", "--client-id", "mine", "--config-scope", "local", "--assistant", "claude-code", "--shell", "sh"); code != cmd.ExitOK {
		t.Fatalf("exit %d: %s", code, r.stderr)
	}
	for _, want := range []string{"--scope local --transport http --client-id mine --callback-port 7777 a-time ", " b-time "} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in %s", want, r.stdout)
		}
	}
}

func TestMetadataOfAnotherHost(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, func(c *registrytest.Config) { c.PublicURL = "https://gw.example.com" })
	r := run{env: env}
	if code := r.run(t, "connect", "/currenttime"); code != cmd.ExitOK || !strings.Contains(r.stderr, "GW16") || !strings.Contains(r.stderr, "https://gw.example.com") {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
}

// A server that cannot work as it stands is a warning with its failure, for each command that
// selects servers.
func TestServersThatCannotWork(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, func(c *registrytest.Config) {
		c.Provider = "keycloak"
		c.Servers = []registrytest.Server{
			{Path: "/acme/mcp", Name: "Ends in mcp", ProxyPassURL: "http://a:1/"}, {Path: "/own", Name: "Own endpoint", MCPEndpoint: "https://edge.example.org/mcp", ProxyPassURL: "http://a:1/"},
			{Path: "/plain", Name: "Plain http", MCPEndpoint: "http://edge.example.org/mcp", ProxyPassURL: "http://a:1/"}, {Path: "/off", Name: "Off", Disabled: true, ProxyPassURL: "http://a:1/"},
			{Path: "/good", Name: "Good", ProxyPassURL: "http://a:1/"},
		}
	})
	for path, want := range map[string][]string{"/acme/mcp": {"GW05"}, "/own": {"GW05"}, "/plain": {"GW05", "GW07"}, "/off": {"GW20"}, "/virtual/dev": {"GW30"}, "/good": nil} {
		for _, args := range [][]string{{"connect", path, "--assistant", "claude-code"}, {"redirects", path}, {"server", "show", path}} {
			if path == "/virtual/dev" && args[0] == "server" {
				continue
			}
			r := run{env: env}
			code := r.run(t, args...)
			if code != cmd.ExitOK {
				t.Errorf("%q: exit %d: %s", args, code, r.stderr)
			}
			for _, id := range []string{"GW05", "GW07", "GW20", "GW30"} {
				if strings.Contains(r.stdout+r.stderr, "["+id+"]") != slices.Contains(want, id) {
					t.Errorf("%q: %s: %s%s", args, id, r.stdout, r.stderr)
				}
			}
		}
	}
}

func TestFaultsOfTheRegistry(t *testing.T) {
	t.Parallel()
	_, good := startRegistry(t, func(c *registrytest.Config) {
		c.Keys = append(c.Keys, registrytest.Key{Name: "editor", Token: "editor-token", Groups: []string{"editors"}})
		c.Scopes = []registrytest.Scope{{Name: "s", GroupMappings: []string{"editors"}, ServerAccess: []registrytest.Access{{Server: "*", Methods: all, Tools: all}},
			UIPermissions: map[string][]string{"list_service": all, "modify_service": {"Financial Info"}}}}
	})
	with := func(name, value string) map[string]string {
		env := map[string]string{}
		for k, v := range good {
			env[k] = v
		}
		env[name] = value
		return env
	}
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>Sign in</html>") }))
	t.Cleanup(page.Close)
	away := answering(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://sso.example.com/login?next=x", http.StatusFound)
	})
	huge := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"providers":"`)
		_, _ = io.Copy(w, io.LimitReader(zeros{}, 30<<20))
	})
	busy := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	cut := answering(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	for name, test := range map[string]struct {
		env  map[string]string
		args []string
		code int
		want string
	}{
		"a redirect away":       {with("REGISTRY_URL", away), []string{"server", "list"}, cmd.ExitFailed, "redirected to https://sso.example.com/login"},
		"an endless answer":     {with("REGISTRY_URL", huge), []string{"server", "list", "--idp", "okta"}, cmd.ExitFailed, "longer than 16777216 bytes"},
		"too busy":              {with("REGISTRY_URL", busy), []string{"server", "list"}, cmd.ExitUnreachable, "it asks to wait 2m0s more: mcpreg explain GW19"},
		"a broken connection":   {with("REGISTRY_URL", cut), []string{"server", "list"}, cmd.ExitUnreachable, "explain GW22"},
		"an expired token":      {with("REGISTRY_TOKEN", "e30.eyJleHAiOjE3MDAwMDAwMDB9.c2ln"), []string{"server", "list"}, cmd.ExitAuth, "it expired at 2023-11-14T22:13:20Z"},
		"a token of elsewhere":  {with("REGISTRY_TOKEN", "e30.eyJleHAiOjk5OTk5OTk5OTl9.c2ln"), []string{"server", "list"}, cmd.ExitAuth, "does not know its issuer or audience"},
		"path without slash":    {good, []string{"server", "register", "kb", "--name", "K", "--description", "d", "--proxy-pass-url", "http://k:1/"}, cmd.ExitUsage, "does not start with a slash"},
		"no registry":           {map[string]string{}, []string{"connect", "/x"}, cmd.ExitUsage, "no registry is named"},
		"no server":             {good, []string{"connect"}, cmd.ExitUsage, "no server is named"},
		"all and one":           {good, []string{"connect", "/x", "--all"}, cmd.ExitUsage, "--all takes every server"},
		"URL and one":           {good, []string{"connect", "/x", "--url", "https://gw.example.com/x/mcp"}, cmd.ExitUsage, "use one or the other"},
		"a typing error":        {good, []string{"connect", "/curenttime"}, cmd.ExitNotFound, "did you mean /currenttime?"},
		"a virtual server":      {good, []string{"server", "set", "/virtual/dev", "--oauth-client-id", "x"}, cmd.ExitNotFound, "virtual servers have no overrides"},
		"a local server":        {good, []string{"connect", "/stdio"}, cmd.ExitUsage, "nothing to log in to"},
		"no token":              {with("REGISTRY_TOKEN", ""), []string{"connect", "/currenttime"}, cmd.ExitAuth, "wants a token"},
		"a wrong token":         {with("REGISTRY_TOKEN", "wrong-token"), []string{"connect", "/currenttime"}, cmd.ExitAuth, "does not accept the token"},
		"no access":             {with("REGISTRY_TOKEN", "limited-token"), []string{"connect", "/currenttime"}, cmd.ExitAuth, "You do not have access to this server"},
		"a page":                {with("REGISTRY_URL", page.URL), []string{"connect", "/currenttime"}, cmd.ExitFailed, "a web page"},
		"plain http":            {with("REGISTRY_URL", "http://gw.example.com"), []string{"connect", "/currenttime"}, cmd.ExitUsage, "not loopback"},
		"a strange path":        {good, []string{"connect", "/a/../b"}, cmd.ExitUsage, "dot segment"},
		"a release":             {good, []string{"connect", "/currenttime", "--registry-release", "new"}, cmd.ExitUsage, "not a release"},
		"login, no client":      {with("REGISTRY_TOKEN", ""), []string{"login", "https://127.0.0.1:1/x/mcp", "--idp", "okta"}, cmd.ExitUsage, "no client id is known"},
		"stdin twice":           {good, []string{"connect", "-", "--registry-token-file", "-"}, cmd.ExitUsage, "both read standard input"},
		"stdin twice, variable": {with("REGISTRY_TOKEN_FILE", "-"), []string{"server", "list", "-"}, cmd.ExitUsage, "both read standard input"},
		"stdin twice, login":    {good, []string{"login", "/currenttime", "--no-browser", "--registry-token-file", "-"}, cmd.ExitUsage, "both read standard input"},
		"login, local":          {good, []string{"login", "/stdio"}, cmd.ExitUsage, "nothing to log in to"},
		"login, down":           {good, []string{"login", "http://127.0.0.1:1/x/mcp", "--idp", "okta", "--client-id", "c"}, cmd.ExitUnreachable, "[GW22]"},
		"login, virtual":        {good, []string{"login", "/virtual/dev"}, cmd.ExitNotFound, "the gateway's defaults are taken and nothing about it was checked [GW30]"},
		"login, no such one":    {good, []string{"login", "/nosuch"}, cmd.ExitNotFound, "no server /nosuch"},
	} {
		r := run{env: test.env}
		code := r.run(t, test.args...)
		said := strings.Join(strings.Fields(r.stderr+r.stdout), " ")
		if code != test.code || !strings.Contains(said, test.want) {
			t.Errorf("%s: exit %d, want %d: %s", name, code, test.code, said)
		}
		if strings.Contains(said, "wrong-token") {
			t.Errorf("%s: the token is printed", name)
		}
	}
}

// answering starts a server and returns its URL.
func answering(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// What cannot be written was not done well, whichever command wrote it.
func TestResultsThatAreLost(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, nil)
	for _, args := range [][]string{
		{"connect", "/currenttime"}, {"redirects", "/currenttime"}, {"server", "list"}, {"server", "set", "/currenttime", "--oauth-client-id", "x", "--dry-run", "--detailed-exitcode"},
		{"groups", "check", "--groups", "registry-admins"}, {"settings", "--client-id", "x"}, {"explain", "GW01"}, {"version"},
	} {
		var stderr bytes.Buffer
		code := cmd.Run(t.Context(), cmd.Deps{
			Stdin: strings.NewReader(""), Stdout: full{}, Stderr: &stderr,
			LookupEnv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
		}, args)
		if code != cmd.ExitFailed || !strings.Contains(stderr.String(), "no space left on device") {
			t.Errorf("%v: exit %d: %s", args, code, stderr.String())
		}
	}
}

// zeros is text without end.
type zeros struct{}

func (zeros) Read(into []byte) (int, error) {
	for i := range into {
		into[i] = '0'
	}
	return len(into), nil
}
