package oktatest_test

import (
	"fmt"

	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

// posted sends a body below the server "default" and tells what came.
func posted(path string, body object) func(*world) string {
	return func(w *world) string { return w.send("POST", server+path, body).String() }
}

func changed(o object, change func(object)) object {
	change(o)
	return o
}

func unlicensed(l oktatest.Licence) func(*oktatest.Config) {
	return func(c *oktatest.Config) { c.Licence = l }
}

// serverRows are about authorization servers, their scopes and their claims.
func serverRows() []row {
	return []row{
		{name: "the server default has no policy", source: "quoted", want: "default api://default []", observe: func(w *world) string {
			r := w.must("GET", server, nil)
			return fmt.Sprint(r.value("id"), " ", r.object()["audiences"].([]any)[0], " ", w.must("GET", server+"/policies", nil).list())
		}},
		{name: "a server that is not there", source: "error codes", want: "404 E0000007 Not found: Resource not found: nobody (AuthorizationServer)", observe: func(w *world) string {
			return w.send("GET", "/api/v1/authorizationServers/nobody", nil).String()
		}},
		{name: "a server is found by its audience", source: "openapi, listAuthorizationServers", want: "mcp", config: func(c *oktatest.Config) {
			c.Servers = []oktatest.AuthorizationServer{{Name: "mcp", Audience: "api://mcp"}}
		}, observe: func(w *world) string {
			return names(w.must("GET", "/api/v1/authorizationServers?q=api://m", nil), "name")
		}},
		{name: "an org without API Access Management, refused", source: "authorization servers", config: unlicensed(oktatest.Unlicensed403), want: "403 E0000015 You do not have permission to access the feature you are requesting", observe: func(w *world) string { return w.send("GET", server, nil).String() }},
		{name: "an org without API Access Management, by the list of errors", source: "error codes", config: unlicensed(oktatest.Unlicensed401), want: "401 E0000015 You do not have permission to access the feature you are requesting", observe: posted("/claims", groupsClaim("REGEX", ".*"))},
		{name: "an org without API Access Management, not found", source: "authorization servers", config: unlicensed(oktatest.Unlicensed404), want: "404 E0000007 Not found: Resource not found: default (AuthorizationServer)", observe: func(w *world) string { return w.send("GET", server+"/scopes", nil).String() }},
		{name: "system scopes", source: "authorization servers, scopes", want: "openid, profile, email, address, phone, offline_access, device_sso", observe: func(w *world) string { return names(w.must("GET", server+"/scopes", nil), "name") }},
		{name: "a system scope is not changed", source: "assumed", shows: oktatest.SystemObjectsStay, want: "403 E0000006 You do not have permission to perform the requested action", observe: func(w *world) string {
			return w.send("PUT", server+"/scopes/"+fmt.Sprint(w.must("GET", server+"/scopes", nil).list()[0]["id"]), object{"name": "openid"}).String()
		}},
		{name: "a scope of a name that is taken", source: "assumed", want: "400 E0000001 Api validation failed: name (name: A scope with the same name already exists)", observe: posted("/scopes", object{"name": "offline_access"})},
		{name: "a new scope is not published", source: "openapi, metadataPublish", want: "NO_CLIENTS IMPLICIT", observe: func(w *world) string {
			r := w.must("POST", server+"/scopes", object{"name": "mcp"})
			return r.value("metadataPublish") + " " + r.value("consent")
		}},
		{name: "a groups claim", source: "openapi, OAuth2Claim", want: "201", observe: posted("/claims", groupsClaim("STARTS_WITH", "registry-"))},
		{name: "a claim of a name that is taken", source: "authorization servers", shows: oktatest.ClaimNamesAreUnique, want: "400 E0000001 Api validation failed: name (name: A claim with the same name already exists)", observe: func(w *world) string {
			w.must("POST", server+"/claims", groupsClaim("REGEX", ".*"))
			return w.send("POST", server+"/claims", groupsClaim("EQUALS", "a")).String()
		}},
		{name: "a claim of the other kind may have that name", source: "openapi, claimType", want: "201", observe: func(w *world) string {
			w.must("POST", server+"/claims", groupsClaim("REGEX", ".*"))
			return w.send("POST", server+"/claims", changed(groupsClaim("REGEX", ".*"), func(c object) { c["claimType"] = "IDENTITY" })).String()
		}},
		{name: "a claim of a reserved name", source: "authorization servers, reserved claims", want: "400 E0000001 Api validation failed: name (name: 'scp' is a reserved claim name)", observe: posted("/claims", changed(groupsClaim("REGEX", ".*"), func(c object) { c["name"] = "scp" }))},
		{name: "a groups claim without a filter", source: "openapi, group_filter_type", want: "400 E0000001 Api validation failed: group_filter_type (group_filter_type: must be STARTS_WITH, EQUALS, CONTAINS or REGEX)", observe: posted("/claims", changed(groupsClaim("", "a"), func(c object) { delete(c, "group_filter_type") }))},
		{name: "the seed's word for access tokens", source: "openapi, claimType", want: "400 E0000001 Api validation failed: claimType (claimType: must be RESOURCE or IDENTITY)", observe: posted("/claims", changed(groupsClaim("REGEX", ".*"), func(c object) { c["claimType"] = "ACCESS_TOKEN" }))},
		{name: "a claim for a scope that is not there", source: "assumed", want: "400 E0000001 Api validation failed: conditions.scopes (conditions.scopes: 'mcp' is not a scope of the authorization server)", observe: posted("/claims", changed(groupsClaim("REGEX", ".*"), func(c object) { c["conditions"] = object{"scopes": []string{"mcp"}} }))},
		{name: "a regular expression that is none", source: "assumed", want: "400 E0000001 Api validation failed: value (value: is not a valid regular expression)", observe: posted("/claims", groupsClaim("REGEX", "(a"))},
		{name: "PUT replaces a claim", source: "openapi, replaceOAuth2Claim", want: "EQUALS []", observe: func(w *world) string {
			claim := w.must("POST", server+"/claims", changed(groupsClaim("REGEX", ".*"), func(c object) { c["conditions"] = object{"scopes": []string{"openid"}} }))
			r := w.must("PUT", server+"/claims/"+claim.value("id"), changed(groupsClaim("EQUALS", "a"), func(c object) { delete(c, "conditions") }))
			return r.value("group_filter_type") + " " + r.value("conditions", "scopes")
		}},
		{name: "a system claim is not deleted", source: "authorization servers", shows: oktatest.SystemObjectsStay, want: "403 E0000006 You do not have permission to perform the requested action", observe: func(w *world) string {
			return w.send("DELETE", server+"/claims/"+fmt.Sprint(w.must("GET", server+"/claims", nil).list()[0]["id"]), nil).String()
		}},
		{name: "a policy without a description", source: "authorization servers, policies", want: "400 E0000001 Api validation failed: description (description: The field cannot be left blank)", observe: posted("/policies", changed(accessPolicy("MCP", "ALL_CLIENTS"), func(p object) { delete(p, "description") }))},
		{name: "a policy for a client that is not there", source: "assumed", want: "400 E0000001 Api validation failed: conditions.clients.include (conditions.clients.include: 'nobody' is not a client)", observe: posted("/policies", accessPolicy("MCP", "nobody"))},
		{name: "a new policy comes last, one with a priority is put in", source: "authorization servers, policies", want: "third, first, second", observe: func(w *world) string {
			w.must("POST", server+"/policies", accessPolicy("first", "ALL_CLIENTS"))
			w.must("POST", server+"/policies", accessPolicy("second", "ALL_CLIENTS"))
			w.must("POST", server+"/policies", changed(accessPolicy("third", "ALL_CLIENTS"), func(p object) { p["priority"] = 1 }))
			return names(w.must("GET", server+"/policies", nil), "name")
		}},
		{name: "a policy of a name that is taken", source: "quoted", want: "400 E0000001 Api validation failed: name (name: Policy name already in use)", observe: func(w *world) string {
			w.must("POST", server+"/policies", accessPolicy("MCP", "ALL_CLIENTS"))
			return w.send("POST", server+"/policies", accessPolicy("MCP", "ALL_CLIENTS")).String()
		}},
		{name: "a rule for a group that is not there", source: "assumed", want: "400 E0000001 Api validation failed: people.include (people.include: '00gnobody' is not known)", observe: func(w *world) string {
			id := w.must("POST", server+"/policies", accessPolicy("MCP", "ALL_CLIENTS")).value("id")
			return w.send("POST", server+"/policies/"+id+"/rules", accessRule("MCP", []string{"*"}, []string{"00gnobody"})).String()
		}},
		{name: "a rule for nobody", source: "quoted", want: "400 E0000001 Api validation failed: conditions.people (conditions.people: At least one of ''conditions.people.users.include'' or ''conditions.people.groups.include'' must contain a valid user or group when ''conditions.grantTypes'' contains one or more of [authorization_code, implicit, password].)", observe: func(w *world) string {
			id := w.must("POST", server+"/policies", accessPolicy("MCP", "ALL_CLIENTS")).value("id")
			return w.send("POST", server+"/policies/"+id+"/rules", accessRule("MCP", []string{"*"}, []string{})).String()
		}},
		{name: "a rule by the grant refresh_token", source: "Okta's Terraform provider, auth_server_policy_rule", want: "400 E0000001 Api validation failed: grantTypes.include (grantTypes.include: 'refresh_token' is not known)", observe: func(w *world) string {
			id := w.must("POST", server+"/policies", accessPolicy("MCP", "ALL_CLIENTS")).value("id")
			rule := accessRule("MCP", []string{"*"}, []string{"EVERYONE"})
			rule["conditions"].(object)["grantTypes"] = object{"include": []string{"authorization_code", "refresh_token"}}
			return w.send("POST", server+"/policies/"+id+"/rules", rule).String()
		}},
		{name: "an access token for two days", source: "authorization servers, rules", want: "400 E0000001 Api validation failed: accessTokenLifetimeMinutes (accessTokenLifetimeMinutes: must be between 5 and 1440)", observe: func(w *world) string {
			id := w.must("POST", server+"/policies", accessPolicy("MCP", "ALL_CLIENTS")).value("id")
			rule := accessRule("MCP", []string{"*"}, []string{"EVERYONE"})
			rule["actions"] = object{"token": object{"accessTokenLifetimeMinutes": 2880}}
			return w.send("POST", server+"/policies/"+id+"/rules", rule).String()
		}},
	}
}
