package cognitotest

import (
	"encoding/json"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// AddClient makes an app client of members named as DescribeUserPoolClient names them, without
// judging them, and returns its id: ClientId where that is given, else a new one. ClientSecret
// makes it confidential. It panics when the members are no JSON.
func (c *Cognito) AddClient(members map[string]any) (clientID string) {
	plain := copied(members)
	made := &client{id: newID(), created: now(), settings: settingsOf(plain)}
	made.modified = made.created
	if id, given := plain["ClientId"].(string); given {
		made.id = id
	}
	made.name, _ = plain["ClientName"].(string)
	made.secret, _ = plain["ClientSecret"].(string)
	c.Locked(func() { c.pool.clients = append(c.pool.clients, made) })
	return made.id
}

// AddUser adds a person, and the groups of the person that are not there. A name that is taken
// changes nothing.
func (c *Cognito) AddUser(person idptest.User) {
	c.Locked(func() {
		if c.pool.user(person.Name) == nil {
			c.pool.addUser(c.config, person)
		}
	})
}

// AddGroup adds a group unless it is there.
func (c *Cognito) AddGroup(name string) {
	c.Locked(func() { c.pool.groupNamed(c.config, name) })
}

// AddBranding gives a client the branding style that the console gives the clients it makes.
func (c *Cognito) AddBranding(clientID string) {
	c.Locked(func() {
		_, _ = c.createBranding(object{"ClientId": clientID, "UseCognitoProvidedValues": true}) // who has one keeps it
	})
}

// Snapshot returns all that the pool holds, as plain JSON values of its own: "Clients" by id as
// DescribeUserPoolClient answers them, "Brandings" by client id, "Groups" by name, "Members" of
// users as names of groups by the user's name, and "Domains" by name.
func (c *Cognito) Snapshot() map[string]any {
	var snapshot object
	c.Locked(func() {
		clients, groups, members, domains := object{}, object{}, object{}, object{}
		for _, one := range c.pool.clients {
			clients[one.id] = one.describe(c.config.PoolID)
		}
		for _, one := range c.pool.groups {
			groups[text(one["GroupName"])] = one
		}
		for _, one := range c.pool.users {
			members[one.Name] = one.Groups
		}
		for _, one := range c.pool.domains {
			domains[text(one["Domain"])] = one
		}
		snapshot = copied(object{"Clients": clients, "Groups": groups, "Members": members, "Domains": domains, "Brandings": c.pool.brandings})
	})
	return snapshot
}

// copied is a deep copy as plain JSON.
func copied(value map[string]any) object {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic("cognitotest: a value that is no JSON: " + err.Error())
	}
	plain := object{}
	if err := json.Unmarshal(encoded, &plain); err != nil {
		panic("cognitotest: " + err.Error())
	}
	return plain
}
