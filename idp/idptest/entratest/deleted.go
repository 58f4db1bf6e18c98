package entratest

import "slices"

// deleteApplication moves an application to the deleted items, where it stays for 30 days
// (https://learn.microsoft.com/graph/api/application-delete). Its service principal goes with it.
func (e *Entra) deleteApplication(c *call) (answer, *failure) {
	found, refused := e.application(c)
	if refused != nil {
		return answer{}, refused
	}
	if !e.owns(c, found) {
		return answer{}, denied()
	}
	d := e.directory
	d.applications = slices.DeleteFunc(d.applications, func(o *object) bool { return o == found })
	if sp := e.principalOf(found); sp != nil {
		e.dropPrincipal(sp)
	}
	found.fields["deletedDateTime"] = now()
	d.deleted = append(d.deleted, found)
	return nothing()
}

func (e *Entra) listDeleted(c *call) (answer, *failure) {
	return e.list(c, "directory/deletedItems/microsoft.graph.application", application, fieldsOf(e.directory.deleted))
}

func (e *Entra) deletedItem(c *call) (*object, *failure) {
	id := c.PathValue("id")
	i := slices.IndexFunc(e.directory.deleted, func(o *object) bool { return o.text("id") == id })
	if i < 0 {
		return nil, notFound(id)
	}
	if found := e.directory.deleted[i]; e.owns(c, found) {
		return found, nil
	}
	return nil, denied()
}

// purge deletes for good.
func (e *Entra) purge(c *call) (answer, *failure) {
	found, refused := e.deletedItem(c)
	if refused != nil {
		return answer{}, refused
	}
	e.directory.deleted = slices.DeleteFunc(e.directory.deleted, func(o *object) bool { return o == found })
	return nothing()
}

func (e *Entra) restore(c *call) (answer, *failure) {
	found, refused := e.deletedItem(c)
	if refused != nil {
		return answer{}, refused
	}
	e.directory.deleted = slices.DeleteFunc(e.directory.deleted, func(o *object) bool { return o == found })
	found.fields["deletedDateTime"] = nil
	e.directory.applications = append(e.directory.applications, found)
	shown := clone(found.fields)
	shown["@odata.context"] = c.context("directoryObjects/$entity")
	shown["@odata.type"] = "#microsoft.graph.application"
	return ok(shown)
}
