package okta

import "strings"

// right is what a request needs, by the name of Okta's OAuth scope for it (Okta Management API,
// security of each operation).
type right string

const (
	readApps      right = "okta.apps.read"
	manageApps    right = "okta.apps.manage"
	readGroups    right = "okta.groups.read"
	readUsers     right = "okta.users.read"
	readServers   right = "okta.authorizationServers.read"
	manageServers right = "okta.authorizationServers.manage"
)

// rights lists all of them, as they are asked for.
func rights() []right {
	return []right{manageApps, readApps, readGroups, readUsers, manageServers, readServers}
}

// readRights are those that a plan needs.
func readRights() []right { return []right{readApps, readGroups, readUsers, readServers} }

// stronger is the right that includes this one; empty when there is none.
func (r right) stronger() right {
	if stem, found := strings.CutSuffix(string(r), ".read"); found {
		return right(stem + ".manage")
	}
	return ""
}

// role is the standard administrator role that has the right. The first one named has all of them
// (Okta support, permission to create and manage OpenID Connect applications).
func (r right) role() string {
	switch r {
	case readServers, readGroups, readUsers, readApps:
		return "API Access Management Administrator (Read-only Administrator suffices to look)"
	case manageApps:
		return "API Access Management Administrator, or Application Administrator for all OpenID Connect apps"
	case manageServers:
	}
	return "API Access Management Administrator"
}

func joinRights(list []right) string {
	words := make([]string, len(list))
	for i, r := range list {
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}
