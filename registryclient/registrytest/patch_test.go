package registrytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// recorded is the server that the recordings of changes were made on, and what had been stored
// there before.
func recorded() registrytest.Server {
	return registrytest.Server{
		Path: "/rec-plain", Name: "Rec Plain", Description: "Plain server.", Disabled: true, ProxyPassURL: "http://currenttime-server:8000/mcp",
		Tools: []registrytest.Tool{{Name: "echo", Description: "Echo."}}, Stored: map[string]any{"oauth_client_id": "two"}, Upstream: stub{},
	}
}

// The statuses are those recorded; the entity tag holds a time, so it is taken from the answers.
func TestIfMatch(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	registry := open(t, i, nil)
	registry.Configure(func(c *registrytest.Config) { c.Servers = append(c.Servers, recorded()) })
	patch := func(ifMatch string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, registry.URL()+"/api/servers/rec-plain", strings.NewReader(`{"oauth_client_id":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer admin-token")
		request.Header.Set("Content-Type", "application/json")
		if ifMatch != "" {
			request.Header.Set("If-Match", ifMatch)
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode, response.Header.Get("ETag")
	}
	_, tag := patch("")
	for ifMatch, want := range map[string]int{`W/"1"`: 412, `"1"`: 400, "nonsense": 400, "*": 400} {
		if got, _ := patch(ifMatch); got != want {
			t.Errorf("%s: %d, want %d", ifMatch, got, want)
		}
	}
	if got, _ := patch(tag); got != http.StatusOK {
		t.Errorf("%s: %d", tag, got)
	}
}

// From the gateway's source: a server of another registry is read-only.
func TestFederatedServersStay(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	for _, mark := range []string{"is_federated", "is_read_only"} {
		registry := open(t, i, nil)
		registry.Configure(func(c *registrytest.Config) {
			c.Servers = append(c.Servers, registrytest.Server{Path: "/theirs", Stored: map[string]any{"sync_metadata": map[string]any{mark: true}}})
		})
		if got := once(t, registry, i, admin(http.MethodPatch, "/api/servers/theirs", `{"oauth_client_id":"x"}`), nil); got.status != http.StatusForbidden {
			t.Errorf("%s: %d", mark, got.status)
		}
	}
}

// From the gateway's source: a machine's token without groups has those kept for its client.
func TestGroupsOfMachines(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	registry := open(t, i, nil)
	const token = "<user-token without groups claim>"
	if got := ask(t, registry, i, http.MethodPost, "/currenttime/mcp", "Authorization", token); got != http.StatusForbidden {
		t.Errorf("before: %d", got)
	}
	registry.Configure(func(c *registrytest.Config) {
		c.MachineClients = []registrytest.MachineClient{{ID: "mcp-gateway-ide", Groups: []string{"devs"}}}
	})
	if got := ask(t, registry, i, http.MethodPost, "/currenttime/mcp", "Authorization", token); got != http.StatusOK {
		t.Errorf("after: %d", got)
	}
}
