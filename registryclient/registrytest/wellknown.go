package registrytest

import (
	"net/http"
	"strings"
)

const (
	resourceMetadata = "/.well-known/oauth-protected-resource"
	serverMetadata   = "/.well-known/oauth-authorization-server"
)

// serveWellKnown answers the discovery documents, which everybody may read.
func (r *Registry) serveWellKnown(w http.ResponseWriter, req *http.Request, now *snapshot, path string) {
	server, ofServer := strings.CutPrefix(path, resourceMetadata+"/")
	switch {
	case path == resourceMetadata:
		get(w, req, func() { r.serveResource(w, req, now, now.PublicURL, now.AdvertisedScopes) })
	case ofServer:
		get(w, req, func() { r.serveServerResource(w, req, now, server) })
	case path == serverMetadata:
		get(w, req, func() { r.serveAuthorizationServer(w, req, now) })
	default:
		detail(w, http.StatusNotFound, "Not Found")
	}
}

// serveServerResource answers the metadata of one server, named with or without /mcp, if it has
// its own. It may be disabled.
func (r *Registry) serveServerResource(w http.ResponseWriter, req *http.Request, now *snapshot, name string) {
	e := now.entry("/" + strings.TrimSuffix(name, "/mcp"))
	if e == nil || !now.hasOwnMetadata(e) {
		detail(w, http.StatusNotFound, "no per-server resource metadata")
		return
	}
	resource := now.resource(e)
	r.serveResource(w, req, now, resource, []string{resource + "/user_impersonation"})
}

// serveResource answers Protected Resource Metadata (RFC 9728).
func (r *Registry) serveResource(w http.ResponseWriter, req *http.Request, now *snapshot, resource string, scopes []string) {
	if now.Provider == "keycloak" {
		if _, err := r.issuer.metadata(req.Context(), now.Issuer); err != nil {
			detail(w, http.StatusBadGateway, "Failed to build resource metadata")
			return
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	answer(w, http.StatusOK, document{
		"resource": resource, "authorization_servers": []string{now.Issuer},
		"scopes_supported": scopes, "bearer_methods_supported": []string{"header"},
		"resource_documentation": now.PublicURL + "/docs/oauth",
	})
}

func (now *snapshot) hasOwnMetadata(e *entry) bool {
	return now.Provider == "entra" && now.holds(MetadataPerServerOnEntra) || e.EgressAuthMode == "obo_exchange" || !now.holds(MetadataPerServerIfNeeded)
}

// resource is the URL of a server that its tokens are for.
func (now *snapshot) resource(e *entry) string {
	url := now.PublicURL + "/" + pathName(e.Path)
	if !e.appendsMCP() || strings.HasSuffix(url, "/mcp") {
		return url
	}
	return url + "/mcp"
}

// metadataURL is where the challenge of a server points to. It takes acme-mcp for a path that has
// its /mcp, which the resource does not.
func (now *snapshot) metadataURL(e *entry) string {
	if !now.hasOwnMetadata(e) {
		return now.PublicURL + resourceMetadata
	}
	url := now.PublicURL + resourceMetadata + "/" + pathName(e.Path)
	suffix := "mcp"
	if !now.holds(HintSkipsMCP) {
		suffix = "/mcp"
	}
	if !e.appendsMCP() || strings.HasSuffix(url, suffix) {
		return url
	}
	return url + "/mcp"
}
