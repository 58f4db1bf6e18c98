package entratest_test

import (
	"crypto/x509"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

func TestTwinsAreRefused(t *testing.T) {
	t.Parallel()
	_, err := entratest.Start(entratest.Config{Users: []idptest.User{{Name: "bob"}, {Name: "Bob"}}})
	if err == nil || !strings.Contains(err.Error(), "two users") {
		t.Errorf("error %v, want one about two users", err)
	}
}

// What a person reads, as Microsoft words it.
func TestTextsOfRefusals(t *testing.T) {
	t.Parallel()
	const codes = "reference-error-codes; the issues that the rows name"
	for name, test := range map[string]struct {
		do   func(*bench, world) browser.Client
		want []string
	}{
		"redirect": {func(b *bench, w world) browser.Client {
			a := b.assistant(w)
			a.RedirectURI = "http://localhost:1/other"
			return a
		}, []string{"AADSTS50011: The redirect URI 'http://localhost:1/other' specified in the request does not match the redirect URIs configured for the application '"}},
		"resource": {func(b *bench, w world) browser.Client {
			a := b.assistant(w)
			a.Parameters["resource"] = []string{"https://gw.contoso.com/"}
			return a
		}, []string{"invalid_target", "AADSTS9010010: The resource parameter provided in the request doesn't match with the requested scopes."}},
		"new server": {func(b *bench, w world) browser.Client {
			a := b.assistant(w)
			a.Scopes = []string{"https://gw.contoso.com/new/mcp/user_impersonation"}
			return a
		}, []string{"AADSTS500011: The resource principal named https://gw.contoso.com/new/mcp was not found in the tenant named Contoso."}},
		"scope": {func(b *bench, w world) browser.Client {
			a := b.assistant(w)
			a.Scopes = []string{finance + "/other"}
			return a
		}, []string{"AADSTS650053: The application 'IDE' asked for scope 'other' that doesn't exist on the resource '"}},
		"client": {func(b *bench, w world) browser.Client {
			a := b.assistant(w)
			a.ID = scopeID
			return a
		}, []string{"AADSTS700016: Application with identifier '" + scopeID + "' was not found in the directory 'Contoso'."}},
	} {
		b := start(t, entratest.Config{})
		_, err := test.do(b, b.world(nil, nil)).Login(t.Context(), browser.Person{Username: bob, Password: password})
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q (%s)", name, err, want, codes)
			}
		}
	}
}

// A browser that signed in once is not asked again, and can sign in silently.
func TestSessionsAreKnown(t *testing.T) {
	t.Parallel()
	b := start(t, entratest.Config{})
	a := b.assistant(b.world(nil, nil))
	client := http.Client{Jar: jar(t), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	address := b.authorizeURL(a)
	page := b.page(client.Get(address))
	b.page(client.PostForm(b.URL()+"/"+b.TenantID()+"/login", map[string][]string{"ticket": {ticket.FindStringSubmatch(page)[1]}, "username": {bob}, "password": {password}}))
	if got := b.page(client.Get(address + "&prompt=none")); !strings.Contains(got, "code=") {
		t.Errorf("silent: %s", got)
	}
	if got := b.page(client.Get(address + "&prompt=login")); !strings.Contains(got, "Password") {
		t.Errorf("prompt=login: %s", got)
	}
	b.RevokeSessions()
	if got := b.page(client.Get(address + "&prompt=none")); !strings.Contains(got, "AADSTS50058") {
		t.Errorf("signed out: %s", got)
	}
}

// Both ports are one tenant; the issuer is that of the port which is asked.
func TestPortsAreOne(t *testing.T) {
	t.Parallel()
	b := start(t, entratest.Config{})
	client := http.Client{Transport: &http.Transport{TLSClientConfig: b.TLS(), DisableKeepAlives: true}}
	page := b.page(client.Get(b.SecureURL() + "/" + b.TenantID() + "/v2.0/.well-known/openid-configuration"))
	if want := `"issuer":"` + b.SecureURL() + "/" + b.TenantID() + `/v2.0"`; !strings.Contains(page, want) {
		t.Errorf("%s is not in %s", want, page)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(b.CAPEM()) {
		t.Error("CAPEM is no certificate")
	}
	instance := b.page(client.Get(b.SecureURL() + "/common/discovery/instance?api-version=1.1"))
	if !strings.Contains(instance, "tenant_discovery_endpoint") {
		t.Errorf("instance discovery: %s", instance)
	}
	b.get("/applications")
	tenant := "/" + b.TenantID()
	want := []string{"GET " + tenant + "/v2.0/.well-known/openid-configuration", "GET /common/discovery/instance", "GET /v1.0/applications"}
	if diff := cmp.Diff(want, b.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	b := start(t, entratest.Config{})
	const callers = 16
	var wait sync.WaitGroup
	for range callers {
		wait.Go(func() {
			b.post("/applications", object{"displayName": "x"})
			b.Snapshot()
			b.AdminToken()
		})
	}
	wait.Wait()
	if got := len(b.Snapshot()["applications"]); got != callers {
		t.Errorf("%d applications, want %d", got, callers)
	}
}

func TestSnapshotIsACopy(t *testing.T) {
	t.Parallel()
	b := start(t, entratest.Config{})
	b.AddApplication(object{"displayName": "x", "tags": []string{"a"}})
	taken := b.Snapshot()
	taken["applications"][0]["displayName"] = "y"
	if got := b.Snapshot()["applications"][0]["displayName"]; got != "x" {
		t.Errorf("the tenant's name became %v", got)
	}
}

func TestCloses(t *testing.T) {
	t.Parallel()
	b := start(t, entratest.Config{})
	b.Close()
	if response, err := http.Get(b.URL()); err == nil {
		response.Body.Close()
		t.Error("it still answers")
	}
}

// The requests that the gateway's own script documents for Entra: a client by its display name,
// with redirect URIs that have neither port nor path. It can log in at the root only.
func TestTheGatewaysScript(t *testing.T) {
	t.Parallel()
	b := start(t, entratest.Config{})
	const name = "MCP Gateway IDE Public Client"
	if found := b.must(b.get("/applications?$filter=displayName eq '" + name + "'")).list(); len(found) != 0 {
		t.Fatalf("%d applications before", len(found))
	}
	made := b.post("/applications", object{
		"displayName": name, "signInAudience": "AzureADMyOrg", "isFallbackPublicClient": true, "groupMembershipClaims": "SecurityGroup",
		"publicClient": object{"redirectUris": []string{"http://localhost", "http://127.0.0.1"}},
	})
	b.must(b.post("/servicePrincipals", object{"appId": b.must(made).at("appId")}))
	a := browser.Client{Issuer: b.Issuer(), ID: made.at("appId").(string), Scopes: []string{"openid", "profile"}}
	for redirect, want := range map[string]string{"http://localhost:41234/": "tokens", "http://localhost:41234/callback": "AADSTS50011"} {
		a.RedirectURI = redirect
		if got := b.login(a, bob); got != want {
			t.Errorf("%s: %s, want %s", redirect, got, want)
		}
	}
}
