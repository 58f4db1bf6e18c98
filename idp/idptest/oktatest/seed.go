package oktatest

import (
	"crypto/rand"
	"slices"
	"time"
)

// AdminToken makes an API token whose creator has those roles; a super administrator when none is
// given. It goes into the header "Authorization: SSWS <token>".
func (o *Okta) AdminToken(roles ...Role) string {
	if len(roles) == 0 {
		roles = []Role{SuperAdmin}
	}
	token := "00" + rand.Text()
	o.Locked(func() { o.org.callers["SSWS "+token] = caller{roles: roles} })
	return token
}

// ExpiredToken makes an API token that was not used for too long.
func (o *Okta) ExpiredToken() string {
	token := "00" + rand.Text()
	o.Locked(func() {
		o.org.callers["SSWS "+token] = caller{roles: []Role{SuperAdmin}, expires: time.Now().Add(-time.Second)}
	})
	return token
}

// AddApp stores an app with its label and status and returns its id: an OpenID Connect app unless
// the document says otherwise. What the document does not say takes its default, what it says is
// stored as it is, also what Okta would refuse. It panics when the document is no JSON.
func (o *Okta) AddApp(given map[string]any) (id string) {
	d := encode(given)
	fill(d, document{"id": newID("0oa"), "created": now(), "status": "ACTIVE", "signOnMode": openIDConnect, "label": "App"})
	o.Locked(func() {
		added := &app{document: d}
		_, _ = o.settle(added) // whoever seeds may break rules
		o.org.apps = append(o.org.apps, added)
	})
	return text(d, "id")
}

// AssignGroup assigns a group, by id, to an app.
func (o *Okta) AssignGroup(appID, groupID string) {
	o.Locked(func() {
		a := o.org.app(appID)
		a.groups = append(a.groups, document{"id": groupID, "lastUpdated": now(), "profile": document{}})
	})
}

// AddGroup adds a group that Okta itself keeps, or "APP_GROUP" of another directory, which may
// have the name of another group; it returns the id.
func (o *Okta) AddGroup(name, kind string) (id string) {
	o.Locked(func() { id = o.org.addGroup(name, kind).id() })
	return id
}

// GroupID finds a group by its exact name; "" when there is none.
func (o *Okta) GroupID(name string) (id string) {
	o.Locked(func() {
		for _, g := range o.org.groups {
			if g.name() == name {
				id = g.id()
				return
			}
		}
	})
	return id
}

// UserID finds a person by login; "" when there is none.
func (o *Okta) UserID(login string) (id string) {
	o.Locked(func() {
		if u := o.org.userNamed(login); u != nil {
			id = u.id()
		}
	})
	return id
}

// ServerID finds a custom authorization server by its name; "" when there is none.
func (o *Okta) ServerID(name string) (id string) {
	o.Locked(func() {
		for _, s := range o.org.servers {
			if !s.isOrg() && text(s.document, "name") == name {
				id = s.id()
			}
		}
	})
	return id
}

// SetStatus sets a custom authorization server "ACTIVE" or "INACTIVE".
func (o *Okta) SetStatus(serverID, status string) {
	o.Locked(func() { o.org.server(serverID).document["status"] = status })
}

// Snapshot returns a copy of all that is stored, by kind and id: apps, appGroups and appUsers (by
// the id of the app), groups, users, authorizationServers, claims and scopes and policies (by the
// id of the server), rules (by the id of the policy).
func (o *Okta) Snapshot() map[string]any {
	s := document{}
	o.Locked(func() {
		for _, a := range o.org.apps {
			within(s, "apps")[a.id()] = a.document
			within(s, "appGroups")[a.id()] = slices.Clone(a.groups)
			within(s, "appUsers")[a.id()] = slices.Clone(a.users)
		}
		for _, g := range o.org.groups {
			within(s, "groups")[g.id()] = g.document
		}
		for _, u := range o.org.users {
			within(s, "users")[u.id()] = u.document
		}
		for _, server := range o.org.servers {
			if !server.isOrg() {
				server.snapshot(s)
			}
		}
		s = clone(s)
	})
	return s
}

func (s *authorizationServer) snapshot(into document) {
	within(into, "authorizationServers")[s.id()] = s.document
	within(into, "claims")[s.id()] = s.claims
	within(into, "scopes")[s.id()] = s.scopes
	policies := []document{}
	for _, p := range s.policies {
		policies = append(policies, p.document)
		within(into, "rules")[text(p.document, "id")] = p.rules
	}
	within(into, "policies")[s.id()] = policies
}
