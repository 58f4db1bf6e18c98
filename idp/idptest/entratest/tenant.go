package entratest

import (
	"slices"
	"strings"
)

func (e *Entra) listGroups(c *call) (answer, *failure) {
	return e.list(c, "groups", group, fieldsOf(e.directory.visible(e.directory.groups)))
}

func (e *Entra) showGroup(c *call) (answer, *failure) {
	id := c.PathValue("id")
	found := e.directory.find(e.directory.groups, "id", id)
	if found == nil {
		return answer{}, notFound(id)
	}
	return c.show("groups", group, found.fields)
}

// fields are what Graph tells of a person.
func (u *user) fields() fields {
	told := fields{"id": u.id, "displayName": u.Name, "userPrincipalName": u.upn(), "mail": nil, "accountEnabled": true}
	if u.Email != "" {
		told["mail"] = u.Email
	}
	return told
}

func (e *Entra) listUsers(c *call) (answer, *failure) {
	var list []fields
	for _, u := range e.directory.users {
		list = append(list, u.fields())
	}
	return e.list(c, "users", person, list)
}

// showUser finds a person by id or user principal name.
func (e *Entra) showUser(c *call) (answer, *failure) {
	id := c.PathValue("id")
	for _, u := range e.directory.users {
		if u.id == id || strings.EqualFold(u.upn(), id) {
			return c.show("users", person, u.fields())
		}
	}
	return answer{}, notFound(id)
}

// objectsByID answers with those of the wanted objects that there are
// (https://learn.microsoft.com/graph/api/directoryobject-getbyids).
func (e *Entra) objectsByID(c *call) (answer, *failure) {
	ids, kinds := textsOf(c.sent, "ids"), textsOf(c.sent, "types")
	if len(ids) == 0 {
		return answer{}, refuse("BadRequest", "The ids parameter is required.")
	}
	value := []any{}
	add := func(kind string, among []*object) {
		if len(kinds) > 0 && !slices.Contains(kinds, kind) {
			return
		}
		for _, o := range e.directory.visible(among) {
			if slices.Contains(ids, o.text("id")) {
				shown := clone(o.fields)
				shown["@odata.type"] = "#microsoft.graph." + kind
				value = append(value, shown)
			}
		}
	}
	add("group", e.directory.groups)
	add("application", e.directory.applications)
	add("servicePrincipal", e.directory.principals)
	return ok(fields{"@odata.context": c.context("directoryObjects"), "value": value})
}

// listOrganization answers with the tenant itself
// (https://learn.microsoft.com/graph/api/organization-list).
func (e *Entra) listOrganization(c *call) (answer, *failure) {
	domains := []any{}
	for i, name := range e.config.Domains {
		domains = append(domains, fields{
			"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": i == len(e.config.Domains)-1, "isInitial": i == 0, "name": name, "type": "Managed",
		})
	}
	return e.list(c, "organization", organization, []fields{{
		"id": e.config.Tenant, "displayName": e.config.Name, "tenantType": "AAD", "countryLetterCode": nil, "verifiedDomains": domains,
	}})
}

func (e *Entra) listDomains(c *call) (answer, *failure) {
	var domains []fields
	for i, name := range e.config.Domains {
		domains = append(domains, fields{
			"id": name, "authenticationType": "Managed", "isDefault": i == len(e.config.Domains)-1, "isInitial": i == 0,
			"isRoot": true, "isVerified": true, "isAdminManaged": true, "supportedServices": []any{"Email"},
		})
	}
	return e.list(c, "domains", domain, domains)
}

// showPolicy answers with the tenant's application management policy
// (https://learn.microsoft.com/graph/api/tenantappmanagementpolicy-get).
func (e *Entra) showPolicy(c *call) (answer, *failure) {
	state := map[bool]string{true: "enabled", false: "disabled"}
	restriction := func(on bool) fields {
		return fields{"state": state[on], "restrictForAppsCreatedAfterDateTime": nil, "excludeAppsReceivingV2Tokens": e.policy.ExcludeAppsReceivingV2Tokens, "excludeSaml": true}
	}
	return ok(fields{
		"@odata.context": c.context("policies/defaultAppManagementPolicy/$entity"),
		"id":             defaultRole, "displayName": "Default app management tenant policy", "description": "Default tenant policy that enforces app management restrictions on applications and service principals.",
		"isEnabled": e.policy.NonDefaultURIAddition || e.policy.WithoutUniqueTenantIdentifier,
		"applicationRestrictions": fields{
			"passwordCredentials": []any{}, "keyCredentials": []any{},
			"identifierUris": fields{
				"nonDefaultUriAddition":                    restriction(e.policy.NonDefaultURIAddition),
				"uriAdditionWithoutUniqueTenantIdentifier": restriction(e.policy.WithoutUniqueTenantIdentifier),
			},
		},
	})
}

// GroupID is the object id of the first group with that display name; "" when there is none.
func (e *Entra) GroupID(name string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, g := range e.directory.groups {
		if strings.EqualFold(g.text("displayName"), name) {
			return g.text("id")
		}
	}
	return ""
}
