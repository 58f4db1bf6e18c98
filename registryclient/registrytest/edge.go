package registrytest

import (
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// serve does what nginx does: it merges slashes, limits, and finds who answers.
func (r *Registry) serve(w http.ResponseWriter, req *http.Request) {
	now := r.note(req)
	path := regexp.MustCompile(`/{2,}`).ReplaceAllString(req.URL.Path, "/")
	if rule := limitOf(path); now.holds(rule) && rule != "" && !r.limits[rule].allow(address(req)) {
		page(w, http.StatusTooManyRequests)
		return
	}
	switch {
	case strings.HasPrefix(path, "/.well-known/"):
		r.serveWellKnown(w, req, now, path)
	case strings.HasPrefix(path, "/api/"):
		r.serveAPI(w, req, now, path)
	default:
		r.serveGateway(w, req, now, path)
	}
}

// limitOf names the limit that the edge keeps on a path; empty for none.
func limitOf(path string) Rule {
	switch {
	case strings.HasPrefix(path, "/.well-known/"):
		return DiscoveryRateLimit
	case path == "/api/servers/register":
		return RegisterRateLimit
	case strings.HasPrefix(path, "/api/"):
		return APIRateLimit
	}
	return ""
}

func edgeLimits() map[Rule]*limits {
	return map[Rule]*limits{
		DiscoveryRateLimit: newLimits(2, 10, time.Now),
		RegisterRateLimit:  newLimits(5, 10, time.Now),
		APIRateLimit:       newLimits(50, 100, time.Now),
	}
}

// address is the client's, without the port.
func address(req *http.Request) string {
	host, _, err := net.SplitHostPort(req.RemoteAddr)
	if err != nil {
		return req.RemoteAddr
	}
	return host
}

// page writes one of nginx's own HTML pages.
func page(w http.ResponseWriter, status int) {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	if status == http.StatusUnauthorized {
		title = "401 Authorization Required"
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<html>\r\n<head><title>%[1]s</title></head>\r\n<body>\r\n<center><h1>%[1]s</h1></center>\r\n"+
		"<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n", title)
}

// redirect answers with a 301 to a location without a host.
func redirect(w http.ResponseWriter, req *http.Request, path string) {
	if req.URL.RawQuery != "" {
		path += "?" + req.URL.RawQuery
	}
	w.Header().Set("Location", path)
	page(w, http.StatusMovedPermanently)
}

// challenge answers 401 as JSON and names the metadata that tells where to log in.
func challenge(w http.ResponseWriter, now *snapshot, metadata string) {
	hint := fmt.Sprintf(`Bearer realm="mcp", resource_metadata="%s"`, metadata)
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Www-Authenticate"] = []string{hint}
	if now.holds(RepeatedContentTypes) {
		h["Content-Type"] = []string{"application/octet-stream", "application/json"}
	}
	if now.holds(RepeatedChallenges) {
		h["Www-Authenticate"] = []string{"Bearer", hint}
	}
	w.WriteHeader(http.StatusUnauthorized)
	fmt.Fprint(w, `{"error":"Authentication required"}`)
}

// forbid answers 403 as JSON, the same for every reason.
func forbid(w http.ResponseWriter, now *snapshot) {
	w.Header()["Content-Type"] = []string{"application/json"}
	if now.holds(RepeatedContentTypes) {
		w.Header()["Content-Type"] = []string{"application/json", "application/json"}
	}
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprint(w, `{"error":"Access forbidden"}`)
}
