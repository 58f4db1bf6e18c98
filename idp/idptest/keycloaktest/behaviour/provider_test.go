package behaviour_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/keycloaktest"
	"github.com/mcpreg/mcpreg/idp/keycloak"
	"github.com/mcpreg/mcpreg/idp/plan"
)

const clientName = "mcp-gateway-ide"

func constant(value string) idp.Credential {
	return func(context.Context) (string, error) { return value, nil }
}

// providerOf administers the stand-in's realm as a service account with those roles.
func providerOf(t *testing.T, k *keycloaktest.Keycloak, roles ...string) *keycloak.Provider {
	t.Helper()
	id, secret := k.ServiceAccount(roles...)
	p, err := keycloak.New(keycloak.Config{URL: k.URL(), Realm: "stand-in", AdminRealm: "stand-in", ClientID: id, ClientSecret: constant(secret), ConfirmAbsent: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func spec(t *testing.T) idp.Spec {
	t.Helper()
	var redirects []idp.RedirectURI
	for _, text := range []string{"http://localhost/callback/*", "http://127.0.0.1/callback/*"} {
		uri, err := idp.ParseRedirectURI(text)
		if err != nil {
			t.Fatal(err)
		}
		redirects = append(redirects, uri)
	}
	return idp.Spec{Audience: "mcp-gateway", Groups: []string{"registry-admins"}, Clients: []idp.Client{{Name: clientName, Redirects: redirects}}}
}

func planOf(t *testing.T, p *keycloak.Provider) *plan.Plan {
	t.Helper()
	result, _, err := p.Plan(t.Context(), spec(t))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func setUp(t *testing.T, p *keycloak.Provider) {
	t.Helper()
	if _, err := planOf(t, p).Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// The provider sets up the stand-in as it does a real server, and people log in.
func TestProviderOnTheStandIn(t *testing.T) {
	t.Parallel()
	k := newStandIn(t)
	p := providerOf(t, k, "manage-clients")
	setUp(t, p)
	if again := planOf(t, p); !again.InSync() {
		t.Errorf("a second plan is not empty: %+v", again.Changes)
	}
	person := browser.Person{Username: "bob", Password: "secret"}
	for _, redirect := range []string{"http://localhost:52114/callback", "http://127.0.0.1:41234/callback/6MFBM1In3Ey-"} {
		assistant := browser.Client{Issuer: k.Issuer(), ID: clientName, RedirectURI: redirect}
		tokens, err := assistant.Login(t.Context(), person)
		if err != nil {
			t.Fatal(err)
		}
		again, err := assistant.Refresh(t.Context(), tokens.RefreshToken)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []map[string]any{tokens.Claims, again.Claims} {
			got := map[string]any{"aud": c["aud"], "azp": c["azp"], "groups": c["groups"], "iss": c["iss"]}
			want := map[string]any{"aud": "mcp-gateway", "azp": clientName, "groups": []any{"registry-admins"}, "iss": k.Issuer()}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", redirect, diff)
			}
		}
	}
	foreign := browser.Client{Issuer: k.Issuer(), ID: clientName, RedirectURI: "http://localhost:8787/other"}
	if _, err := foreign.Login(t.Context(), person); err == nil || !strings.Contains(err.Error(), "Invalid parameter: redirect_uri") {
		t.Errorf("a foreign redirect: %v", err)
	}
}

// What the provider repairs on a real server it repairs on the stand-in: the client of the
// registry's own script, and a scope that is assigned the wrong way.
func TestProviderRepairsTheStandIn(t *testing.T) {
	t.Parallel()
	k := newStandIn(t)
	bench := adminOf(t, k)
	bench.send(t, http.MethodPost, "/clients", `{"clientId":"mcp-gateway-ide","publicClient":true,"redirectUris":["http://localhost/*"],
		"defaultClientScopes":["profile","offline_access"],"optionalClientScopes":["email"],"attributes":{"oauth2.device.authorization.grant.enabled":"true"}}`, http.StatusCreated)
	p := providerOf(t, k, "manage-clients")
	setUp(t, p)
	if again := planOf(t, p); !again.InSync() {
		t.Errorf("not in sync: %+v", again.Changes)
	}
}

// A reader without rights is told so, and not that the client is absent.
func TestProviderSeesTheTrap(t *testing.T) {
	t.Parallel()
	k := newStandIn(t)
	setUp(t, providerOf(t, k, "manage-clients"))
	_, _, err := providerOf(t, k, "query-clients").Plan(t.Context(), spec(t))
	var told *idp.Error
	if !errors.As(err, &told) || told.Code != idp.CodeForbidden {
		t.Errorf("error %v, want one of %s", err, idp.CodeForbidden)
	}
}

// Inspect finds the closed registration, the mappers, and the nested group that borrows a name.
func TestProviderInspectsTheStandIn(t *testing.T) {
	t.Parallel()
	k := newStandIn(t)
	p := providerOf(t, k, "manage-clients", "view-users")
	setUp(t, p)
	result, _, err := p.Inspect(t.Context(), spec(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Registration is closed", "groups (of the client)", "mcp-gateway-audience (of the client)"} {
		if !slices.ContainsFunc(result.OK, func(line string) bool { return strings.Contains(line, want) }) {
			t.Errorf("%q is not told: %q", want, result.OK)
		}
	}
	if !slices.ContainsFunc(result.Notes, func(n plan.Note) bool { return n.Failure == "KC22" }) {
		t.Errorf("a nested group borrows a name, and it is not noted: %+v", result.Notes)
	}
}

// Setup takes four requests on the stand-in too, one of them a write, and counts as it does on a
// real server.
func TestProviderBudget(t *testing.T) {
	t.Parallel()
	k := newStandIn(t)
	id, secret := k.ServiceAccount("manage-clients")
	p, err := keycloak.New(keycloak.Config{URL: k.URL(), Realm: "stand-in", AdminRealm: "stand-in", ClientID: id, ClientSecret: constant(secret)})
	if err != nil {
		t.Fatal(err)
	}
	setUp(t, p)
	want := []string{
		"POST /realms/stand-in/protocol/openid-connect/token", "GET /admin/realms/stand-in/clients",
		"POST /admin/realms/stand-in/clients", "GET /admin/realms/stand-in/clients",
	}
	if diff := cmp.Diff(want, k.Requests()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
