package entra

import (
	"slices"
	"strings"
)

// application is an app registration as far as logins depend on it. What else it holds stays in
// the directory and is never written.
type application struct {
	id          string // of the object
	appID       string // the client id
	displayName string
	uniqueName  string // alternate key, immutable; empty on what others made

	signInAudience        string
	tags                  []string
	identifierURIs        []string
	groupMembershipClaims string // words separated by commas
	tokenVersion          int    // 0 where none is asked for, which gives version 1
	scopes                []permissionScope
	preAuthorized         []preAuthorization

	publicRedirects []string // of the platform mobile and desktop
	webRedirects    []string
	spaRedirects    []string

	implicitIDToken, implicitAccessToken bool
	fallbackPublicClient                 bool
	secrets                              int // passwords and certificates
}

// permissionScope is a delegated permission that an application exposes.
type permissionScope struct {
	id, value string
	enabled   bool
}

// preAuthorization lets a client use permissions without anybody's consent.
type preAuthorization struct {
	appID         string
	permissionIDs []string
}

// servicePrincipal is the application's presence in the tenant.
type servicePrincipal struct {
	id, appID          string
	disabled           bool
	assignmentRequired bool
}

// permissionGrant is a consent to delegated permissions, for everybody if allPrincipals.
type permissionGrant struct {
	id, clientID, resourceID string // ids of service principals
	allPrincipals            bool
	scopes                   []string
}

// tenant is the organization that signs its people in.
type tenant struct {
	id, displayName string
	domains         []string // verified ones, lower case
}

// is reports whether the tenant has that id or domain.
func (t *tenant) is(named string) bool {
	return strings.EqualFold(t.id, named) || slices.Contains(t.domains, strings.ToLower(named))
}

// group is one that tokens carry by its id.
type group struct {
	id, displayName string
	security        bool
}

func (a *application) marked() bool { return slices.Contains(a.tags, mark) }

// permission returns the permission that assistants ask for, if it is exposed.
func (a *application) permission() (permissionScope, bool) {
	for _, s := range a.scopes {
		if s.value == scopeValue {
			return s, true
		}
	}
	return permissionScope{}, false
}

// permits reports whether the client with that id is pre-authorized for the permission.
func (a *application) permits(clientAppID, permissionID string) bool {
	return slices.ContainsFunc(a.preAuthorized, func(p preAuthorization) bool {
		return p.appID == clientAppID && slices.Contains(p.permissionIDs, permissionID)
	})
}

// groupClaims are the words of groupMembershipClaims.
func (a *application) groupClaims() []string {
	var list []string
	for word := range strings.SplitSeq(a.groupMembershipClaims, ",") {
		if word = strings.TrimSpace(word); word != "" && word != "None" {
			list = append(list, word)
		}
	}
	return list
}

// clone returns a copy that shares nothing.
func (a *application) clone() *application {
	c := *a
	c.tags, c.identifierURIs, c.scopes = slices.Clone(a.tags), slices.Clone(a.identifierURIs), slices.Clone(a.scopes)
	c.publicRedirects, c.webRedirects, c.spaRedirects = slices.Clone(a.publicRedirects), slices.Clone(a.webRedirects), slices.Clone(a.spaRedirects)
	c.preAuthorized = slices.Clone(a.preAuthorized)
	for i, p := range c.preAuthorized {
		c.preAuthorized[i].permissionIDs = slices.Clone(p.permissionIDs)
	}
	return &c
}
