package idp_test

import (
	"errors"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
)

func TestParseRedirectURI(t *testing.T) {
	t.Parallel()
	const legacy = "cursor://anysphere.cursor-mcp/oauth/callback"
	tests := []struct {
		uri     string
		allowed []string
		ok      bool
	}{
		{uri: "http://localhost/callback", ok: true},
		{uri: "http://localhost:8787/callback", ok: true},
		{uri: "http://127.0.0.1:41234/callback/6MFBM1In3Ey-", ok: true},
		{uri: "http://[::1]:8787/callback", ok: true},
		{uri: "http://localhost/callback/*", ok: true},
		{uri: "http://127.0.0.1:33418/", ok: true},
		{uri: legacy, allowed: []string{legacy}, ok: true},
		{uri: "https://www.cursor.com/agents/mcp/oauth/callback", allowed: []string{"https://www.cursor.com/agents/mcp/oauth/callback"}, ok: true},

		{uri: ""},
		{uri: "*"},
		{uri: "http://localhost"},
		{uri: "http://localhost/*"},
		{uri: "http://localhost*"},
		{uri: "http://localhost:*/callback"},
		{uri: "http://localhost/callback*"},
		{uri: "http://localhost/*/callback"},
		{uri: "http://localhost/callback/**"},
		{uri: "http://localhost:/callback"},
		{uri: "http://localhost:0/callback"},
		{uri: "http://localhost:65536/callback"},
		{uri: "http://localhost:08787/callback"},
		{uri: "https://localhost/callback"},
		{uri: "http://LOCALHOST/callback"},
		{uri: "http://localhost.evil.example/callback"},
		{uri: "http://localhost:8787@evil.example/callback"},
		{uri: "http://127.0.0.1.evil.example/callback"},
		{uri: "http://127.0.0.2/callback"},
		{uri: "http://[::2]/callback"},
		{uri: "http://localhost/callback?x=1"},
		{uri: "http://localhost/callback?"},
		{uri: "http://localhost/callback#x"},
		{uri: "http://localhost/callback#"},
		{uri: "http://user@localhost/callback"},
		{uri: "http://localhost/callback/../other"},
		{uri: "http://localhost/call back"},
		{uri: "http://localhost/callback\n"},
		{uri: "//localhost/callback"},
		{uri: "javascript:alert(1)"},
		{uri: legacy},
		{uri: legacy + "/more", allowed: []string{legacy}},
		{uri: "https://evil.example/*", allowed: []string{"https://evil.example/*"}},
		{uri: "https://a@evil.example/cb", allowed: []string{"https://a@evil.example/cb"}},
		{uri: "http://localhost/" + strings.Repeat("a", 2048)},
	}
	for _, test := range tests {
		got, err := idp.ParseRedirectURI(test.uri, test.allowed...)
		if (err == nil) != test.ok {
			t.Errorf("ParseRedirectURI(%q, %q) error %v, want ok %v", test.uri, test.allowed, err, test.ok)
			continue
		}
		if err == nil && got.String() != test.uri {
			t.Errorf("ParseRedirectURI(%q) = %q", test.uri, got)
		}
		var told *idp.Error
		if err != nil && (!errors.As(err, &told) || told.Code != idp.CodeUsage || told.Hint == "") {
			t.Errorf("ParseRedirectURI(%q): %#v is no usage error with a hint", test.uri, err)
		}
	}
}

// FuzzParseRedirectURI holds every accepted URI against what a browser would do with it: the
// code must go to this machine.
func FuzzParseRedirectURI(f *testing.F) {
	for _, seed := range []string{"http://localhost/callback", "http://localhost:8787@evil.example/", "http://[::1]/a/*", "http://127.0.0.1.evil.example/callback", "http:\\\\localhost/callback", "http://localhost\t/callback"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := idp.ParseRedirectURI(s); err != nil {
			return
		}
		u, err := url.Parse(s)
		if err != nil {
			t.Fatalf("accepted %q, which does not parse: %v", s, err)
		}
		ip := net.ParseIP(u.Hostname())
		if u.Scheme != "http" || (u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())) {
			t.Fatalf("accepted %q, which leaves this machine", s)
		}
		if strings.ContainsAny(s, "?#@\\ \t\r\n") || strings.Contains(strings.TrimSuffix(s, "/*"), "*") {
			t.Fatalf("accepted %q", s)
		}
	})
}
