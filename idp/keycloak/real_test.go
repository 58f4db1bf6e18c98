package keycloak_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/idp/keycloak"
	"github.com/mcpreg/mcpreg/idp/plan"
)

var pool realpart.Pool

func TestMain(m *testing.M) { pool.Run(m) }

const clientID = "mcp-gateway-ide"

var bob = browser.Person{Username: "bob", Password: "secret"}

// world is a realm with a user and a credential that may do what setup needs.
type world struct {
	*realpart.Realm
	config keycloak.Config
	sent   *counter
}

// counter counts the requests of one client, and those that write.
type counter struct{ all, writes atomic.Int64 }

func (c *counter) RoundTrip(request *http.Request) (*http.Response, error) {
	c.all.Add(1)
	if request.Method != http.MethodGet && request.URL.Path[:7] == "/admin/" {
		c.writes.Add(1)
	}
	return http.DefaultTransport.RoundTrip(request)
}

func secret(value string) idp.Credential {
	return func(context.Context) (string, error) { return value, nil }
}

func newWorld(t *testing.T, version string) *world {
	t.Helper()
	r := pool.Keycloak(t, version).Realm(t)
	r.User(t, "bob", "secret", r.Group(t, "registry-admins", ""))
	account, password := r.ServiceAccount(t, "manage-clients")
	w := &world{Realm: r, sent: &counter{}}
	w.config = keycloak.Config{
		URL: r.Keycloak.URL, Realm: r.Name, AdminRealm: r.Name, ClientID: account, ClientSecret: secret(password),
		HTTP: &http.Client{Transport: w.sent},
	}
	return w
}

func (w *world) provider(t *testing.T) *keycloak.Provider {
	t.Helper()
	p, err := keycloak.New(w.config)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// spec is what setup asks for on Keycloak, with the redirects typed as they were measured.
func spec(t *testing.T) idp.Spec {
	t.Helper()
	return idp.Spec{Audience: "mcp-gateway", Clients: []idp.Client{{Name: clientID, Redirects: uris(t, "http://localhost/callback/*", "http://127.0.0.1/callback/*")}}}
}

func uris(t testing.TB, list ...string) []idp.RedirectURI {
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

func (w *world) plan(t *testing.T, s idp.Spec) *plan.Plan {
	t.Helper()
	p, _, err := w.provider(t).Plan(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// setUp plans and applies with one provider, as the setup command does.
func (w *world) setUp(t *testing.T, s idp.Spec) *plan.Plan {
	t.Helper()
	p := w.plan(t, s)
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) assistant(redirect string) browser.Client {
	return browser.Client{Issuer: w.Issuer(), ID: clientID, RedirectURI: redirect}
}

// code returns the code of an error that mcpreg tells.
func code(err error) idp.ErrorCode {
	var told *idp.Error
	if errors.As(err, &told) {
		return told.Code
	}
	return ""
}

func decode(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}
