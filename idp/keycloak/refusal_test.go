package keycloak_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/idp/keycloak"
)

// Every wrong input gets one clear error of the right sort, and changes nothing.
func TestBadInputOnARealServer(t *testing.T) {
	for _, version := range []string{realpart.Keycloak26_7, realpart.Keycloak24} {
		t.Run(version, func(t *testing.T) {
			w := newWorld(t, version)
			queryOnly, querySecret := w.ServiceAccount(t, "query-clients")
			noRights, noSecret := w.ServiceAccount(t)
			viewOnly, viewSecret := w.ServiceAccount(t, "view-clients")
			before := w.ClientCount(t)
			for name, test := range map[string]struct {
				alter func(*keycloak.Config)
				code  idp.ErrorCode
				want  []string // in message or hint
			}{
				"missing realm":       {func(c *keycloak.Config) { c.Realm = "nowhere"; w.administrator(c) }, idp.CodeNotFound, []string{"realm nowhere", "--realm"}},
				"missing admin realm": {func(c *keycloak.Config) { c.AdminRealm = "nowhere" }, idp.CodeNotFound, []string{"realm nowhere", "--admin-realm"}},
				"wrong password":      {func(c *keycloak.Config) { w.administrator(c); c.Password = secret("wrong") }, idp.CodeAuth, []string{"wrong, or the user is temporarily locked"}},
				"wrong secret":        {func(c *keycloak.Config) { c.ClientSecret = secret("wrong") }, idp.CodeAuth, []string{"service account " + w.config.ClientID}},
				"unknown account":     {func(c *keycloak.Config) { c.ClientID = "nobody" }, idp.CodeAuth, []string{"service account nobody"}},
				"wrong base path":     {func(c *keycloak.Config) { c.URL += "/auth" }, idp.CodeNotFound, []string{"/auth", "try " + w.Keycloak.URL}},
				"a token of no one":   {func(c *keycloak.Config) { c.ClientSecret, c.Token = nil, secret("x.y.z") }, idp.CodeAuth, []string{"does not accept the token"}},
				"no rights":           {func(c *keycloak.Config) { c.ClientID, c.ClientSecret = noRights, secret(noSecret) }, idp.CodeForbidden, []string{"manage-clients", "realm-management"}},
				"query-clients only": {func(c *keycloak.Config) {
					c.ClientID, c.ClientSecret = queryOnly, secret(querySecret)
					c.ConfirmAbsent = true
				}, idp.CodeForbidden, []string{"may not see", "view-clients"}},
				"no credential at all": {func(c *keycloak.Config) { c.ClientSecret = nil }, idp.CodeUsage, []string{"no credential", "KEYCLOAK_ADMIN_PASSWORD"}},
				"nobody listens there": {func(c *keycloak.Config) { c.URL = "http://127.0.0.1:1" }, idp.CodeUnreachable, []string{"http://127.0.0.1:1", "refused"}},
				"reading with a viewer": {func(c *keycloak.Config) {
					c.ClientID, c.ClientSecret, c.ConfirmAbsent = viewOnly, secret(viewSecret), true
				}, "", nil},
			} {
				c := w.config
				test.alter(&c)
				p, err := keycloak.New(c)
				if err == nil {
					_, _, err = p.Plan(t.Context(), spec(t))
				}
				assertTold(t, name, err, test.code, test.want)
			}
			for name, who := range map[string][2]string{"applying with a viewer": {viewOnly, viewSecret}, "applying with query-clients": {queryOnly, querySecret}} {
				c := w.config
				c.ClientID, c.ClientSecret = who[0], secret(who[1])
				p, err := keycloak.New(c)
				if err != nil {
					t.Fatal(err)
				}
				change, _, err := p.Plan(t.Context(), spec(t))
				if err != nil {
					t.Fatal(err)
				}
				_, err = change.Apply(t.Context(), nil)
				assertTold(t, name, err, idp.CodeForbidden, []string{"manage-clients"})
			}
			if after := w.ClientCount(t); after != before {
				t.Errorf("%d clients before, %d after: something was made", before, after)
			}
		})
	}
}

// administrator makes the configuration that of the server's administrator.
func (w *world) administrator(c *keycloak.Config) {
	c.AdminRealm, c.Username, c.Password, c.ClientSecret = "master", w.Keycloak.AdminUser, secret(w.Keycloak.AdminPassword), nil
}

func assertTold(t *testing.T, name string, err error, code idp.ErrorCode, want []string) {
	t.Helper()
	if code == "" {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	var told *idp.Error
	if !errors.As(err, &told) {
		t.Errorf("%s: error %v is not told", name, err)
		return
	}
	text := told.Message + " / " + told.Hint
	if told.Code != code {
		t.Errorf("%s: code %s, want %s: %s", name, told.Code, code, text)
	}
	for _, fragment := range want {
		if !strings.Contains(text, fragment) {
			t.Errorf("%s: %q lacks %q", name, text, fragment)
		}
	}
}

// A confidential client keeps its secret, and whatever signs in with it keeps working.
func TestConfidentialClientsAreRefused(t *testing.T) {
	w := newWorld(t, realpart.Keycloak26_7)
	w.CreateClient(t, map[string]any{"clientId": clientID, "publicClient": false, "secret": "keep-me", "serviceAccountsEnabled": true})
	_, _, err := w.provider(t).Plan(t.Context(), spec(t))
	assertTold(t, "confidential", err, idp.CodeUsage, []string{"is confidential", "delete its secret", "--name"})
	if got := w.Client(t, clientID)["secret"]; got != "keep-me" {
		t.Errorf("secret %v", got)
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"":                              "absolute",
		"sso.example.com":               "absolute",
		"ftp://sso.example.com":         "absolute",
		"http://sso.example.com":        "clear text",
		"https://u:p@sso.example.com":   "user or password",
		"https://sso.example.com/?x=1":  "absolute",
		"https://sso.example.com/auth/": "",
		"http://127.0.0.1:8080":         "",
		"http://[::1]:8080":             "",
	} {
		_, err := keycloak.New(keycloak.Config{URL: address, Realm: "r", Token: secret("t")})
		if want == "" && err != nil || want != "" && (code(err) != idp.CodeUsage || !strings.Contains(err.Error(), want)) {
			t.Errorf("URL %q: error %v, want %q", address, err, want)
		}
	}
	if _, err := keycloak.New(keycloak.Config{URL: "http://sso.example.com", Realm: "r", AllowHTTP: true}); err != nil {
		t.Errorf("plain http with leave: %v", err)
	}
	if _, err := keycloak.New(keycloak.Config{URL: "https://sso.example.com", Realm: "../master"}); err == nil {
		t.Error("a realm with a slash was taken")
	}
}

// serve answers everything alike, and counts.
func serve(t *testing.T, status int, contentType, body string) (string, *counter) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL, &counter{}
}

// A proxy's login page must not read as "no such client".
func TestAWebPageIsNoAnswer(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, http.StatusOK, "text/html; charset=utf-8", "<html>Please sign in</html>")
	for name, c := range map[string]keycloak.Config{
		"at the token":   {URL: url, Realm: "r", Username: "admin", Password: secret("canary")},
		"at the look-up": {URL: url, Realm: "r", Token: secret("canary")},
	} {
		p, err := keycloak.New(c)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = p.Plan(t.Context(), spec(t))
		assertTold(t, name, err, idp.CodeFailed, []string{"web page", "proxy"})
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the secret is in the error", name)
		}
	}
}

// What may go away by itself is tried again, but never a login: Keycloak may lock the user.
func TestOnlyReadsAreRetried(t *testing.T) {
	t.Parallel()
	url, sent := serve(t, http.StatusServiceUnavailable, "application/json", `{}`)
	p, err := keycloak.New(keycloak.Config{URL: url, Realm: "r", Username: "admin", Password: secret("p"), HTTP: &http.Client{Transport: sent}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = p.Plan(t.Context(), spec(t))
	assertTold(t, "login", err, idp.CodeUnreachable, []string{"cannot serve now"})
	if n := sent.all.Load(); n != 1 {
		t.Errorf("the login was sent %d times", n)
	}
	p, err = keycloak.New(keycloak.Config{URL: url, Realm: "r", Token: secret("t"), HTTP: &http.Client{Transport: sent}})
	if err != nil {
		t.Fatal(err)
	}
	sent.all.Store(0)
	_, _, err = p.Plan(t.Context(), spec(t))
	assertTold(t, "read", err, idp.CodeUnreachable, []string{"cannot serve now"})
	if n := sent.all.Load(); n != 4 {
		t.Errorf("the read was sent %d times, want 4", n)
	}
}

func TestAnInterruptionIsItself(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p, err := keycloak.New(keycloak.Config{URL: "http://127.0.0.1:1", Realm: "r", Token: secret("t")})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Plan(ctx, spec(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}
