package assistants_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/assistants"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// startCognito returns the URL of an MCP server behind a gateway on a Cognito pool, the id of a
// client that has the redirect URI of Claude Code and Cursor, and the pool.
func startCognito(t *testing.T, config cognitotest.Config) (server, clientID string, pool *cognitotest.Cognito) {
	t.Helper()
	config.Users = []idptest.User{{Name: member.Username, Password: member.Password, Groups: []string{"registry-admins"}}}
	var err error
	if pool, err = cognitotest.Start(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	registry, err := registrytest.Start(registrytest.Config{
		Provider: "cognito", Issuer: pool.Issuer(), CognitoDomain: pool.DomainURL(), AdvertisedScopes: []string{"openid", "email", "profile"},
		Servers: []registrytest.Server{{Path: "/fin", Name: "fin"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	clientID = pool.AddClient(ideClient("http://localhost:8787/callback"))
	pool.AddBranding(clientID)
	registry.Configure(func(c *registrytest.Config) { c.ClientID = clientID })
	return registry.URL() + "/fin/mcp", clientID, pool
}

func ideClient(callback string) map[string]any {
	return map[string]any{
		"ClientName": "mcp-gateway-ide", "CallbackURLs": []string{callback}, "SupportedIdentityProviders": []string{"COGNITO"},
		"AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": []string{"code"}, "AllowedOAuthScopes": []string{"openid", "email", "profile"},
	}
}

// named is a line for the client of that id.
func named(line, server, clientID string) string {
	return strings.ReplaceAll(fmt.Sprintf(line, server), "mcp-gateway-ide", clientID)
}

func TestClaudeCodeOnCognito(t *testing.T) {
	t.Parallel()
	server, id, _ := startCognito(t, cognitotest.Config{})
	w := assistants.NewWorld(t, member)
	claude := w.ClaudeCode(t)
	must(t, claude.Paste(t, assistants.Snippet{Text: named(claudeLine, server, id)}))
	must(t, claude.Login(t, "fin"))
	connected(t, claude)
	asked(t, w, map[string]string{"redirect_uri": "http://localhost:8787/callback", "scope": "openid email profile", "prompt": ""})
}

func TestCursorOnCognito(t *testing.T) {
	t.Parallel()
	server, id, _ := startCognito(t, cognitotest.Config{})
	w := assistants.NewWorld(t, member)
	cursor := w.Cursor(t)
	must(t, cursor.Paste(t, assistants.Snippet{Path: ".cursor/mcp.json", Text: named(cursorFile, server, id)}))
	must(t, cursor.Login(t, "fin"))
	connected(t, cursor, "echo")
	asked(t, w, map[string]string{"redirect_uri": "http://localhost:8787/callback", "scope": "openid email profile", "prompt": ""})
}

// Over https too, Codex takes a pool whose endpoints have another origin than the issuer: they
// share it. Its redirect URI ends in an id, and is compared literally as well.
func TestCodexOnCognito(t *testing.T) {
	t.Parallel()
	server, id, pool := startCognito(t, cognitotest.Config{HTTPS: true})
	w := assistants.NewWorld(t, member)
	w.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(w.CAFile, pool.CAPEM(), 0o600))
	codex := w.Codex(t)
	refused(t, codex.Paste(t, assistants.Snippet{Text: named(codexLine, server, id)}), "redirect_mismatch")

	asked, err := url.Parse(w.Asked)
	must(t, err)
	redirect := asked.Query().Get("redirect_uri")
	if !regexp.MustCompile(`^http://localhost:8787/callback/[\w-]{12}$`).MatchString(redirect) {
		t.Errorf("the redirect URI is %s", redirect)
	}
	known := ideClient(redirect)
	known["ClientId"] = "known"
	pool.AddBranding(pool.AddClient(known))
	must(t, codex.Paste(t, assistants.Snippet{Text: named(codexLine, server, "known")}))
}

// Codex refuses an authorization endpoint whose origin is neither the issuer's nor the token
// endpoint's, unless answers name their issuer (RFC 9207).
func TestCodexRefusesEndpointsApart(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("GET "+resourceMetadata, func(w http.ResponseWriter, _ *http.Request) {
		idptest.WriteJSON(w, http.StatusOK, map[string]any{"resource": server.URL, "authorization_servers": []string{server.URL}})
	})
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", func(w http.ResponseWriter, _ *http.Request) {
		idptest.WriteJSON(w, http.StatusOK, map[string]any{
			"issuer": server.URL, "authorization_endpoint": "https://login.example.com/oauth2/authorize", "token_endpoint": server.URL + "/oauth2/token",
			"response_types_supported": []string{"code"}, "code_challenge_methods_supported": []string{"S256"},
		})
	})
	mux.HandleFunc("/fin/mcp", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer resource_metadata="`+server.URL+resourceMetadata+`"`)
		w.WriteHeader(http.StatusUnauthorized)
	})
	codex := assistants.NewWorld(t, member).Codex(t)
	refused(t, codex.Paste(t, assistants.Snippet{Text: fmt.Sprintf(codexLine, server.URL+"/fin/mcp")}),
		"OAuth authorization endpoint origin does not match the authorization server origin without issuer-bound callbacks")
}
