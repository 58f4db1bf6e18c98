package entratest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// graphRows tell what holds for all of Microsoft Graph.
func graphRows() []row { return slices.Concat(accessRows(), queryRows(), directoryRows()) }

// accessRows tell who may ask, and how a request fails.
func accessRows() []row {
	return []row{
		{"no token", entratest.CallersAreAuthenticated, "https://learn.microsoft.com/graph/resolve-auth-errors", "401 InvalidAuthenticationToken Access token is empty.", entratest.Config{}, func(b *bench) string {
			return b.get("/applications", "Authorization", "").String()
		}},
		{"a strange token", "", "https://learn.microsoft.com/graph/resolve-auth-errors", "401 InvalidAuthenticationToken IDX14100: JWT is not well formed, there are no dots (.).", entratest.Config{}, func(b *bench) string {
			return b.get("/applications", "Authorization", "Bearer x").String()
		}},
		{"permission missing", entratest.CallersNeedPermissions, "https://learn.microsoft.com/graph/errors", "403 Authorization_RequestDenied Insufficient privileges to complete the operation.", entratest.Config{}, func(b *bench) string {
			b.token = b.AdminToken(entratest.ApplicationReadAll)
			return b.post("/applications", object{"displayName": "x"}).String()
		}},
		{"groups need their own permission", "", graphDocs + "group-list", "403 Authorization_RequestDenied Insufficient privileges to complete the operation., 200", entratest.Config{}, func(b *bench) string {
			b.token = b.AdminToken(entratest.ApplicationReadWriteAll)
			first := b.get("/groups")
			b.token = b.AdminToken(entratest.GroupMemberReadAll)
			return fmt.Sprint(first, ", ", b.get("/groups"))
		}},
		{"an owner of applications changes its own only", entratest.OwnedByMeansOwned, graphDocs + "application-update", "204 403 Authorization_RequestDenied Insufficient privileges to complete the operation.", entratest.Config{}, func(b *bench) string {
			foreign, _ := b.AddApplication(object{"displayName": "foreign"})
			b.token = b.AdminToken(entratest.ApplicationReadWriteOwnedBy)
			own := b.must(b.post("/applications", object{"displayName": "own"})).id()
			return fmt.Sprint(b.patch("/applications/"+own, object{"notes": "n"}), " ", b.patch("/applications/"+foreign, object{"notes": "n"}))
		}},
		{"an owner of applications reads all", "", graphDocs + "application-list", "200 1", entratest.Config{}, func(b *bench) string {
			b.AddApplication(object{"displayName": "foreign"})
			b.token = b.AdminToken(entratest.ApplicationReadWriteOwnedBy)
			got := b.get("/applications?$filter=displayName eq 'foreign'")
			return fmt.Sprint(got, " ", len(got.list()))
		}},
		{"unknown segment", "", graphDocs, "400 BadRequest Resource not found for the segment 'apps'.", entratest.Config{}, func(b *bench) string { return b.get("/apps").String() }},
		{"no JSON", "", graphDocs, "400 BadRequest Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.", entratest.Config{}, func(b *bench) string {
			return b.post("/applications", "{").String()
		}},
		{"compressed", "", "kiota's CompressionHandler", "201 zipped", entratest.Config{}, func(b *bench) string {
			got := b.post("/applications", object{"displayName": "zipped"}, "Content-Encoding", "gzip")
			return fmt.Sprint(got, " ", got.at("displayName"))
		}},
		{"throttled", "", "https://learn.microsoft.com/graph/throttling", "429 TooManyRequests Too many requests, Retry-After 7, 200", entratest.Config{}, func(b *bench) string {
			b.Throttle(1, 7)
			first := b.get("/applications")
			return fmt.Sprint(first, ", Retry-After ", first.header.Get("Retry-After"), ", ", b.get("/applications"))
		}},
		{"broken before and after", "", "design of the stand-in", "0 connection broken 0, 0 connection broken 1", entratest.Config{}, func(b *bench) string {
			made := func() int { return len(b.Snapshot()["applications"]) }
			b.Inject(entratest.Fault{Method: http.MethodPost, Path: "/applications"})
			before := fmt.Sprint(b.post("/applications", object{"displayName": "x"}), " ", made())
			b.Inject(entratest.Fault{Method: http.MethodPost, Path: "/applications", Lost: true})
			return fmt.Sprint(before, ", ", b.post("/applications", object{"displayName": "x"}), " ", made())
		}},
		{"any error", "", "design of the stand-in", "409 Directory_ConcurrencyViolation busy, 503 ServiceUnavailable Service is temporarily unavailable. Please wait and retry again., 200", entratest.Config{}, func(b *bench) string {
			b.Inject(entratest.Fault{Status: 409, Code: "Directory_ConcurrencyViolation", Message: "busy"}, entratest.Fault{Status: 503})
			return fmt.Sprint(b.get("/applications"), ", ", b.get("/applications"), ", ", b.get("/applications"))
		}},
	}
}

// queryRows tell how lists are asked for.
func queryRows() []row {
	return []row{
		{"pages", entratest.ListsArePaged, "https://learn.microsoft.com/graph/paging", "a b, c", entratest.Config{PageSize: 2}, pages},
		{"$top", "", "https://learn.microsoft.com/graph/query-parameters", "400 Request_BadRequest Invalid page size specified: '1000'. Must be between 1 and 999 inclusive.", entratest.Config{}, func(b *bench) string {
			return b.get("/applications?$top=1000").String()
		}},
		{"$select of nothing known", "", graphDocs, "400 BadRequest Parsing OData Select and Expand failed: Could not find a property named 'x' on type 'microsoft.graph.application'.", entratest.Config{}, func(b *bench) string {
			b.AddApplication(object{"displayName": "a"})
			return b.get("/applications?$select=x").String()
		}},
		{"filters", "", "https://learn.microsoft.com/graph/aad-advanced-queries", "a; b; a; a b; b c; a; a", entratest.Config{}, filters},
		{"a filter that lists do not have", "", "https://learn.microsoft.com/graph/aad-advanced-queries", "400 Request_UnsupportedQuery Unsupported or invalid query filter clause specified for property 'notes' of resource 'Application'.", entratest.Config{}, func(b *bench) string {
			return b.get("/applications?$filter=notes eq 'x'").String()
		}},
		{"no filter", "", "https://learn.microsoft.com/graph/filter-query-parameter", "400 400 400 400 400 400", entratest.Config{}, func(b *bench) string {
			var told []string
			for _, filter := range []string{"displayName", "displayName eq", "displayName eq x", "(displayName eq 'x'", "name eq 'x'", "tags/any(t:x eq 'a')"} {
				told = append(told, fmt.Sprint(b.get("/applications?$filter="+filter).status))
			}
			return strings.Join(told, " ")
		}},
		{"a filter for advanced queries", "", "https://learn.microsoft.com/graph/aad-advanced-queries", "400 200 1", entratest.Config{}, func(b *bench) string {
			b.AddApplication(object{"displayName": "a"})
			const path = "/applications?$count=true&$filter=displayName ne 'b'"
			got := b.get(path, "ConsistencyLevel", "eventual")
			return fmt.Sprint(b.get(path).status, " ", got, " ", got.at("@odata.count"))
		}},
	}
}

// directoryRows tell what else the tenant holds.
func directoryRows() []row {
	return []row{
		{"slow replication", entratest.NewObjectsAreUnknown, "https://github.com/Azure/ARO-HCP/pull/6325", "404 400 404 200", entratest.Config{}, slow},
		{"people", "", graphDocs + "user-get", "bob@contoso.com bob 404", entratest.Config{}, func(b *bench) string {
			b.token = b.AdminToken(entratest.UserReadBasicAll)
			found := b.get("/users?$filter=displayName eq 'bob'&$select=id,userPrincipalName").list()[0]
			return fmt.Sprint(found["userPrincipalName"], " ", b.get(fmt.Sprint("/users/", found["id"])).at("displayName"), " ", b.get("/users/nobody").status)
		}},
		{"groups of one name", "", graphDocs + "resources/group", "2", entratest.Config{Groups: []string{"ops", "ops"}}, func(b *bench) string {
			return fmt.Sprint(len(b.get("/groups?$filter=displayName eq 'ops'&$select=id,displayName").list()))
		}},
		{"objects by id", "", graphDocs + "directoryobject-getbyids", "#microsoft.graph.group devs", entratest.Config{}, func(b *bench) string {
			b.token = b.AdminToken(entratest.DirectoryReadAll)
			got := b.post("/directoryObjects/getByIds", object{"ids": []string{b.GroupID("devs"), "nope"}, "types": []string{"group"}}).list()
			return fmt.Sprint(got[0]["@odata.type"], " ", got[0]["displayName"])
		}},
		{"verified domains", "", graphDocs + "organization-list", "contoso.onmicrosoft.com contoso.com", entratest.Config{}, func(b *bench) string {
			var names []string
			for _, d := range b.get("/organization?$select=verifiedDomains").list()[0]["verifiedDomains"].([]any) {
				names = append(names, fmt.Sprint(d.(object)["name"]))
			}
			return strings.Join(names, " ")
		}},
		{"the policy", "", graphDocs + "tenantappmanagementpolicy-get", "true enabled", entratest.Config{}, func(b *bench) string {
			b.Restrict(entratest.Restriction{NonDefaultURIAddition: true})
			got := b.get("/policies/defaultAppManagementPolicy")
			return fmt.Sprint(got.at("isEnabled"), " ", got.at("applicationRestrictions", "identifierUris", "nonDefaultUriAddition", "state"))
		}},
	}
}

// pages follows @odata.nextLink.
func pages(b *bench) string {
	for _, name := range []string{"a", "b", "c"} {
		b.AddApplication(object{"displayName": name})
	}
	var pages []string
	for path := "/applications?$select=displayName"; path != ""; {
		got := b.must(b.get(path))
		pages = append(pages, names(got))
		next, _ := got.at("@odata.nextLink").(string)
		path = strings.TrimPrefix(next, b.GraphURL())
	}
	return strings.Join(pages, ", ")
}

func names(r reply) string {
	var list []string
	for _, o := range r.list() {
		list = append(list, fmt.Sprint(o["displayName"]))
	}
	return strings.Join(list, " ")
}

func filters(b *bench) string {
	b.AddApplication(object{"displayName": "a", "tags": []string{"mcpreg"}, "identifierUris": []string{"api://it's"}, "uniqueName": "one"})
	_, id := b.AddApplication(object{"displayName": "b"})
	b.AddApplication(object{"displayName": "c"})
	var told []string
	for _, filter := range []string{
		"displayName eq 'A'", "appId eq '" + id + "'", "tags/any(t:t eq 'mcpreg')", "displayName eq 'a' or startswith(displayName,'B')",
		"displayName in ('b','c')", "identifierUris/any(x:x eq 'api://it''s')", "(uniqueName eq 'one' and displayName eq 'a')",
	} {
		told = append(told, names(b.must(b.get("/applications?$filter="+filter))))
	}
	return strings.Join(told, "; ")
}

// slow tells what a new application and its service principal are to the requests that follow.
func slow(b *bench) string {
	b.SlowReplication(2)
	made := b.must(b.post("/applications", object{"displayName": "x"}))
	var told []string
	for _, got := range []reply{
		b.get("/applications/" + made.id()), b.post("/servicePrincipals", object{"appId": made.at("appId")}),
	} {
		told = append(told, fmt.Sprint(got.status))
	}
	sp := b.post("/servicePrincipals", object{"appId": made.at("appId")}).id()
	told = append(told, fmt.Sprint(b.get("/servicePrincipals/"+sp).status))
	b.get("/applications")
	return strings.Join(append(told, fmt.Sprint(b.get("/servicePrincipals/"+sp).status)), " ")
}
