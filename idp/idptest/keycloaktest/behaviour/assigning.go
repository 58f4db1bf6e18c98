package behaviour

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// assigning tells what requests for one client scope do.
func assigning() []Row {
	type call struct{ method, kind, scope string }
	do := func(calls ...call) func(*Bench) string {
		return func(b *Bench) string {
			b.must(measured())
			var told []string
			for _, c := range calls {
				got := b.admin(c.method, "/clients/"+b.id+"/"+c.kind+"-client-scopes/"+b.scopeID(c.scope), nil)
				told = append(told, got.String())
			}
			return strings.Join(told, " ") + " " + members(b.client(), "defaultClientScopes", "optionalClientScopes")
		}
	}
	const put, remove = http.MethodPut, http.MethodDelete
	const usual = " defaultClientScopes=[basic email profile] optionalClientScopes=[offline_access]"
	return []Row{
		{"assign", "204 204 defaultClientScopes=[basic email profile roles] optionalClientScopes=[offline_access phone]", do(call{put, "default", "roles"}, call{put, "optional", "phone"})},
		{"assign again", "204 204" + usual, do(call{put, "default", "email"}, call{put, "optional", "offline_access"})},
		{"optional, of a default scope", "204" + usual, do(call{put, "optional", "email"})},
		{"default, of an optional scope", "204" + usual, do(call{put, "default", "offline_access"})},
		{"delete and assign the other way", "204 204 defaultClientScopes=[basic profile] optionalClientScopes=[email offline_access]", do(call{remove, "default", "email"}, call{put, "optional", "email"})},
		{"delete the other way", "204 defaultClientScopes=[basic profile] optionalClientScopes=[offline_access]", do(call{remove, "optional", "email"})},
		{"delete what is not assigned", "204" + usual, do(call{remove, "optional", "phone"})},
		{"assign a scope of another protocol", "204" + usual, do(call{put, "optional", "role_list"})},
		{"assign no scope", `404 {"error":"Client scope not found"}` + usual, do(call{put, "optional", "nope"})},
		{"delete no scope", `404 {"error":"Client scope not found"}` + usual, do(call{remove, "default", "nope"})},
		{"list assigned", "basic email profile", func(b *Bench) string {
			b.must(measured())
			return names(b.admin(http.MethodGet, "/clients/"+b.id+"/default-client-scopes", nil), "name")
		}},
		{"scopes of the realm", "AuthnContextClassRef acr address basic email microprofile-jwt offline_access organization phone profile role_list roles saml_organization service_account web-origins",
			func(b *Bench) string { return names(b.admin(http.MethodGet, "/client-scopes", nil), "name") }},
		{"effective mappers", "groups client groups oidc-group-membership-mapper\nmcp-gateway-audience client mcp-gateway-audience oidc-audience-mapper\nsub client-scope basic oidc-sub-mapper", func(b *Bench) string {
			b.must(measured())
			return b.effective("openid offline_access zzz")
		}},
		{"effective mappers of an optional scope", "audience resolve client-scope roles oidc-audience-resolve-mapper", func(b *Bench) string {
			b.must(measured().with(fields{"protocolMappers": []fields{}, "defaultClientScopes": []string{}, "optionalClientScopes": []string{"roles"}}))
			return b.effective("openid roles")
		}},
		{"effective mappers of an optional scope, not asked for", "", func(b *Bench) string {
			b.must(measured().with(fields{"protocolMappers": []fields{}, "defaultClientScopes": []string{}, "optionalClientScopes": []string{"roles"}}))
			return b.effective("openid")
		}},
		{"example token", "aud=mcp-gateway azp=" + clientID + " sub=yes groups=[registry-admins] scope=email+openid+profile auth_time=-", func(b *Bench) string {
			b.must(measured())
			return members(b.example("&userId="+b.userID(bob)).object(), "aud", "azp", "sub", "groups", "scope", "auth_time")
		}},
		{"example token of nobody", `404 {"error":"No userId provided"}, 404 {"error":"No user found"}`, func(b *Bench) string {
			b.must(measured())
			return b.example("").String() + ", " + b.example("&userId=nope").String()
		}},
	}
}

// names lists a member of each object in the answer, sorted.
func names(a answer, member string) string {
	var list []string
	for _, object := range a.objects() {
		list = append(list, fmt.Sprint(object[member]))
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// scopeID is the id of a client scope; the name itself where the realm has none.
func (b *Bench) scopeID(name string) string {
	for _, s := range b.admin(http.MethodGet, "/client-scopes", nil).objects() {
		if s["name"] == name {
			return fmt.Sprint(s["id"])
		}
	}
	return name
}

func (b *Bench) userID(name string) string {
	for _, u := range b.admin(http.MethodGet, "/users?username="+name+"&exact=true", nil).objects() {
		if u["username"] == name {
			return fmt.Sprint(u["id"])
		}
	}
	return "nobody"
}

// effective tells those mappers that bring groups, audience and subject, and where they stand.
func (b *Bench) effective(scope string) string {
	var lines []string
	for _, m := range b.admin(http.MethodGet, "/clients/"+b.id+"/evaluate-scopes/protocol-mappers?scope="+url.QueryEscape(scope), nil).objects() {
		container := m["containerName"]
		if m["containerType"] == "client" {
			container = m["mapperName"]
		}
		for _, kind := range []string{"oidc-group-membership-mapper", "oidc-audience-mapper", "oidc-sub-mapper", "oidc-audience-resolve-mapper"} {
			if m["protocolMapper"] == kind {
				lines = append(lines, fmt.Sprint(m["mapperName"], " ", m["containerType"], " ", container, " ", kind))
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (b *Bench) example(rest string) answer {
	return b.admin(http.MethodGet, "/clients/"+b.id+"/evaluate-scopes/generate-example-access-token?scope=openid"+rest, nil)
}
