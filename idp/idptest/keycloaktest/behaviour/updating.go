package behaviour

import (
	"fmt"
	"net/http"
)

// updating tells what PUT of a client makes of its body.
func updating() []Row {
	after := func(body any, names ...string) func(*Bench) string {
		return func(b *Bench) string {
			b.must(measured())
			return b.put(body).String() + " " + members(b.client(), names...)
		}
	}
	attributes := func(body string) func(*Bench) string {
		return func(b *Bench) string {
			b.must(measured().with(fields{"attributes": map[string]string{"pkce.code.challenge.method": "S256", "kept": "1"}}))
			got := b.put(body).String()
			have, _ := b.client()["attributes"].(map[string]any)
			return got + " " + members(have, "pkce.code.challenge.method", "kept", "added")
		}
	}
	const both = "[http://127.0.0.1/callback/* http://localhost/callback/*]"
	return []Row{
		{"put nothing", "204 redirectUris=" + both + " publicClient=true defaultClientScopes=[basic email profile]",
			after(`{}`, "redirectUris", "publicClient", "defaultClientScopes")},
		{"put nulls", "204 redirectUris=" + both + " enabled=true", after(`{"webOrigins":[],"redirectUris":null,"enabled":null,"attributes":null,"protocolMappers":null}`, "redirectUris", "enabled")},
		{"put nulls, mappers", "2", func(b *Bench) string {
			b.must(measured())
			b.put(`{"protocolMappers":null}`)
			return countOf(b.client(), "protocolMappers")
		}},
		{"put redirects alone", "204 redirectUris=[http://localhost/x] publicClient=true", after(fields{"redirectUris": []string{"http://localhost/x"}}, "redirectUris", "publicClient")},
		{"put scope lists", "204 defaultClientScopes=[basic email profile] optionalClientScopes=[offline_access]",
			after(fields{"defaultClientScopes": []string{}, "optionalClientScopes": []string{"phone"}}, "defaultClientScopes", "optionalClientScopes")},
		{"put web origins absent", "204 webOrigins=[http://127.0.0.1 http://localhost]", after(`{}`, "webOrigins")},
		{"put web origins empty", "204 webOrigins=[]", after(`{"webOrigins":[]}`, "webOrigins")},
		{"put web origins absent, client has some", "204 webOrigins=[http://kept:1]", func(b *Bench) string {
			b.must(measured().with(fields{"webOrigins": []string{"http://kept:1"}}))
			return b.put(`{"redirectUris":["http://localhost/x"]}`).String() + " " + members(b.client(), "webOrigins")
		}},
		{"put attributes", "204 pkce.code.challenge.method=S256 kept=1 added=2", attributes(`{"attributes":{"added":"2"}}`)},
		{"put an attribute empty", "204 pkce.code.challenge.method=- kept=1 added=-", attributes(`{"attributes":{"pkce.code.challenge.method":""}}`)},
		{"put an attribute null", "204 pkce.code.challenge.method=S256 kept=- added=-", attributes(`{"attributes":{"kept":null}}`)},
		{"put no mappers", "204 protocolMappers=-", after(`{"protocolMappers":[]}`, "protocolMappers")},
		{"put an unknown field", `400 {"error":"Invalid json representation for ClientRepresentation. Unrecognized field \"foo\" at line 1 column 9."} enabled=true`, after(`{"foo":1}`, "enabled")},
		{"put an illegal redirect", `400 {"error":"invalid_input","error_description":"A redirect URI must not contain an URL fragment"} redirectUris=` + both,
			after(`{"redirectUris":["http://a/#x"]}`, "redirectUris")},
		{"put [::1]*", `400 {"error":"invalid_input","error_description":"A redirect URI is not a valid URI"} redirectUris=` + both,
			after(`{"redirectUris":["http://[::1]*"]}`, "redirectUris")},
		{"rename to one that is taken", `409 {"error":"conflict","error_description":"Duplicate resource error"} clientId=` + clientID, after(`{"clientId":"account"}`, "clientId")},
		{"rename", "204 clientId=renamed", func(b *Bench) string {
			b.must(measured())
			got := b.put(`{"clientId":"renamed"}`).String() + " " + members(b.client(), "clientId")
			b.put(fields{"clientId": clientID})
			return got
		}},
		{"put another id", "204 clientId=" + clientID, after(`{"id":"22222222-1111-1111-1111-111111111111"}`, "clientId")},
		{"confidential, and public again", "secret=yes secret=-", func(b *Bench) string {
			b.must(measured())
			b.put(`{"publicClient":false}`)
			between := members(b.client(), "secret")
			b.put(`{"publicClient":true}`)
			return between + " " + members(b.client(), "secret")
		}},
		{"delete", "204, " + noClient, func(b *Bench) string {
			b.must(measured())
			return b.admin(http.MethodDelete, "/clients/"+b.id, nil).String() + ", " + b.admin(http.MethodDelete, "/clients/"+b.id, nil).String()
		}},
	}
}

// mapping tells what requests for mappers do.
func mapping() []Row {
	return []Row{
		{"put mappers", "groups:oidc-group-membership-mapper map[claim.name:grp]\nnew:oidc-audience-mapper map[]", func(b *Bench) string {
			b.must(measured())
			b.put(fields{"protocolMappers": []fields{
				{"name": "groups", "protocol": "openid-connect", "protocolMapper": "oidc-group-membership-mapper", "config": fields{"claim.name": "grp"}},
				{"name": "new", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper", "config": fields{}},
			}})
			return mappersOf(b.client())
		}},
		{"put mappers, ids", "kept", func(b *Bench) string {
			b.must(measured())
			before := idOf(b.client(), "groups")
			b.put(fields{"protocolMappers": []fields{groupsMapper(fields{"claim.name": "grp"})}})
			if after := idOf(b.client(), "groups"); after != before {
				return "changed"
			}
			return "kept"
		}},
		{"add a mapper", "201, groups:oidc-group-membership-mapper map[]", func(b *Bench) string {
			b.must(fields{"publicClient": true})
			got := b.admin(http.MethodPost, b.mapperPath(), `{"name":"groups","protocol":"openid-connect","protocolMapper":"oidc-group-membership-mapper","config":{}}`)
			return got.String() + ", " + mappersOf(b.client())
		}},
		{"add a mapper twice", `409 {"errorMessage":"Protocol mapper exists with same name"}`, func(b *Bench) string {
			b.must(measured())
			return b.admin(http.MethodPost, b.mapperPath(), groupsMapper(nil)).String()
		}},
		{"add a mapper of an unknown type", `404 {"error":"ProtocolMapper provider not found"}`, func(b *Bench) string {
			b.must(measured())
			return b.admin(http.MethodPost, b.mapperPath(), `{"name":"x","protocol":"openid-connect","protocolMapper":"no-such","config":{}}`).String()
		}},
	}
}

func (b *Bench) mapperPath() string { return "/clients/" + b.id + "/protocol-mappers/models" }

func countOf(client map[string]any, name string) string {
	all, _ := client[name].([]any)
	return fmt.Sprint(len(all))
}

// idOf is the id of the client's mapper of that name.
func idOf(client map[string]any, name string) string {
	all, _ := client["protocolMappers"].([]any)
	for _, one := range all {
		if m, _ := one.(map[string]any); m["name"] == name {
			return fmt.Sprint(m["id"])
		}
	}
	return ""
}
