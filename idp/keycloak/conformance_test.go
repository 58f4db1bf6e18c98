package keycloak_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/conformance"
	"github.com/mcpreg/mcpreg/idp/idptest/keycloaktest"
	"github.com/mcpreg/mcpreg/idp/keycloak"
)

// standIn is the stand-in and its administrator, who does what others do to the realm.
type standIn struct {
	*keycloaktest.Keycloak
	t     testing.TB
	token string
}

func startStandIn(t testing.TB) *standIn {
	t.Helper()
	k, err := keycloaktest.Start(keycloaktest.Config{Realm: "staff", Users: []keycloaktest.User{{Name: "bob", Password: "secret", Groups: []string{"registry-admins"}}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	s := &standIn{Keycloak: k, t: t}
	form := url.Values{"grant_type": {"password"}, "client_id": {"admin-cli"}, "username": {k.AdminUser()}, "password": {k.AdminPassword()}}
	response, err := http.PostForm(k.URL()+"/realms/master/protocol/openid-connect/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	s.token = answer.AccessToken
	return s
}

// admin sends one request of the admin API.
func (s *standIn) admin(method, path string, body, into any) {
	s.t.Helper()
	var text io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		text = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.URL()+"/admin/realms/staff"+path, text)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= http.StatusBadRequest {
		s.t.Fatalf("%s %s: %s %s %v", method, path, response.Status, answer, err)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			s.t.Fatal(err)
		}
	}
}

// clients are those of our name.
func (s *standIn) clients() (found []map[string]any) {
	s.admin(http.MethodGet, "/clients?clientId="+clientID, nil, &found)
	return found
}

func (s *standIn) snapshot() any {
	var all []map[string]any
	s.admin(http.MethodGet, "/clients", nil, &all)
	return all
}

// adoptable makes a client as an operator does by hand.
func (s *standIn) adoptable() func() any {
	s.admin(http.MethodPost, "/clients", map[string]any{
		"clientId": clientID, "publicClient": true, "enabled": true, "description": "by hand", "redirectUris": []string{"http://localhost/operator"},
		"webOrigins": []string{"http://localhost:1234"}, "attributes": map[string]string{"access.token.lifespan": "777"},
		"protocolMappers": []map[string]any{{
			"name": "department", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper",
			"config": map[string]string{"user.attribute": "department", "claim.name": "department"},
		}},
	}, nil)
	return func() any {
		client := s.clients()[0]
		attributes, _ := client["attributes"].(map[string]any)
		var department any
		for _, m := range client["protocolMappers"].([]any) {
			if m := m.(map[string]any); m["name"] == "department" {
				department = m
			}
		}
		kept := strings.Contains(toJSON(s.t, client["redirectUris"]), "http://localhost/operator")
		return []any{client["id"], client["description"], client["webOrigins"], attributes["access.token.lifespan"], department, kept}
	}
}

func toJSON(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// disturb is another administrator at work.
func (s *standIn) disturb() {
	client := s.clients()[0]
	client["redirectUris"] = []string{"http://localhost/moved"}
	s.admin(http.MethodPut, "/clients/"+client["id"].(string), client, nil)
}

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t testing.TB) *conformance.World {
		s := startStandIn(t)
		account, password := s.ServiceAccount("manage-clients")
		return &conformance.World{
			Open: func(client *http.Client) (idp.Provider, error) {
				return keycloak.New(keycloak.Config{URL: s.URL(), Realm: "staff", AdminRealm: "staff", ClientID: account, ClientSecret: secret(password), HTTP: client})
			},
			Spec: idp.Spec{Audience: "mcp-gateway", Clients: []idp.Client{{Name: clientID, Redirects: uris(t, "http://localhost/callback/*", "http://127.0.0.1/callback/*")}}},

			Snapshot: s.snapshot, Count: func() int { return len(s.clients()) }, Adoptable: s.adoptable, Disturb: s.disturb,
			Secrets: []string{password, s.AdminPassword()},
			// Design: four on create, two in sync.
			Budget: conformance.Budget{Plan: 2, Setup: 4, InSync: 2},
		}
	})
}
