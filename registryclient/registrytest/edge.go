package registrytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// serve is the edge: it limits, checks who calls, and routes.
func (r *Registry) serve(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	r.requests = append(r.requests, request.Method+" "+request.URL.Path)
	r.mu.Unlock()
	c := r.settings()
	path := request.URL.Path
	switch {
	case strings.HasPrefix(path, "/.well-known/"):
		if c.holds(DiscoveryRateLimit) && !r.discovery.Allow() {
			page(w, http.StatusTooManyRequests)
			return
		}
		r.serveDiscovery(c, w, request)
	case strings.HasPrefix(path, "/api/"):
		r.serveAPI(c, w, request)
	default:
		r.serveGateway(c, w, request)
	}
}

// page is a page of nginx.
func page(w http.ResponseWriter, status int) {
	text := map[int]string{401: "401 Authorization Required"}[status]
	if text == "" {
		text = fmt.Sprintf("%d %s", status, http.StatusText(status))
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n", text, text)
}

// challenge is the 401 that tells assistants where to begin: with two challenges and two content
// types, of which the first of each is of no use.
func (r *Registry) challenge(c Config, w http.ResponseWriter, server *Server) {
	at := r.publicURL(c) + resourceMetadata
	if server != nil && hasOwnMetadata(c, *server) {
		at += "/" + server.key()
		// The hint leaves /mcp out after any path that ends in these letters.
		if appends(*server) && !strings.HasSuffix(server.key(), "mcp") {
			at += "/mcp"
		}
	}
	named := fmt.Sprintf(`Bearer realm="mcp", resource_metadata=%q`, at)
	header := w.Header()
	header["Www-Authenticate"] = []string{"Bearer", named}
	header["Content-Type"] = []string{"application/octet-stream", "application/json"}
	if !c.holds(TwoChallenges) {
		header["Www-Authenticate"] = []string{named}
	}
	w.WriteHeader(http.StatusUnauthorized)
	fmt.Fprint(w, `{"error":"Authentication required"}`)
}

// forbidden is the 403 of the edge, which does not say why.
func forbidden(w http.ResponseWriter) {
	w.Header()["Content-Type"] = []string{"application/json", "application/json"}
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprint(w, `{"error":"Access forbidden"}`)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a reader that went away needs no answer
}

func detail(w http.ResponseWriter, status int, text string) {
	answer(w, status, map[string]string{"detail": text})
}
