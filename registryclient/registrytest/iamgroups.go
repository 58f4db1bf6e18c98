package registrytest

import (
	"encoding/json"
	"io"
	"net/http"
)

// iamBody is what the routes of the identity provider's groups take.
type iamBody struct {
	Name        string          `json:"name"`
	Description *string         `json:"description"`
	Config      json.RawMessage `json:"scope_config"`
}

func (r *Registry) createIAMGroup(w http.ResponseWriter, req *http.Request, now *snapshot) {
	var body iamBody
	_ = json.NewDecoder(io.LimitReader(req.Body, 1<<20)).Decode(&body) // what is no document has no name
	var config scopeBody
	if body.Config != nil {
		_ = json.Unmarshal(body.Config, &config)
	}
	scope := config.onto(Scope{Name: body.Name, GroupMappings: []string{body.Name}, Unmanaged: true}, now)
	if body.Description != nil {
		scope.Description = *body.Description
	}
	r.setScope(body.Name, &scope)
	answer(w, http.StatusOK, document{"id": body.Name, "name": body.Name, "path": "/" + body.Name, "attributes": document{"description": []string{scope.Description}}, "is_idp_managed": false})
}

// patchIAMGroup writes a part of a scope, and wipes the rules that it does not name.
func (r *Registry) patchIAMGroup(w http.ResponseWriter, req *http.Request, now *snapshot, scope Scope) {
	var body iamBody
	_ = json.NewDecoder(io.LimitReader(req.Body, 1<<20)).Decode(&body) // no body changes nothing but what it wipes
	if problems := strict(body.Config); len(problems) > 0 && now.holds(StrictScopeConfig) {
		answer(w, http.StatusUnprocessableEntity, document{"detail": problems})
		return
	}
	var config scopeBody
	if body.Config != nil {
		_ = json.Unmarshal(body.Config, &config)
	}
	switch {
	case config.wide(now):
		detail(w, http.StatusBadRequest, "Scope '"+scope.Name+"' was not updated: the scope service refused the configuration. Wildcard server_access entries (server: \"*\" or \"all\") cannot be saved here; grant broad UI visibility via ui_permissions (\"all\") instead.")
		return
	case body.Description != nil && !scope.Unmanaged:
		detail(w, http.StatusBadGateway, "IAM provider error")
		return
	}
	scope = config.onto(scope, now)
	if config.GroupMappings != nil {
		scope.GroupMappings = config.GroupMappings
	}
	if body.Description != nil {
		scope.Description = *body.Description
	}
	r.setScope(scope.Name, &scope)
	answer(w, http.StatusOK, scope.detail())
}

// strict says which keys of a scope's configuration are not known: rules are on a server or on an
// agent, never grouped.
func strict(config json.RawMessage) []document {
	var keys map[string]any
	if json.Unmarshal(config, &keys) != nil {
		return nil
	}
	var problems []document
	extra := func(value any, at ...any) {
		problems = append(problems, document{"type": "extra_forbidden", "loc": append([]any{"body", "scope_config"}, at...), "msg": "Extra inputs are not permitted", "input": value})
	}
	for name, value := range keys {
		switch name {
		case "ui_permissions", "agent_access", "group_mappings", "create_in_idp", "server_access":
		default:
			extra(value, name)
		}
	}
	rules, _ := keys["server_access"].([]any)
	for i, rule := range rules {
		fields, _ := rule.(map[string]any)
		if fields["server"] != nil || fields["agent"] != nil {
			continue
		}
		for _, kind := range []string{"ServerAccessRule", "AgentAccessRule"} {
			needed := map[string]string{"ServerAccessRule": "server", "AgentAccessRule": "agent"}[kind]
			problems = append(problems, document{"type": "missing", "loc": []any{"body", "scope_config", "server_access", i, kind, needed}, "msg": "Field required", "input": rule})
			for _, name := range []string{"scope_name", "access_rules"} {
				if value, ok := fields[name]; ok {
					extra(value, "server_access", i, kind, name)
				}
			}
		}
	}
	return problems
}
