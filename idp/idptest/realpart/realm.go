package realpart

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Realm is a realm of its own for one test.
type Realm struct {
	Name     string
	Keycloak *Keycloak
}

// Realm makes a realm with Keycloak's defaults; it goes with the test.
func (k *Keycloak) Realm(t testing.TB) *Realm {
	t.Helper()
	r := &Realm{Name: "test-" + strings.ToLower(rand.Text()[:10]), Keycloak: k}
	status, answer := k.Admin(t, http.MethodPost, "", map[string]any{"realm": r.Name, "enabled": true})
	expect(t, status, answer, http.StatusCreated)
	t.Cleanup(func() { k.Admin(t, http.MethodDelete, "/"+r.Name, nil) })
	return r
}

// Issuer is the realm's issuer, an absolute URL.
func (r *Realm) Issuer() string { return r.Keycloak.URL + "/realms/" + r.Name }

// Admin sends one request below the realm, and expects the status.
func (r *Realm) Admin(t testing.TB, method, path string, body any, want int) []byte {
	t.Helper()
	status, answer := r.Keycloak.Admin(t, method, "/"+r.Name+path, body)
	expect(t, status, answer, want)
	return answer
}

// create posts body and returns the id of what was made.
func (r *Realm) create(t testing.TB, path string, body any) string {
	t.Helper()
	status, header, answer := r.Keycloak.admin.send(t, http.MethodPost, "/"+r.Name+path, body)
	expect(t, status, answer, http.StatusCreated)
	location := header.Get("Location")
	return location[strings.LastIndex(location, "/")+1:]
}

func expect(t testing.TB, status int, answer []byte, want int) {
	t.Helper()
	if status != want {
		t.Fatalf("status %d, want %d: %s", status, want, answer)
	}
}

// Group makes a group, below parent if that is the id of one, and returns its id.
func (r *Realm) Group(t testing.TB, name, parent string) string {
	t.Helper()
	path := "/groups"
	if parent != "" {
		path += "/" + parent + "/children"
	}
	return r.create(t, path, map[string]any{"name": name})
}

// User makes a user who can log in with the password, in the groups of those ids.
func (r *Realm) User(t testing.TB, name, password string, groups ...string) {
	t.Helper()
	id := r.create(t, "/users", map[string]any{
		"username": name, "enabled": true, "email": name + "@example.com", "emailVerified": true, "firstName": name, "lastName": "Test",
		"credentials": []map[string]any{{"type": "password", "value": password, "temporary": false}},
	})
	for _, group := range groups {
		r.Admin(t, http.MethodPut, "/users/"+id+"/groups/"+group, nil, http.StatusNoContent)
	}
}

// ServiceAccount makes a confidential client whose service account has those roles of the client
// realm-management, and returns its id and secret.
func (r *Realm) ServiceAccount(t testing.TB, roles ...string) (clientID, secret string) {
	t.Helper()
	clientID, secret, err := r.Keycloak.admin.serviceAccount(t.Context(), r.Name, roles...)
	if err != nil {
		t.Fatal(err)
	}
	return clientID, secret
}

// CreateClient makes a client of that representation and returns its uuid.
func (r *Realm) CreateClient(t testing.TB, representation any) string {
	t.Helper()
	return r.create(t, "/clients", representation)
}

// Client returns the representation of a client by its client id; nil when there is none.
func (r *Realm) Client(t testing.TB, clientID string) map[string]any {
	t.Helper()
	var found []map[string]any
	decode(t, r.Admin(t, http.MethodGet, "/clients?clientId="+url.QueryEscape(clientID), nil, http.StatusOK), &found)
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

// ClientCount returns how many clients the realm has.
func (r *Realm) ClientCount(t testing.TB) int {
	t.Helper()
	var found []map[string]any
	decode(t, r.Admin(t, http.MethodGet, "/clients", nil, http.StatusOK), &found)
	return len(found)
}

// UpdateClient sends a PUT with just those fields of a client.
func (r *Realm) UpdateClient(t testing.TB, clientID string, fields map[string]any) {
	t.Helper()
	r.Admin(t, http.MethodPut, "/clients/"+r.Client(t, clientID)["id"].(string), fields, http.StatusNoContent)
}

// ScopeID returns the id of a client scope of the realm.
func (r *Realm) ScopeID(t testing.TB, name string) string {
	t.Helper()
	var scopes []struct{ ID, Name string }
	decode(t, r.Admin(t, http.MethodGet, "/client-scopes", nil, http.StatusOK), &scopes)
	for _, s := range scopes {
		if s.Name == name {
			return s.ID
		}
	}
	t.Fatalf("realm %s has no client scope %s", r.Name, name)
	return ""
}

func decode(t testing.TB, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}
