package assistants_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
)

const resourceMetadata = "/.well-known/oauth-protected-resource"

// startGateway serves one MCP server at /fin/mcp in the shape of the gateway: one document of the
// protected resource at the root, two challenges, tokens of the issuer for mcp-gateway, and
// nobody let in without the group. The document does not list offline_access, as Keycloak does.
// It returns the origin.
func startGateway(t *testing.T, issuer string) string {
	t.Helper()
	provider, err := oidc.NewProvider(t.Context(), issuer)
	if err != nil {
		t.Fatal(err)
	}
	verifier := provider.VerifierContext(context.WithoutCancel(t.Context()), &oidc.Config{ClientID: "mcp-gateway"})
	mux := http.NewServeMux()
	gateway := httptest.NewServer(mux)
	t.Cleanup(gateway.Close)
	mux.HandleFunc("GET "+resourceMetadata, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{
			"resource": gateway.URL, "authorization_servers": []string{issuer}, "bearer_methods_supported": []string{"header"},
			"scopes_supported": []string{"openid", "email", "profile"},
		})
	})
	mux.Handle("/fin/mcp", guard(verifier, gateway.URL, mcpServer()))
	return gateway.URL
}

// guard lets in bearers of a token with a group.
func guard(verifier *oidc.IDTokenVerifier, origin string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		token, err := verifier.Verify(r.Context(), bearer)
		if err != nil {
			w.Header().Add("WWW-Authenticate", "Bearer")
			w.Header().Add("WWW-Authenticate", `Bearer realm="mcp", resource_metadata="`+origin+resourceMetadata+`"`)
			http.Error(w, `{"error":"Authentication required"}`, http.StatusUnauthorized)
			return
		}
		var claims struct{ Groups []string }
		if token.Claims(&claims) != nil || !slices.Contains(claims.Groups, "registry-admins") {
			http.Error(w, `{"error":"Access forbidden"}`, http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// mcpServer has one tool. It answers each request with JSON (MCP 2025-11-25, streamable HTTP),
// and has no stream for what a server says unasked.
func mcpServer() http.Handler {
	results := map[string]any{
		"initialize": map[string]any{
			"protocolVersion": "2025-11-25", "capabilities": map[string]any{"tools": map[string]any{}},
			"serverInfo": map[string]any{"name": "fin", "version": "1"},
		},
		"tools/list": map[string]any{"tools": []any{map[string]any{"name": "whoami", "inputSchema": map[string]any{"type": "object"}}}},
		"ping":       map[string]any{},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request struct {
			ID     json.RawMessage
			Method string
		}
		switch err := json.NewDecoder(r.Body).Decode(&request); {
		case r.Method != http.MethodPost:
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		case err != nil:
			w.WriteHeader(http.StatusBadRequest)
			return
		case request.ID == nil: // a notification
			w.WriteHeader(http.StatusAccepted)
			return
		}
		answer := map[string]any{"jsonrpc": "2.0", "id": request.ID}
		if result, ok := results[request.Method]; ok {
			answer["result"] = result
		} else {
			answer["error"] = map[string]any{"code": -32601, "message": "Method not found"}
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(answer)
	})
}
