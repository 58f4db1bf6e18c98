package entratest

import (
	"slices"
)

// defaultRole is the app role of applications without roles.
const defaultRole = "00000000-0000-0000-0000-000000000000"

func (e *Entra) assignedTo(sp *object) []*object {
	return slices.DeleteFunc(e.directory.visible(e.directory.assignments), func(a *object) bool { return a.text("resourceId") != sp.text("id") })
}

func (e *Entra) listAssignments(c *call) (answer, *failure) {
	sp, refused := e.principal(c)
	if refused != nil {
		return answer{}, refused
	}
	return e.list(c, "appRoleAssignments", appRoleAssignment, fieldsOf(e.assignedTo(sp)))
}

// createAssignment assigns a group or a person to an application
// (https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto).
func (e *Entra) createAssignment(c *call) (answer, *failure) {
	sp, refused := e.principal(c)
	if refused == nil {
		refused = e.check(c.sent, appRoleAssignment)
	}
	if refused != nil {
		return answer{}, refused
	}
	principal, role := textOf(c.sent, "principalId"), textOf(c.sent, "appRoleId")
	name, kind := e.principalNamed(principal)
	switch {
	case textOf(c.sent, "resourceId") != sp.text("id"):
		return answer{}, badRequest("Not a valid reference update.")
	case kind == "":
		return answer{}, notFound(principal)
	case role != defaultRole:
		return answer{}, badRequest("Permission being assigned was not found on application '" + sp.text("appId") + "'.")
	case slices.ContainsFunc(e.assignedTo(sp), func(a *object) bool { return a.text("principalId") == principal }):
		return answer{}, badRequest("Permission being assigned already exists on the object").about("InvalidUpdate", "")
	}
	made := &object{fields: fields{
		"id": "a" + newID(), "deletedDateTime": nil, "createdDateTime": now(), "appRoleId": role, "principalId": principal, "principalDisplayName": name,
		"principalType": kind, "resourceId": sp.text("id"), "resourceDisplayName": sp.fields["displayName"],
	}}
	e.directory.add(&e.directory.assignments, made)
	return c.created("servicePrincipals/"+sp.text("id")+"/appRoleAssignedTo", clone(made.fields))
}

// principalNamed finds a group or a person by id: the name, and the kind as Graph spells it.
func (e *Entra) principalNamed(id string) (name, kind string) {
	for _, u := range e.directory.users {
		if u.id == id {
			return u.Name, "User"
		}
	}
	if g := e.directory.find(e.directory.groups, "id", id); g != nil {
		return g.text("displayName"), "Group"
	}
	return "", ""
}

func (e *Entra) deleteAssignment(c *call) (answer, *failure) {
	sp, refused := e.principal(c)
	if refused != nil {
		return answer{}, refused
	}
	id := c.PathValue("id")
	if !slices.ContainsFunc(e.assignedTo(sp), func(a *object) bool { return a.text("id") == id }) {
		return answer{}, notFound(id)
	}
	e.directory.assignments = slices.DeleteFunc(e.directory.assignments, func(a *object) bool { return a.text("id") == id })
	return nothing()
}
