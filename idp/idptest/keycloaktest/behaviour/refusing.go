package behaviour

import (
	"net/http"
	"strings"
)

// lookingUp tells what look-ups of clients and groups find.
func lookingUp() []Row {
	look := func(query string) func(*Bench) string {
		return func(b *Bench) string {
			b.must(measured())
			return names(b.admin(http.MethodGet, "/clients?"+query, nil), "clientId")
		}
	}
	groups := func(query string) func(*Bench) string {
		return func(b *Bench) string {
			var paths []string
			for _, g := range b.admin(http.MethodGet, "/groups"+query, nil).objects() {
				paths = append(paths, pathsOf(g)...)
			}
			return strings.Join(paths, " ")
		}
	}
	return []Row{
		{"look-up", clientID, look("clientId=" + clientID)},
		{"look-up of a part", "", look("clientId=conformance")},
		{"look-up in capitals", "", look("clientId=CONFORMANCE-CLIENT")},
		{"look-up as a search", clientID, look("clientId=conformance-c&search=true")},
		{"look-up of a built-in client", "account", look("clientId=account")},
		{"look-up of none", "", look("clientId=nobody")},
		{"look-up, headers", "200 application/json;charset=UTF-8 no-cache", func(b *Bench) string {
			header := b.admin(http.MethodGet, "/clients?clientId=account", nil).header
			return "200 " + header.Get("Content-Type") + " " + header.Get("Cache-Control")
		}},
		{"groups", "/registry-admins /team", groups("")},
		{"groups by name", "/registry-admins /team /team/registry-admins", groups("?search=registry-admins&exact=true")},
		{"groups by a name that none has", "", groups("?search=nobody&exact=true")},
	}
}

// pathsOf lists the path of a group and of those below it.
func pathsOf(group map[string]any) []string {
	path, _ := group["path"].(string)
	paths := []string{path}
	children, _ := group["subGroups"].([]any)
	for _, child := range children {
		if g, ok := child.(map[string]any); ok {
			paths = append(paths, pathsOf(g)...)
		}
	}
	return paths
}

// refusing tells the errors of the admin API.
func refusing() []Row {
	const unauthorized = `401 {"error":"HTTP 401 Unauthorized"}`
	as := func(token, method, path string, body any) func(*Bench) string {
		return func(b *Bench) string {
			got := b.adminAs(token, method, path, body)
			return got.String() + when(got.header.Get("WWW-Authenticate") != "", " with a challenge")
		}
	}
	with := func(method, path string, body any) func(*Bench) string {
		return func(b *Bench) string { return b.admin(method, path, body).String() }
	}
	elsewhere := func(realm string) func(*Bench) string {
		return func(b *Bench) string {
			return b.send(http.MethodGet, b.keycloak.URL()+"/admin/realms/"+realm+"/clients", "", "Authorization", "Bearer "+b.administrator()).String()
		}
	}
	return []Row{
		{"no token", unauthorized, as("", http.MethodGet, "/clients", nil)},
		{"bad token", unauthorized, as("abc", http.MethodGet, "/clients", nil)},
		{"bad token, bad body", unauthorized, as("abc", http.MethodPost, "/clients", `{"foo":1}`)},
		{"bad token, no such realm", unauthorized, func(b *Bench) string {
			return b.send(http.MethodGet, b.keycloak.URL()+"/admin/realms/nope/clients", "", "Authorization", "Bearer x").String()
		}},
		{"no such realm", `404 {"error":"Realm not found."}`, elsewhere("nope")},
		{"no such client", noClient, with(http.MethodGet, "/clients/nope", nil)},
		{"no such client to change", noClient, with(http.MethodPut, "/clients/nope", `{}`)},
		{"no such client to delete", noClient, with(http.MethodDelete, "/clients/nope", nil)},
		{"no such path", `404 {"error":"HTTP 404 Not Found"}`, with(http.MethodGet, "/nonsense", nil)},
		{"no such method", `405 {"error":"HTTP 405 Method Not Allowed"}`, with(http.MethodPatch, "/clients", `{}`)},
		{"wrong base path of the admin API", `404 {"error":"Unable to find matching target resource method"}`, func(b *Bench) string {
			return b.send(http.MethodGet, b.keycloak.URL()+"/auth/admin/realms/x/clients", "").String()
		}},
	}
}
