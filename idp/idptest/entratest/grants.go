package entratest

import (
	"net/http"
	"slices"
)

// everyone is the consent type of a grant that an administrator gives for all people.
const everyone = "AllPrincipals"

func (e *Entra) listGrants(c *call) (answer, *failure) {
	return e.list(c, "oauth2PermissionGrants", permissionGrant, fieldsOf(e.directory.visible(e.directory.grants)))
}

func (e *Entra) listGrantsOfPrincipal(c *call) (answer, *failure) {
	sp, refused := e.principal(c)
	if refused != nil {
		return answer{}, refused
	}
	grants := slices.DeleteFunc(e.directory.visible(e.directory.grants), func(g *object) bool { return g.text("clientId") != sp.text("id") })
	return e.list(c, "oauth2PermissionGrants", permissionGrant, fieldsOf(grants))
}

func (e *Entra) grant(c *call) (*object, *failure) {
	id := c.PathValue("id")
	found := e.directory.find(e.directory.grants, "id", id)
	if found == nil || found.text("id") != id {
		return nil, notFound(id)
	}
	return found, nil
}

func (e *Entra) showGrant(c *call) (answer, *failure) {
	found, refused := e.grant(c)
	if refused != nil {
		return answer{}, refused
	}
	return c.show("oauth2PermissionGrants", permissionGrant, found.fields)
}

// createGrant consents to delegated permissions
// (https://learn.microsoft.com/graph/api/oauth2permissiongrant-post).
func (e *Entra) createGrant(c *call) (answer, *failure) {
	if refused := e.check(c.sent, permissionGrant); refused != nil {
		return answer{}, refused
	}
	client, resource, kind, person := textOf(c.sent, "clientId"), textOf(c.sent, "resourceId"), textOf(c.sent, "consentType"), textOf(c.sent, "principalId")
	for _, id := range []string{client, resource} {
		if e.directory.find(e.directory.principals, "id", id) == nil {
			return answer{}, notFound(id)
		}
	}
	if kind != everyone && kind != "Principal" {
		return answer{}, invalid("consentType", permissionGrant.name)
	}
	if (kind == everyone) != (person == "") {
		return answer{}, invalid("principalId", permissionGrant.name)
	}
	twin := func(g *object) bool {
		return g.text("clientId") == client && g.text("resourceId") == resource && g.text("consentType") == kind && g.text("principalId") == person
	}
	if e.holds(GrantsAreUnique) && slices.ContainsFunc(e.directory.grants, twin) {
		return answer{}, &failure{status: http.StatusConflict, code: "Request_MultipleObjectsWithSameKeyValue", message: "Permission entry already exists."}
	}
	made := &object{fields: fields{
		"id": "g" + newID(), "clientId": client, "consentType": kind, "principalId": c.sent["principalId"], "resourceId": resource, "scope": c.sent["scope"],
	}}
	e.directory.add(&e.directory.grants, made)
	return c.created("oauth2PermissionGrants", clone(made.fields))
}

// updateGrant replaces the scopes of a grant; nothing else of it changes.
func (e *Entra) updateGrant(c *call) (answer, *failure) {
	found, refused := e.grant(c)
	if refused == nil {
		refused = e.check(c.sent, permissionGrant)
	}
	if refused != nil {
		return answer{}, refused
	}
	for _, property := range []string{"clientId", "consentType", "principalId", "resourceId"} {
		if value, sent := c.sent[property]; sent && value != found.fields[property] {
			return answer{}, badRequest("Property cannot be updated: " + property)
		}
	}
	if scope, sent := c.sent["scope"]; sent {
		found.fields["scope"] = scope
	}
	return nothing()
}

func (e *Entra) deleteGrant(c *call) (answer, *failure) {
	found, refused := e.grant(c)
	if refused != nil {
		return answer{}, refused
	}
	e.directory.grants = slices.DeleteFunc(e.directory.grants, func(g *object) bool { return g == found })
	return nothing()
}
