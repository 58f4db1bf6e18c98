package registrytest

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// serveGateway answers what is neither the API nor a discovery document: the servers.
func (r *Registry) serveGateway(w http.ResponseWriter, req *http.Request, now *snapshot, path string) {
	e, exact := now.location(path)
	switch {
	case e == nil:
		detail(w, http.StatusNotFound, "Not Found")
		return
	case exact && now.holds(RedirectWithoutSlash):
		redirect(w, req, path+"/")
		return
	}
	name := serverName(e, path)
	who := r.serverUser(now, req, name)
	if who == nil {
		challenge(w, now, now.metadataURL(e))
		return
	}
	const most = 10 << 20
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, most))
	if err != nil {
		page(w, http.StatusRequestEntityTooLarge)
		return
	}
	m := readMessage(body)
	if !now.mayCall(who, name, m) {
		forbid(w, now)
		return
	}
	if req.Method != http.MethodPost && now.holds(PostOnly) {
		w.Header().Set("Allow", http.MethodPost)
		detail(w, http.StatusMethodNotAllowed, "Method Not Allowed")
		return
	}
	if m.Method != "" {
		r.noteCall(Call{
			Server: e.Path, Method: m.Method, User: who.name, ClientID: who.clientID, UserAgent: req.UserAgent(),
		})
	}
	listing := name
	if now.holds(ToolsListKeyedByURL) {
		listing = pathName(path)
	}
	forward(w, req, e, body, m, func(tool string) bool { return now.maySee(who, listing, tool) })
}

// location finds the server whose location block takes the path: the longest prefix that ends in
// a slash. exact tells that the path is a location but for that slash; nginx sees this first.
func (now *snapshot) location(path string) (found *entry, exact bool) {
	for i := range now.entries {
		e := &now.entries[i]
		place := "/" + pathName(e.Path) + "/"
		switch {
		case !now.served(e):
		case place == path+"/":
			return e, true
		case strings.HasPrefix(path, place) && (found == nil || len(place) > len(pathName(found.Path))+2):
			found = e
		}
	}
	return found, false
}

// served tells whether the gateway has a location for a server.
func (now *snapshot) served(e *entry) bool {
	return e.Deployment != "local" && (!e.Disabled && !e.Unhealthy || !now.holds(NoLocationUnlessHealthy))
}

// serverName is the name that access is decided by: the path without the word for the transport.
func serverName(e *entry, path string) string {
	switch strings.TrimPrefix(pathName(path), pathName(e.Path)) {
	case "", "/mcp", "/sse", "/messages":
		return pathName(e.Path)
	}
	return pathName(path)
}

// forward hands the request to the server. A list of tools is filtered on its way back; anything
// else may stream.
func forward(w http.ResponseWriter, req *http.Request, e *entry, body []byte, m message, visible func(string) bool) {
	out := req.Clone(req.Context())
	out.URL.Path, out.URL.RawPath = "/mcp", ""
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	for _, header := range []string{"Authorization", "X-Authorization", "Cookie", "Accept-Encoding"} {
		out.Header.Del(header)
	}
	if m.Method != "tools/list" {
		e.Upstream.ServeHTTP(w, out)
		return
	}
	filtered := &toolsWriter{to: w, visible: visible}
	e.Upstream.ServeHTTP(filtered, out)
	filtered.finish()
}
