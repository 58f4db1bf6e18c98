package registrytest

import (
	"slices"
	"strings"
)

// identity is who makes a request.
type identity struct {
	name     string
	method   string // what /api/auth/me says: network-trusted or oauth2
	clientID string // the OAuth client that got the token
	groups   []string
	scopes   []Scope
}

// operator is the identity of the static admin token. Its scopes are always there.
func (now *snapshot) operator() *identity {
	admin := adminScope("mcp-registry-admin")
	admin.ServerAccess = append(admin.ServerAccess, Access{Server: "api", Methods: []string{"tokens", "GET", "POST"}})
	scopes := []Scope{admin}
	for _, name := range []string{"mcp-servers-unrestricted/read", "mcp-servers-unrestricted/execute"} {
		scope := Scope{Name: name}
		if i := slices.IndexFunc(now.Scopes, func(s Scope) bool { return s.Name == name }); i >= 0 {
			scope = now.Scopes[i]
		}
		scopes = append(scopes, scope)
	}
	return &identity{
		name: "network-user", method: "network-trusted", groups: []string{"mcp-registry-admin"}, scopes: scopes,
	}
}

// mapped returns the scopes that have one of the groups among their mappings.
func (now *snapshot) mapped(groups []string) []Scope {
	var scopes []Scope
	for _, s := range now.Scopes {
		if slices.ContainsFunc(groups, func(g string) bool { return now.maps(s, g) }) {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

func (now *snapshot) maps(s Scope, group string) bool {
	if now.holds(GroupsLetterByLetter) {
		return slices.Contains(s.GroupMappings, group)
	}
	return slices.ContainsFunc(s.GroupMappings, func(m string) bool {
		return strings.EqualFold(pathName(m), pathName(group))
	})
}

func (who *identity) scopeNames() []string {
	names := make([]string, len(who.scopes))
	for n, s := range who.scopes {
		names[n] = s.Name
	}
	return names
}

// permissions are those of all scopes together.
func (who *identity) permissions() map[string][]string {
	all := map[string][]string{}
	for _, s := range who.scopes {
		for permission, names := range s.UIPermissions {
			merged := append([]string{}, all[permission]...)
			for _, name := range names {
				if !slices.Contains(merged, name) {
					merged = append(merged, name)
				}
			}
			all[permission] = merged
		}
	}
	return all
}

// isAdmin tells whether something that changes things is granted for all; "*" does not count.
func (who *identity) isAdmin() bool {
	changing := []string{"register_", "modify_", "toggle_", "delete_", "publish_", "create_"}
	for permission, names := range who.permissions() {
		changes := slices.ContainsFunc(changing, func(prefix string) bool { return strings.HasPrefix(permission, prefix) })
		if changes && slices.Contains(names, "all") {
			return true
		}
	}
	return false
}

// mayModify is can_modify_servers, which goes by names of groups and scopes.
func (who *identity) mayModify() bool {
	names := append(who.scopeNames(), who.groups...)
	for _, admin := range []string{"mcp-registry-admin", "registry-admins"} {
		if slices.Contains(names, admin) {
			return true
		}
	}
	return slices.ContainsFunc(who.scopeNames(), func(name string) bool { return strings.HasSuffix(name, "/execute") })
}

// servers names the servers that rules of the scopes name, sorted.
func (who *identity) servers() []string {
	names := []string{}
	for _, s := range who.scopes {
		for _, a := range s.ServerAccess {
			names = append(names, a.Server)
		}
		names = append(names, s.groupedServers()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// mayReach tells whether a rule of the scopes names the server.
func (who *identity) mayReach(path string) bool {
	return who.isAdmin() || slices.ContainsFunc(who.servers(), func(server string) bool { return covers(server, pathName(path)) })
}

// covers tells whether a rule on server is one on the name.
func covers(server, name string) bool {
	return wildcard(server) || pathName(server) == name
}

func wildcard(word string) bool { return word == "*" || word == "all" }

// adminScope is a scope as the registry comes with: everything on every server.
func adminScope(group string) Scope {
	permissions := map[string][]string{}
	for _, p := range strings.Fields(`
		list_agents get_agent publish_agent modify_agent delete_agent toggle_agent
		list_skills publish_skill modify_skill delete_skill toggle_skill
		list_service register_service health_check_service toggle_service modify_service
		change_lifecycle_status delete_service
		list_virtual_server create_virtual_server modify_virtual_server delete_virtual_server`) {
		permissions[p] = []string{"all"}
	}
	return Scope{
		Name: group, GroupMappings: []string{group}, UIPermissions: permissions,
		ServerAccess: []Access{{Server: "*", Methods: []string{"all"}, Tools: []string{"all"}}},
	}
}
