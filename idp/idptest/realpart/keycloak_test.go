package realpart_test

import (
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

var pool realpart.Pool

func TestMain(m *testing.M) { pool.Run(m) }

// Every version starts, keeps realms apart, and gives a service account the rights it is told.
func TestKeycloak(t *testing.T) {
	for _, version := range []string{realpart.Keycloak26_7, realpart.Keycloak26_2, realpart.Keycloak24} {
		t.Run(version, func(t *testing.T) {
			k := pool.Keycloak(t, version)
			r := k.Realm(t)
			before := r.ClientCount(t)
			r.User(t, "bob", "secret", r.Group(t, "registry-admins", ""))
			id, secret := r.ServiceAccount(t, "manage-clients")
			if id == "" || secret == "" || r.Client(t, id) == nil || r.ClientCount(t) != before+1 {
				t.Errorf("service account %q is not there", id)
			}
			if r.Client(t, "nobody") != nil {
				t.Error("a client that nobody made")
			}
		})
	}
}
