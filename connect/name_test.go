package connect_test

import (
	"slices"
	"testing"

	"github.com/mcpreg/mcpreg/connect"
)

func TestServerName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ display, path, want string }{
		{"Current Time API", "/currenttime", "current-time-api"},
		{"  AWS \t\n Knowledge ", "/aws", "aws-knowledge-"}, // the dialog trims no dash at the end
		{"Fin & Risk", "/fin", "fin--risk"},
		{"a\u00a0b\u2003c", "/x", "a-b-c"},
		{"--scope user", "/x", "scope-user"},
		{"数据", "/data/lake", "data-lake"},
		{"!!!", "/---", "mcp-server"},
		{"", "", "mcp-server"},
		{"x; rm -rf ~ `id` $(id)", "/x", "x-rm--rf--id-id"},
		{"bell\a\x1b[31mred", "/x", "bell31mred"},
	} {
		if got := connect.ServerName(c.display, c.path); got != c.want {
			t.Errorf("ServerName(%q, %q) = %q, want %q", c.display, c.path, got, c.want)
		}
	}
}

func TestNameOfURL(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://gw.example.com/aws-knowledge/mcp": "aws-knowledge",
		"https://gw.example.com/aws-knowledge/":    "aws-knowledge",
		"https://gw.example.com/a/b/mcp/":          "a-b",
		"https://gw.example.com/mcp":               "mcp-server",
		"https://gw.example.com":                   "mcp-server",
		"://":                                      "mcp-server",
	} {
		if got := connect.NameOfURL(url); got != want {
			t.Errorf("NameOfURL(%q) = %q, want %q", url, got, want)
		}
	}
}

// Two servers of one name would replace each other in the assistant.
func TestNamesOfURLsDiffer(t *testing.T) {
	t.Parallel()
	got := connect.NamesOfURLs([]string{"https://gw1.example.com/time/mcp", "https://gw2.example.com/time/mcp", "https://gw2.example.com/time/", "https://gw1.example.com/finance/mcp"})
	if want := []string{"time", "time-2", "time-3", "finance"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
