package entratest

import (
	"slices"
	"strings"
)

// kind is the type of a property.
type kind struct {
	base     string // "text", "flag", "number", "object", or "any" for what is not looked into
	of       shape  // of an object
	list     bool
	nullable bool
	readOnly bool
}

// shape is a resource type: its properties by name
// (https://learn.microsoft.com/graph/api/resources/application and its neighbours).
type shape map[string]kind

var (
	text      = kind{base: "text", nullable: true}
	flag      = kind{base: "flag", nullable: true}
	number    = kind{base: "number", nullable: true}
	texts     = kind{base: "text", list: true}
	anything  = kind{base: "any", nullable: true}
	someThing = kind{base: "any", list: true}
)

func (k kind) fixed() kind { k.readOnly = true; return k }

func one(s shape) kind  { return kind{base: "object", of: s, nullable: true} }
func some(s shape) kind { return kind{base: "object", of: s, list: true} }

// entity is a resource type with its name and what lists of it can be filtered by.
type entity struct {
	name   string // as Graph's messages spell it
	shape  shape
	filter []string
}

var permissionScope = shape{
	"id": text, "value": text, "type": text, "isEnabled": flag, "origin": text.fixed(),
	"adminConsentDisplayName": text, "adminConsentDescription": text, "userConsentDisplayName": text, "userConsentDescription": text,
}

var redirects = shape{"redirectUris": texts}

var optionalClaim = shape{"name": text, "source": text, "essential": flag, "additionalProperties": texts}

var application = entity{
	name:   "Application",
	filter: []string{"id", "appId", "displayName", "identifierUris", "tags", "uniqueName", "signInAudience", "createdDateTime"},
	shape: shape{
		"id": text.fixed(), "appId": text.fixed(), "uniqueName": text.fixed(), "createdDateTime": text.fixed(), "deletedDateTime": text.fixed(),
		"publisherDomain": text.fixed(), "applicationTemplateId": text.fixed(), "certification": anything.fixed(), "disabledByMicrosoftStatus": text.fixed(),
		"displayName": text, "description": text, "notes": text, "identifierUris": texts, "tags": texts, "signInAudience": text,
		"groupMembershipClaims": text, "isFallbackPublicClient": flag, "isDeviceOnlyAuthSupported": flag, "oauth2RequirePostResponse": flag,
		"defaultRedirectUri": text, "samlMetadataUrl": text, "serviceManagementReference": text, "tokenEncryptionKeyId": text,
		"nativeAuthenticationApisEnabled": text,
		"api": one(shape{
			"acceptMappedClaims": flag, "knownClientApplications": texts, "requestedAccessTokenVersion": number,
			"oauth2PermissionScopes":    some(permissionScope),
			"preAuthorizedApplications": some(shape{"appId": text, "delegatedPermissionIds": texts}),
		}),
		"publicClient": one(redirects),
		"spa":          one(redirects),
		"web": one(shape{
			"redirectUris": texts, "homePageUrl": text, "logoutUrl": text, "redirectUriSettings": someThing,
			"implicitGrantSettings": one(shape{"enableIdTokenIssuance": flag, "enableAccessTokenIssuance": flag}),
		}),
		"optionalClaims": one(shape{"idToken": some(optionalClaim), "accessToken": some(optionalClaim), "saml2Token": some(optionalClaim)}),
		"requiredResourceAccess": some(shape{
			"resourceAppId": text, "resourceAccess": some(shape{"id": text, "type": text}),
		}),
		"info":                    one(shape{"logoUrl": text, "marketingUrl": text, "privacyStatementUrl": text, "supportUrl": text, "termsOfServiceUrl": text}),
		"parentalControlSettings": one(shape{"countriesBlockedForMinors": texts, "legalAgeGroupRule": text}),
		"verifiedPublisher":       anything, "requestSignatureVerification": anything, "servicePrincipalLockConfiguration": anything, "authenticationBehaviors": anything,
		"addIns": someThing, "appRoles": someThing, "keyCredentials": someThing, "passwordCredentials": someThing,
	},
}

var servicePrincipal = entity{
	name:   "ServicePrincipal",
	filter: []string{"id", "appId", "displayName", "servicePrincipalNames", "servicePrincipalType", "tags", "accountEnabled"},
	shape: shape{
		"id": text.fixed(), "deletedDateTime": text.fixed(), "appDisplayName": text.fixed(), "appDescription": text.fixed(), "applicationTemplateId": text.fixed(),
		"appOwnerOrganizationId": text.fixed(), "oauth2PermissionScopes": some(permissionScope).fixed(), "servicePrincipalType": text.fixed(),
		"signInAudience": text.fixed(), "disabledByMicrosoftStatus": text.fixed(), "verifiedPublisher": anything.fixed(), "appRoles": someThing.fixed(),
		"resourceSpecificApplicationPermissions": someThing.fixed(), "createdDateTime": text.fixed(),
		"appId": text, "displayName": text, "accountEnabled": flag, "appRoleAssignmentRequired": flag, "tags": texts, "servicePrincipalNames": texts,
		"alternativeNames": texts, "description": text, "homepage": text, "loginUrl": text, "logoutUrl": text, "notes": text,
		"notificationEmailAddresses": texts, "preferredSingleSignOnMode": text, "preferredTokenSigningKeyThumbprint": text, "replyUrls": texts,
		"samlSingleSignOnSettings": anything, "tokenEncryptionKeyId": text, "info": anything, "addIns": someThing,
		"keyCredentials": someThing, "passwordCredentials": someThing,
	},
}

var permissionGrant = entity{
	name:   "OAuth2PermissionGrant",
	filter: []string{"id", "clientId", "consentType", "principalId", "resourceId", "scope"},
	shape:  shape{"id": text.fixed(), "clientId": text, "consentType": text, "principalId": text, "resourceId": text, "scope": text},
}

var appRoleAssignment = entity{
	name:   "AppRoleAssignment",
	filter: []string{"principalId", "resourceId", "principalDisplayName"},
	shape: shape{
		"id": text.fixed(), "deletedDateTime": text.fixed(), "createdDateTime": text.fixed(), "principalDisplayName": text.fixed(),
		"principalType": text.fixed(), "resourceDisplayName": text.fixed(),
		"appRoleId": text, "principalId": text, "resourceId": text,
	},
}

var group = entity{
	name:   "Group",
	filter: []string{"id", "displayName", "mail", "mailNickname", "securityEnabled", "mailEnabled", "uniqueName"},
	shape: shape{
		"id": text, "deletedDateTime": text, "createdDateTime": text, "description": text, "displayName": text, "groupTypes": texts,
		"mail": text, "mailEnabled": flag, "mailNickname": text, "securityEnabled": flag, "uniqueName": text, "visibility": text,
		"proxyAddresses": texts, "onPremisesSyncEnabled": flag, "renewedDateTime": text,
	},
}

var person = entity{
	name:   "User",
	filter: []string{"id", "displayName", "mail", "userPrincipalName", "accountEnabled"},
	shape:  shape{"id": text, "displayName": text, "mail": text, "userPrincipalName": text, "accountEnabled": flag},
}

var organization = entity{name: "Organization", shape: shape{"id": text, "displayName": text, "tenantType": text, "countryLetterCode": text, "verifiedDomains": someThing}}

var domain = entity{name: "Domain", shape: shape{
	"id": text, "authenticationType": text, "isDefault": flag, "isInitial": flag, "isRoot": flag, "isVerified": flag, "isAdminManaged": flag, "supportedServices": texts,
}}

// annotation reports whether a member of an object says something about it, as @odata.type does.
func annotation(name string) bool { return strings.Contains(name, "@odata.") }

// check finds the first property that the entity does not have, that may not be set, or that has
// another type.
func (e *Entra) check(sent fields, is entity) *failure { return e.checkShape(sent, is.shape, "") }

func (e *Entra) checkShape(sent fields, is shape, path string) *failure {
	names := make([]string, 0, len(sent))
	for name := range sent {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		k, known := is[name]
		switch {
		case annotation(name):
		case !known && e.holds(UnknownPropertiesRefused):
			return badRequest("Invalid property '"+path+name+"'.").about("InvalidProperty", path+name)
		case !known:
		case k.readOnly && e.holds(ReadOnlyIsRefused):
			return badRequest("Property '"+path+name+"' is read-only and cannot be set.").about("ReadOnlyProperty", path+name)
		default:
			if refused := e.checkValue(sent[name], k, path+name); refused != nil {
				return refused
			}
		}
	}
	return nil
}

func (e *Entra) checkValue(value any, is kind, path string) *failure {
	if is.list && value != nil {
		list, ok := value.([]any)
		if !ok && e.holds(TypesAreChecked) {
			return wrongType(path)
		}
		is.list = false
		for _, entry := range list {
			if refused := e.checkValue(entry, is, path); refused != nil {
				return refused
			}
		}
		return nil
	}
	fits := is.base == "any" || value == nil && is.nullable
	switch v := value.(type) {
	case string:
		fits = fits || is.base == "text"
	case bool:
		fits = fits || is.base == "flag"
	case float64:
		fits = fits || is.base == "number"
	case fields:
		if is.base == "object" {
			return e.checkShape(v, is.of, path+".")
		}
	}
	if !fits && e.holds(TypesAreChecked) {
		return wrongType(path)
	}
	return nil
}

func wrongType(path string) *failure {
	return badRequest("Value of invalid type is specified for property '"+path+"'.").about("InvalidValue", path)
}
