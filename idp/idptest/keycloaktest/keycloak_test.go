package keycloaktest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/keycloaktest"
)

func start(t *testing.T, c keycloaktest.Config) *keycloaktest.Keycloak {
	t.Helper()
	k, err := keycloaktest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

// token asks for an access token with a form.
func token(t *testing.T, k *keycloaktest.Keycloak, realm string, form url.Values) int {
	t.Helper()
	response, err := http.PostForm(k.URL()+"/realms/"+realm+"/protocol/openid-connect/token", form)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

func TestKeycloakDefaults(t *testing.T) {
	t.Parallel()
	k, other := start(t, keycloaktest.Config{}), start(t, keycloaktest.Config{})
	if want := k.URL() + "/realms/mcp-gateway"; k.Issuer() != want || !strings.HasPrefix(k.URL(), "http://127.0.0.1:") {
		t.Errorf("issuer %s, want %s on 127.0.0.1", k.Issuer(), want)
	}
	if k.AdminUser() != "admin" || k.AdminPassword() == "" || k.AdminPassword() == other.AdminPassword() {
		t.Errorf("administrator %q with a password that is empty or not random", k.AdminUser())
	}
	form := url.Values{"grant_type": {"password"}, "client_id": {"admin-cli"}, "username": {k.AdminUser()}, "password": {k.AdminPassword()}}
	if status := token(t, k, "master", form); status != http.StatusOK {
		t.Errorf("administrator's login: %d", status)
	}
	if status := token(t, other, "master", form); status != http.StatusBadRequest {
		t.Errorf("login with another server's password: %d, want 400", status)
	}
	want := []string{"POST /realms/master/protocol/openid-connect/token"}
	if diff := cmp.Diff(want, k.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestKeycloakRefusesTwins(t *testing.T) {
	t.Parallel()
	_, err := keycloaktest.Start(keycloaktest.Config{Users: []keycloaktest.User{{Name: "bob"}, {Name: "Bob"}}})
	if err == nil || !strings.Contains(err.Error(), "two users") {
		t.Errorf("error %v, want one about two users", err)
	}
}

func TestKeycloakKnowsItsRoles(t *testing.T) {
	t.Parallel()
	k := start(t, keycloaktest.Config{})
	id, secret := k.ServiceAccount("manage-clients")
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
	if status := token(t, k, "mcp-gateway", form); status != http.StatusOK {
		t.Errorf("service account's login: %d", status)
	}
	defer func() {
		if recover() == nil {
			t.Error("a role that does not exist was granted")
		}
	}()
	k.ServiceAccount("manage-client")
}

// refreshToken gets one by the client that every realm has and that takes passwords.
func refreshToken(t *testing.T, k *keycloaktest.Keycloak, scope string) (browser.Client, string) {
	t.Helper()
	cli := browser.Client{Issuer: k.Issuer(), ID: "admin-cli"}
	tokens, err := cli.Token(t.Context(), url.Values{"grant_type": {"password"}, "username": {"bob"}, "password": {"secret"}, "scope": {scope}})
	if err != nil {
		t.Fatal(err)
	}
	return cli, tokens.RefreshToken
}

// Sessions that are revoked end, and new ones work.
func TestKeycloakRevokesSessions(t *testing.T) {
	t.Parallel()
	k := start(t, keycloaktest.Config{Users: []keycloaktest.User{{Name: "bob", Password: "secret"}}})
	cli, old := refreshToken(t, k, "openid")
	if _, err := cli.Refresh(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	k.RevokeSessions()
	_, err := cli.Refresh(t.Context(), old)
	var refusal *browser.Refusal
	if !errors.As(err, &refusal) || refusal.Code != "invalid_grant" || refusal.Description != "Session not active" {
		t.Errorf("error %v, want invalid_grant Session not active", err)
	}
	_, fresh := refreshToken(t, k, "openid")
	if _, err := cli.Refresh(t.Context(), fresh); err != nil {
		t.Errorf("a new session: %v", err)
	}
}

// Many may ask at once, and each request is counted.
func TestKeycloakServesMany(t *testing.T) {
	t.Parallel()
	k := start(t, keycloaktest.Config{})
	const callers = 20
	var wait sync.WaitGroup
	for range callers {
		wait.Go(func() {
			if response, err := http.Get(k.Issuer() + "/.well-known/openid-configuration"); err == nil {
				response.Body.Close()
			}
			k.ServiceAccount()
		})
	}
	wait.Wait()
	if got := len(k.Requests()); got != callers {
		t.Errorf("%d requests, want %d", got, callers)
	}
}

func TestKeycloakCloses(t *testing.T) {
	t.Parallel()
	k := start(t, keycloaktest.Config{})
	k.Close()
	if response, err := http.Get(k.URL()); err == nil {
		response.Body.Close()
		t.Error("it still answers")
	}
}

func TestKeycloakRulesAreListedOnce(t *testing.T) {
	t.Parallel()
	rules := keycloaktest.Rules()
	if got := len(slices.Compact(slices.Sorted(slices.Values(rules)))); got != len(rules) {
		t.Errorf("%d rules, %d different ones", len(rules), got)
	}
	if len(rules) == 0 || fmt.Sprint(rules[0]) == "" {
		t.Error("no rules, or one without a name")
	}
}
