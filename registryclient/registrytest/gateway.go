package registrytest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// maxCall is the size in bytes beyond which a call is not read.
const maxCall = 4 << 20

// serveGateway answers at the paths of servers: with and without /mcp behind a slash.
func (r *Registry) serveGateway(c Config, w http.ResponseWriter, request *http.Request) {
	server, rest := c.route(request.URL.Path)
	switch {
	case server == nil || !server.served():
		if !c.holds(NoRouteNoChallenge) {
			r.challenge(c, w, nil)
			return
		}
		detail(w, http.StatusNotFound, "Not Found")
		return
	case rest == "" && c.holds(SlashRedirect):
		w.Header().Set("Location", request.URL.EscapedPath()+"/")
		page(w, http.StatusMovedPermanently)
		return
	}
	who, known := r.identify(request, c, server)
	if !known {
		r.challenge(c, w, server)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxCall))
	if err != nil {
		page(w, http.StatusRequestEntityTooLarge)
		return
	}
	called := parseCall(body)
	if !c.allows(who, server.key(), called.Method, called.Params.Name) {
		forbidden(w)
		return
	}
	r.forward(c, w, request, forwarded{server: server, who: who, call: called, body: body, atMCP: strings.HasPrefix(rest, "/mcp")})
}

// route finds the server with the longest path that the request's begins with, and what is left.
func (c Config) route(path string) (server *Server, rest string) {
	for i := range c.Servers {
		prefix := "/" + c.Servers[i].key()
		if (path == prefix || strings.HasPrefix(path, prefix+"/")) && (server == nil || len(server.key()) < len(c.Servers[i].key())) {
			server, rest = &c.Servers[i], strings.TrimPrefix(path, prefix)
		}
	}
	return server, rest
}

// call is a JSON-RPC call as far as rules look at it.
type call struct {
	Method string `json:"method"`
	Params struct {
		Name string `json:"name"`
	} `json:"params"`
}

func parseCall(body []byte) call {
	var c call
	if json.Unmarshal(body, &c) != nil {
		return call{}
	}
	return c
}

// forwarded is a call on its way to a server.
type forwarded struct {
	server *Server
	who    identity
	call   call
	body   []byte
	atMCP  bool
}

// forward hands the call to the server, without the caller's credential, and filters the list of
// tools on the way back.
func (r *Registry) forward(c Config, w http.ResponseWriter, request *http.Request, f forwarded) {
	r.mu.Lock()
	r.calls = append(r.calls, Call{Server: f.server.key(), Method: f.call.Method, User: f.who.user, ClientID: f.who.clientID, UserAgent: request.UserAgent()})
	r.mu.Unlock()
	if f.server.Upstream == nil {
		page(w, http.StatusBadGateway)
		return
	}
	behind := request.Clone(request.Context())
	behind.URL.Path, behind.URL.RawPath = "/mcp", ""
	behind.Header.Del("Authorization")
	behind.Header.Del("X-Authorization")
	behind.Body, behind.ContentLength = io.NopCloser(bytes.NewReader(f.body)), int64(len(f.body))
	if f.call.Method != "tools/list" {
		f.server.Upstream.ServeHTTP(w, behind)
		return
	}
	held := &heldAnswer{header: http.Header{}, status: http.StatusOK}
	f.server.Upstream.ServeHTTP(held, behind)
	key := f.server.key()
	if f.atMCP && c.holds(ToolListKey) {
		key += "/mcp"
	}
	text := filterTools(held.body.Bytes(), func(tool string) bool { return c.shows(f.who, key, tool) })
	for name, values := range held.header {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Length")
	w.WriteHeader(held.status)
	_, _ = w.Write(text) // a reader that went away needs no answer
}

// heldAnswer keeps an answer until it can be filtered.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *heldAnswer) Header() http.Header            { return h.header }
func (h *heldAnswer) WriteHeader(status int)         { h.status = status }
func (h *heldAnswer) Write(text []byte) (int, error) { return h.body.Write(text) }
func (h *heldAnswer) Flush()                         {}
