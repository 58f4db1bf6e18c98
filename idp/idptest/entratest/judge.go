package entratest

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// judge tells what is wrong with an application that shall be stored; before is nil for a new
// one.
func (e *Entra) judge(before, after fields) *failure {
	name := textOf(after, "displayName")
	if name == "" || utf8.RuneCountInString(name) > maxDisplayName {
		return invalid("displayName", application.name)
	}
	if !e.holds(DisplayNamesRepeat) && before == nil && e.nameTaken("displayName", name, nil) {
		return taken("displayName")
	}
	checks := []func(before, after fields) *failure{
		e.judgeAudience, e.judgeScopes, e.judgePreAuthorised, e.judgeIdentifierURIs, e.judgeRedirects, judgeClaims,
	}
	for _, check := range checks {
		if refused := check(before, after); refused != nil {
			return refused
		}
	}
	return nil
}

// maxDisplayName is how many characters a display name may have.
const maxDisplayName = 256

// nameTaken reports whether another application has a property's value; those that were deleted
// count for what they keep.
func (e *Entra) nameTaken(property, value string, except fields) bool {
	among := slices.Clone(e.directory.applications)
	if e.holds(DeletedKeepNames) && property != "displayName" {
		among = append(among, e.directory.deleted...)
	}
	return slices.ContainsFunc(among, func(o *object) bool {
		if except != nil && o.text("id") == textOf(except, "id") {
			return false
		}
		if property == "identifierUris" {
			return slices.ContainsFunc(textsOf(o.fields, property), func(uri string) bool { return strings.EqualFold(uri, value) })
		}
		return value != "" && strings.EqualFold(o.text(property), value)
	})
}

func (e *Entra) judgeAudience(_, after fields) *failure {
	audience := textOf(after, "signInAudience")
	if !slices.Contains([]string{singleTenant, "AzureADMultipleOrgs", personal, "PersonalMicrosoftAccount"}, audience) {
		return invalid("signInAudience", application.name)
	}
	version := inner(after, "api")["requestedAccessTokenVersion"]
	if version != nil && version != float64(1) && version != float64(2) || strings.Contains(audience, "Personal") && version != float64(2) {
		return refuse("InvalidAccessTokenVersion", "Property api.requestedAccessTokenVersion is invalid.").about("InvalidValue", "api.requestedAccessTokenVersion")
	}
	return nil
}

var guid = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// scopeValue is what a scope may be called
// (https://learn.microsoft.com/graph/api/resources/permissionscope).
var scopeValue = regexp.MustCompile(`^[A-Za-z0-9!#$%&'()*+,\-./:;=?@\[\]^_` + "`" + `{|}~]{1,120}$`)

func (e *Entra) judgeScopes(before, after fields) *failure {
	const property = "api.oauth2PermissionScopes"
	wrong := func(what string) *failure {
		return refuse("InvalidValue", "Property "+property+"."+what+" is invalid.").about("InvalidValue", property+"."+what)
	}
	scopes := objectsOf(inner(after, "api"), "oauth2PermissionScopes")
	seen := map[string]bool{}
	for _, scope := range scopes {
		id, value := textOf(scope, "id"), textOf(scope, "value")
		switch {
		case !guid.MatchString(id):
			return wrong("id")
		case scope["isEnabled"] == true && (!scopeValue.MatchString(value) || strings.HasPrefix(value, ".")):
			return wrong("value")
		case !slices.Contains([]string{"User", "Admin"}, textOf(scope, "type")):
			return wrong("type")
		case textOf(scope, "adminConsentDisplayName") == "":
			return wrong("adminConsentDisplayName")
		case textOf(scope, "adminConsentDescription") == "":
			return wrong("adminConsentDescription")
		case seen[id] || seen["value "+value]:
			return refuse("DuplicateValue", "Request contains a property with duplicate values.").about("DuplicateValue", property)
		}
		seen[id], seen["value "+value] = true, true
	}
	for _, old := range objectsOf(inner(before, "api"), "oauth2PermissionScopes") {
		i := slices.IndexFunc(scopes, func(s fields) bool { return textOf(s, "id") == textOf(old, "id") })
		if old["isEnabled"] == true && (i < 0 || textOf(scopes[i], "value") != textOf(old, "value")) && e.holds(EnabledScopesStay) {
			return refuse("CannotDeleteOrUpdateEnabledEntitlement", "Permission (scope or role) cannot be deleted or updated unless disabled first.")
		}
	}
	return nil
}

// judgePreAuthorised refuses a scope that was not stored before this request.
func (e *Entra) judgePreAuthorised(before, after fields) *failure {
	const property = "api.preAuthorizedApplications"
	stored, sent := map[string]bool{}, map[string]bool{}
	for _, scope := range objectsOf(inner(before, "api"), "oauth2PermissionScopes") {
		stored[textOf(scope, "id")] = true
	}
	for _, scope := range objectsOf(inner(after, "api"), "oauth2PermissionScopes") {
		sent[textOf(scope, "id")] = true
	}
	clients := map[string]bool{}
	for _, client := range objectsOf(inner(after, "api"), "preAuthorizedApplications") {
		appID := textOf(client, "appId")
		if !guid.MatchString(appID) || clients[appID] {
			return refuse("InvalidValue", "Property "+property+".appId is invalid.").about("InvalidValue", property+".appId")
		}
		clients[appID] = true
		for _, id := range textsOf(client, "delegatedPermissionIds") {
			if !sent[id] || !stored[id] && e.holds(ScopesComeFirst) {
				return refuse("InvalidValue", "Property "+property+".delegatedPermissionIds has a Permission Id that cannot be found in the AppPermissions sets.").about("InvalidValue", property+".delegatedPermissionIds")
			}
		}
	}
	return nil
}

// judgeClaims checks which groups go into tokens
// (https://learn.microsoft.com/graph/api/resources/application).
func judgeClaims(_, after fields) *failure {
	for word := range strings.SplitSeq(textOf(after, "groupMembershipClaims"), ",") {
		if !slices.Contains([]string{"", "None", "SecurityGroup", "DirectoryRole", "ApplicationGroup", "All"}, strings.TrimSpace(word)) {
			return invalid("groupMembershipClaims", application.name)
		}
	}
	return nil
}
