package entratest

import (
	"net/http"
	"slices"
	"strings"
)

// personal is the default audience of a new application
// (https://learn.microsoft.com/graph/api/application-post-applications).
const (
	personal     = "AzureADandPersonalMicrosoftAccount"
	singleTenant = "AzureADMyOrg"
)

// newApplication is an application as Graph makes it of a display name.
func (e *Entra) newApplication() fields {
	audience, version := personal, any(float64(2))
	if !e.holds(PersonalByDefault) {
		audience, version = singleTenant, nil
	}
	return fields{
		"id": newID(), "deletedDateTime": nil, "appId": newID(), "applicationTemplateId": nil, "disabledByMicrosoftStatus": nil,
		"createdDateTime": now(), "displayName": nil, "description": nil, "groupMembershipClaims": nil, "identifierUris": []any{},
		"isDeviceOnlyAuthSupported": nil, "isFallbackPublicClient": nil, "notes": nil, "publisherDomain": e.config.Domains[0],
		"serviceManagementReference": nil, "signInAudience": audience, "tags": []any{}, "tokenEncryptionKeyId": nil, "uniqueName": nil,
		"samlMetadataUrl": nil, "defaultRedirectUri": nil, "certification": nil, "optionalClaims": nil, "servicePrincipalLockConfiguration": nil,
		"requestSignatureVerification": nil, "nativeAuthenticationApisEnabled": nil, "addIns": []any{}, "appRoles": []any{}, "keyCredentials": []any{},
		"passwordCredentials": []any{}, "requiredResourceAccess": []any{},
		"api": fields{
			"acceptMappedClaims": nil, "knownClientApplications": []any{}, "requestedAccessTokenVersion": version,
			"oauth2PermissionScopes": []any{}, "preAuthorizedApplications": []any{},
		},
		"info":                    fields{"termsOfServiceUrl": nil, "supportUrl": nil, "privacyStatementUrl": nil, "marketingUrl": nil, "logoUrl": nil},
		"parentalControlSettings": fields{"countriesBlockedForMinors": []any{}, "legalAgeGroupRule": "Allow"},
		"publicClient":            fields{"redirectUris": []any{}},
		"spa":                     fields{"redirectUris": []any{}},
		"verifiedPublisher":       fields{"displayName": nil, "verifiedPublisherId": nil, "addedDateTime": nil},
		"web": fields{
			"redirectUris": []any{}, "homePageUrl": nil, "logoutUrl": nil, "redirectUriSettings": []any{},
			"implicitGrantSettings": fields{"enableIdTokenIssuance": false, "enableAccessTokenIssuance": false},
		},
	}
}

func (e *Entra) listApplications(c *call) (answer, *failure) {
	return e.list(c, "applications", application, fieldsOf(e.directory.visible(e.directory.applications)))
}

func fieldsOf(objects []*object) []fields {
	list := make([]fields, 0, len(objects))
	for _, o := range objects {
		list = append(list, o.fields)
	}
	return list
}

// application finds the application that an address names.
func (e *Entra) application(c *call) (*object, *failure) {
	k := keyOf(c.Request)
	if refused := e.knownKey(k, "id", "appId", "uniqueName"); refused != nil {
		return nil, refused
	}
	found := e.directory.find(e.directory.applications, k.property, k.value)
	if found == nil {
		return nil, notFound(k.value)
	}
	return found, nil
}

func (e *Entra) knownKey(k key, known ...string) *failure {
	if !slices.Contains(known, k.property) || k.property == "uniqueName" && e.config.NoUpsert {
		return refuse("BadRequest", "Resource not found for the segment '"+k.property+"'.")
	}
	return nil
}

func (e *Entra) showApplication(c *call) (answer, *failure) {
	found, refused := e.application(c)
	if refused != nil {
		return answer{}, refused
	}
	return c.show("applications", application, found.fields)
}

func (e *Entra) createApplication(c *call) (answer, *failure) {
	if refused := e.check(c.sent, application); refused != nil {
		return answer{}, refused
	}
	return e.makeApplication(c, nil)
}

// makeApplication stores a new application, with its uniqueName where an upsert gives one.
func (e *Entra) makeApplication(c *call, uniqueName any) (answer, *failure) {
	made := &object{fields: e.newApplication()}
	if uniqueName != nil && e.nameTaken("uniqueName", textOf(fields{"x": uniqueName}, "x"), nil) {
		return answer{}, taken("uniqueName")
	}
	made.fields["uniqueName"] = uniqueName
	if audience := textOf(c.sent, "signInAudience"); audience != "" && audience != personal {
		inner(made.fields, "api")["requestedAccessTokenVersion"] = nil
	}
	changed := e.overlay(made.fields, c.sent)
	if refused := e.judge(nil, changed); refused != nil {
		return answer{}, refused
	}
	made.fields = changed
	if c.by.ownedOnly() {
		made.owners = []string{c.by.principal}
	}
	e.directory.add(&e.directory.applications, made)
	return c.created("applications", clone(made.fields))
}

// overlay puts what was sent over what is stored. A complex property and a list are replaced as a
// unit; what a complex property does not name gets its default.
func (e *Entra) overlay(stored, sent fields) fields {
	changed, defaults := clone(stored), e.newApplication()
	for name, value := range clone(sent) {
		complexValue, isComplex := value.(fields)
		unit, hasDefault := defaults[name].(fields)
		switch {
		case annotation(name):
		case application.shape[name].base == "":
		case isComplex && hasDefault:
			if !e.holds(ComplexIsReplaced) {
				unit = inner(changed, name)
			} else if name == "api" && textOf(changed, "signInAudience") != personal {
				unit["requestedAccessTokenVersion"] = nil
			}
			changed[name] = filled(unit, complexValue)
		case value == nil && hasDefault:
			changed[name] = unit
		default:
			changed[name] = value
		}
	}
	return withScopeDefaults(changed)
}

// filled is a complex value over what it has when nothing is said.
func filled(defaults, value fields) fields {
	whole := clone(defaults)
	for name, entry := range value {
		if !annotation(name) {
			whole[name] = entry
		}
	}
	return whole
}

// withScopeDefaults gives each scope the members that it does not name.
func withScopeDefaults(app fields) fields {
	for _, scope := range objectsOf(inner(app, "api"), "oauth2PermissionScopes") {
		delete(scope, "@odata.type")
		for name, value := range map[string]any{"isEnabled": true, "type": "User", "userConsentDisplayName": nil, "userConsentDescription": nil} {
			if _, named := scope[name]; !named {
				scope[name] = value
			}
		}
	}
	return app
}

// updateApplication changes an application, or makes it where an upsert names one that is not
// there (https://learn.microsoft.com/graph/api/application-upsert).
func (e *Entra) updateApplication(c *call) (answer, *failure) {
	k := keyOf(c.Request)
	if refused := e.check(c.sent, application); refused != nil {
		return answer{}, refused
	}
	found, refused := e.application(c)
	if refused != nil {
		if refused.status == http.StatusNotFound && k.property == "uniqueName" && e.mayCreate(c) {
			return e.makeApplication(c, k.value)
		}
		return answer{}, refused
	}
	if !e.owns(c, found) {
		return answer{}, denied()
	}
	changed := e.overlay(found.fields, c.sent)
	if refused := e.judge(found.fields, changed); refused != nil {
		return answer{}, refused
	}
	found.fields = changed
	return nothing()
}

// mayCreate reports whether a PATCH by an alternate key asks for an object that is not there.
func (e *Entra) mayCreate(c *call) bool {
	return !e.holds(UpsertNeedsPrefer) || slices.ContainsFunc(c.Header.Values("Prefer"), func(preferences string) bool {
		return strings.Contains(preferences, "create-if-missing")
	})
}

// owns reports whether the caller may change the object.
func (e *Entra) owns(c *call, o *object) bool {
	return !e.holds(OwnedByMeansOwned) || !c.by.ownedOnly() || slices.Contains(o.owners, c.by.principal)
}

func (e *Entra) listOwners(c *call) (answer, *failure) {
	found, refused := e.application(c)
	if refused != nil {
		return answer{}, refused
	}
	list := []any{}
	for _, id := range found.owners {
		list = append(list, fields{"@odata.type": "#microsoft.graph.servicePrincipal", "id": id})
	}
	return ok(fields{"@odata.context": c.context("directoryObjects"), "value": list})
}
