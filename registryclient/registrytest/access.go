package registrytest

import (
	"maps"
	"slices"
	"strings"
)

// identity is who calls.
type identity struct {
	user, method string
	groups       []string
	clientID     string
}

// scopesOf returns the scopes that the identity's groups map to, names compared whole.
func (c Config) scopesOf(who identity) []Scope {
	var found []Scope
	for _, scope := range append(builtInScopes(), c.Scopes...) {
		mapped := slices.ContainsFunc(scope.GroupMappings, func(group string) bool { return slices.Contains(who.groups, group) })
		if mapped || !c.holds(MappedGroupsOnly) {
			found = append(found, scope)
		}
	}
	return found
}

func (c Config) rules(who identity) []Access {
	var rules []Access
	for _, scope := range c.scopesOf(who) {
		rules = append(rules, scope.ServerAccess...)
	}
	return rules
}

func (c Config) permissions(who identity) map[string][]string {
	permissions := map[string][]string{}
	for _, scope := range c.scopesOf(who) {
		for name, values := range scope.UIPermissions {
			for _, value := range values {
				if !slices.Contains(permissions[name], value) {
					permissions[name] = append(permissions[name], value)
				}
			}
		}
	}
	return permissions
}

// admin tells whether the identity may do something to everything.
func (who identity) admin(c Config) bool {
	for name, values := range c.permissions(who) {
		for _, prefix := range []string{"register_", "modify_", "toggle_", "delete_", "publish_", "create_"} {
			if strings.HasPrefix(name, prefix) && slices.Contains(values, "all") {
				return true
			}
		}
	}
	return false
}

func wildcard(name string) bool { return name == "*" || strings.EqualFold(name, "all") }

func hasWildcard(names []string) bool { return slices.ContainsFunc(names, wildcard) }

// matches reports whether the rule names the server.
func (a Access) matches(key string) bool {
	name := strings.Trim(a.Server, "/")
	return wildcard(name) || name == key
}

// reaches reports whether the caller may know the server's document: an admin, or whose rules
// name it.
func (c Config) reaches(who identity, s Server) bool {
	return who.admin(c) || slices.ContainsFunc(c.rules(who), func(a Access) bool { return a.matches(s.key()) })
}

// lists reports whether the list shows the server: list_service is compared with its path.
func (c Config) lists(who identity, s Server) bool {
	return slices.ContainsFunc(c.permissions(who)["list_service"], func(name string) bool {
		return name == "all" || strings.Trim(name, "/") == s.key() || (!c.holds(ListByPathName) && name == s.Name)
	})
}

// allows decides one call at a server.
func (c Config) allows(who identity, key, method, tool string) bool {
	return slices.ContainsFunc(c.rules(who), func(a Access) bool {
		if !a.matches(key) {
			return false
		}
		switch {
		case method == "": // a stream or its end
			return true
		case method == "tools/call" && c.holds(ToolRules):
			return hasWildcard(a.Tools) || slices.Contains(a.Tools, tool)
		case hasWildcard(a.Tools) && c.holds(ToolsWildcard):
			return true
		}
		return hasWildcard(a.Methods) || slices.Contains(a.Methods, method) || !c.holds(MethodRules)
	})
}

// shows decides whether tools/list names the tool. The key is the server's name, followed by /mcp
// when it was called there.
func (c Config) shows(who identity, key, tool string) bool {
	return slices.ContainsFunc(c.rules(who), func(a Access) bool {
		return a.matches(key) && (hasWildcard(a.Tools) || slices.Contains(a.Tools, tool))
	})
}

// me is what the registry says of the caller.
func (c Config) me(who identity) map[string]any {
	names, servers := []string{}, []string{}
	for _, scope := range c.scopesOf(who) {
		names = append(names, scope.Name)
	}
	for _, rule := range c.rules(who) {
		if !slices.Contains(servers, rule.Server) {
			servers = append(servers, rule.Server)
		}
	}
	slices.Sort(servers)
	permissions := c.permissions(who)
	agents := []string{}
	if slices.Contains(permissions["list_agents"], "all") {
		agents = append(agents, "all")
	}
	return map[string]any{
		"username": who.user, "auth_method": who.method, "provider": who.method, "scopes": names,
		"groups": append([]string{}, who.groups...), "can_modify_servers": len(permissions["modify_service"]) > 0,
		"is_admin": who.admin(c), "ui_permissions": maps.Clone(permissions), "accessible_servers": servers,
		"accessible_services": append([]string{}, permissions["list_service"]...), "accessible_agents": agents,
	}
}
