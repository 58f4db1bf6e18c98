package registrytest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// ofRelease is what differs between releases, with the first release that has the second value. It
// is typed from the gateway's release notes; only 1.30.0 was recorded.
var ofRelease = map[string]struct {
	since         string
	before, after any
	ask           func(*testing.T, *registrytest.Registry, *issuer) any
}{
	"a global client id is advertised": {"1.24.5", nil, "everybody", connectConfig("oauth_client_id")},
	"connect-config has a port":        {"1.24.5", nil, 8787.0, connectConfig("oauth_callback_port")},
	"a change of append_mcp_path":      {"1.24.7", 422, 200, statusOf("PATCH", "/api/servers/currenttime", `{"append_mcp_path":false}`)},
	"connect-config has the override":  {"1.24.7", nil, false, connectConfig("append_mcp_path")},
	"the configuration for everybody":  {"1.26.0", 200, 401, statusOf("GET", "/api/config", "")},
	"connect-config has the scope":     {"1.27.0", nil, "project", connectConfig("connect_scope")},
	"a rule for every server": {"1.27.1", 200, 500,
		statusOf("POST", "/api/servers/groups/import", `{"scope_name":"wide","server_access":[{"server":"*","methods":["all"],"tools":["all"]}]}`)},
	"a key of a scope that is not known": {"1.28.0", 200, 422, statusOf("PATCH", "/api/management/iam/groups/devs", `{"scope_config":{"nosuch":1}}`)},
	"the audience account": {"1.28.0", 200, 401, func(t *testing.T, r *registrytest.Registry, i *issuer) any {
		return ask(t, r, i, "POST", "/currenttime/mcp", "Authorization", "<user-token aud=account>")
	}},
	"an audience of Okta that is not named": {"1.27.0", 200, 401, func(t *testing.T, r *registrytest.Registry, i *issuer) any {
		r.Configure(func(c *registrytest.Config) { c.Provider = "okta" })
		return ask(t, r, i, "POST", "/currenttime/mcp", "Authorization", "<user-token of an Okta client>")
	}},
	"metadata of a server on Entra": {"1.29.0", 404, 200, func(t *testing.T, r *registrytest.Registry, i *issuer) any {
		r.Configure(func(c *registrytest.Config) { c.Provider = "entra" })
		return ask(t, r, i, "GET", "/.well-known/oauth-protected-resource/currenttime")
	}},
	"a server's URL as audience on Entra": {"1.29.0", 401, 200, func(t *testing.T, r *registrytest.Registry, i *issuer) any {
		r.Configure(func(c *registrytest.Config) { c.Provider, c.PublicURL = "entra", "https://gateway.example.com" })
		return ask(t, r, i, "POST", "/currenttime/mcp", "Authorization", "<user-token for the server>")
	}},
	"a path that ends in a slash": {"1.32.0", 500, 200, statusOf("PATCH", "/api/servers/airegistry-tools", `{"description":"x"}`)},
	"both of two changes at once": {"1.32.0", 0, 1, func(t *testing.T, r *registrytest.Registry, i *issuer) any { return bothKept(t, r, i, "") }},
	"content types of a 401": {"1.32.0", 2, 1, func(t *testing.T, r *registrytest.Registry, i *issuer) any {
		response := send(t, r, i, "POST", "/currenttime/mcp")
		response.Body.Close()
		return len(response.Header.Values("Content-Type"))
	}},
}

func TestReleases(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	releases := []string{"1.24.4", "1.24.5", "1.24.7", "1.26.0", "1.27.0", "1.27.1", "1.28.0", "1.29.0", "1.30.0", "1.31.0", "1.32.0"}
	for at, release := range releases {
		for name, c := range ofRelease {
			want := c.before
			if at >= slices.Index(releases, c.since) {
				want = c.after
			}
			if strings.Contains(name, "two changes") && at < slices.Index(releases, "1.24.7") {
				continue // there is nothing to change yet
			}
			registry := released(t, i, release)
			if got := c.ask(t, registry, i); got != want {
				t.Errorf("%s, %s: %v, want %v", release, name, got, want)
			}
		}
		if version := field(t, released(t, i, release), i, "/api/version", "version"); version != release {
			t.Errorf("%s says that it is %v", release, version)
		}
	}
	for _, release := range []string{"1.24.3", "1.30", "new"} {
		if _, err := registrytest.Start(registrytest.Config{Release: release}); err == nil {
			t.Errorf("%s started", release)
		}
	}
}

// The precondition is a lock since release 1.32: it is looked at again as the change is written.
func TestIfMatchIsALockSince132(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	registry := released(t, i, "1.32.0")
	tag := once(t, registry, i, admin("PATCH", "/api/servers/rec-two", `{"description":"x"}`), nil).header.Get("ETag")
	if bothKept(t, registry, i, tag) != 0 || field(t, registry, i, "/api/servers/rec-two", "oauth_client_id") != "theirs" {
		t.Error("the change that came first is lost")
	}
}

func released(t *testing.T, i *issuer, release string) *registrytest.Registry {
	t.Helper()
	c := world(i)
	no := false
	c.Release, c.ClientID, c.CallbackPort, c.ConnectScope = release, "everybody", 8787, "project"
	c.Servers[0].AppendMCPPath, c.Servers[0].Stored = &no, nil
	registry, err := registrytest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	return registry
}

func admin(method, path, body string) exchange {
	var e exchange
	e.Request.Method, e.Request.Path, e.Request.JSON = method, path, json.RawMessage(body)
	e.Request.Headers = map[string]string{"Authorization": "Bearer admin-token"}
	if body != "" {
		e.Request.Headers["Content-Type"] = "application/json"
	}
	return e
}

func statusOf(method, path, body string) func(*testing.T, *registrytest.Registry, *issuer) any {
	return func(t *testing.T, r *registrytest.Registry, i *issuer) any {
		return once(t, r, i, admin(method, path, body), nil).status
	}
}

func connectConfig(name string) func(*testing.T, *registrytest.Registry, *issuer) any {
	return func(t *testing.T, r *registrytest.Registry, i *issuer) any {
		return field(t, r, i, "/api/servers/currenttime/connect-config", name)
	}
}

// field is a member of a document; nil where it is absent or null.
func field(t *testing.T, r *registrytest.Registry, i *issuer, path, name string) any {
	t.Helper()
	var d map[string]any
	got := once(t, r, i, admin(http.MethodGet, path, ""), nil)
	if err := json.Unmarshal(got.body, &d); err != nil {
		t.Fatal(err)
	}
	return d[name]
}
