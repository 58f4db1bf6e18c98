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

// role is the standard administrator role that has the right (Okta documentation, standard
// administrator roles and permissions).
func (r right) role() string {
	switch r {
	case readServers, manageServers:
		return "API Access Management Administrator"
	case readGroups, readUsers:
		return "Read-only Administrator or Application Administrator"
	case readApps, manageApps:
		return "Application Administrator"
	}
	return "Super Administrator"
}

func joinRights(list []right) string {
	words := make([]string, len(list))
	for i, r := range list {
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}
