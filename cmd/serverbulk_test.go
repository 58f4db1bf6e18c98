package cmd_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// fronted puts a handler before a registry: what it does not answer, and says so, goes on there.
func fronted(t *testing.T, registry *registrytest.Registry, env map[string]string, answers func(http.ResponseWriter, *http.Request) bool) {
	t.Helper()
	target, err := url.Parse(registry.URL())
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	env["REGISTRY_URL"] = answering(t, func(w http.ResponseWriter, r *http.Request) {
		if !answers(w, r) {
			forward.ServeHTTP(w, r)
		}
	})
}

// cutting starts a registry of six servers behind a proxy that cuts the connection of the third
// change: before the registry sees it, or once it answered. After mend it cuts none.
func cutting(t *testing.T, before bool) (registry *registrytest.Registry, env map[string]string, mend func()) {
	t.Helper()
	registry, env = startRegistry(t, func(c *registrytest.Config) {
		c.Servers = nil
		for n := range 6 {
			c.Servers = append(c.Servers, registrytest.Server{Path: fmt.Sprintf("/s%d", n), Name: fmt.Sprintf("S%d", n), ProxyPassURL: "http://s:1/"})
		}
	})
	target, err := url.Parse(registry.URL())
	if err != nil {
		t.Fatal(err)
	}
	// Connections have goroutines of their own, and one that is cut orders nothing before the next.
	var changes atomic.Int32
	var whole atomic.Bool
	forward := httputil.NewSingleHostReverseProxy(target)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		third := false
		if r.Method == http.MethodPatch {
			third = changes.Add(1) == 3 && !whole.Load()
		}
		if third && !before {
			forward.ServeHTTP(httptest.NewRecorder(), r)
		}
		if third {
			panic(http.ErrAbortHandler)
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	env["REGISTRY_URL"] = front.URL
	return registry, env, func() { whole.Store(true) }
}

// A connection that is cut in the middle of many changes: what is done, failed and not tried is told,
// and the same command again finishes, without doing anything twice.
func TestBulkChangeThatIsCut(t *testing.T) {
	t.Parallel()
	registry, env, mend := cutting(t, true)
	r := run{env: env}
	code := r.run(t, "server", "set", "--all", "--oauth-client-id", "x")
	if code != cmd.ExitPartly || r.stdout != "" {
		t.Errorf("exit %d: %s", code, r.stdout)
	}
	for _, want := range []string{"ok server /s0  changed", "ok server /s1  changed", "!! server /s2  failed: ", "-  server /s3  not tried", "-  server /s5  not tried",
		"2 done, 1 failed, 3 not tried; the same command again finishes", "explain GW22"} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("no %q in %s", want, r.stderr)
		}
	}
	mend()
	if code := r.run(t, "server", "set", "--all", "--oauth-client-id", "x"); code != cmd.ExitOK || patches(registry) != 6 {
		t.Errorf("again: exit %d, %d changes: %s", code, patches(registry), r.stderr)
	}
}

// A program is told the same on standard output, and the reason in one line on standard error.
func TestBulkChangeThatIsCutAsJSON(t *testing.T) {
	t.Parallel()
	_, env, _ := cutting(t, true)
	r := run{env: env}
	code := r.run(t, "server", "set", "--all", "--oauth-client-id", "x", "-o", "json")
	var doc map[string]any
	if err := json.Unmarshal([]byte(r.stdout), &doc); err != nil || code != cmd.ExitPartly {
		t.Fatalf("exit %d: %v in %q", code, err, r.stdout)
	}
	got := map[string]int{}
	for _, list := range []string{"done", "failed", "untried"} {
		changes, _ := doc[list].([]any)
		got[list] = len(changes)
	}
	if diff := cmp.Diff(map[string]int{"done": 2, "failed": 1, "untried": 3}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(r.stderr, `{"error":{"code":"unreachable"`) {
		t.Errorf("no error for a program in %s", r.stderr)
	}
}

// A change whose answer is lost was made: it is looked up before anything is told.
func TestBulkChangeWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	registry, env, _ := cutting(t, false)
	r := run{env: env}
	if code := r.run(t, "server", "set", "--all", "--oauth-client-id", "x"); code != cmd.ExitOK || patches(registry) != 6 {
		t.Errorf("exit %d, %d changes: %s", code, patches(registry), r.stderr)
	}
}

// What befalls one server does not stop the others; the first reason leads, the others stand with
// their servers.
func TestBulkChangeThatIsRefusedInParts(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, func(c *registrytest.Config) {
		all := []string{"all"}
		c.Keys = []registrytest.Key{{Name: "editor", Token: "editor-token", Groups: []string{"editors"}}}
		c.Scopes = []registrytest.Scope{{Name: "editors", GroupMappings: []string{"editors"}, ServerAccess: []registrytest.Access{{Server: "*", Methods: all, Tools: all}},
			UIPermissions: map[string][]string{"list_service": all, "modify_service": {"A", "B", "C"}}}}
		c.Servers = []registrytest.Server{
			{Path: "/a", Name: "A", ProxyPassURL: "http://a:1/", RegisteredBy: "somebody"}, {Path: "/b", Name: "B", ProxyPassURL: "http://b:1/", RegisteredBy: "somebody"},
			{Path: "/c", Name: "C", ProxyPassURL: "http://c:1/", RegisteredBy: "editor"}, {Path: "/d", Name: "D", ProxyPassURL: "http://d:1/", Stored: map[string]any{"sync_metadata": map[string]any{"is_federated": true}}},
		}
	})
	env["REGISTRY_TOKEN"] = "editor-token"
	r := run{env: env}
	code := r.run(t, "server", "set", "--all", "--oauth-client-id", "x")
	said := strings.Join(strings.Fields(r.stderr), " ")
	for _, want := range []string{"! server /d it belongs to another registry", "!! server /a failed: ", "!! server /b failed: ", "ok server /c changed", "1 done, 2 failed, 0 not tried", "; 1 more failed"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in %s", want, r.stderr)
		}
	}
	if code != cmd.ExitPartly {
		t.Errorf("exit %d", code)
	}
}

// What would meet every other change too ends the run; what befalls one does not.
func TestBulkChangeThatGoesOnOrNot(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		header string
		goesOn bool
	}{
		"the token expired": {http.StatusUnauthorized, "", false}, "the edge is busy for long": {http.StatusTooManyRequests, "Retry-After", false}, "the registry is down": {http.StatusBadGateway, "", false},
		"a login page": {http.StatusOK, "Content-Type", false}, "one is forbidden": {http.StatusForbidden, "", true}, "one cannot be saved": {http.StatusInternalServerError, "", true},
	} {
		registry, env := startRegistry(t, nil)
		var changes atomic.Int32
		fronted(t, registry, env, func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPatch || changes.Add(1) != 2 {
				return false
			}
			if c.header != "" {
				w.Header().Set(c.header, map[string]string{"Retry-After": "120", "Content-Type": "text/html"}[c.header])
			}
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, "<html>")
			return true
		})
		r := run{env: env}
		code := r.run(t, "server", "set", "--all", "--oauth-client-id", "x")
		if want := map[bool]string{true: "3 done, 1 failed, 0 not tried", false: "1 done, 1 failed, 2 not tried"}[c.goesOn]; code != cmd.ExitPartly || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: exit %d: %s", name, code, r.stderr)
		}
	}
}
