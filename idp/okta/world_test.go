package okta_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest/contract"
	"github.com/mcpreg/mcpreg/idp/okta"
	"github.com/mcpreg/mcpreg/idp/plan"
)

const label = "MCP Gateway IDE Public Client"

// The redirects of Claude Code, Cursor and Codex at two servers, as the released programs send
// them on port 8787. The ids are those that Codex computes.
const (
	callback = "http://localhost:8787/callback"
	codexOne = "http://localhost:8787/callback/6MFBM1In3Ey-"
)

var (
	bob = browser.Person{Username: "bob", Password: "secret"} // in registry-admins and staff
	eve = browser.Person{Username: "eve", Password: "secret"} // in no group
)

// world is an org, and a credential that may do what setup needs.
type world struct {
	*oktatest.Okta
	config okta.Config
	sent   *counter
}

// counter remembers the requests of the provider.
type counter struct {
	base http.RoundTripper

	mu   sync.Mutex
	list []string // "GET /api/v1/apps"
}

// RoundTrip implements http.RoundTripper.
func (c *counter) RoundTrip(request *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.list = append(c.list, request.Method+" "+request.URL.Path)
	c.mu.Unlock()
	return c.base.RoundTrip(request)
}

// counts returns how many requests there were, and how many of them write, and forgets them.
func (c *counter) counts() (all, writes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.list {
		if !strings.HasPrefix(r, "GET ") && !strings.HasSuffix(r, "/oauth2/v1/token") {
			writes++
		}
	}
	all = len(c.list)
	c.list = nil
	return all, writes
}

func secret(value string) idp.Credential {
	return func(context.Context) (string, error) { return value, nil }
}

// newWorld starts an org with its people; alter may change it before.
func newWorld(t *testing.T, alter func(*oktatest.Config)) *world {
	t.Helper()
	config := oktatest.Config{
		Users: []idptest.User{
			{Name: "bob", Password: "secret", Groups: []string{"registry-admins", "staff"}},
			{Name: "eve", Password: "secret"},
		},
		Groups: []string{"mcp-users", "registry-auditors"},
	}
	if alter != nil {
		alter(&config)
	}
	o, err := oktatest.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	w := &world{Okta: o, sent: &counter{base: http.DefaultTransport}}
	w.config = okta.Config{OrgURL: o.URL(), Token: secret(o.AdminToken(oktatest.AppAdmin, oktatest.APIAccessManagementAdmin)), HTTP: &http.Client{Transport: w.sent}}
	return w
}

// underContract holds every exchange of the provider against Okta's OpenAPI document.
func (w *world) underContract(t *testing.T) *world {
	t.Helper()
	w.sent.base = contract.Transport(t, http.DefaultTransport)
	return w
}

func (w *world) provider(t *testing.T) *okta.Provider {
	t.Helper()
	p, err := okta.New(w.config)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// spec is what setup asks for with --group registry-admins for two servers.
func spec(t *testing.T) idp.Spec {
	t.Helper()
	return idp.Spec{
		Clients: []idp.Client{{Name: label, Redirects: uris(t, callback, codexOne)}},
		Groups:  []string{"registry-admins"}, Assign: []string{"registry-admins"},
	}
}

func uris(t *testing.T, list ...string) []idp.RedirectURI {
	t.Helper()
	var parsed []idp.RedirectURI
	for _, s := range list {
		uri, err := idp.ParseRedirectURI(s)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, uri)
	}
	return parsed
}

func (w *world) plan(t *testing.T, s idp.Spec) (*plan.Plan, *idp.Registration) {
	t.Helper()
	p, r, err := w.provider(t).Plan(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return p, r
}

// setUp plans and applies with one provider, as the setup command does.
func (w *world) setUp(t *testing.T, s idp.Spec) (*plan.Plan, *idp.Registration) {
	t.Helper()
	p, r := w.plan(t, s)
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return p, r
}

func (w *world) assistant(clientID, redirect string) browser.Client {
	return browser.Client{Issuer: w.Issuer(), ID: clientID, RedirectURI: redirect}
}

// app is the only app of the label.
func (w *world) app(t *testing.T) map[string]any {
	t.Helper()
	apps := w.apps(label)
	if len(apps) != 1 {
		t.Fatalf("%d apps of the label, want 1", len(apps))
	}
	return apps[0]
}

// apps are those of a label.
func (w *world) apps(label string) []map[string]any {
	var found []map[string]any
	for _, app := range objects(w.Snapshot()["apps"]) {
		if app["label"] == label {
			found = append(found, app)
		}
	}
	return found
}

// objects are the values of a part of a snapshot.
func objects(part any) []map[string]any {
	text, err := json.Marshal(part)
	if err != nil {
		panic(err)
	}
	var all map[string]map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		panic(err)
	}
	var list []map[string]any
	for _, object := range all {
		list = append(list, object)
	}
	return list
}

// lists are the lists of a part of a snapshot, by what they belong to.
func lists(part any) map[string][]map[string]any {
	text, err := json.Marshal(part)
	if err != nil {
		panic(err)
	}
	var all map[string][]map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		panic(err)
	}
	return all
}

// at returns what a path leads to in a document.
func at(document map[string]any, path ...string) any {
	var value any = document
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// refusals returns the ids of the failures that a gateway of release 1.30 with the settings that
// setup prints finds in the claims of a token.
func (w *world) refusals(t *testing.T, members map[string]any, r *idp.Registration) []string {
	t.Helper()
	claims, err := gateway.ParseClaims(idp.Okta, members)
	if err != nil {
		t.Fatal(err)
	}
	release, err := gateway.ParseRelease("1.30.0")
	if err != nil {
		t.Fatal(err)
	}
	var failures []string
	acceptance := gateway.Acceptance{Kind: idp.Okta, Release: release, ClientID: "0oagatewayweb", Issuers: []string{w.Issuer()}, AllowedAudiences: []string{r.Audience}}
	for _, v := range gateway.Judge(claims, acceptance, time.Now()) {
		if v.Outcome != gateway.Accepted {
			failures = append(failures, v.Failure)
		}
	}
	return failures
}

// told returns the error that mcpreg tells.
func told(err error) *idp.Error {
	var e *idp.Error
	if errors.As(err, &e) {
		return e
	}
	return &idp.Error{}
}

func assertTold(t *testing.T, name string, err error, code idp.ErrorCode, want ...string) {
	t.Helper()
	e := told(err)
	text := e.Message + " / " + e.Hint
	if e.Code != code {
		t.Errorf("%s: code %q, want %q: %v", name, e.Code, code, err)
	}
	for _, fragment := range want {
		if !strings.Contains(text, fragment) {
			t.Errorf("%s: %q lacks %q", name, text, fragment)
		}
	}
}
