package connect_test

import (
	"testing"

	"github.com/mcpreg/mcpreg/connect"
)

// The ids are those that Codex itself sent, in some forty recorded logins.
func TestCodexCallbackID(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"http://127.0.0.1:18082/srv/mcp":            "eMQYWsthcKcm",
		"https://api.us.elevenlabs.io/v1/mcp":       "6MFBM1In3Ey-", // told by a user of that server
		"http://127.0.0.1:18095/srv/mcp":            "iIm2AkzA3Ju_",
		"http://127.0.0.1:18096/srv/mcp":            "syevJL-cqNdg",
		"http://127.0.0.1:18096/srv/mcp#frag":       "syevJL-cqNdg",
		"HTTP://127.0.0.1:18096/srv/mcp":            "syevJL-cqNdg",
		"http://127.0.0.1:18096/srv/../srv/mcp":     "syevJL-cqNdg",
		"http://127.0.0.1:18096/srv/%2E%2e/srv/mcp": "syevJL-cqNdg", // WHATWG URL, double-dot path segment
		"http://127.0.0.1:18096/./srv/x/../mcp":     "syevJL-cqNdg",
		"http://127.0.0.1:018096/srv/mcp":           "syevJL-cqNdg", // a port is a number
		"http://127.0.0.1:18096/srv/mcp/":           "ySzcYlql-44a",
		"http://127.0.0.1:18096/srv/mcp?x=1":        "iyOzDD7h0S87",
		"http://127.0.0.1:18096":                    "Ryg9_JekO5l1",
		"http://127.0.0.1:18096/":                   "Ryg9_JekO5l1",
		"http://LocalHost:18097/srv/mcp":            "F9DvMYjHY6pH",
		"http://127.0.0.1:80/srv/mcp":               "L-z0MElAcDF_",
		"http://127.0.0.1/srv/mcp":                  "L-z0MElAcDF_",
		"http://127.0.0.1:/srv/mcp":                 "L-z0MElAcDF_",
	} {
		if got, err := connect.CodexCallbackID(url); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", url, got, err, want)
		}
	}
}

func TestCodexCallbackIDRefuses(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "/srv/mcp", "gw.example.com/srv/mcp", "ftp://gw.example.com/", "https:///srv", "https://user:pw@gw.example.com/srv",
		"https://gw.example.com/a b", "https://gw.example.com/a\nb", "https://bücher.example/", "https://127.1/", "https://0x7f.0.0.1/",
		"https://gw.example.com:0/", "https://gw.example.com:99999/", `https://gw.example.com\srv`, "https://[fe80::1%25eth0]/", "https://gw.example.com/%zz",
	} {
		_, err := connect.CodexCallbackID(url)
		if err == nil {
			t.Errorf("%q is accepted", url)
			continue
		}
		wantUsage(t, err)
	}
}
