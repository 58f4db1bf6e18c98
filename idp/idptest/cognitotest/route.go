package cognitotest

import "net/http"

// regionalRoutes lists what the regional endpoint serves.
func (c *Cognito) regionalRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{$}", c.serveAPI)
	return mux
}

// domainRoutes lists what the pool's domain serves. The pool is the regional endpoint's, so that
// is locked while the domain answers.
func (c *Cognito) domainRoutes() http.Handler {
	mux := http.NewServeMux()
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		c.Locked(func() { mux.ServeHTTP(w, request) })
	})
}
