package entratest

import (
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// target is what the scopes of a request ask for: permissions of one API, and OpenID Connect's
// own scopes.
type target struct {
	principal fields   // service principal of the API
	app       fields   // its application; nil for Microsoft Graph
	named     string   // how the request names the API, "" where it does not
	values    []string // permissions of the API
	openID    []string // openid, profile, email, offline_access
}

// targetOf reads the scopes and the resource parameter, which must mean one API (RFC 8707 as
// Entra takes it). Scopes without a resource are those of Microsoft Graph.
func (e *Entra) targetOf(scope, resource string) (*target, *refusal) {
	t := &target{}
	for _, word := range strings.Fields(scope) {
		if openIDScope(word) {
			t.openID = append(t.openID, word)
			continue
		}
		named, value := graphAppID, word
		if i := strings.LastIndex(word, "/"); i >= 0 {
			named, value = word[:i], word[i+1:]
		}
		sp := e.resource(named)
		switch {
		case sp == nil:
			return nil, e.unknownResource(named)
		case t.principal == nil:
			t.principal, t.named = sp, named
		case textOf(t.principal, "id") != textOf(sp, "id"):
			return nil, aadsts(28000, "invalid_scope", "Provided value for the input parameter scope is not valid because it contains more than one resource.")
		}
		t.values = append(t.values, value)
	}
	if t.principal == nil {
		t.principal = e.resource(graphAppID)
	}
	if resource != "" && e.holds(ResourceMatchesScopes) {
		if sp := e.resource(resource); sp == nil || textOf(sp, "id") != textOf(t.principal, "id") {
			return nil, otherResource()
		}
	}
	if app := e.directory.find(e.directory.applications, "appId", textOf(t.principal, "appId")); app != nil {
		t.app = app.fields
	}
	return t, nil
}

// openIDScope reports whether a scope is one of OpenID Connect's own, which belong to no API.
func openIDScope(word string) bool {
	return slices.Contains([]string{"openid", "profile", "email", "offline_access"}, word)
}

// resource finds the service principal of an API by its application id or one of its identifier
// URIs, compared as they are written.
func (e *Entra) resource(named string) fields {
	for _, sp := range e.directory.principals {
		shown := e.shown(sp)
		if slices.Contains(textsOf(shown, "servicePrincipalNames"), named) {
			return shown
		}
	}
	if !e.holds(ResourcesNeedAPrincipal) {
		for _, app := range e.directory.applications {
			if slices.Contains(append(textsOf(app.fields, "identifierUris"), app.text("appId")), named) {
				return fields{"id": app.text("id"), "appId": app.text("appId"), "oauth2PermissionScopes": inner(app.fields, "api")["oauth2PermissionScopes"]}
			}
		}
	}
	return nil
}

// scope finds a permission of the API that is enabled.
func (t *target) scope(value string) fields {
	for _, scope := range objectsOf(t.principal, "oauth2PermissionScopes") {
		if textOf(scope, "value") == value && scope["isEnabled"] == true {
			return scope
		}
	}
	return nil
}

// exposed refuses a permission that the API does not have.
func (e *Entra) exposed(t *target, client fields) *refusal {
	for _, value := range t.values {
		if value != ".default" && t.scope(value) == nil && e.holds(ScopesMustExist) {
			return aadsts(650053, "invalid_client", "The application '%s' asked for scope '%s' that doesn't exist on the resource '%s'. Contact the app vendor.", textOf(client, "displayName"), value, textOf(t.principal, "appId"))
		}
	}
	if textOf(t.principal, "appId") == textOf(client, "appId") && !guid.MatchString(t.named) {
		id := textOf(client, "appId")
		return aadsts(90009, "invalid_resource", "Application '%s'(%s) is requesting a token for itself. This scenario is supported only if resource is specified using the GUID based App Identifier.", id, textOf(client, "displayName"))
	}
	return nil
}

// targetFor reads what an authorize request asks for.
func (e *Entra) targetFor(a idptest.Authorization, client fields) (*target, *refusal) {
	t, refused := e.targetOf(a.Scope, a.Resource)
	if refused == nil {
		refused = e.exposed(t, client)
	}
	return t, refused
}
