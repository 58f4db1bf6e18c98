package cognito_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/cognito"
	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
	"github.com/mcpreg/mcpreg/idp/plan"
)

const clientName = "mcp-gateway-ide"

// bob and eve are people of every pool: bob is an administrator of the registry, eve is in no group.
var (
	bob = browser.Person{Username: "bob", Password: "Secret-1"}
	eve = browser.Person{Username: "eve", Password: "Secret-1"}
)

// world is a stand-in of Cognito and the configuration that administers it.
type world struct {
	*cognitotest.Cognito
	config cognito.Config
	sent   *counter
}

// counter counts requests.
type counter struct{ all atomic.Int64 }

// RoundTrip implements [http.RoundTripper].
func (c *counter) RoundTrip(request *http.Request) (*http.Response, error) {
	c.all.Add(1)
	return http.DefaultTransport.RoundTrip(request)
}

func newWorld(t testing.TB, config cognitotest.Config) *world {
	t.Helper()
	config.Users = append(config.Users,
		idptest.User{Name: bob.Username, Password: bob.Password, Email: "bob@example.com", Groups: []string{"registry-admins"}},
		idptest.User{Name: eve.Username, Password: eve.Password, Email: "eve@example.com"})
	stand, err := cognitotest.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stand.Close)
	w := &world{Cognito: stand, sent: &counter{}}
	w.config = cognito.Config{UserPoolID: stand.PoolID(), Region: stand.Region(), EndpointURL: stand.URL(), MaxBackoff: time.Millisecond, HTTP: &http.Client{Transport: w.sent}}
	w.signIn(stand.Administrator())
	return w
}

// signIn makes the configuration use other credentials.
func (w *world) signIn(c cognitotest.Credentials) {
	w.config.AccessKeyID, w.config.SecretAccessKey, w.config.SessionToken = c.AccessKeyID, secret(c.SecretAccessKey), nil
	if c.SessionToken != "" {
		w.config.SessionToken = secret(c.SessionToken)
	}
}

func secret(value string) idp.Credential {
	return func(context.Context) (string, error) { return value, nil }
}

func (w *world) provider(t *testing.T) *cognito.Provider {
	t.Helper()
	p, err := cognito.New(w.config)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) plan(t *testing.T, spec idp.Spec) *plan.Plan {
	t.Helper()
	p, _, err := w.provider(t).Plan(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// setUp plans and applies, and returns what came of it.
func (w *world) setUp(t *testing.T, spec idp.Spec) (*plan.Plan, *idp.Registration) {
	t.Helper()
	p, registration, err := w.provider(t).Plan(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return p, registration
}

// clientsNamed are the app clients of that name, as DescribeUserPoolClient answers them.
func (w *world) clientsNamed(name string) []map[string]any {
	var found []map[string]any
	clients, _ := w.Snapshot()["Clients"].(map[string]any)
	for _, c := range clients {
		if c, ok := c.(map[string]any); ok && c["ClientName"] == name {
			found = append(found, c)
		}
	}
	return found
}

// client is the only app client of that name.
func (w *world) client(t *testing.T, name string) map[string]any {
	t.Helper()
	found := w.clientsNamed(name)
	if len(found) != 1 {
		t.Fatalf("%d app clients are called %s, want one", len(found), name)
	}
	return found[0]
}

// overwrite changes a client as somebody else does, who knows to send everything.
func (w *world) overwrite(t testing.TB, id string, alter func(*types.UserPoolClientType)) {
	t.Helper()
	keys := w.Administrator()
	api := sdk.New(sdk.Options{
		Region: w.Region(), BaseEndpoint: aws.String(w.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(keys.AccessKeyID, keys.SecretAccessKey, ""),
	})
	pool := w.PoolID()
	out, err := api.DescribeUserPoolClient(t.Context(), &sdk.DescribeUserPoolClientInput{UserPoolId: &pool, ClientId: &id})
	if err != nil {
		t.Fatal(err)
	}
	alter(out.UserPoolClient)
	var body sdk.UpdateUserPoolClientInput
	text, err := json.Marshal(out.UserPoolClient)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &body); err != nil {
		t.Fatal(err)
	}
	if _, err := api.UpdateUserPoolClient(t.Context(), &body); err != nil {
		t.Fatal(err)
	}
}

func uris(t testing.TB, list ...string) []idp.RedirectURI {
	t.Helper()
	var all []idp.RedirectURI
	for _, s := range list {
		uri, err := idp.ParseRedirectURI(s, s)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, uri)
	}
	return all
}

// spec is what Claude Code, Cursor and Codex need for one server: Cursor's port is its own.
func spec(t testing.TB) idp.Spec {
	t.Helper()
	return idp.Spec{
		Groups: []string{"registry-admins"},
		Clients: []idp.Client{{
			Name:      clientName,
			Redirects: uris(t, "http://localhost:8787/callback"),
			Movable:   uris(t, "http://localhost:8787/callback", "http://localhost:8787/callback/6MFBM1In3Ey-"),
		}},
	}
}

func changes(p *plan.Plan) []string {
	var list []string
	for _, c := range p.Changes {
		list = append(list, string(c.Action)+" "+c.String())
	}
	return list
}

func noted(p *plan.Plan, failure, text string) bool {
	return slices.ContainsFunc(p.Notes, func(n plan.Note) bool { return n.Failure == failure && strings.Contains(n.Text, text) })
}

func code(err error) idp.ErrorCode {
	var told *idp.Error
	if errors.As(err, &told) {
		return told.Code
	}
	return ""
}

func hint(err error) string {
	var told *idp.Error
	if errors.As(err, &told) {
		return told.Hint
	}
	return ""
}
