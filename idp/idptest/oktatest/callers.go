package oktatest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Role is a standard administrator role; it bounds what an API token or a service app may do.
type Role string

// The standard roles that matter here (Okta: "Standard administrator roles and permissions").
const (
	SuperAdmin               Role = "SUPER_ADMIN"
	OrgAdmin                 Role = "ORG_ADMIN"
	AppAdmin                 Role = "APP_ADMIN"
	APIAccessManagementAdmin Role = "API_ACCESS_MANAGEMENT_ADMIN"
	ReadOnlyAdmin            Role = "READ_ONLY_ADMIN"
)

// The OAuth scopes that guard the management API (the security sections of Okta's OpenAPI
// document).
const (
	appsRead      = "okta.apps.read"
	appsManage    = "okta.apps.manage"
	groupsRead    = "okta.groups.read"
	groupsManage  = "okta.groups.manage"
	usersRead     = "okta.users.read"
	serversRead   = "okta.authorizationServers.read"
	serversManage = "okta.authorizationServers.manage"
	orgsRead      = "okta.orgs.read"
)

// permits tells what a role may do, in the words of the scopes.
func (r Role) permits() []string {
	read := []string{appsRead, groupsRead, usersRead, orgsRead}
	switch r {
	case SuperAdmin:
		return append(read, appsManage, groupsManage, serversRead, serversManage)
	case OrgAdmin:
		return append(read, groupsManage)
	case AppAdmin:
		return append(read, appsManage)
	case APIAccessManagementAdmin:
		return append(read, appsManage, serversRead, serversManage)
	case ReadOnlyAdmin:
		return append(read, serversRead)
	}
	return nil
}

// caller is who a credential was given to.
type caller struct {
	roles   []Role
	scopes  []string // of an OAuth token
	oauth   bool
	expires time.Time // zero for an API token that lives
}

// may reports whether the caller's roles permit what the scope guards.
func (c caller) may(scope string) bool {
	return slices.ContainsFunc(c.roles, func(r Role) bool { return covers(r.permits(), scope) })
}

// covers reports whether the scopes hold one; who may manage may read.
func covers(scopes []string, scope string) bool {
	manage := strings.TrimSuffix(scope, ".read") + ".manage"
	return slices.Contains(scopes, scope) || slices.Contains(scopes, manage)
}

// administered answers for the management API once the caller and the right are known.
func (o *Okta) administered(scope string, handle func(*http.Request) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		if refusal, refused := o.refused(request, scope); refused {
			refusal.write(w)
			return
		}
		handle(request).write(w)
	}
}

// refused judges the credential of a request.
func (o *Okta) refused(request *http.Request, scope string) (answer, bool) {
	credential := request.Header.Get("Authorization")
	by, known := o.org.callers[credential]
	scheme, _, _ := strings.Cut(credential, " ")
	expired := known && !by.expires.IsZero() && time.Now().After(by.expires)
	switch {
	case !o.holds(CallersAreAuthenticated):
		return answer{}, false
	case credential == "":
		return fail(http.StatusForbidden, "E0000005", "Invalid session"), true
	case scheme == "Bearer" && (!known || expired):
		return o.challenge(request, http.StatusUnauthorized, scope, "invalid_token", "The access token is invalid."), true
	case !known || expired:
		return fail(http.StatusUnauthorized, "E0000011", "Invalid token provided"), true
	case by.oauth && o.holds(TokensNeedScopes) && !covers(by.scopes, scope):
		return o.challenge(request, http.StatusForbidden, scope, "insufficient_scope", "The access token provided does not contain the required scopes."), true
	case o.holds(CallersNeedRoles) && !by.may(scope):
		return forbidden(), true
	}
	return answer{}, false
}

// challenge refuses an OAuth token as RFC 6750 section 3 says: in a header, without a body.
func (o *Okta) challenge(request *http.Request, status int, scope, code, description string) answer {
	parameters := []string{
		`authorization_uri="` + o.URL() + `/oauth2/v1/authorize"`, `realm="` + o.URL() + `"`, `scope="` + scope + `"`,
		`error="` + code + `"`, `error_description="` + description + `"`, `resource="` + request.URL.Path + `"`,
	}
	return answer{status: status, header: http.Header{"Www-Authenticate": {"Bearer " + strings.Join(parameters, ", ")}}}
}
