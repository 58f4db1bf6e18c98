package entra_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/entra"
	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
	"github.com/mcpreg/mcpreg/idp/plan"
)

const (
	clientName  = "MCP Gateway IDE Public Client"
	gatewayName = "MCP Gateway API"
	timeURL     = "https://gw.contoso.com/currenttime/mcp"
	financeURL  = "https://gw.contoso.com/finance/mcp"
)

// world is a tenant, and how it is administered.
type world struct {
	*entratest.Entra
	config entra.Config
	sent   *counter
	waits  []string
	paused time.Duration
}

// counter counts what goes to Microsoft Graph.
type counter struct{ all, writes atomic.Int64 }

func (c *counter) RoundTrip(request *http.Request) (*http.Response, error) {
	c.all.Add(1)
	if request.Method != http.MethodGet {
		c.writes.Add(1)
	}
	return http.DefaultTransport.RoundTrip(request)
}

func (c *counter) reset() {
	c.all.Store(0)
	c.writes.Store(0)
}

func secret(value string) idp.Credential {
	return func(context.Context) (string, error) { return value, nil }
}

func tenant(t testing.TB, c entratest.Config) *world {
	t.Helper()
	if c.Domains == nil {
		c.Domains = []string{"contoso.onmicrosoft.com", "contoso.com"}
	}
	c.Users = append(c.Users, idptest.User{Name: "bob", Password: "secret", Email: "bob@contoso.com", Groups: []string{"registry-admins"}})
	c.Signer = signer()
	e, err := entratest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	w := &world{Entra: e, sent: &counter{}}
	w.config = entra.Config{
		TenantID: e.TenantID(), Token: secret(e.AdminToken()), GraphURL: e.URL(),
		HTTP:    &http.Client{Transport: w.sent},
		Waiting: func(what string) { w.waits = append(w.waits, what) },
	}
	return w
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return tenant(t, entratest.Config{})
}

func (w *world) provider(t testing.TB) *entra.Provider {
	t.Helper()
	p, err := entra.New(w.config)
	if err != nil {
		t.Fatal(err)
	}
	p.SetPause(func(ctx context.Context, d time.Duration) error {
		w.paused += d
		return ctx.Err()
	})
	return p
}

// spec is what setup asks for at one server, with the redirects typed as assistants send them,
// without the port that Entra ignores.
func spec(t testing.TB, servers ...string) idp.Spec {
	t.Helper()
	if len(servers) == 0 {
		servers = []string{timeURL}
	}
	return idp.Spec{
		Clients:   []idp.Client{{Name: clientName, Redirects: uris(t, "http://localhost/callback", "http://localhost/callback/6MFBM1In3Ey-")}},
		Resources: servers,
	}
}

func uris(t testing.TB, list ...string) []idp.RedirectURI {
	t.Helper()
	var parsed []idp.RedirectURI
	for _, s := range list {
		uri, err := idp.ParseRedirectURI(s, list...)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, uri)
	}
	return parsed
}

func (w *world) plan(t testing.TB, s idp.Spec) *plan.Plan {
	t.Helper()
	p, _, err := w.provider(t).Plan(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// setUp plans and applies with one provider, as the setup command does.
func (w *world) setUp(t testing.TB, s idp.Spec) (*plan.Plan, *idp.Registration) {
	t.Helper()
	p, made, err := w.provider(t).Plan(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return p, made
}

// changes names what a plan holds.
func changes(p *plan.Plan) []string {
	var list []string
	for _, c := range p.Changes {
		list = append(list, string(c.Action)+" "+c.String())
	}
	return list
}

// stored returns the one object of a collection with that display name; nil when there is none.
func (w *world) stored(t testing.TB, collection, name string) map[string]any {
	t.Helper()
	var found map[string]any
	for _, o := range w.Snapshot()[collection] {
		if o["displayName"] != name {
			continue
		}
		if found != nil {
			t.Fatalf("two of %s are called %q", collection, name)
		}
		found = o
	}
	return found
}

func texts(t testing.TB, value any, path ...string) []string {
	t.Helper()
	for _, key := range path {
		value = value.(map[string]any)[key]
	}
	var list []string
	for _, one := range value.([]any) {
		list = append(list, one.(string))
	}
	slices.Sort(list)
	return list
}

func contains(list []string, part string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, part) })
}

// patch changes an application behind the provider's back.
func (w *world) patch(t testing.TB, id string, properties map[string]any) {
	t.Helper()
	w.send(t, http.MethodPatch, "/applications/"+id, properties)
}

func (w *world) delete(t testing.TB, path string) {
	t.Helper()
	w.send(t, http.MethodDelete, path, nil)
}

// send writes to Microsoft Graph as another administrator.
func (w *world) send(t testing.TB, method, path string, properties map[string]any) {
	t.Helper()
	body, err := json.Marshal(properties)
	if err != nil {
		t.Fatal(err)
	}
	if properties == nil {
		body = nil
	}
	request, err := http.NewRequestWithContext(t.Context(), method, w.GraphURL()+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+w.AdminToken())
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		answer, _ := io.ReadAll(response.Body)
		t.Fatalf("%s: %s", response.Status, answer)
	}
}

// told returns the code and the failure of an error.
func told(err error) (idp.ErrorCode, string) {
	var e *idp.Error
	if !errors.As(err, &e) {
		return "", ""
	}
	return e.Code, e.Failure
}

// signer is one for all tenants, because making a key takes long.
var signer = sync.OnceValue(idptest.NewSigner)
