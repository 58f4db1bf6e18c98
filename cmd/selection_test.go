package cmd_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

func TestSelection(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, func(c *registrytest.Config) {
		c.Servers = []registrytest.Server{
			{Path: "/finance/reports", Name: "Reports", Tags: []string{"finance", "beta"}, ProxyPassURL: "http://a:1/"},
			{Path: "/finance/stock", Name: "Stock", Tags: []string{"finance"}, ProxyPassURL: "http://a:1/"},
			{Path: "/time", Name: "Time", Tags: []string{"beta"}, ProxyPassURL: "http://a:1/"},
			{Path: "/stdio", Name: "Local", Tags: []string{"beta"}, Deployment: "local"},
		}
	})
	for name, test := range map[string]struct {
		args  []string
		stdin string
		want  []string
	}{
		"one":                  {[]string{"time"}, "", []string{"/time"}},
		"some":                 {[]string{"/time", "/finance/stock"}, "", []string{"/finance/stock", "/time"}},
		"all":                  {[]string{"--all"}, "", []string{"/finance/reports", "/finance/stock", "/time"}},
		"a pattern":            {[]string{"/finance/*"}, "", []string{"/finance/reports", "/finance/stock"}},
		"a pattern and a name": {[]string{"/finance/s*", "/time"}, "", []string{"/finance/stock", "/time"}},
		"named twice":          {[]string{"/finance/*", "finance/stock", "/time", "time/"}, "", []string{"/finance/reports", "/finance/stock", "/time"}},
		"one, twice":           {[]string{"/time", "time"}, "", []string{"/time"}},
		"a tag":                {[]string{"--tag", "beta"}, "", []string{"/finance/reports", "/time"}},
		"a mark of byte order": {[]string{"-"}, "\ufeff/time\r\n", []string{"/time"}},
		"standard input":       {[]string{"-"}, "# chosen\n/time\n\n  /finance/* \n", []string{"/finance/reports", "/finance/stock", "/time"}},
	} {
		r := run{env: env, stdin: test.stdin}
		if code := r.run(t, append([]string{"connect", "--assistant", "claude-code", "--shell", "sh"}, test.args...)...); code != cmd.ExitOK {
			t.Errorf("%s: exit %d: %s", name, code, r.stderr)
			continue
		}
		var got []string
		for line := range strings.Lines(r.stdout) {
			if _, url, ok := strings.Cut(line, env["REGISTRY_URL"]); ok {
				got = append(got, strings.TrimSuffix(strings.TrimSpace(url), "/mcp"))
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no match":     {[]string{"/none/*"}, cmd.ExitNotFound, "matches /none/*"},
		"no such tag":  {[]string{"--tag", "gamma"}, cmd.ExitNotFound, "has the tag gamma"},
		"no pattern":   {[]string{"/[a"}, cmd.ExitUsage, "is no pattern"},
		"all and tag":  {[]string{"--all", "--tag", "beta"}, cmd.ExitUsage, "use one or the other"},
		"empty stdin":  {[]string{"-"}, cmd.ExitUsage, "names no server"},
		"nothing said": {nil, cmd.ExitUsage, "no server is named"},
	} {
		r := run{env: env}
		if code := r.run(t, append([]string{"connect"}, test.args...)...); code != test.code || !strings.Contains(r.stderr, test.want) {
			t.Errorf("%s: exit %d: %s", name, code, r.stderr)
		}
	}
}

// What is doubtful about many servers alike is said once.
func TestRedirectsSayEachThingOnce(t *testing.T) {
	t.Parallel()
	_, env := startRegistry(t, func(c *registrytest.Config) {
		no := false
		for _, path := range []string{"/a", "/b", "/c"} {
			c.Servers = append(c.Servers, registrytest.Server{Path: path, Name: path, AppendMCPPath: &no, ProxyPassURL: "http://a:1/"})
		}
	})
	r := run{env: env}
	if code := r.run(t, "redirects", "--all"); code != cmd.ExitOK || strings.Count(r.stderr, "GW17") != 1 {
		t.Errorf("exit %d: %s", code, r.stderr)
	}
	if code := r.run(t, "redirects", "--all", "-o", "json"); code != cmd.ExitOK || strings.Count(r.stdout, "GW17") != 1 {
		t.Errorf("exit %d: %s", code, r.stdout)
	}
}

// A server that goes between the list and its reading does not stop the others.
func TestServerThatIsGoneMeanwhile(t *testing.T) {
	t.Parallel()
	registry, env := startRegistry(t, nil)
	fronted(t, registry, env, func(w http.ResponseWriter, r *http.Request) bool {
		gone := r.URL.Path == "/api/servers/fininfo"
		if gone {
			w.WriteHeader(http.StatusNotFound)
		}
		return gone
	})
	r := run{env: env}
	if code := r.run(t, "server", "list"); code != cmd.ExitOK || !strings.Contains(r.stderr, "/fininfo is left out") || !strings.Contains(r.stdout, "/currenttime ") {
		t.Errorf("exit %d: %s%s", code, r.stdout, r.stderr)
	}
	if code := r.run(t, "server", "list", "/fininfo", "/currenttime"); code != cmd.ExitNotFound || r.stdout != "" {
		t.Errorf("named: exit %d: %s%s", code, r.stdout, r.stderr)
	}
}
