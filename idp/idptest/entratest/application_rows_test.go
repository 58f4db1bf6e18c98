package entratest_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// make makes a single-tenant application and returns its id.
func (b *bench) make(properties object) string {
	b.Helper()
	return b.must(b.post("/applications", change(object{"displayName": "x", "signInAudience": "AzureADMyOrg"}, properties))).id()
}

const (
	byName = "/applications(uniqueName='mcpreg')"
	prefer = "Prefer"
	create = "create-if-missing"
)

func applicationRows() []row { return slices.Concat(newRows(), keptRows()) }

// newRows tell what an application is made of.
func newRows() []row {
	return []row{
		{"a new one is for personal accounts too", entratest.PersonalByDefault, graphDocs + "application-post-applications", "AzureADandPersonalMicrosoftAccount 2", entratest.Config{}, func(b *bench) string {
			got := b.post("/applications", object{"displayName": "x"})
			return fmt.Sprint(got.at("signInAudience"), " ", got.at("api", "requestedAccessTokenVersion"))
		}},
		{"a single-tenant one has no version", "", graphDocs + "resources/apiapplication", "<nil>", entratest.Config{}, func(b *bench) string {
			return fmt.Sprint(b.get("/applications/"+b.make(nil)).at("api", "requestedAccessTokenVersion"))
		}},
		{"no name", "", graphDocs + "application-post-applications", "400 Request_BadRequest Invalid value specified for property 'displayName' of resource 'Application'.", entratest.Config{}, func(b *bench) string {
			return b.post("/applications", object{}).String()
		}},
		{"two of one name", entratest.DisplayNamesRepeat, graphDocs + "resources/application", "2", entratest.Config{}, func(b *bench) string {
			b.post("/applications", object{"displayName": "x"})
			b.post("/applications", object{"displayName": "x"})
			return fmt.Sprint(len(b.get("/applications?$filter=displayName eq 'x'").list()))
		}},
		{"an unknown property", entratest.UnknownPropertiesRefused, graphDocs + "resources/application", "400", entratest.Config{}, func(b *bench) string {
			return fmt.Sprint(b.post("/applications", object{"displayName": "x", "redirectUris": []string{}}).status)
		}},
		{"a wrong type", entratest.TypesAreChecked, graphDocs + "resources/application", "400", entratest.Config{}, func(b *bench) string {
			return fmt.Sprint(b.post("/applications", object{"displayName": "x", "isFallbackPublicClient": "yes"}).status)
		}},
		{"a read-only property", entratest.ReadOnlyIsRefused, graphDocs + "resources/application", "400 400", entratest.Config{}, func(b *bench) string {
			id := b.make(nil)
			return fmt.Sprint(b.patch("/applications/"+id, object{"appId": scopeID}).status, " ", b.patch("/applications/"+id, object{"uniqueName": "x"}).status)
		}},
		{"an annotation is no property", "", "OData JSON Format 4.01 section 4.6", "201", entratest.Config{}, func(b *bench) string {
			return b.post("/applications", object{"@odata.type": "#microsoft.graph.application", "displayName": "x", "publicClient": object{"@odata.type": "#microsoft.graph.publicClientApplication", "redirectUris": []string{}}}).String()
		}},
		{"by app id", "", graphDocs + "application-get", "x", entratest.Config{}, func(b *bench) string {
			id := b.get("/applications/" + b.make(nil)).at("appId")
			return fmt.Sprint(b.get(fmt.Sprintf("/applications(appId='%s')?$select=displayName", id)).at("displayName"))
		}},
	}
}

// keptRows tell what becomes of an application that is there, or was.
func keptRows() []row {
	return []row{
		{"upsert", entratest.UpsertNeedsPrefer, graphDocs + "application-upsert", "404, 201 mcpreg, 204 two, 1", entratest.Config{}, func(b *bench) string {
			without := b.patch(byName, object{"displayName": "one"})
			with := b.patch(byName, object{"displayName": "one"}, prefer, create)
			again := b.patch(byName, object{"displayName": "two"}, prefer, create)
			return fmt.Sprint(without.status, ", ", with, " ", with.at("uniqueName"), ", ", again, " ", b.get(byName).at("displayName"), ", ", len(b.Snapshot()["applications"]))
		}},
		{"a cloud without upsert", "", graphDocs + "application-upsert", "400 BadRequest Resource not found for the segment 'uniqueName'.", entratest.Config{NoUpsert: true}, func(b *bench) string {
			return b.patch(byName, object{"displayName": "one"}, prefer, create).String()
		}},
		{"upsert of one that is not replicated", "", "https://learn.microsoft.com/graph/templates/bicep/troubleshooting", "400 Request_BadRequest Another object with the same value for property uniqueName already exists.", entratest.Config{}, func(b *bench) string {
			b.SlowReplication(5)
			b.must(b.patch(byName, object{"displayName": "one"}, prefer, create))
			return b.patch(byName, object{"displayName": "one"}, prefer, create).String()
		}},
		{"a complex property is replaced", entratest.ComplexIsReplaced, graphDocs + "application-update", "[]", entratest.Config{}, func(b *bench) string {
			id := b.make(object{"web": object{"redirectUris": []string{"https://a.example/x"}}})
			b.must(b.patch("/applications/"+id, object{"web": object{"homePageUrl": "https://a.example"}}))
			return fmt.Sprint(b.get("/applications/"+id).at("web", "redirectUris"))
		}},
		{"what is not named stays", "", graphDocs + "application-update", "[https://a.example/x] n", entratest.Config{}, func(b *bench) string {
			id := b.make(object{"web": object{"redirectUris": []string{"https://a.example/x"}}})
			b.must(b.patch("/applications/"+id, object{"notes": "n"}))
			got := b.get("/applications/" + id)
			return fmt.Sprint(got.at("web", "redirectUris"), " ", got.at("notes"))
		}},
		{"deletion is soft", entratest.DeletedKeepNames, "https://learn.microsoft.com/graph/templates/bicep/troubleshooting", "204 404, 400 uniqueName, 204 201", entratest.Config{}, func(b *bench) string {
			id := b.must(b.patch(byName, object{"displayName": "one"}, prefer, create)).id()
			gone := fmt.Sprint(b.remove("/applications/"+id), " ", b.get("/applications/"+id).status)
			again := b.patch(byName, object{"displayName": "one"}, prefer, create)
			purged := b.remove("/directory/deletedItems/" + id)
			return fmt.Sprint(gone, ", ", again.status, " ", word(again, "uniqueName"), ", ", purged, " ", b.patch(byName, object{"displayName": "one"}, prefer, create))
		}},
		{"restored", "", graphDocs + "directory-deleteditems-restore", "1 200 200 0", entratest.Config{}, func(b *bench) string {
			id := b.make(nil)
			b.must(b.remove("/applications/" + id))
			listed := len(b.get("/directory/deletedItems/microsoft.graph.application").list())
			return fmt.Sprint(listed, " ", b.post("/directory/deletedItems/"+id+"/restore", nil), " ", b.get("/applications/"+id), " ", len(b.get("/directory/deletedItems/microsoft.graph.application").list()))
		}},
		{"who owns it", "", graphDocs + "application-list-owners", "1 0", entratest.Config{}, func(b *bench) string {
			all := b.make(nil)
			b.token = b.AdminToken(entratest.ApplicationReadWriteOwnedBy)
			own := b.make(nil)
			return fmt.Sprint(len(b.get("/applications/"+own+"/owners").list()), " ", len(b.get("/applications/"+all+"/owners").list()))
		}},
		{"groups that are none", "", graphDocs + "resources/application", "400", entratest.Config{}, func(b *bench) string {
			return fmt.Sprint(b.post("/applications", object{"displayName": "x", "groupMembershipClaims": "Everyone"}).status)
		}},
		{"personal accounts need version 2", "", graphDocs + "resources/apiapplication", "400", entratest.Config{}, func(b *bench) string {
			return fmt.Sprint(b.post("/applications", object{"displayName": "x", "api": object{"requestedAccessTokenVersion": 1}}).status)
		}},
	}
}

// word tells whether the error speaks of it.
func word(r reply, word string) string {
	if strings.Contains(r.String(), word) {
		return word
	}
	return r.String()
}

func scopeRows() []row {
	stored := func(b *bench) string {
		return b.make(object{"api": object{"oauth2PermissionScopes": []object{scope(scopeID, "a")}}})
	}
	put := func(b *bench, id string, scopes ...object) reply {
		if scopes == nil {
			scopes = []object{}
		}
		return b.patch("/applications/"+id, object{"api": object{"oauth2PermissionScopes": scopes}})
	}
	with := func(name string, value any) object { return change(scope(scopeID, "a"), object{name: value}) }
	const enabled = "400 CannotDeleteOrUpdateEnabledEntitlement Permission (scope or role) cannot be deleted or updated unless disabled first."
	const unknown = "400 InvalidValue Property api.preAuthorizedApplications.delegatedPermissionIds has a Permission Id that cannot be found in the AppPermissions sets."
	preAuthorised := object{"appId": adminID, "delegatedPermissionIds": []string{scopeID}}
	return []row{
		{"an enabled scope is not removed", entratest.EnabledScopesStay, "https://github.com/Azure-Samples/azure-search-openai-demo/issues/1601", enabled, entratest.Config{}, func(b *bench) string {
			return put(b, stored(b)).String()
		}},
		{"an enabled scope is not renamed", "", "https://github.com/Azure-Samples/azure-search-openai-demo/issues/1601", enabled, entratest.Config{}, func(b *bench) string {
			return put(b, stored(b), scope(scopeID, "b")).String()
		}},
		{"disabled, then removed", "", "https://github.com/microsoftgraph/msgraph-sdk-powershell/issues/1054", "204 204 []", entratest.Config{}, func(b *bench) string {
			id := stored(b)
			return fmt.Sprint(put(b, id, with("isEnabled", false)), " ", put(b, id), " ", b.get("/applications/"+id).at("api", "oauth2PermissionScopes"))
		}},
		{"one more", "", graphDocs + "application-update", "204", entratest.Config{}, func(b *bench) string {
			return put(b, stored(b), scope(scopeID, "a"), scope(adminID, "b")).String()
		}},
		{"no GUID", "", graphDocs + "resources/permissionscope", "400", entratest.Config{}, func(b *bench) string { return fmt.Sprint(put(b, b.make(nil), with("id", "1")).status) }},
		{"no value", "", graphDocs + "resources/permissionscope", "400", entratest.Config{}, func(b *bench) string { return fmt.Sprint(put(b, b.make(nil), with("value", "a b")).status) }},
		{"no kind", "", graphDocs + "resources/permissionscope", "400", entratest.Config{}, func(b *bench) string { return fmt.Sprint(put(b, b.make(nil), with("type", "All")).status) }},
		{"no description", "", graphDocs + "resources/permissionscope", "400", entratest.Config{}, func(b *bench) string {
			return fmt.Sprint(put(b, b.make(nil), with("adminConsentDescription", "")).status)
		}},
		{"a value twice", "", graphDocs + "resources/permissionscope", "400", entratest.Config{}, func(b *bench) string {
			return fmt.Sprint(put(b, b.make(nil), scope(scopeID, "a"), scope(adminID, "a")).status)
		}},
		{"scope and pre-authorisation at once", entratest.ScopesComeFirst, "https://github.com/Azure/azure-dev and others report the same text", unknown, entratest.Config{}, func(b *bench) string {
			return b.patch("/applications/"+b.make(nil), object{"api": object{"oauth2PermissionScopes": []object{scope(scopeID, "a")}, "preAuthorizedApplications": []object{preAuthorised}}}).String()
		}},
		{"scope, then pre-authorisation", "", graphDocs + "resources/preauthorizedapplication", "204", entratest.Config{}, func(b *bench) string {
			return b.patch("/applications/"+stored(b), object{"api": object{"oauth2PermissionScopes": []object{scope(scopeID, "a")}, "preAuthorizedApplications": []object{preAuthorised}}}).String()
		}},
	}
}
