package connect_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

// Two servers whose ids were measured.
const (
	serverA = "http://127.0.0.1:18095/srv/mcp" // iIm2AkzA3Ju_
	serverB = "http://127.0.0.1:18096/srv/mcp" // syevJL-cqNdg
)

func TestRedirects(t *testing.T) {
	t.Parallel()
	all := []string{"claude-code", "cursor", "codex"}
	both := []string{serverB, serverA, serverA}
	for _, c := range []struct {
		name  string
		kind  idp.Kind
		ids   []string
		urls  []string
		opts  connect.RedirectOptions
		want  []string
		warns []string
	}{
		{"keycloak needs no server", idp.Keycloak, all, nil, connect.RedirectOptions{}, []string{"http://127.0.0.1/callback/*", "http://localhost/callback/*"}, nil},
		{"keycloak strict", idp.Keycloak, all, both, connect.RedirectOptions{Strict: true}, []string{
			"http://127.0.0.1/callback", "http://127.0.0.1/callback/iIm2AkzA3Ju_", "http://127.0.0.1/callback/syevJL-cqNdg",
			"http://localhost/callback", "http://localhost/callback/iIm2AkzA3Ju_", "http://localhost/callback/syevJL-cqNdg",
		}, nil},
		{"keycloak strict without servers", idp.Keycloak, all, nil, connect.RedirectOptions{Strict: true}, []string{"http://127.0.0.1/callback", "http://localhost/callback"}, []string{"ID06"}},
		{"okta on the port of Cursor", idp.Okta, all, both, connect.RedirectOptions{}, []string{
			"http://localhost:8787/callback", "http://localhost:8787/callback/iIm2AkzA3Ju_", "http://localhost:8787/callback/syevJL-cqNdg",
		}, nil},
		{"okta on another port", idp.Okta, all, []string{serverA}, connect.RedirectOptions{Port: 56789}, []string{
			"http://localhost:56789/callback", "http://localhost:56789/callback/iIm2AkzA3Ju_", "http://localhost:8787/callback",
		}, nil},
		{"cursor cannot move", idp.Cognito, []string{"cursor"}, []string{serverA}, connect.RedirectOptions{Port: 56789}, []string{"http://localhost:8787/callback"}, nil},
		{"cognito without servers", idp.Cognito, all, nil, connect.RedirectOptions{}, []string{"http://localhost:8787/callback"}, []string{"ID06"}},
		{"entra ignores the port", idp.Entra, all, []string{serverA}, connect.RedirectOptions{Port: 56789}, []string{"http://localhost/callback", "http://localhost/callback/iIm2AkzA3Ju_"}, nil},
		{"entra without servers", idp.Entra, []string{"codex"}, nil, connect.RedirectOptions{}, []string{"http://localhost/callback"}, []string{"ID06"}},
		{"older Cursors by name", idp.Keycloak, []string{"cursor-legacy", "cursor-web", "cursor"}, nil, connect.RedirectOptions{}, []string{
			"cursor://anysphere.cursor-mcp/oauth/callback", "http://127.0.0.1/callback/*", "http://localhost/callback/*", "https://www.cursor.com/agents/mcp/oauth/callback",
		}, nil},
		{"no login, no redirect", idp.Okta, []string{"roo-code", "kiro", "goose", "vscode", "curl"}, []string{serverA}, connect.RedirectOptions{}, nil, nil},
	} {
		uris, warnings, err := connect.Redirects(c.kind, assistants(t, c.ids...), c.urls, c.opts)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, nilIfEmpty(idp.Strings(uris))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if diff := cmp.Diff(c.warns, failures(warnings)); diff != "" {
			t.Errorf("%s: warnings %s", c.name, diff)
		}
	}
}

func nilIfEmpty(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

func TestRedirectsRefuses(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"/srv/mcp", "gw.example.com/srv", "https://gw.example.com/#x", "https://gw.example.com/a b"} {
		for _, kind := range idp.Kinds() {
			_, _, err := connect.Redirects(kind, connect.DefaultAssistants(), []string{serverA, url}, connect.RedirectOptions{})
			wantUsage(t, err, fmt.Sprintf("%q", url))
		}
	}
	for _, port := range []int{-1, 65536} {
		_, _, err := connect.Redirects(idp.Okta, connect.DefaultAssistants(), nil, connect.RedirectOptions{Port: port})
		wantUsage(t, err, fmt.Sprint(port))
	}
}

func TestRedirectsBeyondWhatEntraHolds(t *testing.T) {
	t.Parallel()
	var urls []string
	for i := range 255 {
		urls = append(urls, fmt.Sprintf("https://gw.example.com/s%d/mcp", i))
	}
	for extra, want := range map[string][]string{urls[0]: nil, "https://gw.example.com/one-more/mcp": {"EN19"}} {
		_, warnings, err := connect.Redirects(idp.Entra, connect.DefaultAssistants(), append([]string{extra}, urls...), connect.RedirectOptions{})
		if diff := cmp.Diff(want, failures(warnings)); diff != "" || err != nil {
			t.Error(err, diff)
		}
	}
}

func TestSentRedirects(t *testing.T) {
	t.Parallel()
	codex := assistants(t, "codex")[0]
	for kind, want := range map[idp.Kind][]string{
		idp.Keycloak: {"http://127.0.0.1/callback", "http://127.0.0.1/callback/iIm2AkzA3Ju_", "http://localhost/callback", "http://localhost/callback/iIm2AkzA3Ju_"},
		idp.Okta:     {"http://localhost:9000/callback", "http://localhost:9000/callback/iIm2AkzA3Ju_"},
		idp.Entra:    {"http://localhost/callback", "http://localhost/callback/iIm2AkzA3Ju_"},
	} {
		uris, err := connect.SentRedirects(kind, codex, serverA, 9000)
		if diff := cmp.Diff(want, idp.Strings(uris)); diff != "" || err != nil {
			t.Errorf("%s: %v %s", kind, err, diff)
		}
	}
}
