package assistants_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/assistants"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// entra is a tenant with a gateway's API and a public client, and the gateway's one server.
type entra struct {
	tenant        *entratest.Entra
	server, scope string // the server's URL, and the scope that stands for it
	client        string // application id of the public client
	codexCallback string // path of Codex's redirect URI for the server
}

// startEntra starts a tenant that stands in for Microsoft Entra, set up as the gateway's
// documents say: each server's URL is an identifier URI of the API, which exposes
// user_impersonation and knows the client beforehand.
func startEntra(t *testing.T, off ...entratest.Rule) *entra {
	t.Helper()
	rules := map[entratest.Rule]bool{}
	for _, rule := range off {
		rules[rule] = true
	}
	tenant, err := entratest.Start(entratest.Config{Off: rules, Users: []idptest.User{
		{Name: member.Username, Password: member.Password, Groups: []string{"registry-admins"}}, {Name: outsider.Username, Password: outsider.Password},
	}})
	must(t, err)
	t.Cleanup(tenant.Close)
	e := &entra{tenant: tenant}
	mux := http.NewServeMux()
	gateway := httptest.NewServer(mux)
	t.Cleanup(gateway.Close)
	e.server = gateway.URL + "/fin/mcp"
	e.scope = e.server + "/user_impersonation"
	api := e.register(t)
	provider, err := oidc.NewProvider(t.Context(), tenant.Issuer())
	must(t, err)
	verifier := provider.VerifierContext(context.WithoutCancel(t.Context()), &oidc.Config{ClientID: api})
	for _, path := range []string{resourceMetadata, resourceMetadata + "/fin/mcp"} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(map[string]any{
				"resource": e.server, "authorization_servers": []string{tenant.Issuer()}, "bearer_methods_supported": []string{"header"},
				"scopes_supported": []string{e.scope},
			})
		})
	}
	mux.Handle("/fin/mcp", guard(verifier, gateway.URL, mcpServer()))
	return e
}

// register makes both applications, and returns the API's application id. Groups come by name,
// which the guard of the gateway compares.
func (e *entra) register(t *testing.T) (api string) {
	t.Helper()
	const scopeID = "1f1f1f1f-0000-4000-8000-000000000001"
	id := sha256.Sum256([]byte(e.server))
	e.codexCallback = "/callback/" + base64.RawURLEncoding.EncodeToString(id[:9])
	_, e.client = e.tenant.AddApplication(map[string]any{
		"displayName": "IDE", "publicClient": map[string]any{"redirectUris": []string{"http://localhost/callback", "http://localhost" + e.codexCallback}},
	})
	_, api = e.tenant.AddApplication(map[string]any{
		"displayName": "Gateway", "identifierUris": []string{e.server}, "groupMembershipClaims": "SecurityGroup",
		"optionalClaims": map[string]any{"accessToken": []any{map[string]any{"name": "groups", "additionalProperties": []string{"cloud_displayname"}}}},
		"api": map[string]any{
			"requestedAccessTokenVersion": 2, "oauth2PermissionScopes": []any{map[string]any{"id": scopeID, "value": "user_impersonation"}},
			"preAuthorizedApplications": []any{map[string]any{"appId": e.client, "delegatedPermissionIds": []string{scopeID}}},
		},
	})
	e.tenant.AddServicePrincipal(e.client, nil)
	e.tenant.AddServicePrincipal(api, nil)
	return api
}

func (e *entra) claude() assistants.Snippet {
	return assistants.Snippet{Text: fmt.Sprintf("claude mcp add --transport http --client-id %s fin %s", e.client, e.server)}
}

// codex is the top of the file, then the table; the scopes have to be pinned on Entra.
func (e *entra) codex() []assistants.Snippet {
	const path = "~/.codex/config.toml"
	return []assistants.Snippet{
		{Path: path, Text: fmt.Sprintf("# at the end of the file\n[mcp_servers.fin]\nurl = '%s'\nscopes = ['%s', 'openid', 'offline_access']\n[mcp_servers.fin.oauth]\nclient_id = '%s'\n", e.server, e.scope, e.client)},
		{Path: path, Text: codexTop + "mcp_oauth_callback_url = 'http://localhost:8787/callback'\n"},
	}
}

func (e *entra) cursor() assistants.Snippet {
	return assistants.Snippet{Path: ".cursor/mcp.json", Text: fmt.Sprintf(`{"mcpServers":{"fin":{"url":"%s","auth":{"CLIENT_ID":"%s","scopes":["%s","offline_access"]}}}}`, e.server, e.client, e.scope)}
}

// All three assistants log in where Entra keeps what an administrator consented to.
func TestAssistantsOnEntra(t *testing.T) {
	t.Parallel()
	e := startEntra(t, entratest.PromptConsentAsksAgain)
	w := assistants.NewWorld(t, member)
	claude, codex, cursor := w.ClaudeCode(t), w.Codex(t), w.Cursor(t)
	must(t, claude.Paste(t, e.claude()))
	must(t, claude.Login(t, "fin"))
	connected(t, claude)
	asked(t, w, map[string]string{"scope": e.scope + " offline_access", "resource": e.server})

	for _, snippet := range e.codex() {
		must(t, codex.Paste(t, snippet))
	}
	must(t, codex.Login(t, "fin"))
	connected(t, codex, "whoami")
	asked(t, w, map[string]string{"redirect_uri": "http://localhost:8787" + e.codexCallback, "scope": e.scope + " openid offline_access", "resource": e.server, "prompt": ""})

	must(t, cursor.Paste(t, e.cursor()))
	must(t, cursor.Login(t, "fin"))
	connected(t, cursor, "whoami")
	asked(t, w, map[string]string{"redirect_uri": "http://localhost:8787/callback", "scope": e.scope + " offline_access", "resource": e.server, "prompt": "consent"})
}

// What Entra says against a login reaches the test.
func TestRefusalsOfEntra(t *testing.T) {
	t.Parallel()
	e := startEntra(t)
	w := assistants.NewWorld(t, member)
	codex, cursor := w.Codex(t), w.Cursor(t)
	must(t, cursor.Paste(t, e.cursor()))
	refused(t, cursor.Login(t, "fin"), "AADSTS90094")
	// Without a pinned host Codex sends 127.0.0.1 and any port, which Entra compares as written.
	must(t, codex.Paste(t, assistants.Snippet{Path: "~/.codex/config.toml", Text: fmt.Sprintf("# at the end of the file\n[mcp_servers.fin]\nurl = '%s'\n[mcp_servers.fin.oauth]\nclient_id = '%s'\n", e.server, e.client)}))
	refused(t, codex.Login(t, "fin"), "AADSTS50011")
}
