package cmd_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// manyServers starts a registry of n servers behind a proxy that takes its time and counts how many
// requests are on their way at once.
func manyServers(tb testing.TB, n int, latency time.Duration, off map[registrytest.Rule]bool) (*registrytest.Registry, map[string]string, *atomic.Int64) {
	tb.Helper()
	config := registrytest.Config{ClientID: "mcp-gateway-ide", Off: off}
	for i := range n {
		path := fmt.Sprintf("/team-%d/server-%d", i%20, i)
		config.Servers = append(config.Servers, registrytest.Server{Path: path, Name: path[1:], ProxyPassURL: "http://s:1/mcp"})
	}
	registry, err := registrytest.Start(config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(registry.Close)
	target, err := url.Parse(registry.URL())
	if err != nil {
		tb.Fatal(err)
	}
	var flying, most atomic.Int64
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.Transport = &http.Transport{MaxIdleConnsPerHost: 64} // or the proxy opens connections without end
	front := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		now := flying.Add(1)
		defer flying.Add(-1)
		for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
		}
		if latency > 0 {
			time.Sleep(latency) // it stands for the network
		}
		forward.ServeHTTP(w, req)
	}))
	var opened atomic.Int64
	front.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if _, bench := tb.(*testing.B); !bench && state == http.StateNew && opened.Add(1) > 3*8 {
			tb.Error("more connections are opened than requests are on their way")
		}
	}
	front.Start()
	tb.Cleanup(front.Close)
	registry.Configure(func(c *registrytest.Config) {
		c.PublicURL = front.URL
		c.Provider = "okta"
		c.Issuer = "https://acme.okta.com/oauth2/default"
	})
	return registry, map[string]string{"REGISTRY_URL": front.URL, "REGISTRY_TOKEN": registry.AdminToken()}, &most
}

func unlimited() map[registrytest.Rule]bool {
	return map[registrytest.Rule]bool{registrytest.APIRateLimit: true, registrytest.DiscoveryRateLimit: true}
}

// A thousand servers take one request each, at most eight at a time, and none twice: to list them,
// and to plan a change of all of them.
func TestThousandServers(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"server", "list"}, {"server", "set", "--all", "--oauth-client-id", "x", "--dry-run"}, {"connect", "--all", "-o", "json"}} {
		registry, env, most := manyServers(t, 1000, 0, unlimited())
		r := run{env: env}
		if code := r.run(t, args...); code != cmd.ExitOK || strings.Count(r.stdout, "/team-0/server-") < 50 {
			t.Fatalf("%q: exit %d: %.300s", args, code, r.stderr)
		}
		requests := registry.Requests()
		lists := slices.DeleteFunc(slices.Clone(requests), func(s string) bool { return s != "GET /api/servers" })
		others := slices.DeleteFunc(slices.Clone(requests), func(s string) bool { return s == "GET /api/servers" })
		slices.Sort(others)
		if len(lists) != 2 || len(others) > 1004 || len(slices.Compact(slices.Clone(others))) != len(others) {
			t.Errorf("%q: %d lists, %d others", args, len(lists), len(others))
		}
		if most.Load() > 8 {
			t.Errorf("%q: %d requests at once", args, most.Load())
		}
	}
}

// Whoever looks on sees how far it is; a pipe gets nothing of it.
func TestProgress(t *testing.T) {
	t.Parallel()
	_, env, _ := manyServers(t, 60, 0, unlimited())
	r := run{env: env, interactive: true}
	if code := r.run(t, "server", "list"); code != cmd.ExitOK || !strings.Contains(r.stderr, "reading servers") || strings.Contains(r.stdout, "reading servers") {
		t.Errorf("exit %d: %q", code, r.stderr)
	}
	r.interactive = false
	if code := r.run(t, "server", "list"); code != cmd.ExitOK || strings.Contains(r.stderr, "reading servers") {
		t.Errorf("exit %d: %q", code, r.stderr)
	}
}

// The edge admits a hundred requests at once and then fifty a second, and does not say so: work is
// paced, and no request is given up.
func TestEdgeLimitPacesBulkWork(t *testing.T) {
	t.Parallel()
	_, env, _ := manyServers(t, 250, 0, nil)
	r := run{env: env}
	if code := r.run(t, "server", "list"); code != cmd.ExitOK || strings.Count(r.stdout, "\n") != 251 {
		t.Fatalf("exit %d, %d lines: %.300s", code, strings.Count(r.stdout, "\n"), r.stderr)
	}
}

// BenchmarkPacedServerList reports the wall time as a part of n/50 + 2 seconds.
func BenchmarkPacedServerList(b *testing.B) {
	const n = 1000
	for b.Loop() {
		_, env, _ := manyServers(b, n, 20*time.Millisecond, nil)
		start := time.Now()
		if code := runQuietly(b, env, "server", "list"); code != cmd.ExitOK {
			b.Fatalf("exit %d", code)
		}
		b.ReportMetric(time.Since(start).Seconds()/(n/50+2), "wall/bound")
	}
}

// BenchmarkServerList reports the wall time as a multiple of requests × latency / 8.
func BenchmarkServerList(b *testing.B) {
	const latency = 20 * time.Millisecond
	registry, env, _ := manyServers(b, 1000, latency, unlimited())
	for b.Loop() {
		before, start := len(registry.Requests()), time.Now()
		if code := runQuietly(b, env, "server", "list"); code != cmd.ExitOK {
			b.Fatalf("exit %d", code)
		}
		ideal := time.Duration(len(registry.Requests())-before) * latency / 8
		b.ReportMetric(float64(time.Since(start))/float64(ideal), "wall/ideal")
	}
}

func runQuietly(b *testing.B, env map[string]string, args ...string) int {
	b.Helper()
	return cmd.Run(b.Context(), cmd.Deps{
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard,
		LookupEnv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
	}, args)
}
