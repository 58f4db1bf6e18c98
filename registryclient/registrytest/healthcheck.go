package registrytest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// memory is a response that is kept.
type memory struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (m *memory) Header() http.Header            { return m.header }
func (m *memory) WriteHeader(status int)         { m.status = status }
func (m *memory) Write(text []byte) (int, error) { return m.body.Write(text) }

// findTools asks a server for its tools, as the registry does when it checks the health of one.
func (e *entry) findTools(ctx context.Context) []Tool {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://upstream/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}`))
	if err != nil {
		return nil
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	kept := &memory{header: http.Header{}}
	e.Upstream.ServeHTTP(kept, req)
	text := kept.body.String()
	if _, event, ok := strings.Cut(text, "data:"); ok {
		text, _, _ = strings.Cut(event, "\n")
	}
	var found struct {
		Result struct {
			Tools []Tool `json:"tools"`
		} `json:"result"`
	}
	if json.Unmarshal([]byte(text), &found) != nil {
		return nil
	}
	return found.Result.Tools
}

// checkHealth looks at a server that was enabled. The scopes of those who may call every server get
// a rule for it, in a shape that the routes for scopes do not take.
func (r *Registry) checkHealth(ctx context.Context, now *snapshot, e *entry) []Tool {
	found := e.findTools(ctx)
	if len(found) == 0 {
		return e.Tools
	}
	r.change(e.Path, func(s *Server) { s.Tools = found })
	for _, name := range []string{"mcp-servers-unrestricted/read", "mcp-servers-unrestricted/execute"} {
		if known := now.scope(name); known != nil && now.holds(HealthChecksGrowScopes) {
			grown := *known
			grown.grow(e, found)
			r.setScope(name, &grown)
		}
	}
	return found
}
