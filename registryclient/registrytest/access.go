package registrytest

import (
	"encoding/json"
	"slices"
)

// message is what the gateway reads of a JSON-RPC message. It is empty for other bodies.
type message struct {
	Method string `json:"method"`
	Params struct {
		Name string `json:"name"` // of the tool, in tools/call
	} `json:"params"`
}

func readMessage(body []byte) message {
	var m message
	if json.Unmarshal(body, &m) != nil {
		return message{}
	}
	return m
}

// mayCall tells whether a rule of one of the scopes lets a message through to the server. A
// request without a message counts as initialize.
func (now *snapshot) mayCall(who *identity, server string, m message) bool {
	if m.Method == "" {
		m.Method = "initialize"
	}
	return slices.ContainsFunc(who.rules(server), func(a Access) bool { return now.lets(a, m) })
}

func (now *snapshot) lets(a Access, m message) bool {
	method := !now.holds(MethodsChecked) || slices.ContainsFunc(a.Methods, func(name string) bool {
		return wildcard(name) || name == m.Method
	})
	switch {
	case m.Method == "tools/call":
		return now.hasTool(a, m.Params.Name) && (method || now.holds(ToolsCallNeedsToolOnly))
	case slices.ContainsFunc(a.tools(), wildcard) && now.holds(ToolsWildcardAllowsMethods):
		return true
	}
	return method
}

// maySee tells whether tools/list shows a tool of the server.
func (now *snapshot) maySee(who *identity, server, tool string) bool {
	return slices.ContainsFunc(who.rules(server), func(a Access) bool { return now.hasTool(a, tool) })
}

func (now *snapshot) hasTool(a Access, name string) bool {
	return !now.holds(ToolsChecked) || slices.ContainsFunc(a.tools(), func(t string) bool { return wildcard(t) || t == name })
}

// rules are those of all scopes that cover the server.
func (who *identity) rules(server string) []Access {
	var rules []Access
	for _, s := range who.scopes {
		for _, a := range s.ServerAccess {
			if covers(a.Server, server) {
				rules = append(rules, a)
			}
		}
	}
	return rules
}
