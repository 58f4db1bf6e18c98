package scopes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/registryclient"
)

// Verdict says whether the members of some groups are let in at a server, and why.
type Verdict struct {
	// In tells that every step of a connection is allowed: to open it, to list tools, and to call at
	// least one.
	In bool `json:"in"`
	// Scopes are the names of those that the groups map to.
	Scopes  []string `json:"scopes"`
	Reasons []Reason `json:"reasons"`
}

// Reason is one thing that decides.
type Reason struct {
	Failure string `json:"failure,omitempty"` // id in the failure catalogue; empty for what helps
	Text    string `json:"text"`
}

// Check judges the groups of a token, as it spells them, by the stored scopes. server is the path
// of a server; empty asks for the mappings only.
//
// The gateway compares groups letter by letter, finds the rule of a server under its path without
// slashes, and filters the list of tools by the rule for <server>/mcp.
func Check(all []registryclient.Scope, groups []string, server string) Verdict {
	v := Verdict{Scopes: []string{}, Reasons: []Reason{}}
	var mapped []registryclient.Scope
	for _, s := range all {
		if slices.ContainsFunc(s.GroupMappings, func(g string) bool { return slices.Contains(groups, g) }) {
			mapped = append(mapped, s)
			v.Scopes = append(v.Scopes, s.Name)
		}
	}
	slices.Sort(v.Scopes)
	for _, group := range groups {
		v.Reasons = append(v.Reasons, mappings(all, group)...)
	}
	if len(groups) == 0 {
		v.Reasons = append(v.Reasons, Reason{"GW02", "the token names no group"})
	}
	if len(mapped) == 0 || server == "" {
		v.In = len(mapped) > 0
		return v
	}
	access(&v, mapped, strings.Trim(server, "/"))
	if v.In {
		v.Reasons = append(v.Reasons, listing(mapped, strings.Trim(server, "/"))...)
	}
	return v
}

// listing says whether the registry's list shows the server to those who may call it. It compares
// list_service with the name in the path; where no scope has that permission nobody looks.
func listing(mapped []registryclient.Scope, server string) []Reason {
	var named []string
	for _, s := range mapped {
		named = append(named, s.UIPermissions["list_service"]...)
	}
	if len(named) == 0 || slices.ContainsFunc(named, func(name string) bool { return name == "all" || strings.Trim(name, "/") == server }) {
		return nil
	}
	return []Reason{{"GW28", fmt.Sprintf("list_service names %s and not %s: calls work, and the registry's list does not show the server", strings.Join(named, ", "), server)}}
}

// mappings says where a group leads, or what comes near it.
func mappings(all []registryclient.Scope, group string) []Reason {
	var reasons []Reason
	for _, s := range all {
		if slices.Contains(s.GroupMappings, group) {
			reasons = append(reasons, Reason{Text: fmt.Sprintf("group %s gives scope %s", group, s.Name)})
		}
	}
	if len(reasons) > 0 {
		return reasons
	}
	for _, s := range all {
		for _, mapping := range s.GroupMappings {
			switch {
			case strings.EqualFold(mapping, group):
				reasons = append(reasons, Reason{"GW02", fmt.Sprintf("group %s is not %s, which scope %s maps: case matters", group, mapping, s.Name)})
			case strings.EqualFold(lastSegment(group), mapping) || strings.EqualFold(lastSegment(mapping), group):
				reasons = append(reasons, Reason{"KC09", fmt.Sprintf("group %s is not %s, which scope %s maps: one is a path, the other a name", group, mapping, s.Name)})
			}
		}
		switch {
		case !strings.EqualFold(s.Name, group):
		case len(s.GroupMappings) > 0 && !slices.ContainsFunc(s.GroupMappings, isName):
			reasons = append(reasons, Reason{"GW02", fmt.Sprintf("group %s is the name of a scope, which maps object ids, as Entra's tokens carry: ask with the group's id", group)})
		default:
			reasons = append(reasons, Reason{"GW02", fmt.Sprintf("group %s is the name of a scope whose mappings do not hold it: a scope lists the groups, not the other way round", group)})
		}
	}
	if len(reasons) > 0 {
		return reasons
	}
	id, text := "GW02", fmt.Sprintf("no scope maps group %s", group)
	if ObjectID(group) != slices.ContainsFunc(all, func(s registryclient.Scope) bool { return slices.ContainsFunc(s.GroupMappings, ObjectID) }) {
		if ObjectID(group) {
			id, text = "EN17", text+": it is an object id, and the mappings hold names"
		} else {
			text += ": it is a name, and some mappings hold object ids, as Entra's tokens do"
		}
	}
	return []Reason{{id, text}}
}

func isName(group string) bool { return !ObjectID(group) }

func lastSegment(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// ObjectID tells an object id of Entra from a name.
func ObjectID(s string) bool {
	return regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`).MatchString(s)
}

// access judges the rules of the scopes for one server.
func access(v *Verdict, mapped []registryclient.Scope, server string) {
	var direct, listed []registryclient.AccessRule
	for _, s := range mapped {
		for _, rule := range flat(s.ServerAccess) {
			name := strings.Trim(rule.Server, "/")
			if wildcard(rule.Server) || name == server {
				direct = append(direct, rule)
				v.Reasons = append(v.Reasons, Reason{Text: fmt.Sprintf("scope %s has a rule for %s", s.Name, rule.Server)})
			}
			if wildcard(rule.Server) || name == server+"/mcp" {
				listed = append(listed, rule)
			}
		}
	}
	anyTool := func(r registryclient.AccessRule) bool { return len(r.Tools) > 0 }
	missing := refusedMethods(direct)
	switch {
	case len(direct) == 0:
		v.Reasons = append(v.Reasons, Reason{"GW03", fmt.Sprintf("no rule of these scopes covers /%s: every call answers 403", server)})
	case len(missing) > 0:
		v.Reasons = append(v.Reasons, Reason{"GW03", fmt.Sprintf("no rule has the method %s: the connection answers 403", strings.Join(missing, ", nor "))})
	case !slices.ContainsFunc(direct, anyTool):
		v.Reasons = append(v.Reasons, Reason{"GW03", "no rule names a tool: tools/call answers 403 and the list of tools is empty"})
	default:
		v.In = true
		if !slices.ContainsFunc(listed, anyTool) {
			v.Reasons = append(v.Reasons, Reason{"GW18", fmt.Sprintf("tools/list comes back empty at /%s/mcp: add a second rule for %s/mcp", server, server)})
		}
	}
}

// refusedMethods are those of a connection's first steps (MCP, Lifecycle and Tools) that no rule
// allows. A rule for every tool lets every method pass, whatever its methods say.
func refusedMethods(rules []registryclient.AccessRule) []string {
	var refused []string
	for _, method := range []string{"initialize", "notifications/initialized", "tools/list"} {
		allows := func(r registryclient.AccessRule) bool {
			return slices.ContainsFunc(r.Tools, wildcard) || slices.ContainsFunc(r.Methods, func(m string) bool { return wildcard(m) || m == method })
		}
		if !slices.ContainsFunc(rules, allows) {
			refused = append(refused, method)
		}
	}
	return refused
}

// flat resolves the grouped shape.
func flat(rules []registryclient.AccessRule) []registryclient.AccessRule {
	var all []registryclient.AccessRule
	for _, r := range rules {
		if len(r.Grouped) > 0 {
			all = append(all, flat(r.Grouped)...)
			continue
		}
		if r.Server != "" {
			all = append(all, r)
		}
	}
	return all
}

func wildcard(name string) bool { return name == "*" || name == "all" }

// Servers names what the rules of a scope cover, sorted.
func Servers(s *registryclient.Scope) []string {
	names := []string{}
	for _, rule := range flat(s.ServerAccess) {
		names = append(names, rule.Server)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
