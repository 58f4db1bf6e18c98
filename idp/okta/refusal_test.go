package okta_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
	"github.com/mcpreg/mcpreg/idp/okta"
)

func TestConfigurationIsChecked(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"":                                     "no Okta org",
		"acme.okta.com":                        "use https://acme.okta.com",
		"http://acme.okta.com":                 "clear text",
		"ftp://acme.okta.com":                  "absolute https URL",
		"https://":                             "absolute https URL",
		"https://acme-admin.okta.com":          "use the org's own address: https://acme.okta.com",
		"https://acme-admin.oktapreview.com":   "https://acme.oktapreview.com",
		"https://u:p@acme.okta.com":            "user or password",
		"https://acme.okta.com/oauth2/default": "--authorization-server",
		"https://acme.okta.com/?x=1":           "absolute https URL",
		"https://acme.okta.com/":               "",
		"https://login.acme.com":               "",
		"https://x-admin.acme.com":             "",
		"http://127.0.0.1:8080":                "",
	} {
		_, err := okta.New(okta.Config{OrgURL: address})
		if want == "" {
			if err != nil {
				t.Errorf("URL %q: %v", address, err)
			}
			continue
		}
		assertTold(t, "URL "+address, err, idp.CodeUsage, want)
	}
	for name, c := range map[string]struct {
		config okta.Config
		want   string
	}{
		"the org authorization server": {okta.Config{AuthorizationServer: "org"}, "its access tokens are for Okta alone"},
		"a path":                       {okta.Config{AuthorizationServer: "../apps"}, "is no id"},
		"a key without its app":        {okta.Config{PrivateKey: secret("k")}, "OKTA_SERVICE_CLIENT_ID"},
		"a filter that is none":        {okta.Config{GroupsFilter: "a(b"}, "no regular expression"},
		"a scope that is none":         {okta.Config{Scopes: []string{"openid", "two words"}}, `"two words" is no OAuth scope`},
		"a scope of Okta's own":        {okta.Config{Scopes: []string{"okta.apps.read"}}, "is Okta's own"},
	} {
		c.config.OrgURL = "https://acme.okta.com"
		_, err := okta.New(c.config)
		assertTold(t, name, err, idp.CodeUsage, c.want)
	}
}

// Every wrong input gets one clear error of the right sort, and changes nothing.
func TestBadInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *oktatest.Config) {
		c.Servers = []oktatest.AuthorizationServer{{Name: "Partners", Audience: "api://partners"}}
	})
	before := len(objects(w.Snapshot()["apps"]))
	for name, test := range map[string]struct {
		alter func(*okta.Config, *idp.Spec)
		code  idp.ErrorCode
		want  []string
	}{
		"no credential": {func(c *okta.Config, _ *idp.Spec) { c.Token = nil }, idp.CodeUsage, []string{"no credential", "OKTA_API_TOKEN"}},
		"wrong token":   {func(c *okta.Config, _ *idp.Spec) { c.Token = secret("00wrong") }, idp.CodeAuth, []string{"does not accept the API token", "30 days"}},
		"expired token": {func(c *okta.Config, _ *idp.Spec) { c.Token = secret(w.ExpiredToken()) }, idp.CodeAuth, []string{"does not accept the API token"}},
		"a token for apps only": {func(c *okta.Config, _ *idp.Spec) { c.Token = secret(w.AdminToken(oktatest.AppAdmin)) },
			idp.CodeForbidden, []string{"authorization server default", "API Access Management Administrator", "okta.authorizationServers.read"}},
		"unknown server": {func(c *okta.Config, _ *idp.Spec) { c.AuthorizationServer = "aus1nowhere" },
			idp.CodeNotFound, []string{"aus1nowhere", "default (default)", "(Partners)", "--authorization-server"}},
		"unknown group": {func(_ *okta.Config, s *idp.Spec) { s.Assign = []string{"registry-admin"} }, idp.CodeNotFound, []string{`no group "registry-admin"`, "near are registry-admins"}},
		"unknown user": {func(c *okta.Config, s *idp.Spec) {
			c.Token, s.AssignUsers = secret(w.AdminToken()), []string{"zoe@example.com"}
		}, idp.CodeNotFound, []string{`no user "zoe@example.com"`}},
		"unknown app id": {func(_ *okta.Config, s *idp.Spec) { s.Clients[0].ID = "0oanowhere" }, idp.CodeNotFound, []string{"0oanowhere", "--client-id"}},
		"a filter that misses a group": {func(c *okta.Config, _ *idp.Spec) { c.GroupsFilter = "staff-.*" },
			idp.CodeUsage, []string{"staff-.*", "leaves out group registry-admins"}},
		"nobody listens": {func(c *okta.Config, _ *idp.Spec) { c.OrgURL = "http://127.0.0.1:1" }, idp.CodeUnreachable, []string{"http://127.0.0.1:1", "refused"}},
	} {
		c, s := w.config, spec(t)
		test.alter(&c, &s)
		p, err := okta.New(c)
		if err == nil {
			change, _, planErr := p.Plan(t.Context(), s)
			if err = planErr; err == nil {
				_, err = change.Apply(t.Context(), nil)
			}
		}
		assertTold(t, name, err, test.code, test.want...)
	}
	if after := len(objects(w.Snapshot()["apps"])); after != before {
		t.Errorf("%d apps before, %d after: something was made", before, after)
	}
}

// Labels are not unique: two apps are named, and neither is touched. Apps whose labels only begin
// alike, and those of another sign-on mode, are none of our business.
func TestTwins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	first, second := w.AddApp(scriptApp()), w.AddApp(scriptApp())
	longer := w.AddApp(scriptApp(func(app map[string]any) { app["label"] = label + " (old)" }))
	w.AddApp(map[string]any{"label": label, "signOnMode": "SAML_2_0", "name": "acme_saml", "status": "ACTIVE"})
	for name, act := range map[string]func() error{
		"plan":   func() error { _, _, err := w.provider(t).Plan(t.Context(), spec(t)); return err },
		"remove": func() error { _, err := w.provider(t).PlanRemoval(t.Context(), spec(t)); return err },
	} {
		err := act()
		assertTold(t, name, err, idp.CodeUsage, "2 apps", first, second, "--client-id")
		if strings.Contains(err.Error(), longer) {
			t.Errorf("%s names an app of another label: %v", name, err)
		}
	}
	s := spec(t)
	s.Clients[0].ID = second
	_, r := w.setUp(t, s)
	if r.Clients[label] != second {
		t.Errorf("client %s, want %s", r.Clients[label], second)
	}
}

// A prefix of another app's label must not find that app, as it did with the script.
func TestAnAppWhoseLabelOnlyBeginsAlikeIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.AddApp(scriptApp(func(app map[string]any) { app["label"] = label + " of finance" }))
	before := w.apps(label + " of finance")[0]
	w.setUp(t, spec(t))
	assertSameButFor(t, before, w.apps(label + " of finance")[0])
	w.app(t)
}

func TestAppsThatMayNotBecomeOurs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path  []string
		value string
		want  string
	}{
		"confidential":  {[]string{"credentials", "oauthClient", "token_endpoint_auth_method"}, "client_secret_basic", "is confidential"},
		"a web app":     {[]string{"settings", "oauthClient", "application_type"}, "web", `is of the type "web", which cannot be changed`},
		"a browser app": {[]string{"settings", "oauthClient", "application_type"}, "browser", "assistants need a native app"},
	} {
		w := newWorld(t, nil)
		w.AddApp(scriptApp(func(app map[string]any) {
			inner := app[test.path[0]].(map[string]any)[test.path[1]].(map[string]any)
			inner[test.path[2]] = test.value
		}))
		before := w.app(t)
		_, _, err := w.provider(t).Plan(t.Context(), spec(t))
		assertTold(t, name, err, idp.CodeUsage, test.want, "--name")
		assertSameButFor(t, before, w.app(t))
	}
}

// An org without API Access Management is recognised however it refuses, and told its choices.
func TestAnOrgWithoutAPIAccessManagement(t *testing.T) {
	t.Parallel()
	for name, licence := range map[string]oktatest.Licence{"401": oktatest.Unlicensed401, "403": oktatest.Unlicensed403, "404": oktatest.Unlicensed404} {
		w := newWorld(t, func(c *oktatest.Config) { c.Licence = licence })
		_, _, err := w.provider(t).Plan(t.Context(), spec(t))
		assertTold(t, name, err, idp.CodeNotFound, "no custom authorization server, only the org's own", "API Access Management", "another identity provider")
		if told(err).Failure != "OK24" {
			t.Errorf("%s: failure %s", name, told(err).Failure)
		}
	}
}

// Whoever may look but not write is told so, and nothing is half done.
func TestUnderPrivilegedWriters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.config.Token = secret(w.AdminToken(oktatest.ReadOnlyAdmin))
	p, _ := w.plan(t, spec(t))
	_, err := p.Apply(t.Context(), nil)
	assertTold(t, "read-only", err, idp.CodeForbidden, "creating app", "API Access Management Administrator", "okta.apps.manage")
	if len(w.apps(label)) != 0 {
		t.Error("an app was made")
	}
}

// A storm of 429 is sat out as long as the headers say, and told when it goes on.
func TestStormsOf429(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.Throttle(oktatest.Storm{Requests: 2, Reset: -time.Second})
	if p, _ := w.plan(t, spec(t)); p.InSync() {
		t.Error("nothing to do in an empty org")
	}
	w.Throttle(oktatest.Storm{Requests: 100, Reset: -time.Second})
	w.sent.counts()
	waits := 0
	w.config.Waiting = func(time.Duration) { waits++ }
	_, _, err := w.provider(t).Plan(t.Context(), spec(t))
	assertTold(t, "a long storm", err, idp.CodeUnreachable, "429", "try again later")
	if all, _ := w.sent.counts(); all != 3 {
		t.Errorf("%d requests, want 3", all)
	}
	if waits != 2 {
		t.Errorf("%d waits are told, and after the last request nobody waits", waits)
	}
}

// serve answers everything alike.
func serve(t *testing.T, status int, contentType, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Answers that are not Okta's must not read as "there is no app".
func TestForeignAnswers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		url  string
		code idp.ErrorCode
		want string
	}{
		"a login page": {serve(t, 200, "text/html; charset=utf-8", "<html>Please sign in</html>"), idp.CodeFailed, "web page"},
		"a 404 page":   {serve(t, 404, "text/html", "<html>Not here</html>"), idp.CodeFailed, "web page"},
		"a 502":        {serve(t, 502, "application/json", `{}`), idp.CodeUnreachable, "cannot serve now"},
		"no JSON":      {serve(t, 200, "application/json", `{"id":`), idp.CodeUnreachable, "no usable answer"},
		"other text":   {serve(t, 200, "text/plain", `hello`), idp.CodeUnreachable, "no usable answer"},
	} {
		p, err := okta.New(okta.Config{OrgURL: test.url, Token: secret("canary")})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = p.Plan(t.Context(), spec(t))
		assertTold(t, name, err, test.code, test.want)
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the secret is in the error", name)
		}
	}
}

func TestAnInterruptionIsItself(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p, err := okta.New(okta.Config{OrgURL: "http://127.0.0.1:1", Token: secret("t")})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Plan(ctx, spec(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}
