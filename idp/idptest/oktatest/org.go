package oktatest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// org is what the org holds.
type org struct {
	id       string
	created  string
	apps     []*app
	groups   []*group
	users    []*user
	servers  []*authorizationServer // the first is the org authorization server
	services []*serviceApp
	callers  map[string]caller // by what stands in the Authorization header
	used     map[string]bool   // ids of client assertions

	storm   Storm
	buckets map[string]*bucket
}

// app is an application and who may use it.
type app struct {
	document document
	groups   []document // ApplicationGroupAssignment
	users    []document // AppUser, assigned by hand
}

func (a *app) id() string       { return text(a.document, "id") }
func (a *app) clientID() string { return text(a.document, "credentials", "oauthClient", "client_id") }

// group is a group and the ids of its members; everyone is in the built-in one.
type group struct {
	document document
	members  []string
	everyone bool
}

func (g *group) id() string   { return text(g.document, "id") }
func (g *group) name() string { return text(g.document, "profile", "name") }

// user is a person of the org.
type user struct {
	document document
	password string
}

func (u *user) id() string    { return text(u.document, "id") }
func (u *user) login() string { return text(u.document, "profile", "login") }

func newOrg(c Config) (*org, error) {
	o := &org{id: newID("00o"), created: now(), callers: map[string]caller{}, used: map[string]bool{}, buckets: map[string]*bucket{}}
	o.groups = []*group{{document: groupDocument("Everyone", "BUILT_IN"), everyone: true}}
	o.addServer("", "", "ORG_URL")
	mode := "ORG_URL"
	if c.CustomDomain {
		mode = "CUSTOM_URL"
	}
	for _, s := range append([]AuthorizationServer{{Name: "default", Audience: "api://default"}}, c.Servers...) {
		o.addServer(s.Name, s.Audience, mode)
	}
	if c.DefaultPolicy {
		o.server("default").addDefaultPolicy(o.groups[0].id())
	}
	for _, name := range c.Groups {
		o.groupNamed(name)
	}
	for _, u := range c.Users {
		if o.userNamed(loginOf(u.Name)) != nil {
			return nil, fmt.Errorf("two users have the login %q", loginOf(u.Name))
		}
		o.addUser(u)
	}
	return o, nil
}

func groupDocument(name, kind string) document {
	t := now()
	return document{
		"id": newID("00g"), "created": t, "lastUpdated": t, "lastMembershipUpdated": t, "type": kind,
		"objectClass": []any{"okta:user_group"}, "profile": document{"name": name, "description": ""},
	}
}

// groupNamed finds a group by its exact name, or makes it.
func (o *org) groupNamed(name string) *group {
	if i := slices.IndexFunc(o.groups, func(g *group) bool { return g.name() == name }); i >= 0 {
		return o.groups[i]
	}
	return o.addGroup(name, "OKTA_GROUP")
}

func (o *org) addGroup(name, kind string) *group {
	g := &group{document: groupDocument(name, kind)}
	o.groups = append(o.groups, g)
	return g
}

func (o *org) group(id string) *group {
	if i := slices.IndexFunc(o.groups, func(g *group) bool { return g.id() == id }); i >= 0 {
		return o.groups[i]
	}
	return nil
}

// groupsOf lists the groups of a user, Everyone first.
func (o *org) groupsOf(u *user) []*group {
	var found []*group
	for _, g := range o.groups {
		if g.everyone || slices.Contains(g.members, u.id()) {
			found = append(found, g)
		}
	}
	return found
}

// loginOf is the login of a person that is configured by any name.
func loginOf(name string) string {
	if strings.Contains(name, "@") {
		return name
	}
	return name + "@example.com"
}

func (o *org) addUser(u idptest.User) *user {
	t, login := now(), loginOf(u.Name)
	email := u.Email
	if email == "" {
		email = login
	}
	person, _, _ := strings.Cut(u.Name, "@")
	added := &user{password: u.Password, document: document{
		"id": newID("00u"), "status": "ACTIVE", "created": t, "activated": t, "statusChanged": t, "lastUpdated": t, "passwordChanged": t,
		"type":    document{"id": "oty" + o.id[3:]},
		"profile": document{"login": login, "email": email, "firstName": person, "lastName": "Example"},
		"credentials": document{
			"password": document{}, "provider": document{"type": "OKTA", "name": "OKTA"},
		},
	}}
	o.users = append(o.users, added)
	for _, name := range u.Groups {
		g := o.groupNamed(name)
		g.members = append(g.members, added.id())
	}
	return added
}

// userNamed finds a person by login, or by what stands before its "@" if that is no one else's.
func (o *org) userNamed(name string) *user {
	var found []*user
	for _, u := range o.users {
		short, _, _ := strings.Cut(u.login(), "@")
		switch {
		case strings.EqualFold(u.login(), name):
			return u
		case strings.EqualFold(short, name):
			found = append(found, u)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return nil
}

// user finds a person by id or login.
func (o *org) user(idOrLogin string) *user {
	if i := slices.IndexFunc(o.users, func(u *user) bool { return u.id() == idOrLogin }); i >= 0 {
		return o.users[i]
	}
	return o.userNamed(idOrLogin)
}

func (o *org) app(id string) *app {
	if i := slices.IndexFunc(o.apps, func(a *app) bool { return a.id() == id }); i >= 0 {
		return o.apps[i]
	}
	return nil
}

// client finds an app by its OAuth client id.
func (o *org) client(id string) *app {
	i := slices.IndexFunc(o.apps, func(a *app) bool { return id != "" && a.clientID() == id })
	if i < 0 {
		return nil
	}
	return o.apps[i]
}

// server finds a custom authorization server by its id.
func (o *org) server(id string) *authorizationServer {
	i := slices.IndexFunc(o.servers, func(s *authorizationServer) bool { return !s.isOrg() && s.id() == id })
	if i < 0 {
		return nil
	}
	return o.servers[i]
}

func (o *org) addServer(name, audience, mode string) {
	o.servers = append(o.servers, newAuthorizationServer(name, audience, mode, time.Now()))
}
