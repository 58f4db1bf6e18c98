package login_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/connect/lab"
	"github.com/mcpreg/mcpreg/connect/login"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/keycloaktest"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// The client as it was measured to admit the assistants on a real Keycloak.
const measured = `{"clientId":"mcp-gateway-ide","protocol":"openid-connect","enabled":true,"publicClient":true,
 "standardFlowEnabled":true,"directAccessGrantsEnabled":false,"fullScopeAllowed":false,"webOrigins":[],
 "redirectUris":["http://localhost/callback/*","http://127.0.0.1/callback/*"],"attributes":{"pkce.code.challenge.method":"S256"},
 "defaultClientScopes":["basic","profile","email"],"optionalClientScopes":["offline_access"],
 "protocolMappers":[
  {"name":"groups","protocol":"openid-connect","protocolMapper":"oidc-group-membership-mapper","config":{"full.path":"false","access.token.claim":"true","claim.name":"groups"}},
  {"name":"aud","protocol":"openid-connect","protocolMapper":"oidc-audience-mapper","config":{"included.custom.audience":"mcp-gateway","access.token.claim":"true"}}]}`

// world is a gateway behind a Keycloak, both stand-ins.
type world struct {
	keycloak *keycloaktest.Keycloak
	registry *registrytest.Registry
}

// newWorld starts one; client alters the measured client first, gateway the settings.
func newWorld(t *testing.T, client func(string) string, gateway func(*registrytest.Config)) *world {
	t.Helper()
	keycloak, err := keycloaktest.Start(keycloaktest.Config{Users: []keycloaktest.User{
		{Name: "alice", Password: "pw", Groups: []string{"registry-admins"}},
		{Name: "bob", Password: "pw", Groups: []string{"mcp-users"}},
		{Name: "carol", Password: "pw", Groups: []string{"visitors"}},
		{Name: "dave", Password: "pw"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(keycloak.Close)
	text := measured
	if client != nil {
		text = client(text)
	}
	createClient(t, keycloak, text)
	no := false
	all := []string{"all"}
	config := registrytest.Config{
		Issuer: keycloak.Issuer(), ClientID: "mcp-gateway-ide",
		Servers: []registrytest.Server{
			{Path: "/currenttime", Name: "Current Time", Upstream: tool("current_time")},
			{Path: "/fin", Name: "Finance", Upstream: tool("report")},
			{Path: "/root", Name: "Root", AppendMCPPath: &no, Upstream: tool("search")},
			{Path: "/off", Name: "Off", Disabled: true},
		},
		Scopes: []registrytest.Scope{
			{Name: "registry-admins", GroupMappings: []string{"registry-admins"}, ServerAccess: []registrytest.Access{{Server: "*", Methods: all, Tools: all}}},
			{Name: "mcp-users", GroupMappings: []string{"mcp-users"}, ServerAccess: []registrytest.Access{{Server: "currenttime", Methods: all, Tools: all}}},
		},
	}
	if gateway != nil {
		gateway(&config)
	}
	registry, err := registrytest.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	return &world{keycloak, registry}
}

func createClient(t *testing.T, k *keycloaktest.Keycloak, representation string) {
	t.Helper()
	response, err := http.PostForm(k.URL()+"/realms/master/protocol/openid-connect/token", url.Values{
		"grant_type": {"password"}, "client_id": {"admin-cli"}, "username": {k.AdminUser()}, "password": {k.AdminPassword()},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&token); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.URL()+"/admin/realms/mcp-gateway/clients", bytes.NewBufferString(representation))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token.AccessToken)
	created, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	created.Body.Close()
	if created.StatusCode != http.StatusCreated {
		t.Fatalf("creating the client: %s", created.Status)
	}
}

func tool(name string) http.Handler {
	type nothing struct{}
	s := mcp.NewServer(&mcp.Implementation{Name: name, Version: "1"}, nil)
	mcp.AddTool(s, &mcp.Tool{Name: name}, func(context.Context, *mcp.CallToolRequest, nothing) (*mcp.CallToolResult, nothing, error) {
		return &mcp.CallToolResult{}, nothing{}, nil
	})
	return mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return s }, nil)
}

// as opens login pages as that person does.
func as(name string) func(context.Context, string) error {
	return func(ctx context.Context, address string) error {
		go func() { _ = lab.User{Name: name, Password: "pw"}.Visit(ctx, address) }()
		return nil
	}
}

// answering comes back to the redirect URI with the parameters of the request's answer, changed.
func answering(change func(url.Values)) func(context.Context, string) error {
	return func(ctx context.Context, address string) error {
		u, err := url.Parse(address)
		if err != nil {
			return err
		}
		answer := url.Values{"code": {"c"}, "state": {u.Query().Get("state")}, "iss": {strings.Split(address, "/protocol/")[0]}}
		change(answer)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.Query().Get("redirect_uri")+"?"+answer.Encode(), nil)
		if err != nil {
			return err
		}
		go func() {
			if response, err := http.DefaultClient.Do(request); err == nil {
				response.Body.Close()
			}
		}()
		return nil
	}
}

// words collects all that a login says, and the tokens that it carried.
type words struct {
	mu     sync.Mutex
	said   []string
	tokens []string
}

func (w *words) hear(e login.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, fmt.Sprint(e.Place, " ", e.Text))
}

// RoundTrip implements http.RoundTripper.
func (w *words) RoundTrip(r *http.Request) (*http.Response, error) {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		w.mu.Lock()
		w.tokens = append(w.tokens, token)
		w.mu.Unlock()
	}
	return http.DefaultTransport.RoundTrip(r)
}

// request is a login of alice as Claude Code at /currenttime.
func (w *world) request(t *testing.T, heard *words) login.Request {
	t.Helper()
	return login.Request{
		Kind: idp.Keycloak, Assistant: assistant(t, "claude-code"), URL: w.registry.URL() + "/currenttime/mcp", ClientID: "mcp-gateway-ide",
		HTTP: &http.Client{Transport: heard}, Open: as("alice"), Progress: heard.hear,
	}
}

func assistant(t *testing.T, id string) connect.Assistant {
	t.Helper()
	found, err := connect.ParseAssistants([]string{id})
	if err != nil {
		t.Fatal(err)
	}
	return found[0]
}
