package cognitotest

import (
	"crypto/rand"
	"maps"
	"slices"
	"strings"
)

// client is an app client: what was set, as it was asked for, and what the service keeps itself.
type client struct {
	id, name, secret  string
	created, modified float64
	settings          object
}

// describe is the client as the admin API answers it: what was set, and the defaults of what was
// not. Empty lists are left out.
func (p *client) describe(poolID string) object {
	answer := object{
		"RefreshTokenValidity": float64(defaultRefreshDays), "TokenValidityUnits": object{}, "AllowedOAuthFlowsUserPoolClient": false,
		"EnableTokenRevocation": true, "EnablePropagateAdditionalUserContextData": false, "AuthSessionValidity": 3.0,
	}
	for name, value := range p.settings {
		if list, ok := value.([]any); !ok || len(list) > 0 {
			answer[name] = value
		}
	}
	if answer["RefreshTokenValidity"] == 0.0 {
		answer["RefreshTokenValidity"] = float64(defaultRefreshDays)
	}
	answer["UserPoolId"], answer["ClientId"], answer["ClientName"] = poolID, p.id, p.name
	answer["CreationDate"], answer["LastModifiedDate"] = p.created, p.modified
	if p.secret != "" {
		answer["ClientSecret"] = p.secret
	}
	return answer
}

// list is a list of the client's settings.
func (p *client) list(name string) []string { return texts(p.settings[name]) }

// is reports whether a flag is set.
func (p *client) is(name string) bool { return p.settings[name] == true }

func (p *pool) client(id string) *client {
	i := slices.IndexFunc(p.clients, func(one *client) bool { return one.id == id })
	if i < 0 {
		return nil
	}
	return p.clients[i]
}

// clientOf finds the client that a request names.
func (c *Cognito) clientOf(asked object) (*client, *failure) {
	id := text(asked["ClientId"])
	if found := c.pool.client(id); found != nil {
		return found, nil
	}
	return nil, notFound("User pool client " + id + " does not exist.")
}

func (c *Cognito) listClients(asked object) (object, *failure) {
	var all []object
	for _, one := range c.pool.clients {
		all = append(all, object{"ClientId": one.id, "UserPoolId": c.config.PoolID, "ClientName": one.name})
	}
	return c.page(all, asked, paging{list: "UserPoolClients", limit: "MaxResults", token: "NextToken"})
}

func (c *Cognito) describeClient(asked object) (object, *failure) {
	found, refused := c.clientOf(asked)
	if refused != nil {
		return nil, refused
	}
	return object{"UserPoolClient": found.describe(c.config.PoolID)}, nil
}

func (c *Cognito) createClient(asked object) (object, *failure) {
	made := &client{id: newID(), name: text(asked["ClientName"]), settings: settingsOf(asked), created: now()}
	made.modified = made.created
	switch {
	case asked["GenerateSecret"] == true:
		made.secret = newSecret()
	case asked["ClientSecret"] != nil:
		made.secret = text(asked["ClientSecret"])
	}
	if !c.holds(NamesMayRepeat) && slices.ContainsFunc(c.pool.clients, func(one *client) bool { return one.name == made.name }) {
		return nil, invalid("A client with the name already exists.")
	}
	if refused := c.judge(made); refused != nil {
		return nil, refused
	}
	c.pool.clients = append(c.pool.clients, made)
	return object{"UserPoolClient": made.describe(c.config.PoolID)}, nil
}

// updateClient replaces all settings by those of the request: what it leaves out falls back to its
// default. The name stays when none is given, and so does the secret, always.
func (c *Cognito) updateClient(asked object) (object, *failure) {
	found, refused := c.clientOf(asked)
	if refused != nil {
		return nil, refused
	}
	changed := *found
	changed.modified = now()
	if name, given := asked["ClientName"].(string); given {
		changed.name = name
	}
	changed.settings = settingsOf(asked)
	if !c.holds(UpdateResets) {
		changed.settings = maps.Clone(found.settings)
		maps.Copy(changed.settings, settingsOf(asked))
	}
	if wanted, given := asked["GenerateSecret"].(bool); given && !c.holds(SecretsAreMadeOnce) {
		changed.secret = ""
		if wanted {
			changed.secret = newSecret()
		}
	}
	if refused := c.judge(&changed); refused != nil {
		return nil, refused
	}
	*found = changed
	return object{"UserPoolClient": found.describe(c.config.PoolID)}, nil
}

func (c *Cognito) deleteClient(asked object) (object, *failure) {
	found, refused := c.clientOf(asked)
	if refused != nil {
		return nil, refused
	}
	c.pool.clients = slices.DeleteFunc(c.pool.clients, func(one *client) bool { return one == found })
	delete(c.pool.brandings, found.id)
	return nil, nil
}

// settingsOf are the members of a request that a client keeps.
func settingsOf(asked object) object {
	settings := object{}
	for _, m := range clientMembers() {
		if value, given := asked[m.name]; given {
			settings[m.name] = value
		}
	}
	return settings
}

func newSecret() string { return strings.ToLower(rand.Text() + rand.Text()[:25]) }
