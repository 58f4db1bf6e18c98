package keycloaktest

import (
	"net/http"
	"strings"
)

// routes lists what is served.
func (k *Keycloak) routes() http.Handler {
	mux := http.NewServeMux()
	const admin, openid = "/admin/realms/{realm}", "/realms/{realm}/protocol/openid-connect"
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request, caller){
		"GET " + admin:                                                                     k.realmRepresentation,
		"POST " + admin + "/logout-all":                                                    k.endSessions,
		"GET " + admin + "/clients":                                                        k.listClients,
		"POST " + admin + "/clients":                                                       k.createClient,
		"GET " + admin + "/clients/{client}":                                               k.showClient,
		"PUT " + admin + "/clients/{client}":                                               k.updateClient,
		"DELETE " + admin + "/clients/{client}":                                            k.deleteClient,
		"GET " + admin + "/clients/{client}/protocol-mappers/models":                       k.listMappers,
		"POST " + admin + "/clients/{client}/protocol-mappers/models":                      k.addMapper,
		"GET " + admin + "/clients/{client}/evaluate-scopes/protocol-mappers":              k.evaluateMappers,
		"GET " + admin + "/clients/{client}/evaluate-scopes/generate-example-access-token": k.exampleToken,
		"GET " + admin + "/client-scopes":                                                  k.listClientScopes,
		"GET " + admin + "/groups":                                                         k.listGroups,
		"GET " + admin + "/users":                                                          k.listUsers,
		"GET " + admin + "/components":                                                     k.listPolicies,
		"PUT " + admin + "/components/{component}":                                         k.updatePolicy,
		"DELETE " + admin + "/components/{component}":                                      k.deletePolicy,
	} {
		mux.HandleFunc(pattern, k.administered(handle))
	}
	for _, kind := range []string{"default-client-scopes", "optional-client-scopes"} {
		path := admin + "/clients/{client}/" + kind
		mux.HandleFunc("GET "+path, k.administered(k.ofKind(kind, k.listAssigned)))
		mux.HandleFunc("PUT "+path+"/{scope}", k.administered(k.ofKind(kind, k.assignClientScope)))
		mux.HandleFunc("DELETE "+path+"/{scope}", k.administered(k.ofKind(kind, k.assignClientScope)))
	}
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET /realms/{realm}": k.realmKey,
		"GET /realms/{realm}/.well-known/openid-configuration":       k.metadata,
		"GET /realms/{realm}/.well-known/oauth-authorization-server": k.metadata,
		"GET /.well-known/oauth-authorization-server/realms/{realm}": k.metadata,
		"GET " + openid + "/certs":                                   k.certs,
		"GET " + openid + "/auth":                                    k.authorize,
		"POST " + openid + "/auth":                                   k.authorize,
		"POST " + openid + "/auth/device":                            k.device,
		"POST " + openid + "/token":                                  k.token,
		"OPTIONS " + openid + "/token":                               preflight,
		"GET " + openid + "/userinfo":                                k.userInfo,
		"POST /realms/{realm}/login-actions/authenticate":            k.authenticate,
		"GET /realms/{realm}/login-actions/required-action":          k.askConsent,
		"POST /realms/{realm}/login-actions/consent":                 k.decideConsent,
		"POST /realms/{realm}/clients-registrations/openid-connect":  k.register,
		"GET /realms/{realm}/clients-registrations/openid-connect":   notFound,
	} {
		mux.HandleFunc(pattern, k.inRealm(handle))
	}
	if !k.holds(OneMetadataForm) {
		mux.HandleFunc("GET /.well-known/openid-configuration/realms/{realm}", k.inRealm(k.metadata))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, request *http.Request) { nothingHere(mux, w, request) })
	return mux
}

// ofKind tells a handler which list of scopes the path names.
func (k *Keycloak) ofKind(kind string, handle func(http.ResponseWriter, *http.Request, caller)) func(http.ResponseWriter, *http.Request, caller) {
	return func(w http.ResponseWriter, request *http.Request, by caller) {
		request.SetPathValue("kind", kind)
		handle(w, request, by)
	}
}

// inRealm answers for a realm that does not exist.
func (k *Keycloak) inRealm(handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		switch request.PathValue("realm") {
		case k.config.Realm, "master":
			handle(w, request)
		default:
			fail(w, http.StatusNotFound, "error", "Realm does not exist")
		}
	}
}

// nothingHere answers where no pattern fits: another method, a path below a realm, or a path that
// no Keycloak has.
func nothingHere(mux *http.ServeMux, w http.ResponseWriter, request *http.Request) {
	other := request.Clone(request.Context())
	for _, other.Method = range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		if _, pattern := mux.Handler(other); pattern != "/" {
			fail(w, http.StatusMethodNotAllowed, "error", "HTTP 405 Method Not Allowed")
			return
		}
	}
	for _, prefix := range []string{"/realms/", "/admin/", "/.well-known/openid-configuration/", "/.well-known/oauth-authorization-server/"} {
		if strings.HasPrefix(request.URL.Path, prefix) {
			notFound(w, request)
			return
		}
	}
	fail(w, http.StatusNotFound, "error", "Unable to find matching target resource method")
}

func notFound(w http.ResponseWriter, _ *http.Request) {
	fail(w, http.StatusNotFound, "error", "HTTP 404 Not Found")
}
