package registrytest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// A rule that is off must show, or nothing depends on it: in the recordings or in a probe.
func TestEveryRuleShows(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	for _, rule := range registrytest.Rules() {
		t.Run(string(rule), func(t *testing.T) {
			t.Parallel()
			off := map[registrytest.Rule]bool{rule: true}
			for _, s := range sequences() {
				if differences := replay(t, issuer, s, off); len(differences) > 0 {
					t.Log(differences[0])
					return
				}
			}
			for name, probe := range probes {
				if got, want := probe.ask(t, issuer, off), probe.want; got != want {
					t.Logf("%s: %d instead of %d", name, got, want)
					return
				}
			}
			t.Error("nothing shows that the rule is off")
		})
	}
}

// probes are rules that the recordings name in their notes, or that were measured and not kept.
var probes = map[string]struct {
	ask  func(*testing.T, *issuer, map[registrytest.Rule]bool) int
	want int
}{
	"a token signed by somebody else": {probe("POST", "/currenttime/mcp", "Authorization", "<user-token wrong signature>"), 401},
	"the wrong token in X-Authorization wins": {func(t *testing.T, i *issuer, off map[registrytest.Rule]bool) int {
		return probe("POST", "/currenttime/mcp", "Authorization", "<user-token groups=devs>", "X-Authorization", "wrong")(t, i, off)
	}, 401},
	"the right token in X-Authorization wins":  {probe("POST", "/currenttime/mcp", "Authorization", "wrong", "X-Authorization", "<user-token groups=devs>"), 200},
	"a change of a server stored with a slash": {probe("PATCH", "/api/servers/airegistry-tools", "Authorization", "admin-token"), 500},
	"a disabled server":                        {probe("POST", "/rec-one/mcp"), 404},
	"an unhealthy server":                      {probe("POST", "/rec-two/mcp"), 404},
	"requests for discovery without end":       {refusal("GET", "/.well-known/oauth-protected-resource"), 429},
	"registrations without end":                {refusal("POST", "/api/servers/register", "Authorization", "admin-token"), 429},
	"requests of the API without end":          {refusal("GET", "/api/version"), 429},
	"what a health check leaves behind": {func(t *testing.T, i *issuer, off map[registrytest.Rule]bool) int {
		registry := open(t, i, off)
		registry.Configure(func(c *registrytest.Config) { seededScopes("zed")(t, c) })
		toggle := exchange{}
		toggle.Request.Method, toggle.Request.Path = http.MethodPost, "/api/servers/toggle"
		toggle.Request.Headers = map[string]string{"Authorization": "Bearer admin-token", "Content-Type": "application/x-www-form-urlencoded"}
		toggle.Request.Form = map[string]string{"path": "/rec-one", "new_state": "true"}
		once(t, registry, i, toggle, nil)
		response := send(t, registry, i, "GET", "/api/export/scopes", "Authorization", "admin-token")
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(text), `"server":"rec-one","tools":["echo"]`)
	}, 2},
	"a GET with a good token": {probe("GET", "/currenttime/mcp", "Authorization", "<user-token groups=devs>"), 405},
	"a user of a client that only * names": {changed(func(c *registrytest.Config) { c.Provider, c.M2MClientIDs = "cognito", []string{"*"} },
		"POST", "/currenttime/mcp", "Authorization", "<user-token of a Cognito client>"), 401},
	"a user of a client that is named": {changed(func(c *registrytest.Config) { c.Provider, c.M2MClientIDs = "cognito", []string{"per-server"} },
		"POST", "/currenttime/mcp", "Authorization", "<user-token of a Cognito client>"), 200},
	"a user of Okta for an audience that is not named": {changed(func(c *registrytest.Config) { c.Provider = "okta" },
		"POST", "/currenttime/mcp", "Authorization", "<user-token of an Okta client>"), 401},
	"a change while another one is on its way": {lostUpdate, 0},
	"an ID token on Entra": {changed(func(c *registrytest.Config) { c.Provider = "entra" },
		"POST", "/currenttime/mcp", "Authorization", "<user-token of Entra with a nonce>"), 401},
	"a token for a server at the API": {changed(func(c *registrytest.Config) { c.Provider = "entra" },
		"GET", "/api/auth/me", "Authorization", "<user-token for the server>"), 401},
	"a token for a server at that server": {changed(func(c *registrytest.Config) { c.Provider = "entra" },
		"POST", "/currenttime/mcp", "Authorization", "<user-token for the server>"), 200},
	"the hint of a path that ends in mcp": {func(t *testing.T, i *issuer, off map[registrytest.Rule]bool) int {
		registry := open(t, i, off)
		registry.Configure(func(c *registrytest.Config) {
			c.Provider, c.Servers = "entra", []registrytest.Server{{Path: "/acme-mcp"}}
		})
		response := send(t, registry, i, "POST", "/acme-mcp/mcp")
		defer response.Body.Close()
		return strings.Count(strings.Join(response.Header.Values("WWW-Authenticate"), " "), "/acme-mcp/mcp")
	}, 0},
	"an own client id that is empty": {func(t *testing.T, i *issuer, off map[registrytest.Rule]bool) int {
		registry := open(t, i, off)
		registry.Configure(func(c *registrytest.Config) {
			empty := ""
			c.ClientID, c.Servers[1].OAuthClientID = "everybody", &empty
		})
		response := send(t, registry, i, "GET", "/api/servers/fininfo/connect-config", "Authorization", "admin-token")
		defer response.Body.Close()
		var config struct {
			ClientID string `json:"oauth_client_id"`
		}
		if err := json.NewDecoder(response.Body).Decode(&config); err != nil {
			t.Fatal(err)
		}
		return len(config.ClientID)
	}, len("everybody")},
	"a display name in list_service": {func(t *testing.T, i *issuer, off map[registrytest.Rule]bool) int {
		registry := open(t, i, off)
		registry.Configure(func(c *registrytest.Config) {
			c.Scopes[0].UIPermissions = map[string][]string{"list_service": {"Current Time"}}
		})
		return listed(t, registry)
	}, 0},
}

func TestProbes(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	for name, probe := range probes {
		if got := probe.ask(t, issuer, nil); got != probe.want {
			t.Errorf("%s: %d, want %d", name, got, probe.want)
		}
	}
}

func open(t *testing.T, i *issuer, off map[registrytest.Rule]bool) *registrytest.Registry {
	t.Helper()
	config := world(i)
	config.Off = off
	registry, err := registrytest.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	return registry
}

// changed is probe of a registry with other settings.
func changed(change func(*registrytest.Config), method, path string, headers ...string) func(*testing.T, *issuer, map[registrytest.Rule]bool) int {
	return func(t *testing.T, i *issuer, off map[registrytest.Rule]bool) int {
		registry := open(t, i, off)
		registry.Configure(func(c *registrytest.Config) {
			c.PublicURL = "https://gateway.example.com"
			change(c)
		})
		return ask(t, registry, i, method, path, headers...)
	}
}

// refusal asks a fresh registry until it answers 429, and returns the last status.
func refusal(method, path string, headers ...string) func(*testing.T, *issuer, map[registrytest.Rule]bool) int {
	return func(t *testing.T, i *issuer, off map[registrytest.Rule]bool) int {
		registry, status := open(t, i, off), 0
		for sent := 0; sent < 1000 && status != http.StatusTooManyRequests; sent++ {
			status = ask(t, registry, i, method, path, headers...)
		}
		return status
	}
}

// probe asks a fresh registry once and returns the status.
func probe(method, path string, headers ...string) func(*testing.T, *issuer, map[registrytest.Rule]bool) int {
	return func(t *testing.T, i *issuer, off map[registrytest.Rule]bool) int {
		return ask(t, open(t, i, off), i, method, path, headers...)
	}
}

func ask(t *testing.T, registry *registrytest.Registry, i *issuer, method, path string, headers ...string) int {
	t.Helper()
	response := send(t, registry, i, method, path, headers...)
	response.Body.Close()
	return response.StatusCode
}

func send(t *testing.T, registry *registrytest.Registry, i *issuer, method, path string, headers ...string) *http.Response {
	t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}`)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, registry.URL()+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPatch {
		request.Body = io.NopCloser(strings.NewReader(`{"append_mcp_path":false}`))
		request.Header.Set("Content-Type", "application/json")
	}
	for n := 0; n+1 < len(headers); n += 2 {
		request.Header.Set(headers[n], "Bearer "+i.token(t, headers[n+1]))
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// listed counts the servers that a caller in the group devs sees.
func listed(t *testing.T, registry *registrytest.Registry) int {
	t.Helper()
	response := send(t, registry, nil, http.MethodGet, "/api/servers", "Authorization", "limited-token")
	defer response.Body.Close()
	var page struct{ Servers []any }
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil {
		t.Fatal(err)
	}
	return len(page.Servers)
}

// lostUpdate changes a field of a server while a change of another field has begun, and tells
// whether both are kept: 1 if so.
func lostUpdate(t *testing.T, i *issuer, off map[registrytest.Rule]bool) int {
	t.Helper()
	registry := open(t, i, off)
	return bothKept(t, registry, i, "")
}

func bothKept(t *testing.T, registry *registrytest.Registry, i *issuer, ifMatch string) int {
	t.Helper()
	patch := exchange{}
	patch.Request.Method, patch.Request.Path = http.MethodPatch, "/api/servers/rec-two"
	patch.Request.Headers = map[string]string{"Authorization": "Bearer admin-token", "Content-Type": "application/json"}
	patch.Request.JSON = json.RawMessage(`{"oauth_client_id":"theirs"}`)
	body := &begun{Reader: strings.NewReader(`{"append_mcp_path":false}`), first: func() { once(t, registry, i, patch, nil) }}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, registry.URL()+"/api/servers/rec-two", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer admin-token")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Expect", "100-continue") // so that the body is read once the other side wants it
	if ifMatch != "" {
		request.Header.Set("If-Match", ifMatch)
	}
	transport := &http.Transport{ExpectContinueTimeout: time.Minute}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	patch.Request.Method, patch.Request.JSON = http.MethodGet, nil
	var stored map[string]any
	if err := json.Unmarshal(once(t, registry, i, patch, nil).body, &stored); err != nil {
		t.Fatal(err)
	}
	if stored["oauth_client_id"] == "theirs" && stored["append_mcp_path"] == false {
		return 1
	}
	return 0
}

// begun runs something before it is first read.
type begun struct {
	io.Reader
	first func()
}

func (b *begun) Read(into []byte) (int, error) {
	if b.first != nil {
		b.first()
		b.first = nil
	}
	return b.Reader.Read(into)
}
