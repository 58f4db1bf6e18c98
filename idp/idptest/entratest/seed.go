package entratest

// AddApplication stores an application that somebody else made, without any of Graph's checks:
// properties are those of Graph's application as JSON values, over what a new single-tenant one
// has. It has no owner and no service principal.
func (e *Entra) AddApplication(properties map[string]any) (objectID, appID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	made := e.newApplication()
	made["signInAudience"] = singleTenant
	inner(made, "api")["requestedAccessTokenVersion"] = nil
	for name, value := range clone(properties) {
		if unit, ok := made[name].(fields); ok && value != nil {
			value = filled(unit, value.(fields))
		}
		made[name] = value
	}
	e.directory.applications = append(e.directory.applications, &object{fields: withScopeDefaults(made)})
	return textOf(made, "id"), textOf(made, "appId")
}

// AddServicePrincipal makes the service principal of an application, and returns its object id.
// Properties are those of Graph's servicePrincipal.
func (e *Entra) AddServicePrincipal(appID string, properties map[string]any) (objectID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	made := &object{fields: principalFields(appID, "", e.config.Tenant)}
	if app := e.directory.find(e.directory.applications, "appId", appID); app != nil {
		made.fields["displayName"] = app.fields["displayName"]
	}
	e.setPrincipal(made, properties)
	e.directory.principals = append(e.directory.principals, made)
	return made.text("id")
}

// SlowReplication makes every object that is made from now on unknown to the next n requests to
// Microsoft Graph, whoever sends them and whatever they are about.
func (e *Entra) SlowReplication(n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.holds(NewObjectsAreUnknown) {
		e.directory.delay = n
	}
}

// Snapshot returns all that the tenant stores, as JSON values by the name of the collection:
// applications, servicePrincipals, oauth2PermissionGrants, appRoleAssignments, groups and
// deletedItems. It is a copy.
func (e *Entra) Snapshot() map[string][]map[string]any {
	e.mu.Lock()
	defer e.mu.Unlock()
	d := e.directory
	taken := map[string][]map[string]any{}
	for name, objects := range map[string][]*object{
		"applications": d.applications, "servicePrincipals": d.principals, "oauth2PermissionGrants": d.grants,
		"appRoleAssignments": d.assignments, "groups": d.groups, "deletedItems": d.deleted,
	} {
		taken[name] = []map[string]any{}
		for _, o := range objects {
			taken[name] = append(taken[name], clone(o.fields))
		}
	}
	return taken
}
