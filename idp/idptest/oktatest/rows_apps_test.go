package oktatest_test

import (
	"fmt"

	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

// made makes the usual app after a change and tells what came.
func made(change func(app object)) func(*world) string {
	return func(w *world) string {
		app := nativeApp("MCP")
		change(app)
		return w.send("POST", "/api/v1/apps", app).String()
	}
}

func oauth(app object) object { return app["settings"].(object)["oauthClient"].(object) }

func credentials(app object) object { return app["credentials"].(object)["oauthClient"].(object) }

// appRows are about apps and their assignments.
func appRows() []row {
	return []row{
		{name: "labels are not unique", source: "quoted", want: "200, 2 apps", observe: func(w *world) string {
			w.must("POST", "/api/v1/apps", nativeApp("MCP"))
			return fmt.Sprint(w.send("POST", "/api/v1/apps", nativeApp("MCP")), ", ", len(w.must("GET", "/api/v1/apps?q=MCP", nil).list()), " apps")
		}},
		{name: "the client id is the app's id", source: "openapi, client_id", want: "true", observe: func(w *world) string {
			r := w.must("POST", "/api/v1/apps", nativeApp("MCP"))
			return fmt.Sprint(r.value("id") == r.value("credentials", "oauthClient", "client_id"))
		}},
		{name: "a client id may be chosen", source: "openapi, client_id", want: "mcp-gateway", observe: func(w *world) string {
			app := nativeApp("MCP")
			credentials(app)["client_id"] = "mcp-gateway"
			return w.must("POST", "/api/v1/apps", app).value("credentials", "oauthClient", "client_id")
		}},
		{name: "PUT drops what is not sent", source: "Applications API, replace an application", shows: oktatest.PutReplaces, want: "absent absent absent", observe: func(w *world) string {
			app := nativeApp("MCP")
			oauth(app)["frontchannel_logout_uri"] = "https://example.com/logout"
			app["profile"] = object{"owner": "team"}
			app["settings"].(object)["notes"] = object{"admin": "keep out"}
			id := w.must("POST", "/api/v1/apps", app).value("id")
			r := w.must("PUT", "/api/v1/apps/"+id, nativeApp("MCP"))
			return r.value("settings", "oauthClient", "frontchannel_logout_uri") + " " + r.value("profile") + " " + r.value("settings", "notes", "admin")
		}},
		{name: "PUT keeps what is sent, also what no SDK knows", source: "Applications API, replace an application", want: "map[deep:12345678901234567890]", observe: func(w *world) string {
			app := nativeApp("MCP")
			id := w.must("POST", "/api/v1/apps", app).value("id")
			w.okta.AddApp(object{"id": "0oaforeign", "label": "x"})
			oauth(app)["future"] = object{"deep": uint64(12345678901234567890)}
			w.must("PUT", "/api/v1/apps/"+id, app)
			return fmt.Sprint(w.okta.Snapshot()["apps"].(object)[id].(object)["settings"].(object)["oauthClient"].(object)["future"])
		}},
		{name: "PUT keeps id, status and client id", source: "openapi, readOnly", want: "true INACTIVE", observe: func(w *world) string {
			id := w.must("POST", "/api/v1/apps?activate=false", nativeApp("MCP")).value("id")
			r := w.must("PUT", "/api/v1/apps/"+id, nativeApp("New"))
			return fmt.Sprint(r.value("id") == id && r.value("credentials", "oauthClient", "client_id") == id, " ", r.value("status"))
		}},
		{name: "an app without a label", source: "error codes", want: "400 E0000001 Api validation failed: label (label: The field cannot be left blank)", observe: made(func(app object) { delete(app, "label") })},
		{name: "an app without a redirect URI", source: "assumed", want: "400 E0000001 Api validation failed: redirect_uris (redirect_uris: At least one redirect URI must be specified for this client)", observe: made(func(app object) { delete(oauth(app), "redirect_uris") })},
		{name: "a redirect URI with a fragment", source: "openapi, redirect_uris", want: "400 E0000001 Api validation failed: redirect_uris (redirect_uris: 'http://localhost/#a' must not have a fragment)", observe: made(func(app object) { oauth(app)["redirect_uris"] = []string{"http://localhost/#a"} })},
		{name: "a redirect URI with a wildcard", source: "openapi, wildcard_redirect", want: "400 E0000001 Api validation failed: redirect_uris (redirect_uris: 'http://localhost/*' must not have a wildcard)", observe: made(func(app object) { oauth(app)["redirect_uris"] = []string{"http://localhost/*"} })},
		{name: "a web app without a secret", source: "openapi, token_endpoint_auth_method", want: "400 E0000001 Api validation failed: token_endpoint_auth_method (token_endpoint_auth_method: 'none' needs the application type 'native' or 'browser')", observe: made(func(app object) { oauth(app)["application_type"] = "web" })},
		{name: "a public client without PKCE", source: "openapi, pkce_required", want: "400 E0000001 Api validation failed: pkce_required (pkce_required: must be true when token_endpoint_auth_method is 'none')", observe: made(func(app object) { credentials(app)["pkce_required"] = false })},
		{name: "a grace period of more than a minute", source: "openapi, leeway", want: "400 E0000001 Api validation failed: leeway (leeway: must be between 0 and 60)", observe: made(func(app object) { oauth(app)["refresh_token"] = object{"rotation_type": "ROTATE", "leeway": 61} })},
		{name: "refresh tokens do not rotate unless asked", source: "openapi, rotation_type", want: "STATIC", observe: func(w *world) string {
			app := nativeApp("MCP")
			delete(oauth(app), "refresh_token")
			return w.must("POST", "/api/v1/apps", app).value("settings", "oauthClient", "refresh_token", "rotation_type")
		}},
		{name: "a confidential client gets a secret", source: "Applications API", want: "true", observe: func(w *world) string {
			app := nativeApp("Web")
			oauth(app)["application_type"] = "web"
			credentials(app)["token_endpoint_auth_method"] = "client_secret_basic"
			return fmt.Sprint(w.must("POST", "/api/v1/apps", app).value("credentials", "oauthClient", "client_secret") != "absent")
		}},
		{name: "an active app is not deleted", source: "Applications API, delete application", shows: oktatest.ActiveAppsStay, want: "403 E0000056 Delete application forbidden. (The application must be deactivated before deletion.), then 204", observe: func(w *world) string {
			one := "/api/v1/apps/" + w.must("POST", "/api/v1/apps", nativeApp("MCP")).value("id")
			first := w.send("DELETE", one, nil)
			w.must("POST", one+"/lifecycle/deactivate", nil)
			return fmt.Sprint(first, ", then ", w.send("DELETE", one, nil))
		}},
		{name: "an app that is not there", source: "error codes", want: "404 E0000007 Not found: Resource not found: 0oanobody (AppInstance)", observe: func(w *world) string { return w.send("GET", "/api/v1/apps/0oanobody", nil).String() }},
		{name: "a group is assigned twice", source: "openapi, assignGroupToApplication", want: "200 200 1", observe: func(w *world) string {
			one := "/api/v1/apps/" + w.must("POST", "/api/v1/apps", nativeApp("MCP")).value("id") + "/groups"
			path := one + "/" + w.okta.GroupID("registry-admins")
			return fmt.Sprint(w.send("PUT", path, nil), " ", w.send("PUT", path, object{}), " ", len(w.must("GET", one, nil).list()))
		}},
		{name: "a group that is not there is assigned", source: "error codes", want: "404 E0000007 Not found: Resource not found: 00gnobody (UserGroup)", observe: func(w *world) string {
			return w.send("PUT", "/api/v1/apps/"+w.okta.AddApp(nativeApp("MCP"))+"/groups/00gnobody", object{}).String()
		}},
		{name: "who is in an assigned group is a user of the app", source: "openapi, AppUser scope", want: "GROUP", observe: func(w *world) string {
			id := w.okta.AddApp(nativeApp("MCP"))
			w.okta.AssignGroup(id, w.okta.GroupID("registry-admins"))
			return names(w.must("GET", "/api/v1/apps/"+id+"/users", nil), "scope")
		}},
		{name: "a body that is no JSON", source: "error codes", want: "400 E0000003 The request body was not well-formed.", observe: func(w *world) string { return w.send("POST", "/api/v1/apps", []int{}).String() }},
	}
}
