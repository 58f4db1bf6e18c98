// Package keycloaktest stands in for Keycloak 26.7.5 on loopback: its admin API and its OAuth
// endpoints, with the rules that trip people.
package keycloaktest

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// Config describes a Keycloak with one realm. The zero value is a realm without users.
type Config struct {
	// Realm is the name of the realm; "mcp-gateway" when empty.
	Realm string
	// AdminUser and AdminPassword are those of the administrator of the master realm; "admin"
	// and a random password when empty.
	AdminUser, AdminPassword string
	// Users are the people of the realm.
	Users []User
	// Groups are names or paths of groups that exist in the realm without members.
	Groups []string
	// Off names rules that do not hold, for tests of tests.
	Off map[Rule]bool
}

// User is a person who can log in.
type User struct {
	Name, Password, Email string
	// Groups are the names of groups, or their paths, such as /team/dev. They are made as needed.
	Groups []string
	// NoOfflineAccess tells that the user has none of the realm's default roles, as users that
	// come with an imported realm; so no offline_access either.
	NoOfflineAccess bool
}

// Keycloak is a running stand-in of Keycloak 26.7.5, plain http on 127.0.0.1. The master realm
// only gives tokens to the administrator. Its methods may be called at any time.
type Keycloak struct {
	*idptest.Server

	config Config
	keys   *keys
	realm  *realm // changed only while the server is locked
}

// realm is what the realm holds.
type realm struct {
	id       string
	clients  []*client
	scopes   []clientScope
	groups   []*group
	users    []*user
	policies []policy
	roles    map[string][]string // of service accounts, by client id

	logins   map[string]*login   // login forms that wait, by the cookie's value
	codes    map[string]*code    // codes that were issued
	sessions map[string]*session // by session id
	callers  map[string]caller   // by access token
	consents map[consent]bool
	browsers map[string]*user // who is signed in, by the value of the identity cookie
}

// Start starts a stand-in on a free port of 127.0.0.1. The error tells a port that could
// not be had, or a configuration with two users of one name.
func Start(c Config) (*Keycloak, error) {
	if c.Realm == "" {
		c.Realm = "mcp-gateway"
	}
	if c.AdminUser == "" {
		c.AdminUser = "admin"
	}
	if c.AdminPassword == "" {
		c.AdminPassword = rand.Text()
	}
	r, err := newRealm(c)
	if err != nil {
		return nil, err
	}
	signing, err := newKeys()
	if err != nil {
		return nil, err
	}
	server, err := idptest.Listen(nil)
	if err != nil {
		return nil, err
	}
	k := &Keycloak{Server: server, config: c, realm: r, keys: signing}
	server.Serve(k.routes())
	return k, nil
}

func newRealm(c Config) (*realm, error) {
	r := &realm{
		id: newID(), scopes: builtInScopes(), policies: builtInPolicies(), roles: map[string][]string{},
		logins: map[string]*login{}, codes: map[string]*code{}, sessions: map[string]*session{},
		callers: map[string]caller{}, browsers: map[string]*user{}, consents: map[consent]bool{},
	}
	r.addBuiltInClients()
	for _, path := range c.Groups {
		r.groupAt(path)
	}
	for _, u := range c.Users {
		if slices.ContainsFunc(r.users, func(other *user) bool { return strings.EqualFold(other.Name, u.Name) }) {
			return nil, fmt.Errorf("two users are called %q", u.Name)
		}
		r.addUser(u)
	}
	return r, nil
}

// Issuer is the realm's issuer, an absolute URL.
func (k *Keycloak) Issuer() string { return k.issuer(k.config.Realm) }

func (k *Keycloak) issuer(realm string) string { return k.URL() + "/realms/" + realm }

// AdminUser is the name of the administrator of the master realm.
func (k *Keycloak) AdminUser() string { return k.config.AdminUser }

// AdminPassword is the administrator's password.
func (k *Keycloak) AdminPassword() string { return k.config.AdminPassword }

// RevokeSessions ends all sessions, so that no refresh token issued so far is accepted any more.
// The token endpoint then answers invalid_grant: "Offline user session not found" to an offline
// token, and "Session not active" to another.
func (k *Keycloak) RevokeSessions() {
	k.Locked(func() {
		clear(k.realm.sessions)
		clear(k.realm.browsers)
	})
}

// ServiceAccount makes a confidential client whose service account has those roles of the client
// realm-management, and returns its client id and secret. It panics when there is no such role.
func (k *Keycloak) ServiceAccount(roles ...string) (clientID, secret string) {
	for _, role := range roles {
		if !slices.Contains(managementRoles(), role) {
			panic("keycloaktest: realm-management has no role " + role)
		}
	}
	k.Locked(func() { clientID, secret = k.realm.addServiceAccount(roles) })
	return clientID, secret
}

// holds reports whether a rule is switched on.
func (k *Keycloak) holds(rule Rule) bool { return !k.config.Off[rule] }
