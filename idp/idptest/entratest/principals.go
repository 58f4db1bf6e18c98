package entratest

import (
	"net/http"
	"slices"
	"strings"
)

// graphAppID is the application id of Microsoft Graph, the same in every tenant.
const graphAppID = "00000003-0000-0000-c000-000000000000"

// graphPrincipal is Microsoft Graph's service principal, as every tenant has it.
func graphPrincipal() fields {
	sp := principalFields(graphAppID, "Microsoft Graph", "f8cdef31-a31e-4b4a-93e4-5f571e91255a")
	var scopes []any
	for _, value := range []string{"openid", "profile", "email", "offline_access", "User.Read"} {
		scopes = append(scopes, fields{
			"id": newID(), "value": value, "type": "User", "isEnabled": true, "adminConsentDisplayName": value, "adminConsentDescription": value,
			"userConsentDisplayName": value, "userConsentDescription": value,
		})
	}
	sp["oauth2PermissionScopes"] = scopes
	sp["servicePrincipalNames"] = []any{graphAppID, "https://graph.microsoft.com"}
	return sp
}

func principalFields(appID, name, owner string) fields {
	return fields{
		"id": newID(), "deletedDateTime": nil, "accountEnabled": true, "alternativeNames": []any{}, "appDisplayName": name, "appDescription": nil,
		"appId": appID, "applicationTemplateId": nil, "appOwnerOrganizationId": owner, "appRoleAssignmentRequired": false, "description": nil,
		"disabledByMicrosoftStatus": nil, "displayName": name, "homepage": nil, "loginUrl": nil, "logoutUrl": nil, "notes": nil,
		"notificationEmailAddresses": []any{}, "preferredSingleSignOnMode": nil, "preferredTokenSigningKeyThumbprint": nil, "replyUrls": []any{},
		"servicePrincipalNames": []any{appID}, "servicePrincipalType": "Application", "signInAudience": nil, "tags": []any{},
		"tokenEncryptionKeyId": nil, "samlSingleSignOnSettings": nil, "addIns": []any{}, "appRoles": []any{}, "keyCredentials": []any{},
		"oauth2PermissionScopes": []any{}, "passwordCredentials": []any{}, "resourceSpecificApplicationPermissions": []any{},
		"info":              fields{"termsOfServiceUrl": nil, "supportUrl": nil, "privacyStatementUrl": nil, "marketingUrl": nil, "logoUrl": nil},
		"verifiedPublisher": fields{"displayName": nil, "verifiedPublisherId": nil, "addedDateTime": nil},
	}
}

// applicationOf is the application that a service principal stands for; nil for those of other
// tenants.
func (e *Entra) applicationOf(sp *object) *object {
	return e.directory.find(e.directory.applications, "appId", sp.text("appId"))
}

// principalOf is the service principal of an application; nil when it has none.
func (e *Entra) principalOf(app *object) *object {
	return e.directory.find(e.directory.principals, "appId", app.text("appId"))
}

// shown is a service principal with what it takes from its application.
func (e *Entra) shown(sp *object) fields {
	f := clone(sp.fields)
	app := e.applicationOf(sp)
	if app == nil {
		return f
	}
	copied := clone(app.fields)
	f["appDisplayName"], f["signInAudience"] = copied["displayName"], copied["signInAudience"]
	f["oauth2PermissionScopes"] = inner(copied, "api")["oauth2PermissionScopes"]
	f["servicePrincipalNames"] = append([]any{sp.fields["appId"]}, copied["identifierUris"].([]any)...)
	replies := []any{}
	for _, platform := range []string{web, spa, publicClient} {
		list, _ := inner(copied, platform)["redirectUris"].([]any)
		replies = append(replies, list...)
	}
	f["replyUrls"] = replies
	return f
}

func (e *Entra) listPrincipals(c *call) (answer, *failure) {
	var among []fields
	for _, sp := range e.directory.visible(e.directory.principals) {
		among = append(among, e.shown(sp))
	}
	return e.list(c, "servicePrincipals", servicePrincipal, among)
}

// principal finds the service principal that an address names.
func (e *Entra) principal(c *call) (*object, *failure) {
	k := keyOf(c.Request)
	if refused := e.knownKey(k, "id", "appId"); refused != nil {
		return nil, refused
	}
	found := e.directory.find(e.directory.principals, k.property, k.value)
	if found == nil {
		return nil, notFound(k.value)
	}
	return found, nil
}

func (e *Entra) showPrincipal(c *call) (answer, *failure) {
	found, refused := e.principal(c)
	if refused != nil {
		return answer{}, refused
	}
	return c.show("servicePrincipals", servicePrincipal, e.shown(found))
}

func (e *Entra) createPrincipal(c *call) (answer, *failure) {
	if refused := e.check(c.sent, servicePrincipal); refused != nil {
		return answer{}, refused
	}
	return e.makePrincipal(c, textOf(c.sent, "appId"))
}

func (e *Entra) makePrincipal(c *call, appID string) (answer, *failure) {
	if appID == "" {
		return answer{}, invalid("appId", servicePrincipal.name)
	}
	if slices.ContainsFunc(e.directory.principals, func(o *object) bool { return o.text("appId") == appID }) && e.holds(PrincipalsAreUnique) {
		return answer{}, &failure{status: http.StatusConflict, code: "Request_MultipleObjectsWithSameKeyValue", message: "The service principal cannot be created, updated, or restored because the service principal name " + appID + " is already in use."}
	}
	app := e.directory.find(e.directory.applications, "appId", appID)
	if app == nil && c.by.ownedOnly() && e.holds(PrincipalsNeedAnApp) {
		// A caller with OwnedBy is told so of an application that is not replicated yet, too.
		return answer{}, &failure{status: http.StatusForbidden, code: "Authorization_RequestDenied", message: "When using this permission, the backing application of the service principal being created must in the local tenant"}
	}
	if app == nil && e.holds(PrincipalsNeedAnApp) {
		return answer{}, badRequest("The appId '"+appID+"' of the service principal does not reference a valid application object.").about("NoBackingApplicationObject", "appId")
	}
	if app != nil && !e.owns(c, app) {
		return answer{}, denied()
	}
	made := &object{fields: principalFields(appID, "", e.config.Tenant)}
	if app != nil {
		made.fields["displayName"] = app.fields["displayName"]
	}
	e.setPrincipal(made, c.sent)
	if c.by.ownedOnly() {
		made.owners = []string{c.by.principal}
	}
	e.directory.add(&e.directory.principals, made)
	return c.created("servicePrincipals", e.shown(made))
}

func (e *Entra) setPrincipal(sp *object, sent fields) {
	for name, value := range clone(sent) {
		if _, known := servicePrincipal.shape[name]; known && !annotation(name) && name != "appId" {
			sp.fields[name] = value
		}
	}
}

// updatePrincipal changes a service principal, or makes it where an upsert names one that is not
// there (https://learn.microsoft.com/graph/api/serviceprincipal-upsert).
func (e *Entra) updatePrincipal(c *call) (answer, *failure) {
	if refused := e.check(c.sent, servicePrincipal); refused != nil {
		return answer{}, refused
	}
	k := keyOf(c.Request)
	found, refused := e.principal(c)
	if refused != nil {
		if refused.status == http.StatusNotFound && k.property == "appId" && e.mayCreate(c) && !e.config.NoUpsert {
			return e.makePrincipal(c, k.value)
		}
		return answer{}, refused
	}
	if !e.owns(c, found) {
		return answer{}, denied()
	}
	if appID := textOf(c.sent, "appId"); appID != "" && !strings.EqualFold(appID, found.text("appId")) {
		return answer{}, badRequest("Property 'appId' is read-only and cannot be set.").about("ReadOnlyProperty", "appId")
	}
	e.setPrincipal(found, c.sent)
	return nothing()
}

func (e *Entra) deletePrincipal(c *call) (answer, *failure) {
	found, refused := e.principal(c)
	if refused != nil {
		return answer{}, refused
	}
	if !e.owns(c, found) {
		return answer{}, denied()
	}
	e.dropPrincipal(found)
	return nothing()
}

// dropPrincipal removes a service principal, and the grants and assignments that name it.
func (e *Entra) dropPrincipal(sp *object) {
	d, id := e.directory, sp.text("id")
	names := func(o *object) bool {
		return o == sp || o.text("clientId") == id || o.text("resourceId") == id || o.text("principalId") == id
	}
	d.principals = slices.DeleteFunc(d.principals, names)
	d.grants = slices.DeleteFunc(d.grants, names)
	d.assignments = slices.DeleteFunc(d.assignments, names)
}
