// Package idptest stands in for identity providers on loopback, for tests and for trying things
// out: their admin APIs and OAuth endpoints, with the rules that trip people. It imports nothing
// of what it judges, and each of its rules can be switched off, so that a test of a test can see
// it matter.
package idptest

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// KeycloakConfig describes a Keycloak with one realm. The zero value is a realm without users.
type KeycloakConfig struct {
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
	Off map[KeycloakRule]bool
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
	config  KeycloakConfig
	server  *http.Server
	url     string
	keys    *keys
	serving sync.WaitGroup

	mu       sync.Mutex // held while a request is answered
	requests []string
	realm    *realm
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

// StartKeycloak starts a stand-in on a free port of 127.0.0.1. The error tells a port that could
// not be had, or a configuration with two users of one name.
func StartKeycloak(c KeycloakConfig) (*Keycloak, error) {
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
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a local port is had at once
	if err != nil {
		return nil, fmt.Errorf("listening on loopback: %w", err)
	}
	k := &Keycloak{config: c, realm: r, keys: signing, url: "http://" + listener.Addr().String()}
	k.server = &http.Server{Handler: k.routes(), ReadHeaderTimeout: 10 * time.Second}
	k.serving.Go(func() { _ = k.server.Serve(listener) })
	return k, nil
}

func newRealm(c KeycloakConfig) (*realm, error) {
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

// Close stops the server and waits until nothing of it runs any more.
func (k *Keycloak) Close() {
	_ = k.server.Close()
	k.serving.Wait()
}

// URL is the server's base URL, without a trailing slash.
func (k *Keycloak) URL() string { return k.url }

// Issuer is the realm's issuer, an absolute URL.
func (k *Keycloak) Issuer() string { return k.issuer(k.config.Realm) }

func (k *Keycloak) issuer(realm string) string { return k.url + "/realms/" + realm }

// AdminUser is the name of the administrator of the master realm.
func (k *Keycloak) AdminUser() string { return k.config.AdminUser }

// AdminPassword is the administrator's password.
func (k *Keycloak) AdminPassword() string { return k.config.AdminPassword }

// Requests returns what was asked so far, in order, each as "METHOD /path" without the query.
func (k *Keycloak) Requests() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.requests)
}

// RevokeSessions ends all sessions, so that no refresh token issued so far is accepted any more.
// The token endpoint then answers invalid_grant: "Offline user session not found" to an offline
// token, and "Session not active" to another.
func (k *Keycloak) RevokeSessions() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.realm.sessions)
	clear(k.realm.browsers)
}

// ServiceAccount makes a confidential client whose service account has those roles of the client
// realm-management, and returns its client id and secret. It panics when there is no such role.
func (k *Keycloak) ServiceAccount(roles ...string) (clientID, secret string) {
	for _, role := range roles {
		if !slices.Contains(managementRoles(), role) {
			panic("idptest: realm-management has no role " + role)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.realm.addServiceAccount(roles)
}

// holds reports whether a rule is switched on.
func (k *Keycloak) holds(rule KeycloakRule) bool { return !k.config.Off[rule] }
