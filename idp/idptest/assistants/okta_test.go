package assistants_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/assistants"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

const (
	bareRedirect = "http://localhost:8787/callback"
	mismatch     = "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings"
)

// startOkta returns the URL of an MCP server behind an Okta stand-in that compares redirect URIs
// literally, and the redirect URI that Codex makes for that server. The app has the bare redirect
// URI and, if wanted, the one for Codex; the rest is as a login needs it.
func startOkta(t *testing.T, issuerInRedirects, forCodex bool) (server, codexRedirect string) {
	t.Helper()
	okta, err := oktatest.Start(oktatest.Config{
		Users:             []idptest.User{{Name: member.Username, Password: member.Password, Groups: []string{"registry-admins"}}},
		Servers:           []oktatest.AuthorizationServer{{Name: "mcp", Audience: "mcp-gateway"}},
		IssuerInRedirects: issuerInRedirects,
	})
	must(t, err)
	t.Cleanup(okta.Close)
	id := okta.ServerID("mcp")
	server = startGateway(t, okta.IssuerOf(id)) + "/fin/mcp"
	hash := sha256.Sum256([]byte(server))
	codexRedirect = bareRedirect + "/" + base64.RawURLEncoding.EncodeToString(hash[:9])
	redirects := []string{bareRedirect}
	if forCodex {
		redirects = append(redirects, codexRedirect)
	}
	app := okta.AddApp(map[string]any{
		"label":       "MCP Gateway IDE Public Client",
		"credentials": map[string]any{"oauthClient": map[string]any{"client_id": "mcp-gateway-ide", "token_endpoint_auth_method": "none"}},
		"settings": map[string]any{"oauthClient": map[string]any{
			"application_type": "native", "grant_types": []string{"authorization_code", "refresh_token"}, "redirect_uris": redirects,
		}},
	})
	okta.AssignGroup(app, okta.GroupID("registry-admins"))
	admin := oktaAdmin{t, okta.URL() + "/api/v1/authorizationServers/" + id, okta.AdminToken()}
	admin.post("/claims", `{"name":"groups","claimType":"RESOURCE","valueType":"GROUPS","group_filter_type":"STARTS_WITH","value":"registry-"}`)
	policy := admin.post("/policies", `{"type":"OAUTH_AUTHORIZATION_POLICY","name":"MCP","description":"MCP","conditions":{"clients":{"include":["mcp-gateway-ide"]}}}`)
	admin.post("/policies/"+policy+"/rules", `{"type":"RESOURCE_ACCESS","name":"MCP","conditions":{"people":{"groups":{"include":["EVERYONE"]}},
		"grantTypes":{"include":["authorization_code"]},"scopes":{"include":["openid","email","profile","offline_access"]}}}`)
	return server, codexRedirect
}

// oktaAdmin writes below one authorization server.
type oktaAdmin struct {
	t            *testing.T
	below, token string
}

// post creates an object and returns its id.
func (a oktaAdmin) post(path, body string) (id string) {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.below+path, bytes.NewBufferString(body))
	must(a.t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "SSWS "+a.token)
	response, err := http.DefaultClient.Do(request)
	must(a.t, err)
	defer response.Body.Close()
	var made struct{ ID string }
	must(a.t, json.NewDecoder(response.Body).Decode(&made))
	if response.StatusCode != http.StatusCreated {
		a.t.Fatalf("POST %s: %s", path, response.Status)
	}
	return made.ID
}

// On Okta one client with two redirect URIs is enough for Claude Code, Codex and Cursor, whether
// the metadata promises iss (RFC 9207) or not.
func TestAssistantsOnOkta(t *testing.T) {
	t.Parallel()
	for _, issuerInRedirects := range []bool{false, true} {
		t.Run(fmt.Sprint("iss in redirects: ", issuerInRedirects), func(t *testing.T) {
			t.Parallel()
			server, codexRedirect := startOkta(t, issuerInRedirects, true)
			w := assistants.NewWorld(t, member)
			claude, codex, cursor := w.ClaudeCode(t), w.Codex(t), w.Cursor(t)
			must(t, claude.Paste(t, assistants.Snippet{Text: fmt.Sprintf(claudeLine, server)}))
			must(t, claude.Login(t, "fin"))
			connected(t, claude)
			asked(t, w, map[string]string{"redirect_uri": bareRedirect})

			must(t, codex.Paste(t, assistants.Snippet{Text: fmt.Sprintf(codexLine, server)}))
			connected(t, codex, "whoami")
			sent := codexRedirect
			if issuerInRedirects {
				sent = bareRedirect // the command leaves the id out where iss tells the issuer
			}
			asked(t, w, map[string]string{"redirect_uri": sent})

			must(t, cursor.Paste(t, assistants.Snippet{Path: ".cursor/mcp.json", Text: fmt.Sprintf(cursorFile, server)}))
			must(t, cursor.Login(t, "fin"))
			connected(t, cursor, "whoami")
			asked(t, w, map[string]string{"redirect_uri": bareRedirect})
		})
	}
}

// Without its own redirect URI Codex is refused, and the page says so.
func TestCodexNeedsItsRedirectOnOkta(t *testing.T) {
	t.Parallel()
	server, _ := startOkta(t, false, false)
	codex := assistants.NewWorld(t, member).Codex(t)
	refused(t, codex.Paste(t, assistants.Snippet{Text: fmt.Sprintf(codexLine, server)}), mismatch)
}
