package behaviour_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest/keycloaktest"
	"github.com/mcpreg/mcpreg/idp/idptest/keycloaktest/behaviour"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

var pool realpart.Pool

func TestMain(m *testing.M) { pool.Run(m) }

// realKeycloak is a realm of a real server.
type realKeycloak struct {
	*realpart.Realm
	t *testing.T
}

func (r realKeycloak) URL() string           { return r.Keycloak.URL }
func (r realKeycloak) AdminUser() string     { return r.Keycloak.AdminUser }
func (r realKeycloak) AdminPassword() string { return r.Keycloak.AdminPassword }

func (r realKeycloak) ServiceAccount(roles ...string) (clientID, secret string) {
	r.t.Helper()
	return r.Realm.ServiceAccount(r.t, roles...)
}

// newReal makes a realm with the table's people.
func newReal(t *testing.T) realKeycloak {
	t.Helper()
	r := realKeycloak{pool.Keycloak(t, realpart.Keycloak26_7).Realm(t), t}
	groups := map[string]string{"/registry-admins": r.Group(t, "registry-admins", "")}
	groups["/team/registry-admins"] = r.Group(t, "registry-admins", r.Group(t, "team", ""))
	for _, p := range behaviour.People() {
		var ids []string
		for _, path := range p.Groups {
			ids = append(ids, groups[path])
		}
		r.User(t, p.Name, "secret", ids...)
		if p.NoOfflineAccess {
			r.dropRoles(t, p.Name)
		}
	}
	return r
}

// dropRoles takes the realm's default roles from a user, as a realm import does.
func (r realKeycloak) dropRoles(t *testing.T, name string) {
	t.Helper()
	var users []struct{ ID string }
	decode(t, r.Admin(t, http.MethodGet, "/users?exact=true&username="+name, nil, http.StatusOK), &users)
	var roles []map[string]any
	path := "/users/" + users[0].ID + "/role-mappings/realm"
	decode(t, r.Admin(t, http.MethodGet, path, nil, http.StatusOK), &roles)
	r.Admin(t, http.MethodDelete, path, roles, http.StatusNoContent)
}

// newStandIn starts a stand-in with the table's people and those rules off.
func newStandIn(t *testing.T, off ...keycloaktest.Rule) *keycloaktest.Keycloak {
	t.Helper()
	c := keycloaktest.Config{Realm: "stand-in", Groups: []string{"registry-admins", "/team"}, Off: map[keycloaktest.Rule]bool{}}
	for _, rule := range off {
		c.Off[rule] = true
	}
	for _, p := range behaviour.People() {
		c.Users = append(c.Users, keycloaktest.User{Name: p.Name, Password: "secret", Email: p.Name + "@example.com", Groups: p.Groups, NoOfflineAccess: p.NoOfflineAccess})
	}
	k, err := keycloaktest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

func tryAll(t *testing.T, k behaviour.Keycloak) {
	t.Helper()
	bench := behaviour.NewBench(k)
	for _, row := range behaviour.Rows() {
		got, err := row.Observe(t.Context(), bench)
		if err != nil {
			t.Error(err)
		} else if diff := cmp.Diff(row.Want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.Name, diff)
		}
	}
}

func TestStandIn(t *testing.T) { t.Parallel(); tryAll(t, newStandIn(t)) }

func TestRealKeycloak(t *testing.T) { t.Parallel(); tryAll(t, newReal(t)) }

// Each rule of the stand-in is seen by some row: with the rule off, something differs.
func TestEveryRuleMatters(t *testing.T) {
	t.Parallel()
	for _, rule := range keycloaktest.Rules() {
		t.Run(string(rule), func(t *testing.T) {
			t.Parallel()
			bench := behaviour.NewBench(newStandIn(t, rule))
			seen := slices.ContainsFunc(behaviour.Rows(), func(row behaviour.Row) bool {
				got, err := row.Observe(t.Context(), bench)
				return err != nil || got != row.Want
			})
			if !seen {
				t.Error("no row notices that the rule is off")
			}
		})
	}
}
