package registrytest

import (
	"encoding/json"
	"net/http"
)

// echoServer is a small MCP server over streamable HTTP. Its one tool returns its arguments.
type echoServer struct{}

func (echoServer) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var m struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Params struct {
			Arguments json.RawMessage `json:"arguments"`
		} `json:"params"`
	}
	if err := json.NewDecoder(req.Body).Decode(&m); err != nil {
		answer(w, http.StatusBadRequest, document{
			"jsonrpc": "2.0", "id": nil, "error": document{"code": -32700, "message": "Parse error"},
		})
		return
	}
	if m.ID == nil { // a notification
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusAccepted)
		return
	}
	result := document{}
	switch m.Method {
	case "initialize":
		result["protocolVersion"] = "2025-03-26"
		result["capabilities"] = document{"tools": document{}}
		result["serverInfo"] = document{"name": "stub", "version": "1.0.0"}
	case "tools/list":
		result["tools"] = []any{document{
			"name": "echo", "description": "Echo.", "inputSchema": document{
				"type": "object", "properties": document{"text": document{"type": "string"}},
			},
		}}
	case "tools/call":
		result["content"] = []any{document{"type": "text", "text": string(m.Params.Arguments)}}
	}
	w.Header().Set("Mcp-Session-Id", "stub-session")
	answer(w, http.StatusOK, document{"jsonrpc": "2.0", "id": m.ID, "result": result})
}
