package connect_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

func failures(warnings []connect.Warning) []string {
	var list []string
	for _, w := range warnings {
		list = append(list, w.Failure)
	}
	return list
}

func TestURL(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, c := range []struct {
		name   string
		kind   idp.Kind
		origin string
		server connect.Server
		rule   connect.URLRule
		want   string
		warns  []string
	}{
		{"unset appends since 1.29", idp.Keycloak, "https://gw.example.com", connect.Server{Path: "/time", ProxyPassURL: "http://time:8000/mcp"}, connect.AppendUnlessFalse, "https://gw.example.com/time/mcp", nil},
		{"unset looks at the proxied URL before", idp.Keycloak, "https://gw.example.com", connect.Server{Path: "/time", ProxyPassURL: "http://time:8000/mcp"}, connect.DetectMCPPath, "https://gw.example.com/time/", []string{"GW17"}},
		{"and at what is below", idp.Keycloak, "https://gw.example.com", connect.Server{Path: "/time", ProxyPassURL: "http://time:8000/v1/x"}, connect.DetectMCPPath, "https://gw.example.com/time/", []string{"GW17"}},
		{"and appends otherwise", idp.Keycloak, "https://gw.example.com", connect.Server{Path: "/time", ProxyPassURL: "http://time:8000/mcpx"}, connect.DetectMCPPath, "https://gw.example.com/time/mcp", nil},
		{"true wins before", idp.Keycloak, "https://gw.example.com", connect.Server{Path: "/time", ProxyPassURL: "http://time:8000/sse", AppendMCPPath: &yes}, connect.DetectMCPPath, "https://gw.example.com/time/mcp", nil},
		{"false ends in a slash", idp.Okta, "https://gw.example.com", connect.Server{Path: "/time", AppendMCPPath: &no}, connect.AppendUnlessFalse, "https://gw.example.com/time/", []string{"GW17"}},
		{"slashes and a path prefix", idp.Okta, "https://gw.example.com/registry/", connect.Server{Path: "//a/b//"}, connect.AppendUnlessFalse, "https://gw.example.com/registry/a/b/mcp", nil},
		{"own endpoint wins", idp.Okta, "https://gw.example.com", connect.Server{Path: "/time", MCPEndpoint: "https://time.example.com/rpc", AppendMCPPath: &no}, connect.AppendUnlessFalse, "https://time.example.com/rpc", []string{"GW05"}},
		{"path ends in /mcp", idp.Okta, "https://gw.example.com", connect.Server{Path: "/acme/mcp"}, connect.AppendUnlessFalse, "https://gw.example.com/acme/mcp/mcp", []string{"GW05"}},
		{"path ends in the letters mcp", idp.Okta, "https://gw.example.com", connect.Server{Path: "/acme-mcp"}, connect.AppendUnlessFalse, "https://gw.example.com/acme-mcp/mcp", nil},
		{"plain http", idp.Okta, "http://gw.example.com", connect.Server{Path: "/time"}, connect.AppendUnlessFalse, "http://gw.example.com/time/mcp", []string{"GW07"}},
		{"plain http on loopback", idp.Okta, "http://127.0.0.1:8080", connect.Server{Path: "/time"}, connect.AppendUnlessFalse, "http://127.0.0.1:8080/time/mcp", nil},
		{"hostile path", idp.Okta, "https://gw.example.com", connect.Server{Path: "/x?y#z\n\"$(id)%41%4"}, connect.AppendUnlessFalse, "https://gw.example.com/x%3Fy%23z%0A%22$(id)%41%254/mcp", nil},
		{"umlaut", idp.Okta, "https://gw.example.com", connect.Server{Path: "/Ünï"}, connect.AppendUnlessFalse, "https://gw.example.com/%C3%9Cn%C3%AF/mcp", nil},
	} {
		got, warnings, err := connect.URL(c.kind, c.origin, c.server, c.rule)
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
		if diff := cmp.Diff(c.warns, failures(warnings)); diff != "" {
			t.Errorf("%s: warnings %s", c.name, diff)
		}
	}
}

func TestURLOfARootEndpointOnEntra(t *testing.T) {
	t.Parallel()
	no := false
	server := connect.Server{Path: "/time", AppendMCPPath: &no}
	_, onOkta, _ := connect.URL(idp.Okta, "https://gw.example.com", server, connect.AppendUnlessFalse)
	_, onEntra, _ := connect.URL(idp.Entra, "https://gw.example.com", server, connect.AppendUnlessFalse)
	if len(onEntra) != 1 || onEntra[0] == onOkta[0] || !strings.Contains(onEntra[0].Text, "identifier URI") {
		t.Errorf("Entra ID: %v, elsewhere: %v", onEntra, onOkta)
	}
}

func TestURLRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		origin string
		server connect.Server
		word   string
	}{
		{"gw.example.com", connect.Server{Path: "/x"}, `"gw.example.com"`},
		{"https://gw.example.com?x=1", connect.Server{Path: "/x"}, "query"},
		{"https://gw.example.com/#", connect.Server{Path: "/x"}, "fragment"},
		{"https://gw.example.com", connect.Server{Name: "Time", Path: "//"}, `"Time"`},
		{"https://gw.example.com", connect.Server{Path: "/x", MCPEndpoint: "/relative"}, `"/relative"`},
	} {
		_, _, err := connect.URL(idp.Okta, c.origin, c.server, connect.AppendUnlessFalse)
		wantUsage(t, err, c.word)
	}
}

// A gateway below a path prefix is not left by what somebody registers.
func TestPathsStayBelowTheGateway(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/../admin", "/x/%2e%2E/admin", "/x/./y", ".."} {
		if got, _, err := connect.URL(idp.Keycloak, "https://gw.example.com/registry", connect.Server{Path: path}, connect.AppendUnlessFalse); err == nil {
			t.Errorf("path %q climbs out of the gateway: %s", path, got)
		}
	}
}
