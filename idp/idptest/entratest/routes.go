package entratest

import (
	"net/http"
	"strings"
)

// route is an operation of Microsoft Graph, and the application permissions of which one is
// enough (https://learn.microsoft.com/graph/api, each operation's own table).
type route struct {
	pattern     string
	permissions []string
	do          operation
}

// operations lists what Microsoft Graph answers.
func (e *Entra) operations() []route {
	readApps := []string{ApplicationReadAll, ApplicationReadWriteOwnedBy, ApplicationReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll}
	writeApps := []string{ApplicationReadWriteOwnedBy, ApplicationReadWriteAll, DirectoryReadWriteAll}
	readGroups := []string{GroupMemberReadAll, GroupReadAll, DirectoryReadAll, DirectoryReadWriteAll}
	readGrants := []string{DelegatedGrantReadAll, DelegatedGrantReadWriteAll, DirectoryReadAll, DirectoryReadWriteAll}
	writeGrants := []string{DelegatedGrantReadWriteAll, DirectoryReadWriteAll}
	readUsers := []string{UserReadBasicAll, UserReadAll, DirectoryReadAll, DirectoryReadWriteAll}
	readTenant := []string{OrganizationReadAll, DirectoryReadAll, DirectoryReadWriteAll}
	readDomains := []string{DomainReadAll, DirectoryReadAll, DirectoryReadWriteAll}
	assign := []string{AppRoleAssignmentReadWrite}
	const v1 = "/v1.0/"
	return []route{
		{"GET " + v1 + "applications", readApps, e.listApplications},
		{"POST " + v1 + "applications", writeApps, e.createApplication},
		{"GET " + v1 + "applications/{key}", readApps, e.showApplication},
		{"PATCH " + v1 + "applications/{key}", writeApps, e.updateApplication},
		{"DELETE " + v1 + "applications/{key}", writeApps, e.deleteApplication},
		{"GET " + v1 + "applications/{key}/owners", readApps, e.listOwners},
		{"GET " + v1 + "directory/deletedItems/microsoft.graph.application", readApps, e.listDeleted},
		{"DELETE " + v1 + "directory/deletedItems/{id}", writeApps, e.purge},
		{"POST " + v1 + "directory/deletedItems/{id}/restore", writeApps, e.restore},

		{"GET " + v1 + "servicePrincipals", readApps, e.listPrincipals},
		{"POST " + v1 + "servicePrincipals", writeApps, e.createPrincipal},
		{"GET " + v1 + "servicePrincipals/{key}", readApps, e.showPrincipal},
		{"PATCH " + v1 + "servicePrincipals/{key}", writeApps, e.updatePrincipal},
		{"DELETE " + v1 + "servicePrincipals/{key}", writeApps, e.deletePrincipal},
		{"GET " + v1 + "servicePrincipals/{key}/appRoleAssignedTo", readApps, e.listAssignments},
		{"POST " + v1 + "servicePrincipals/{key}/appRoleAssignedTo", assign, e.createAssignment},
		{"DELETE " + v1 + "servicePrincipals/{key}/appRoleAssignedTo/{id}", assign, e.deleteAssignment},
		{"GET " + v1 + "servicePrincipals/{key}/oauth2PermissionGrants", readGrants, e.listGrantsOfPrincipal},

		{"GET " + v1 + "oauth2PermissionGrants", readGrants, e.listGrants},
		{"POST " + v1 + "oauth2PermissionGrants", writeGrants, e.createGrant},
		{"GET " + v1 + "oauth2PermissionGrants/{id}", readGrants, e.showGrant},
		{"PATCH " + v1 + "oauth2PermissionGrants/{id}", writeGrants, e.updateGrant},
		{"DELETE " + v1 + "oauth2PermissionGrants/{id}", writeGrants, e.deleteGrant},

		{"GET " + v1 + "groups", readGroups, e.listGroups},
		{"GET " + v1 + "groups/{id}", readGroups, e.showGroup},
		{"GET " + v1 + "users", readUsers, e.listUsers},
		{"GET " + v1 + "users/{id}", readUsers, e.showUser},
		{"POST " + v1 + "directoryObjects/getByIds", []string{DirectoryReadAll, DirectoryReadWriteAll}, e.objectsByID},
		{"GET " + v1 + "organization", readTenant, e.listOrganization},
		{"GET " + v1 + "domains", readDomains, e.listDomains},
		{"GET " + v1 + "policies/defaultAppManagementPolicy", []string{PolicyReadAll, PolicyReadApplicationMethods}, e.showPolicy},
	}
}

// routes lists what is served: Microsoft Graph below /v1.0/, and the sign-in endpoints.
func (e *Entra) routes() http.Handler {
	graph, authority := http.NewServeMux(), http.NewServeMux()
	e.graphRoutes(graph)
	e.authorityRoutes(authority)
	directory := keyed(graph)
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if strings.HasPrefix(request.URL.Path, "/v1.0/") {
			directory.ServeHTTP(w, request)
			return
		}
		authority.ServeHTTP(w, request)
	})
}
