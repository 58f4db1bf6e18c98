package oktatest

import (
	"net/http"
	"strings"
)

const (
	api     = "/api/v1"
	apps    = api + "/apps"
	servers = api + "/authorizationServers"
)

// route is a handler and the scope that guards it.
type route struct {
	scope  string
	handle func(*http.Request) answer
}

// routes lists what is served.
func (o *Okta) routes() http.Handler {
	mux := http.NewServeMux()
	o.routeDirectory(mux)
	o.routeApps(mux)
	o.routeServers(mux)
	o.routeLogins(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, request *http.Request) { o.nothingHere(mux, w, request) })
	return o.identified(mux)
}

func (o *Okta) routeDirectory(mux *http.ServeMux) {
	for pattern, r := range map[string]route{
		"GET " + api + "/org":                  {orgsRead, o.showOrg},
		"GET " + api + "/groups":               {groupsRead, o.listGroups},
		"POST " + api + "/groups":              {groupsManage, o.createGroup},
		"GET " + api + "/groups/{group}":       {groupsRead, o.showGroup},
		"GET " + api + "/groups/{group}/users": {groupsRead, o.listMembers},
		"GET " + api + "/users":                {usersRead, o.listUsers},
		"GET " + api + "/users/{user}":         {usersRead, o.showUser},
		"GET " + api + "/users/{user}/groups":  {usersRead, o.listGroupsOfUser},
	} {
		mux.HandleFunc(pattern, o.administered(r.scope, r.handle))
	}
	mux.HandleFunc("GET /.well-known/okta-organization", o.describeOrg)
}

func (o *Okta) routeApps(mux *http.ServeMux) {
	const one = apps + "/{app}"
	for pattern, r := range map[string]route{
		"GET " + apps:                           {appsRead, o.listApps},
		"POST " + apps:                          {appsManage, o.createApp},
		"GET " + one:                            {appsRead, o.showApp},
		"PUT " + one:                            {appsManage, o.replaceApp},
		"DELETE " + one:                         {appsManage, o.deleteApp},
		"POST " + one + "/lifecycle/activate":   {appsManage, o.setAppStatus("ACTIVE")},
		"POST " + one + "/lifecycle/deactivate": {appsManage, o.setAppStatus("INACTIVE")},
		"GET " + one + "/groups":                {appsRead, o.listAppGroups},
		"GET " + one + "/groups/{group}":        {appsRead, o.showAppGroup},
		"PUT " + one + "/groups/{group}":        {appsManage, o.assignGroup},
		"DELETE " + one + "/groups/{group}":     {appsManage, o.unassignGroup},
		"GET " + one + "/users":                 {appsRead, o.listAppUsers},
		"POST " + one + "/users":                {appsManage, o.assignUser},
		"GET " + one + "/users/{user}":          {appsRead, o.showAppUser},
		"DELETE " + one + "/users/{user}":       {appsManage, o.unassignUser},
	} {
		mux.HandleFunc(pattern, o.administered(r.scope, r.handle))
	}
}

func (o *Okta) routeServers(mux *http.ServeMux) {
	mux.HandleFunc("GET "+servers, o.administered(serversRead, o.listServers))
	const one = servers + "/{server}"
	const policy = one + "/policies/{policy}"
	const rule = policy + "/rules/{rule}"
	for pattern, handle := range map[string]func(*http.Request, *authorizationServer) answer{
		"GET " + one:                               o.showServer,
		"GET " + one + "/claims":                   o.listClaims,
		"POST " + one + "/claims":                  o.createClaim,
		"GET " + one + "/claims/{claim}":           o.showClaim,
		"PUT " + one + "/claims/{claim}":           o.replaceClaim,
		"DELETE " + one + "/claims/{claim}":        o.deleteClaim,
		"GET " + one + "/scopes":                   o.listScopes,
		"POST " + one + "/scopes":                  o.createScope,
		"GET " + one + "/scopes/{scope}":           o.showScope,
		"PUT " + one + "/scopes/{scope}":           o.replaceScope,
		"DELETE " + one + "/scopes/{scope}":        o.deleteScope,
		"GET " + one + "/policies":                 o.listPolicies,
		"POST " + one + "/policies":                o.createPolicy,
		"GET " + policy:                            o.showPolicy,
		"PUT " + policy:                            o.replacePolicy,
		"DELETE " + policy:                         o.deletePolicy,
		"POST " + policy + "/lifecycle/activate":   o.setPolicyStatus("ACTIVE"),
		"POST " + policy + "/lifecycle/deactivate": o.setPolicyStatus("INACTIVE"),
		"GET " + policy + "/rules":                 o.listRules,
		"POST " + policy + "/rules":                o.createRule,
		"GET " + rule:                              o.showRule,
		"PUT " + rule:                              o.replaceRule,
		"DELETE " + rule:                           o.deleteRule,
		"POST " + rule + "/lifecycle/activate":     o.setRuleStatus("ACTIVE"),
		"POST " + rule + "/lifecycle/deactivate":   o.setRuleStatus("INACTIVE"),
	} {
		scope := serversManage
		if strings.HasPrefix(pattern, "GET ") {
			scope = serversRead
		}
		mux.HandleFunc(pattern, o.administered(scope, o.onServer(handle)))
	}
}

// routeLogins adds the endpoints of logins: those of the org authorization server, and those of
// the custom ones, which have their id in the path.
func (o *Okta) routeLogins(mux *http.ServeMux) {
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request, *authorizationServer){
		"GET {issuer}/.well-known/oauth-authorization-server": o.oauthMetadata,
		"GET {issuer}/.well-known/openid-configuration":       o.openIDMetadata,
		"GET {endpoints}/keys":                                o.keys,
		"GET {endpoints}/authorize":                           o.authorize,
		"POST {endpoints}/authorize":                          o.authorize,
		"POST {endpoints}/token":                              o.token,
		"POST {endpoints}/revoke":                             o.revoke,
		"GET {endpoints}/userinfo":                            o.userInfo,
		"POST /login/{server}":                                o.logIn,
	} {
		own := strings.NewReplacer("{issuer}", "", "{endpoints}", "/oauth2/v1", "{server}", "{$}").Replace(pattern)
		custom := strings.NewReplacer("{issuer}", "/oauth2/{server}", "{endpoints}", "/oauth2/{server}/v1").Replace(pattern)
		mux.HandleFunc(own, o.onLogin(handle))
		mux.HandleFunc(custom, o.onLogin(handle))
	}
	if !o.holds(MetadataIsAppended) {
		mux.HandleFunc("GET /.well-known/oauth-authorization-server/oauth2/{server}", o.onLogin(o.oauthMetadata))
	}
	mux.HandleFunc("POST /oauth2/v1/clients", o.register)
}

// identified gives each answer the id that Okta's support asks for and the headers about limits.
func (o *Okta) identified(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("X-Okta-Request-Id", newID("req"))
		if refusal, refused := o.throttled(w, request); refused {
			refusal.write(w)
			return
		}
		handler.ServeHTTP(w, request)
	})
}

// nothingHere answers where no pattern fits: another method, or a path that no org has.
func (o *Okta) nothingHere(mux *http.ServeMux, w http.ResponseWriter, request *http.Request) {
	other := request.Clone(request.Context())
	for _, other.Method = range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		if _, pattern := mux.Handler(other); pattern != "/" {
			fail(http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method").write(w)
			return
		}
	}
	fail(http.StatusNotFound, "E0000008", "The requested path was not found").write(w)
}

// register refuses dynamic client registration (RFC 7591), which is for administrators only.
func (o *Okta) register(w http.ResponseWriter, request *http.Request) {
	if refusal, refused := o.refused(request, "okta.clients.register"); refused {
		refusal.write(w)
		return
	}
	forbidden().write(w)
}
