package registrytest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Stored times of scope documents, as the two routes show them.
const (
	scopeTime       = "2006-01-02 15:04:05.000000"
	exportScopeTime = storedTime
)

// scopesOnly are the words with which routes about scopes refuse who is no administrator.
func scopesOnly(path string) string {
	switch {
	case path == "/api/export/scopes":
		return "Admin access required"
	case path == "/api/egress/obo-identifier-uris":
		return "admin required"
	case path == "/api/servers/groups" || strings.HasPrefix(path, "/api/servers/groups/") || strings.HasPrefix(path, iamGroups):
		return "Administrator permissions are required for this operation"
	}
	return ""
}

const iamGroups = "/api/management/iam/groups"

// serveScopes answers the routes about scopes: all are for administrators.
func (r *Registry) serveScopes(w http.ResponseWriter, req *http.Request, now *snapshot, path string) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	switch {
	case path == "/api/egress/obo-identifier-uris":
		get(w, req, func() { now.serveIdentifierURIs(w) })
	case path == "/api/export/scopes":
		get(w, req, func() { now.serveExport(w) })
	case strings.Count(strings.TrimPrefix(strings.TrimPrefix(path, iamGroups), "/api/servers/groups"), "/") > 1:
		if strings.HasPrefix(path, iamGroups) {
			detail(w, http.StatusNotFound, "Not Found")
			return
		}
		detail(w, http.StatusNotFound, "Server not found at path '"+strings.TrimPrefix(path, "/api/servers")+"'")
	case path == "/api/servers/groups":
		get(w, req, func() { now.serveGroups(w) })
	case path == iamGroups && req.Method == http.MethodGet:
		detail(w, http.StatusBadGateway, "Unable to list IAM groups") // there is no admin API of an identity provider
	case path == iamGroups:
		r.createIAMGroup(w, req, now)
	case path == "/api/servers/groups/create" && req.Method == http.MethodPost:
		r.createGroup(w, req, now)
	case path == "/api/servers/groups/import" && req.Method == http.MethodPost:
		r.importGroup(w, req, now)
	case now.scope(name) == nil:
		if req.Method == http.MethodDelete {
			detail(w, http.StatusBadGateway, "IAM provider error")
			return
		}
		detail(w, http.StatusNotFound, "Group '"+name+"' not found")
	case !strings.HasPrefix(path, iamGroups):
		get(w, req, func() { answer(w, http.StatusOK, now.scope(name).document(scopeTime)) })
	case req.Method == http.MethodPatch:
		r.patchIAMGroup(w, req, now, *now.scope(name))
	case req.Method == http.MethodDelete:
		r.setScope(name, nil)
		answer(w, http.StatusOK, document{"name": name, "deleted": true})
	default:
		get(w, req, func() { answer(w, http.StatusOK, now.scope(name).detail()) })
	}
}

// scope is the stored scope of that name, or nil.
func (now *snapshot) scope(name string) *Scope {
	if i := slices.IndexFunc(now.Scopes, func(s Scope) bool { return s.Name == name }); i >= 0 {
		return &now.Scopes[i]
	}
	return nil
}

// setScope stores a scope, or removes it when it is nil.
func (r *Registry) setScope(name string, scope *Scope) {
	r.Configure(func(c *Config) {
		c.Scopes = slices.Clone(c.Scopes)
		i := slices.IndexFunc(c.Scopes, func(s Scope) bool { return s.Name == name })
		switch {
		case scope == nil && i >= 0:
			c.Scopes = slices.Delete(c.Scopes, i, i+1)
		case scope != nil && i >= 0:
			c.Scopes[i] = *scope
		case scope != nil:
			c.Scopes = append(c.Scopes, *scope)
		}
	})
}

func (now *snapshot) serveExport(w http.ResponseWriter) {
	all := []document{}
	for i := range now.Scopes {
		all = append(all, now.Scopes[i].document(exportScopeTime))
	}
	answer(w, http.StatusOK, document{"scopes": all, "total_count": len(all)})
}

func (now *snapshot) serveGroups(w http.ResponseWriter) {
	groups, names := document{}, []string{}
	for i := range now.Scopes {
		s := &now.Scopes[i]
		names = append(names, s.Name)
		groups[s.Name] = document{
			"server_count": len(s.rules()), "ui_scopes": s.permissions(), "mappings": listOf(s.GroupMappings),
			"is_idp_managed": !s.Unmanaged, "description": s.Description,
		}
	}
	answer(w, http.StatusOK, document{
		"keycloak_groups": []string{}, "scopes_groups": groups, "synchronized": []string{}, "keycloak_only": []string{}, "scopes_only": names,
	})
}

// serveIdentifierURIs lists the URL of every server on Entra, and nothing elsewhere.
func (now *snapshot) serveIdentifierURIs(w http.ResponseWriter) {
	uris := []string{}
	if now.Provider == "entra" {
		for i := range now.entries {
			uri := now.PublicURL + "/" + pathName(now.entries[i].Path)
			if now.entries[i].appendsMCP() && !strings.HasSuffix(uri, "/mcp") {
				uri += "/mcp"
			}
			uris = append(uris, uri)
		}
	}
	slices.Sort(uris)
	answer(w, http.StatusOK, document{"identifier_uris": uris, "count": len(uris)})
}

// rules are all rules of a scope as they are stored.
func (s *Scope) rules() []any {
	all := []any{}
	for _, a := range s.ServerAccess {
		all = append(all, document{"server": a.Server, "methods": listOf(a.Methods), "tools": listOf(a.Tools)})
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
		"scope_type": "group", "description": s.Description, "server_access": s.rules(), "group_mappings": listOf(s.GroupMappings),
		"ui_permissions": s.permissions(), "is_idp_managed": !s.Unmanaged, "created_at": written.Format(layout),
		"updated_at": written.Format(layout), "scope_name": s.Name,
	}
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
	s.written, s.bare = time.Now().UTC(), false
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
			Tools   []string
		}
		if json.Unmarshal(text, &a) != nil || a.Server == nil {
			others = append(others, text)
			continue
		}
		access = append(access, Access{*a.Server, a.Methods, a.Tools})
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

func (r *Registry) importGroup(w http.ResponseWriter, req *http.Request, now *snapshot) {
	var body scopeBody
	_ = json.NewDecoder(io.LimitReader(req.Body, 1<<20)).Decode(&body) // what is no document has no name
	switch {
	case body.Name == "":
		detail(w, http.StatusBadRequest, "scope_name is required")
	case body.wide(now):
		detail(w, http.StatusInternalServerError, "Failed to import group "+body.Name)
	default:
		scope := body.onto(Scope{Name: body.Name, GroupMappings: []string{body.Name}}, now)
		if body.GroupMappings != nil {
			scope.GroupMappings = body.GroupMappings
		}
		if body.Description != nil {
			scope.Description = *body.Description
		}
		r.setScope(body.Name, &scope)
		answer(w, http.StatusOK, document{"message": "Group " + body.Name + " imported successfully", "group_name": body.Name, "idp_created": false, "auth_server_reloaded": true})
	}
}

func (r *Registry) createGroup(w http.ResponseWriter, req *http.Request, now *snapshot) {
	name := form(req).Get("group_name")
	if now.scope(name) != nil {
		detail(w, http.StatusBadRequest, "Failed to create group in scopes (may already exist)")
		return
	}
	r.setScope(name, &Scope{Name: name, Description: form(req).Get("description"), bare: true, written: time.Now().UTC()})
	answer(w, http.StatusOK, document{"message": "Group successfully created", "group_name": name, "created_in_idp": false, "created_in_scopes": true})
}

// form is the urlencoded form of a request.
func form(req *http.Request) url.Values {
	if req.ParseForm() != nil {
		return url.Values{}
	}
	return req.PostForm
}

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
	if problems := strict(body.Config); len(problems) > 0 {
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
