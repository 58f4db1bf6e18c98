package registrytest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// serveGroups lists the scopes beside the groups of the identity provider, whose admin API is not
// there.
func (now *snapshot) serveGroups(w http.ResponseWriter, req *http.Request) {
	groups, names := document{}, []string{}
	for i := range now.Scopes {
		s := &now.Scopes[i]
		names = append(names, s.Name)
		listed := document{
			"server_count": len(s.rules()), "ui_scopes": s.permissions(), "mappings": listOf(s.GroupMappings),
			"is_idp_managed": !s.Unmanaged, "description": s.Description,
		}
		if s.Seeded {
			listed["description"] = nil
		}
		groups[s.Name] = listed
	}
	d := document{
		"keycloak_groups": []string{}, "scopes_groups": groups, "synchronized": []string{}, "keycloak_only": []string{}, "scopes_only": []string{},
	}
	if req.URL.Query().Get("include_keycloak") != "false" {
		d["scopes_only"], d["keycloak_error"] = names, "Failed to list identity provider groups"
	}
	answer(w, http.StatusOK, d)
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

// addToGroups gives groups a server, under its display name where the list of servers looks for the
// one in its path. It says yes for groups that there are not.
func (r *Registry) addToGroups(w http.ResponseWriter, req *http.Request, now *snapshot) {
	path := form(req).Get("server_name")
	e := now.entry(path)
	if e == nil {
		detail(w, http.StatusNotFound, fmt.Sprintf("Server not found at path '/%s'", pathName(path)))
		return
	}
	names := strings.Split(form(req).Get("group_names"), ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
		known := now.scope(names[i])
		if known == nil {
			continue
		}
		scope := *known
		scope.grow(e, e.Tools)
		permissions := map[string][]string{}
		for permission, granted := range scope.UIPermissions {
			permissions[permission] = granted
		}
		if !slices.Contains(permissions["list_service"], e.Name) {
			permissions["list_service"] = append(slices.Clone(permissions["list_service"]), e.Name)
		}
		scope.UIPermissions, scope.written = permissions, time.Now().UTC()
		r.setScope(scope.Name, &scope)
	}
	answer(w, http.StatusOK, document{"message": "Server successfully added to groups", "server_path": path, "groups": names})
}

// deleteGroup removes a scope. Of those that the registry comes with, it protects the one that its
// own token needs.
func (r *Registry) deleteGroup(w http.ResponseWriter, req *http.Request, now *snapshot) {
	name := form(req).Get("group_name")
	switch {
	case name == "mcp-registry-admin" && form(req).Get("force") != "true":
		detail(w, http.StatusForbidden, "Cannot delete system group 'mcp-registry-admin'. Use force=true to override.")
	case now.scope(name) == nil:
		detail(w, http.StatusNotFound, fmt.Sprintf("Group '%s' not found in either identity provider or scopes", name))
	default:
		r.setScope(name, nil)
		answer(w, http.StatusOK, document{"message": "Group deletion completed", "group_name": name, "deleted_from_keycloak": false, "deleted_from_scopes": true})
	}
}

// form is the urlencoded form of a request.
func form(req *http.Request) url.Values {
	if req.ParseForm() != nil {
		return url.Values{}
	}
	return req.PostForm
}
