package oktatest

import "testing"

// Redirect URIs are the same text or not the same (Okta: "OpenID Connect (OIDC) redirect URI"); a
// wildcard is for one label of the lowest subdomain, where the app allows it.
func TestRedirectsAreLiteral(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		registered, asked string
		wildcards         bool
		want              bool
	}{
		{"http://localhost:8787/callback", "http://localhost:8787/callback", false, true},
		{"http://localhost:8787/callback", "http://localhost:8788/callback", false, false},
		{"http://localhost/callback", "http://localhost:8787/callback", false, false},
		{"http://localhost:8787/callback", "http://localhost/callback", false, false},
		{"http://localhost:8787/callback", "http://127.0.0.1:8787/callback", false, false},
		{"http://127.0.0.1:8787/callback", "http://127.0.0.1:8787/callback", false, true},
		{"http://localhost:8787/callback", "http://[::1]:8787/callback", false, false},
		{"http://localhost:8787/callback", "https://localhost:8787/callback", false, false},
		{"http://localhost:8787/callback", "http://localhost:8787/callback/", false, false},
		{"http://localhost:8787/callback", "http://localhost:8787/callback/abc", false, false},
		{"http://localhost:8787/callback", "http://localhost:8787/Callback", false, false},
		{"http://localhost:8787/callback", "http://LOCALHOST:8787/callback", false, false},
		{"http://localhost:8787/callback", "http://localhost:8787/callback?a=b", false, false},
		{"http://localhost:8787/callback/abc", "http://localhost:8787/callback", false, false},
		{"cursor://anysphere.cursor-mcp/oauth/callback", "cursor://anysphere.cursor-mcp/oauth/callback", false, true},
		{"https://*.example.com/cb", "https://a.example.com/cb", true, true},
		{"https://*.example.com/cb", "https://a.example.com/cb", false, false},
		{"https://*.example.com/cb", "https://a.b.example.com/cb", true, false},
		{"https://*.example.com/cb", "https://example.com/cb", true, false},
		{"https://*.example.com/cb", "https://evil.com/.example.com/cb", true, false},
		{"https://*.example.com/cb", "https://a.example.com/other", true, false},
		{"https://*.example.com/cb", "http://a.example.com/cb", true, false},
		{"", "", false, false},
	} {
		client := &app{document: document{"settings": document{"oauthClient": document{"wildcard_redirect": "DISABLED"}}}}
		settings := within(client.document, "settings", "oauthClient")
		if row.registered != "" {
			settings["redirect_uris"] = []any{row.registered}
		}
		if row.wildcards {
			settings["wildcard_redirect"] = "SUBDOMAIN"
		}
		if got := (&Okta{}).admits(client, row.asked); got != row.want {
			t.Errorf("%q registered, %q asked, wildcards %v: %v, want %v", row.registered, row.asked, row.wildcards, got, row.want)
		}
	}
}
