package entra

import (
	"slices"
)

// verb is what an operation does.
type verb int

const (
	byHand verb = iota
	createApp
	updateApp
	createPrincipal
	addIdentifiers
	preAuthorize
	grantConsent
	assignGroup
)

// theGateway stands for the gateway's application where a client's index would.
const theGateway = -1

// operation tells exec what to do to which of the wanted applications.
type operation struct {
	verb   verb
	target int // index of a client, or theGateway
	group  int // index of a group that is assigned
}

// subject is the application whose properties the operation writes: a pre-authorization is an
// entry of the gateway's.
func (op operation) subject(have *observed) *registration {
	if op.target == theGateway || op.verb == preAuthorize || op.verb == addIdentifiers {
		return have.gateway
	}
	return have.clients[op.target]
}

// edit returns the application as the operation makes it, given how it is.
func (op operation) edit(w wanted, have *observed, now *application) *application {
	switch op.verb {
	case createApp, updateApp:
		if op.target == theGateway {
			return w.gateway.edit(now)
		}
		return w.clients[op.target].edit(now, w.prune)
	case addIdentifiers:
		return w.editIdentifiers(now)
	case preAuthorize:
		return allowClient(now, have.clients[op.target].appID())
	}
	return now.clone()
}

// edit makes the application one whose tokens the gateway understands.
func (w wantedGateway) edit(now *application) *application {
	a := now.clone()
	if a.appID == "" {
		a.displayName, a.signInAudience = w.name, singleTenant
	}
	if at := slices.IndexFunc(a.scopes, func(s permissionScope) bool { return s.value == scopeValue }); at >= 0 {
		a.scopes[at].enabled = true
	} else {
		a.scopes = append(a.scopes, permissionScope{id: scopeID, value: scopeValue, enabled: true})
	}
	a.tokenVersion = 2
	a.groupMembershipClaims = w.groupClaims(a)
	if w.appID == "" {
		a.addMark()
	}
	return a
}

func (a *application) addMark() {
	if !a.marked() {
		a.tags = append(a.tags, mark)
	}
}

// edit makes the application a public client of this tenant that redirects where assistants listen.
func (w wantedClient) edit(now *application, prune bool) *application {
	a := now.clone()
	if a.appID == "" {
		a.displayName = w.name
	}
	if prune {
		a.publicRedirects = stray(a.publicRedirects, w.redirects)
	}
	a.publicRedirects = append(a.publicRedirects, missing(a.publicRedirects, w.redirects)...)
	a.webRedirects = foreign(a.webRedirects, w.redirects)
	a.spaRedirects = foreign(a.spaRedirects, w.redirects)
	a.signInAudience = singleTenant
	a.implicitIDToken, a.implicitAccessToken = false, false
	a.addMark()
	return a
}

func (w wanted) editIdentifiers(now *application) *application {
	a := now.clone()
	if w.prune {
		old := obsolete(a.identifierURIs, w.gateway.identifiers)
		a.identifierURIs = slices.DeleteFunc(a.identifierURIs, func(uri string) bool { return slices.Contains(old, uri) })
	}
	for _, uri := range w.gateway.identifiers {
		if !slices.Contains(a.identifierURIs, uri) {
			a.identifierURIs = append(a.identifierURIs, uri)
		}
	}
	return a
}

// allowClient adds the client to those that need nobody's consent.
func allowClient(now *application, clientAppID string) *application {
	a := now.clone()
	scope, exposed := a.permission()
	if !exposed || a.permits(clientAppID, scope.id) {
		return a
	}
	if at := slices.IndexFunc(a.preAuthorized, func(p preAuthorization) bool { return p.appID == clientAppID }); at >= 0 {
		a.preAuthorized[at].permissionIDs = append(a.preAuthorized[at].permissionIDs, scope.id)
		return a
	}
	a.preAuthorized = append(a.preAuthorized, preAuthorization{appID: clientAppID, permissionIDs: []string{scope.id}})
	return a
}
