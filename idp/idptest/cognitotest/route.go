package cognitotest

import (
	"maps"
	"net/http"
)

// regionalRoutes lists what the regional endpoint serves: the admin API and the issuer.
func (c *Cognito) regionalRoutes() http.Handler {
	mux := http.NewServeMux()
	routes := map[string]http.HandlerFunc{
		"POST /{$}": c.serveAPI,
		"GET /{pool}/.well-known/openid-configuration": c.ofPool(c.metadata),
		"GET /{pool}/.well-known/jwks.json":            c.ofPool(c.keys),
	}
	if !c.holds(DomainIsElsewhere) {
		maps.Copy(routes, c.loginRoutes())
	}
	for pattern, handle := range routes {
		mux.HandleFunc(pattern, handle)
	}
	return mux
}

// domainRoutes lists what the pool's domain serves. The pool is the regional endpoint's, so that
// is locked while the domain answers.
func (c *Cognito) domainRoutes() http.Handler {
	mux := http.NewServeMux()
	for pattern, handle := range c.loginRoutes() {
		mux.HandleFunc(pattern, handle)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		c.Locked(func() {
			if len(c.pool.domains) == 0 {
				http.NotFound(w, request) // a live pool without a domain has no host that could answer
				return
			}
			mux.ServeHTTP(w, request)
		})
	})
}

func (c *Cognito) loginRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /oauth2/authorize": c.authorize,
		"GET /login":            c.askToLogIn,
		"POST /login":           c.logIn,
		"GET /error":            c.showError,
		"GET /logout":           c.logOut,
		"POST /oauth2/token":    c.token,
		"POST /oauth2/revoke":   c.revoke,
		"GET /oauth2/userInfo":  c.userInfo,
	}
}

// ofPool answers for a pool that does not exist.
func (c *Cognito) ofPool(handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		if id := request.PathValue("pool"); id != c.config.PoolID {
			write(w, http.StatusNotFound, object{"message": "User pool " + id + " does not exist."})
			return
		}
		handle(w, request)
	}
}
