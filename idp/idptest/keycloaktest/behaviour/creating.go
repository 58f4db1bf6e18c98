package behaviour

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

const (
	unparsed  = `400 {"error":"unknown_error","error_description":"Cannot parse the JSON"}`
	noClient  = `404 {"error":"Could not find client"}`
	forbidden = `403 {"error":"HTTP 403 Forbidden"}`
)

// creating tells what POST of a client makes of its body.
func creating() []Row {
	made := func(f fields, names ...string) func(*Bench) string {
		return func(b *Bench) string {
			if got := b.create(f); got.status != http.StatusCreated {
				return got.String()
			}
			return members(b.client(), names...)
		}
	}
	post := func(body string) func(*Bench) string {
		return func(b *Bench) string { return b.admin(http.MethodPost, "/clients", body).String() }
	}
	defaults := []string{"acr", "basic", "email", "profile", "roles", "web-origins"}
	invalid := func(description string) string {
		return `400 {"error":"invalid_input","error_description":"` + description + `"}`
	}
	return []Row{
		{"create", "201, {url}/admin/realms/{realm}/clients/{id}", func(b *Bench) string {
			got := b.create(measured())
			return got.String() + ", " + got.header.Get("Location")
		}},
		{"create, read back", "clientId=" + clientID + " publicClient=true standardFlowEnabled=true fullScopeAllowed=false webOrigins=[] redirectUris=[http://127.0.0.1/callback/* http://localhost/callback/*] defaultClientScopes=[basic email profile] optionalClientScopes=[offline_access] secret=-",
			made(measured(), "clientId", "publicClient", "standardFlowEnabled", "fullScopeAllowed", "webOrigins", "redirectUris", "defaultClientScopes", "optionalClientScopes", "secret")},
		{"create, mappers read back", "groups:oidc-group-membership-mapper map[access.token.claim:true claim.name:groups full.path:false id.token.claim:true userinfo.token.claim:true]\nmcp-gateway-audience:oidc-audience-mapper map[access.token.claim:true id.token.claim:false included.custom.audience:mcp-gateway userinfo.token.claim:false]",
			func(b *Bench) string { b.must(measured()); return mappersOf(b.client()) }},
		{"create the least", "publicClient=false enabled=true protocol=openid-connect standardFlowEnabled=true implicitFlowEnabled=false directAccessGrantsEnabled=false serviceAccountsEnabled=false consentRequired=false fullScopeAllowed=true bearerOnly=false clientAuthenticatorType=client-secret redirectUris=[] webOrigins=[] secret=yes protocolMappers=-",
			made(nil, "publicClient", "enabled", "protocol", "standardFlowEnabled", "implicitFlowEnabled", "directAccessGrantsEnabled", "serviceAccountsEnabled", "consentRequired", "fullScopeAllowed", "bearerOnly", "clientAuthenticatorType", "redirectUris", "webOrigins", "secret", "protocolMappers")},
		{"scope lists absent", "defaultClientScopes=[" + strings.Join(defaults, " ") + "] optionalClientScopes=[address microprofile-jwt offline_access organization phone]",
			made(fields{"publicClient": true}, "defaultClientScopes", "optionalClientScopes")},
		{"scope lists empty", "defaultClientScopes=[] optionalClientScopes=[]",
			made(fields{"publicClient": true, "defaultClientScopes": []string{}, "optionalClientScopes": []string{}}, "defaultClientScopes", "optionalClientScopes")},
		{"unknown scopes dropped", "defaultClientScopes=[basic] optionalClientScopes=[phone]",
			made(fields{"defaultClientScopes": []string{"basic", "nope"}, "optionalClientScopes": []string{"nada", "phone"}}, "defaultClientScopes", "optionalClientScopes")},
		{"scope of another protocol dropped", "defaultClientScopes=[basic]", made(fields{"defaultClientScopes": []string{"basic", "role_list"}}, "defaultClientScopes")},
		{"scope in both lists", "defaultClientScopes=[basic] optionalClientScopes=[phone]",
			made(fields{"defaultClientScopes": []string{"basic"}, "optionalClientScopes": []string{"basic", "phone"}}, "defaultClientScopes", "optionalClientScopes")},
		{"web origins absent", "webOrigins=[http://127.0.0.1:8787 http://localhost]",
			made(fields{"redirectUris": []string{"http://localhost/callback/*", "http://127.0.0.1:8787/x", "cursor://a/b", "*"}}, "webOrigins")},
		{"inline mapper of an unknown type", "d:no-such map[]", func(b *Bench) string {
			b.must(fields{"protocolMappers": []fields{{"name": "d", "protocol": "openid-connect", "protocolMapper": "no-such", "config": fields{}}}})
			return mappersOf(b.client())
		}},
		{"id given", "taken", func(b *Bench) string {
			const given = "11111111-1111-1111-1111-111111111111"
			b.must(fields{"id": given})
			if b.id == given {
				return "taken"
			}
			return "another"
		}},
		{"twice", `409 {"errorMessage":"Client account already exists"}`, post(`{"clientId":"account"}`)},
		{"unknown field", `400 {"error":"Invalid json representation for ClientRepresentation. Unrecognized field \"foo\" at line 1 column 24."}`, post(`{"clientId":"q","foo":1}`)},
		{"unknown field of a mapper", `400 {"error":"Invalid json representation for ProtocolMapperRepresentation. Unrecognized field \"foo\" at line 1 column 55."}`,
			post(`{"clientId":"q","protocolMappers":[{"name":"x","foo":1}]}`)},
		{"broken JSON", `400 {"error":"invalid_request","error_description":"Cannot parse the JSON"}`, post(`{"clientId":`)},
		{"flag of another type", unparsed, post(`{"clientId":"z","enabled":"maybe"}`)},
		{"list of another type", unparsed, post(`{"clientId":"z","redirectUris":"x"}`)},
		{"array for an object", unparsed, post(`[]`)},
		{"empty body", `500 {"error":"unknown_error","error_description":"For more on this error consult the server log."}`, post(``)},
		{"body of another content type", `415 {"error":"The content-type header value did not match the value in @Consumes"}`, func(b *Bench) string {
			return b.send(http.MethodPost, strings.Replace(b.keycloak.Issuer(), "/realms/", "/admin/realms/", 1)+"/clients", `{}`,
				"Authorization", "Bearer "+b.administrator(), "Content-Type", "text/plain").String()
		}},
		{"redirect with a fragment", invalid("A redirect URI must not contain an URL fragment"), post(`{"clientId":"q","redirectUris":["http://a/#x"]}`)},
		{"redirect javascript:", invalid("A redirect URI uses an illegal scheme"), post(`{"clientId":"q","redirectUris":["javascript:x"]}`)},
		{"redirect [::1]:*", invalid("A redirect URI is not a valid URI"), post(`{"clientId":"q","redirectUris":["http://[::1]:*"]}`)},
		{"unknown protocol", invalid("Invalid protocol: zzz"), post(`{"clientId":"q","protocol":"zzz"}`)},
	}
}

// mappersOf tells the mappers of a client, one a line, sorted by name.
func mappersOf(client map[string]any) string {
	all, _ := client["protocolMappers"].([]any)
	var lines []string
	for _, one := range all {
		m, _ := one.(map[string]any)
		lines = append(lines, fmt.Sprintf("%v:%v %v", m["name"], m["protocolMapper"], m["config"]))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
