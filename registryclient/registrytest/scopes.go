package registrytest

import (
	"net/http"
	"slices"
	"strings"
)

const iamGroups = "/api/management/iam/groups"

// scopesOnly are the words with which routes about scopes refuse who is no administrator.
func scopesOnly(path string) string {
	switch {
	case path == "/api/export/scopes":
		return "Admin access required"
	case path == "/api/egress/obo-identifier-uris":
		return "admin required"
	case path == "/api/servers/groups" || strings.HasPrefix(path, "/api/servers/groups/") || strings.HasPrefix(path, iamGroups),
		path == machineClients || strings.HasPrefix(path, machineClients+"/"):
		return "Administrator permissions are required for this operation"
	}
	return ""
}

// serveScopes answers the routes about scopes: all are for administrators.
func (r *Registry) serveScopes(w http.ResponseWriter, req *http.Request, now *snapshot, who *identity, path string) {
	post := req.Method == http.MethodPost
	switch {
	case path == "/api/egress/obo-identifier-uris":
		get(w, req, func() { now.serveIdentifierURIs(w) })
	case path == "/api/export/scopes":
		get(w, req, func() { now.serveExport(w) })
	case strings.HasPrefix(path, machineClients):
		r.serveMachineClients(w, req, now, who, strings.Trim(strings.TrimPrefix(path, machineClients), "/"))
	case strings.Count(strings.TrimPrefix(strings.TrimPrefix(path, iamGroups), "/api/servers/groups"), "/") > 1:
		if strings.HasPrefix(path, iamGroups) {
			detail(w, http.StatusNotFound, "Not Found")
			return
		}
		detail(w, http.StatusNotFound, "Server not found at path '"+strings.TrimPrefix(path, "/api/servers")+"'")
	case path == "/api/servers/groups":
		get(w, req, func() { now.serveGroups(w, req) })
	case path == iamGroups && req.Method == http.MethodGet:
		detail(w, http.StatusBadGateway, "Unable to list IAM groups") // there is no admin API of an identity provider
	case path == iamGroups:
		r.createIAMGroup(w, req, now)
	case path == "/api/servers/groups/create" && post:
		r.createGroup(w, req, now)
	case path == "/api/servers/groups/import" && post:
		r.importGroup(w, req, now)
	case path == "/api/servers/groups/add" && post:
		r.addToGroups(w, req, now)
	case path == "/api/servers/groups/delete" && post:
		r.deleteGroup(w, req, now)
	default:
		r.serveScope(w, req, now, path)
	}
}

// serveScope answers the two routes of one scope.
func (r *Registry) serveScope(w http.ResponseWriter, req *http.Request, now *snapshot, path string) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	scope := now.scope(name)
	switch {
	case scope == nil && req.Method == http.MethodDelete:
		detail(w, http.StatusBadGateway, "IAM provider error")
	case scope == nil:
		detail(w, http.StatusNotFound, "Group '"+name+"' not found")
	case !strings.HasPrefix(path, iamGroups):
		get(w, req, func() { answer(w, http.StatusOK, scope.document(scopeTime)) })
	case req.Method == http.MethodPatch:
		r.patchIAMGroup(w, req, now, *scope)
	case req.Method == http.MethodDelete:
		r.setScope(name, nil)
		answer(w, http.StatusOK, document{"name": name, "deleted": true})
	default:
		get(w, req, func() { answer(w, http.StatusOK, scope.detail()) })
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
