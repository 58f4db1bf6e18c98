package entratest_test

import (
	"fmt"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

const noRole = "00000000-0000-0000-0000-000000000000"

func principalRows() []row {
	app := func(b *bench) string { return fmt.Sprint(b.get("/applications/" + b.make(nil)).at("appId")) }
	return []row{
		{"of no application", entratest.PrincipalsNeedAnApp, "https://github.com/Azure/ARO-HCP/pull/6325", "400 Request_BadRequest The appId '" + scopeID + "' of the service principal does not reference a valid application object., NoBackingApplicationObject", entratest.Config{}, func(b *bench) string {
			got := b.post("/servicePrincipals", object{"appId": scopeID})
			details, _ := got.at("error", "details").([]any)
			if len(details) == 0 {
				return got.String()
			}
			return fmt.Sprint(got, ", ", details[0].(object)["code"])
		}},
		{"of an own application that is not replicated", "", "https://github.com/Azure/azure-cli, create_service_principal_with_retry", "403 Authorization_RequestDenied When using this permission, the backing application of the service principal being created must in the local tenant, 201", entratest.Config{}, func(b *bench) string {
			b.token = b.AdminToken(entratest.ApplicationReadWriteOwnedBy)
			b.SlowReplication(1)
			id := b.must(b.post("/applications", object{"displayName": "x"})).at("appId")
			return fmt.Sprint(b.post("/servicePrincipals", object{"appId": id}), ", ", b.post("/servicePrincipals", object{"appId": id}))
		}},
		{"twice", entratest.PrincipalsAreUnique, graphDocs + "serviceprincipal-post-serviceprincipals", "201 409", entratest.Config{}, func(b *bench) string {
			id := app(b)
			return fmt.Sprint(b.post("/servicePrincipals", object{"appId": id}), " ", b.post("/servicePrincipals", object{"appId": id}).status)
		}},
		{"upsert", "", graphDocs + "serviceprincipal-upsert", "404 201 204", entratest.Config{}, func(b *bench) string {
			path := "/servicePrincipals(appId='" + app(b) + "')"
			return fmt.Sprint(b.patch(path, object{"tags": []string{"a"}}).status, " ", b.patch(path, object{"tags": []string{"a"}}, prefer, create), " ", b.patch(path, object{"tags": []string{"b"}}, prefer, create))
		}},
		{"what it takes from its application", "", graphDocs + "resources/serviceprincipal", "x user_impersonation https://contoso.com/x", entratest.Config{}, func(b *bench) string {
			id := b.make(object{"identifierUris": []string{"https://contoso.com/x"}, "api": object{"oauth2PermissionScopes": []object{scope(scopeID, "user_impersonation")}}})
			appID := b.get("/applications/" + id).at("appId")
			b.must(b.post("/servicePrincipals", object{"appId": appID}))
			got := b.get(fmt.Sprintf("/servicePrincipals(appId='%s')", appID))
			return fmt.Sprint(got.at("displayName"), " ", got.at("oauth2PermissionScopes").([]any)[0].(object)["value"], " ", got.at("servicePrincipalNames").([]any)[1])
		}},
		{"Microsoft Graph's own", "", "https://learn.microsoft.com/graph/permissions-overview", "Microsoft Graph", entratest.Config{}, func(b *bench) string {
			return fmt.Sprint(b.get("/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')").at("displayName"))
		}},
		{"goes with its application", "", graphDocs + "application-delete", "404", entratest.Config{}, func(b *bench) string {
			w := b.world(nil, nil)
			b.must(b.remove("/applications/" + w.client))
			return fmt.Sprint(b.get("/servicePrincipals/" + w.clientPrincipal).status)
		}},
		{"grants", entratest.GrantsAreUnique, graphDocs + "oauth2permissiongrant-post", "201, 409 Request_MultipleObjectsWithSameKeyValue Permission entry already exists., 204 a b, 204 0", entratest.Config{}, grants},
		{"a grant of strangers", "", graphDocs + "oauth2permissiongrant-post", "404 400 400", entratest.Config{}, func(b *bench) string {
			w := b.world(nil, nil)
			var told []string
			for _, changes := range []object{{"clientId": scopeID}, {"consentType": "Some"}, {"principalId": scopeID}} {
				told = append(told, fmt.Sprint(b.post("/oauth2PermissionGrants", change(grantOf(w), changes)).status))
			}
			return strings.Join(told, " ")
		}},
		{"a grant's client stays", "", "https://github.com/MicrosoftDocs/azure-docs/issues/105249", "400 Request_BadRequest Property cannot be updated: principalId", entratest.Config{}, func(b *bench) string {
			id := b.must(b.post("/oauth2PermissionGrants", grantOf(b.world(nil, nil)))).id()
			return b.patch("/oauth2PermissionGrants/"+id, object{"principalId": scopeID}).String()
		}},
		{"assignments", "", graphDocs + "serviceprincipal-post-approleassignedto", "201 Group devs, 400 Request_BadRequest Permission being assigned already exists on the object, 204 0", entratest.Config{}, assignments},
		{"an assignment of nobody", "", graphDocs + "serviceprincipal-post-approleassignedto", "404", entratest.Config{}, func(b *bench) string {
			w := b.world(nil, nil)
			return fmt.Sprint(b.post("/servicePrincipals/"+w.clientPrincipal+"/appRoleAssignedTo", object{"principalId": scopeID, "resourceId": w.clientPrincipal, "appRoleId": noRole}).status)
		}},
	}
}

// grantOf lets the client use the gateway for everybody.
func grantOf(w world) object {
	return object{"clientId": w.clientPrincipal, "resourceId": w.gatewayPrincipal, "consentType": "AllPrincipals", "principalId": nil, "scope": "user_impersonation"}
}

func grants(b *bench) string {
	w := b.world(nil, nil)
	first := b.post("/oauth2PermissionGrants", grantOf(w))
	second := b.post("/oauth2PermissionGrants", grantOf(w))
	changed := b.patch("/oauth2PermissionGrants/"+first.id(), object{"scope": "a b"})
	filter := "/oauth2PermissionGrants?$filter=clientId eq '" + w.clientPrincipal + "' and resourceId eq '" + w.gatewayPrincipal + "'"
	scope := b.get(filter).list()[0]["scope"]
	removed := b.remove("/oauth2PermissionGrants/" + first.id())
	return fmt.Sprint(first, ", ", second, ", ", changed, " ", scope, ", ", removed, " ", len(b.get(filter).list()))
}

func assignments(b *bench) string {
	w := b.world(nil, nil)
	path := "/servicePrincipals/" + w.clientPrincipal + "/appRoleAssignedTo"
	body := object{"principalId": b.GroupID("devs"), "resourceId": w.clientPrincipal, "appRoleId": noRole}
	first := b.post(path, body)
	second := b.post(path, body)
	removed := b.remove(path + "/" + first.id())
	return fmt.Sprint(first, " ", first.at("principalType"), " ", first.at("principalDisplayName"), ", ", second, ", ", removed, " ", len(b.get(path).list()))
}
