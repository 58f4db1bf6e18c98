package cmd_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// trap is one way of a registry that surprises operators, and what a command makes of it. The
// stand-in behaves as in the recording, or as the release notes say.
type trap struct {
	from    string // recording, or release notes
	change  func(*registrytest.Config)
	args    []string
	code    int
	failure string // id that is named
	want    []string
	without string // what is not said
	writes  int    // changes that reach the registry
}

var all = []string{"all"}

func ofRelease(release, version string) func(*registrytest.Config) {
	return func(c *registrytest.Config) { c.Release, c.Version = release, version }
}

func slashed(release string) func(*registrytest.Config) {
	return func(c *registrytest.Config) {
		c.Release = release
		c.Servers = append(c.Servers, registrytest.Server{Path: "/slashed/", Name: "Slashed", ProxyPassURL: "http://t:1/"})
	}
}

func scoped(scope registrytest.Scope) func(*registrytest.Config) {
	return func(c *registrytest.Config) { c.Scopes = []registrytest.Scope{scope} }
}

var traps = map[string]trap{
	"a release without overrides, by its version": {from: "release notes 1.24.7", change: ofRelease("1.24.5", ""),
		args: []string{"server", "set", "/currenttime", "--oauth-client-id", "x"}, code: cmd.ExitUsage, failure: "GW25", want: []string{"go to 1.24.7"}},
	"a release without overrides, by the fields of its answers": {from: "release notes 1.24.7", change: ofRelease("1.24.5", "1.0.0"),
		args: []string{"server", "set", "/currenttime", "--append-mcp-path=false"}, code: cmd.ExitUsage, failure: "GW25", want: []string{"go to 1.24.7"}},
	"a release without overrides that is said to have them": {from: "release notes 1.24.7", change: ofRelease("1.24.5", ""),
		args: []string{"server", "set", "/currenttime", "--oauth-client-id", "x", "--registry-release", "1.30.0"}, code: cmd.ExitUsage, failure: "GW25", want: []string{"go to 1.24.7"}, writes: 1},
	"a release without connect settings": {from: "release notes 1.24.5", change: ofRelease("1.24.4", "0.0.0-dev"),
		args: []string{"server", "set", "--all", "--oauth-client-id", "x"}, code: cmd.ExitUsage, failure: "GW25", want: []string{"go to 1.24.7"}},
	"registering with overrides where they are not known": {from: "release notes 1.24.7", change: ofRelease("1.24.5", ""),
		args: register("/kb", "--oauth-client-id", "x"), code: cmd.ExitUsage, failure: "GW25", want: []string{"go to 1.24.7"}},
	"registering with overrides where they are dropped": {from: "release notes 1.24.7", change: ofRelease("1.24.5", "dev"),
		args: register("/kb", "--oauth-client-id", "x"), code: cmd.ExitFailed, failure: "GW25", want: []string{"did not keep its overrides", "mcpreg server set /kb"}, writes: 1},
	"a slash at the end": {from: "25-patch-stored-slash", change: slashed(""),
		args: []string{"server", "set", "/slashed", "--oauth-client-id", "x"}, code: cmd.ExitUsage, failure: "GW23", want: []string{"1 by hand", "or upgrade"}},
	"a slash at the end, the release is believed and wrong": {from: "25-patch-stored-slash", change: slashed(""),
		args: []string{"server", "set", "/slashed", "--oauth-client-id", "x", "--registry-release", "1.32.0"}, code: cmd.ExitFailed, failure: "GW23", want: []string{"go to 1.32.0"}, writes: 1},
	"a slash at the end, mended": {from: "release notes 1.32.0", change: slashed("1.32.0"),
		args: []string{"server", "set", "/slashed", "--oauth-client-id", "x"}, want: []string{"server /slashed/ changed, read back as asked"}, writes: 1},
	"unset append_mcp_path before 1.29": {from: "release notes 1.29.0", change: proxied("1.28.1", ""),
		args: []string{"connect", "/time", "--assistant", "claude-code"}, failure: "GW17", want: []string{"/time/ "}},
	"unset append_mcp_path since 1.29": {from: "release notes 1.29.0", change: proxied("1.29.0", ""),
		args: []string{"connect", "/time", "--assistant", "claude-code"}, want: []string{"/time/mcp"}},
	"unset append_mcp_path, release unknown": {from: "01-version", change: proxied("", ""),
		args: []string{"connect", "/time", "--assistant", "claude-code"}, failure: "GW27", want: []string{"/time/mcp", "--registry-release"}},
	"unset append_mcp_path where it is not set": {from: "01-version", change: proxied("", ""),
		args: []string{"server", "set", "/time", "--oauth-client-id", "x"}, want: []string{"/time x server"}, without: "GW27", writes: 1},
	"a virtual server on Entra": {from: "facts of registry 1.30", change: func(c *registrytest.Config) {
		c.Provider, c.Issuer = "entra", "https://login.microsoftonline.com/t/v2.0"
	},
		args: []string{"connect", "/virtual/dev", "--assistant", "claude-code"}, failure: "GW30", want: []string{"no login fits it"}},
	"a server that may be listed and not read": {from: "44-list-permission-names", change: listedOnly,
		args: []string{"server", "list", "--registry-token-file", "-"}, failure: "GW01", want: []string{"/fininfo is left out", "/currenttime "}},
	"all servers, of which one may not be read": {from: "44-list-permission-names", change: listedOnly,
		args: []string{"server", "set", "--all", "--oauth-client-id", "x", "--registry-token-file", "-"}, code: cmd.ExitAuth, want: []string{"You do not have access to this server"}},
	"no server to be seen": {from: "44-list-permission-names", change: func(c *registrytest.Config) { c.Servers = nil },
		args: []string{"server", "list"}, failure: "GW28", want: []string{"lists no server"}},
	"settings, past a path that no request reaches": {from: "14-register-paths", change: func(c *registrytest.Config) {
		c.Servers = append(c.Servers, registrytest.Server{Path: "/a//b", Name: "AB"})
	}, args: []string{"settings", "--client-id", "0oaide", "--port", "9797", "--detailed-exitcode"}, want: []string{"IDE_OAUTH_CLIENT_ID=0oaide"}},
	"a redirect before login": {from: "47-mcp-root-endpoint",
		args: []string{"connect", "/aws-knowledge", "--assistant", "claude-code"}, failure: "GW17", want: []string{"/aws-knowledge/ "}},
	"an empty list of tools": {from: "52-mcp-tool-rules", change: scoped(registrytest.Scope{Name: "s", GroupMappings: []string{"devs"}, ServerAccess: []registrytest.Access{{Server: "currenttime", Methods: all, Tools: all}}}),
		args: []string{"groups", "check", "--groups", "devs", "--server", "/currenttime"}, failure: "GW18", want: []string{"second rule for currenttime/mcp"}},
	"no method initialize": {from: "53-mcp-method-rules", change: scoped(registrytest.Scope{Name: "s", GroupMappings: []string{"devs"}, ServerAccess: []registrytest.Access{{Server: "currenttime", Methods: []string{"tools/list"}, Tools: []string{"echo"}}}}),
		args: []string{"groups", "check", "--groups", "devs", "--server", "/currenttime"}, code: cmd.ExitFailed, failure: "GW03", want: []string{"initialize"}},
	"a server that lists do not show": {from: "44-list-permission-names", change: scoped(registrytest.Scope{Name: "s", GroupMappings: []string{"devs"}, ServerAccess: []registrytest.Access{{Server: "*", Methods: all, Tools: all}}, UIPermissions: map[string][]string{"list_service": {"Current Time"}}}),
		args: []string{"groups", "check", "--groups", "devs", "--server", "/currenttime"}, failure: "GW28", want: []string{"not currenttime"}},
	"a scope that a write would empty": {from: "45-iam-group-patch-admin-wipe",
		args: []string{"groups", "map", "11111111-2222-4333-8444-555555555555", "registry-admins"}, code: cmd.ExitUsage, failure: "GW26", want: []string{"1 by hand", "db.mcp_scopes.updateOne"}},
	"a scope of the grouped shape": {from: "40-iam-group-patch-errors", change: scoped(registrytest.Scope{Name: "s", OtherRules: []any{map[string]any{"scope_name": "s", "access_rules": []any{map[string]any{"server": "x"}}}}}),
		args: []string{"groups", "map", "devs", "s"}, code: cmd.ExitUsage, failure: "GW26", want: []string{"grouped shape", "db.mcp_scopes.updateOne"}},
	"a scope with a slash in its name": {from: "36-export-scopes", change: scoped(registrytest.Scope{Name: "mcp-servers-unrestricted/read", Seeded: true}),
		args: []string{"groups", "map", "devs", "mcp-servers-unrestricted/read"}, code: cmd.ExitUsage, failure: "GW26", want: []string{"slash", "db.mcp_scopes.updateOne"}},
	"a registration without a reason": {from: "13-register-errors",
		args: register("/meta", "--proxy-pass-url", "http://169.254.169.254/latest"), code: cmd.ExitFailed, failure: "GW24", want: []string{"without a reason"}, writes: 1},
	"a path that no request reaches": {from: "14-register-paths", change: func(c *registrytest.Config) {
		c.Servers = append(c.Servers, registrytest.Server{Path: "/a//b", Name: "AB"}, registrytest.Server{Path: "/groups", Name: "G"})
	}, args: []string{"server", "list"}, failure: "GW29", want: []string{"/a//b is left out", "/groups is left out", "/currenttime "}},
	"a page instead of an answer": {from: "05-no-token", change: func(c *registrytest.Config) { c.AdminToken = "another" },
		args: []string{"server", "list"}, code: cmd.ExitAuth, want: []string{"does not accept the token"}},
	"a client of a server's own on Cognito": {from: "facts of registry 1.30", change: func(c *registrytest.Config) { c.Provider, c.CognitoDomain = "cognito", "https://p.example.com" },
		args: []string{"server", "set", "/currenttime", "--oauth-client-id", "x"}, failure: "CG05", want: []string{"COGNITO_M2M_CLIENT_IDS"}, writes: 1},
	"another connect URL on Cognito": {from: "facts of registry 1.30", change: func(c *registrytest.Config) { c.Provider, c.CognitoDomain = "cognito", "https://p.example.com" },
		args: []string{"server", "set", "/currenttime", "--append-mcp-path=false"}, failure: "ID06", want: []string{"mcpreg cognito setup"}, writes: 1},
	"another connect URL on Entra": {from: "54-entra-prm", change: func(c *registrytest.Config) {
		c.Provider, c.Issuer = "entra", "https://login.microsoftonline.com/t/v2.0"
	},
		args: []string{"server", "set", "/currenttime", "--append-mcp-path=false"}, failure: "EN03", want: []string{"mcpreg entra setup"}, writes: 1},
	"a name where tokens have object ids": {from: "facts of registry 1.30", change: func(c *registrytest.Config) {
		c.Provider, c.Issuer = "entra", "https://login.microsoftonline.com/t/v2.0"
	},
		args: []string{"groups", "map", "staff", "registry-admins", "--dry-run"}, failure: "EN17", want: []string{"object id"}},
	"a path where tokens have names": {from: "48-mcp-user-token", change: func(c *registrytest.Config) { c.Provider = "keycloak" },
		args: []string{"groups", "map", "/staff", "registry-admins", "--dry-run"}, failure: "KC09", want: []string{"without their path"}},
	"an endpoint that is no URL": {from: "facts of registry 1.30", change: endpoint,
		args: []string{"server", "list"}, failure: "GW05", want: []string{"/odd is left out", "/currenttime "}},
	"an endpoint that is no URL, among those to connect": {from: "facts of registry 1.30", change: endpoint,
		args: []string{"connect", "--all", "--assistant", "codex"}, failure: "GW05", want: []string{"/odd is left out", "/currenttime/mcp"}},
	"an endpoint that is no URL, named": {from: "facts of registry 1.30", change: endpoint,
		args: []string{"connect", "odd/"}, code: cmd.ExitUsage, want: []string{`mcp_endpoint of "/odd" is not an absolute`}},
	"a client id that no assistant takes": {from: "21-patch-bad-body", change: badClient,
		args: []string{"connect", "--all", "--assistant", "codex"}, want: []string{`/odd is left out: "od\nd" is no client id`, "/currenttime/mcp"}},
	"a client id that no assistant takes, named": {from: "21-patch-bad-body", change: badClient,
		args: []string{"connect", "/odd", "/currenttime", "--assistant", "codex"}, code: cmd.ExitUsage, want: []string{`"od\nd" is no client id`}},
	"a flag that fits no server": {from: "21-patch-bad-body",
		args: []string{"connect", "--all", "--client-id", "x\t"}, code: cmd.ExitUsage, want: []string{`"x\t" is no client id`}, without: "left out: \""},
	"no overrides in the list": {from: "15-list", args: []string{"server", "list"}, want: []string{"/fininfo fininfo-ide server", "/currenttime 0oaide default"}},
}

func register(path string, more ...string) []string {
	return append([]string{"server", "register", path, "--name", "KB", "--description", "Articles", "--proxy-pass-url", "http://kb:8000/mcp"}, more...)
}

// listedOnly lets the limited key list every server, and read one.
func listedOnly(c *registrytest.Config) {
	c.Scopes = []registrytest.Scope{{Name: "s", GroupMappings: []string{"devs"}, ServerAccess: []registrytest.Access{{Server: "currenttime", Methods: all, Tools: all}},
		UIPermissions: map[string][]string{"list_service": {"currenttime", "fininfo"}}}}
}

func endpoint(c *registrytest.Config) {
	c.Servers = append(c.Servers, registrytest.Server{Path: "/odd", Name: "Odd", ProxyPassURL: "http://o:1/", MCPEndpoint: "odd.example.com/mcp"})
}

func badClient(c *registrytest.Config) {
	id := "od\nd"
	c.Servers = append(c.Servers, registrytest.Server{Path: "/odd", Name: "Odd", ProxyPassURL: "http://o:1/", OAuthClientID: &id})
}

func proxied(release, version string) func(*registrytest.Config) {
	return func(c *registrytest.Config) {
		c.Release, c.Version, c.Provider = release, version, "keycloak"
		c.Servers = []registrytest.Server{{Path: "/time", Name: "Time", ProxyPassURL: "http://time:8000/mcp"}}
	}
}

func TestTraps(t *testing.T) {
	t.Parallel()
	for name, c := range traps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registry, env := startRegistry(t, nil)
			if c.change != nil {
				registry.Configure(c.change)
			}
			r := run{env: env, stdin: "limited-token"}
			code := r.run(t, c.args...)
			said := strings.Join(strings.Fields(r.stdout+" "+r.stderr), " ") + " "
			for _, want := range append(c.want, c.failure) {
				if !strings.Contains(said, want) {
					t.Errorf("%s: no %q in %s", c.from, want, said)
				}
			}
			if code != c.code || c.without != "" && strings.Contains(said, c.without) {
				t.Errorf("%s: exit %d: %s", c.from, code, said)
			}
			if made := writes(registry); made != c.writes {
				t.Errorf("%s: %d changes reached the registry, want %d", c.from, made, c.writes)
			}
		})
	}
}

// writes counts the requests that change something.
func writes(registry *registrytest.Registry) int {
	return len(slices.DeleteFunc(registry.Requests(), func(request string) bool { return strings.HasPrefix(request, http.MethodGet+" ") }))
}
