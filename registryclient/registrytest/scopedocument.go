package registrytest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Stored times of scope documents, as the two routes show them.
const (
	scopeTime       = "2006-01-02 15:04:05.000000"
	exportScopeTime = storedTime
)

// rules are all rules of a scope as they are stored.
func (s *Scope) rules() []any {
	all := []any{}
	for _, a := range s.ServerAccess {
		rule := document{"server": a.Server, "methods": listOf(a.Methods)}
		switch {
		case a.AnyTool:
			rule["tools"] = "*"
		case a.Tools != nil:
			rule["tools"] = a.Tools
		}
		all = append(all, rule)
	}
	return append(all, s.OtherRules...)
}

func (s *Scope) permissions() map[string][]string {
	if s.UIPermissions == nil {
		return map[string][]string{}
	}
	return s.UIPermissions
}

func (s *Scope) document(layout string) document {
	written := s.written
	if written.IsZero() {
		written = time.Now().UTC()
	}
	d := document{
		"server_access": s.rules(), "group_mappings": listOf(s.GroupMappings), "is_idp_managed": !s.Unmanaged,
		"updated_at": written.Format(layout), "scope_name": s.Name,
	}
	if !s.Seeded || s.UIPermissions != nil {
		d["ui_permissions"] = s.permissions()
	}
	if s.Seeded {
		return d
	}
	d["scope_type"], d["description"], d["created_at"] = "group", s.Description, written.Format(layout)
	if !s.bare {
		d["agent_access"] = []any{}
	}
	return d
}

// detail is how the routes of the identity provider's groups show a scope.
func (s *Scope) detail() document {
	return document{
		"id": "", "name": s.Name, "path": nil, "description": s.Description, "server_access": s.rules(),
		"group_mappings": listOf(s.GroupMappings), "ui_permissions": s.permissions(), "agent_access": []any{}, "is_idp_managed": !s.Unmanaged,
	}
}

// groupedRule is a rule of the grouped shape, which nests rules.
type groupedRule struct {
	Scope string `json:"scope_name"`
	Rules []any  `json:"access_rules"`
}

// asGrouped reads a stored rule, if it is of the grouped shape.
func asGrouped(rule any) (groupedRule, bool) {
	var g groupedRule
	text, err := json.Marshal(rule)
	return g, err == nil && json.Unmarshal(text, &g) == nil && g.Rules != nil
}

// groupedServers names the servers of the rules of the grouped shape.
func (s *Scope) groupedServers() []string {
	var names []string
	for _, rule := range s.OtherRules {
		g, _ := asGrouped(rule)
		for _, nested := range g.Rules {
			fields, _ := nested.(map[string]any)
			if name, ok := fields["server"].(string); ok {
				names = append(names, name)
			}
		}
	}
	return names
}

// grow adds a rule for a server in the grouped shape: to the one that is there, else to a new one.
func (s *Scope) grow(e *entry, tools []Tool) {
	names := []string{}
	for _, t := range tools {
		names = append(names, t.Name)
	}
	rule := document{"server": strings.TrimPrefix(e.Path, "/"), "methods": groupMethods(), "tools": names}
	s.OtherRules = slices.Clone(s.OtherRules)
	for i, other := range s.OtherRules {
		if g, ok := asGrouped(other); ok {
			g.Rules = append(g.Rules, rule)
			s.OtherRules[i] = g
			return
		}
	}
	s.OtherRules = append(s.OtherRules, groupedRule{s.Name, []any{rule}})
}

// groupMethods are those that a server gets when it is added to a group.
func groupMethods() []string {
	return strings.Fields("initialize notifications/initialized ping tools/list tools/call resources/list resources/templates/list")
}

// scopeBody is what the writing routes take. A key that is absent is nil.
type scopeBody struct {
	Name          string              `json:"scope_name"`
	Description   *string             `json:"description"`
	ServerAccess  []json.RawMessage   `json:"server_access"`
	GroupMappings []string            `json:"group_mappings"`
	UIPermissions map[string][]string `json:"ui_permissions"`
	CreateInIDP   *bool               `json:"create_in_idp"`
}

// onto writes the body over a scope, as the registry does: what is left out becomes its default.
func (b scopeBody) onto(s Scope, now *snapshot) Scope {
	if b.ServerAccess != nil || now.holds(ScopeWritesWipe) {
		s.ServerAccess, s.OtherRules = splitRules(b.ServerAccess)
	}
	switch {
	case b.UIPermissions != nil:
		s.UIPermissions = b.UIPermissions
	case now.holds(ScopeWritesWipe):
		s.UIPermissions = map[string][]string{"list_service": {}}
	}
	s.written, s.bare, s.Seeded = time.Now().UTC(), false, false
	return s
}

// splitRules tells the rules on servers from others.
func splitRules(rules []json.RawMessage) ([]Access, []any) {
	var access []Access
	var others []any
	for _, text := range rules {
		var a struct {
			Server  *string
			Methods []string
			Tools   json.RawMessage
		}
		if json.Unmarshal(text, &a) != nil || a.Server == nil {
			others = append(others, text)
			continue
		}
		rule := Access{Server: *a.Server, Methods: a.Methods, AnyTool: string(a.Tools) == `"*"`}
		if !rule.AnyTool && a.Tools != nil && json.Unmarshal(a.Tools, &rule.Tools) != nil {
			others = append(others, text)
			continue
		}
		access = append(access, rule)
	}
	return access, others
}

// wide tells whether a rule is one on every server, which no write takes.
func (b scopeBody) wide(now *snapshot) bool {
	access, _ := splitRules(b.ServerAccess)
	return now.holds(WildcardRulesRefused) && slices.ContainsFunc(access, func(a Access) bool {
		name := strings.ToLower(pathName(a.Server))
		return name == "" || name == "*" || name == "all"
	})
}
