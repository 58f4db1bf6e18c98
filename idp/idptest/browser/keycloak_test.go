package browser_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

var pool realpart.Pool

func TestMain(m *testing.M) { pool.Run(m) }

// The client as it was measured to work on Keycloak 26.7.5, 26.2.5 and 24.0.5.
const measured = `{"clientId":"mcp-gateway-ide","protocol":"openid-connect","enabled":true,"publicClient":true,
 "standardFlowEnabled":true,"implicitFlowEnabled":false,"directAccessGrantsEnabled":false,"serviceAccountsEnabled":false,
 "consentRequired":false,"fullScopeAllowed":false,"webOrigins":[],
 "redirectUris":["http://localhost/callback/*","http://127.0.0.1/callback/*"],
 "attributes":{"pkce.code.challenge.method":"S256"},
 "defaultClientScopes":["basic","profile","email"],"optionalClientScopes":["offline_access"],
 "protocolMappers":[
  {"name":"groups","protocol":"openid-connect","protocolMapper":"oidc-group-membership-mapper","config":{"full.path":"false","id.token.claim":"true","access.token.claim":"true","userinfo.token.claim":"true","claim.name":"groups"}},
  {"name":"mcp-gateway-audience","protocol":"openid-connect","protocolMapper":"oidc-audience-mapper","config":{"included.custom.audience":"mcp-gateway","id.token.claim":"false","access.token.claim":"true"}}]}`

// What was measured of that client decides whether this package can be believed.
func TestJudgeOnRealKeycloak(t *testing.T) {
	r := pool.Keycloak(t, realpart.Keycloak26_7).Realm(t)
	r.CreateClient(t, json.RawMessage(measured))
	r.User(t, "bob", "secret", r.Group(t, "registry-admins", ""))
	bob := browser.Person{Username: "bob", Password: "secret"}
	client := browser.Client{Issuer: r.Issuer(), ID: "mcp-gateway-ide", RedirectURI: "http://localhost:8787/callback"}

	for _, uri := range []string{
		"http://localhost:8787/callback", "http://localhost/callback", "http://127.0.0.1:41234/callback",
		"http://127.0.0.1:41234/callback/6MFBM1In3Ey-", "http://localhost:8787/callback/6MFBM1In3Ey-",
	} {
		c := client
		c.RedirectURI = uri
		tokens, err := c.Login(t.Context(), bob)
		if err != nil {
			t.Fatalf("%s: %v", uri, err)
		}
		again, err := c.Refresh(t.Context(), tokens.RefreshToken)
		if err != nil {
			t.Fatalf("%s: refresh: %v", uri, err)
		}
		if tokens.Claims["aud"] != "mcp-gateway" || again.Claims["aud"] != "mcp-gateway" || tokens.Claims["azp"] != "mcp-gateway-ide" {
			t.Errorf("%s: claims %v", uri, tokens.Claims)
		}
	}

	refused := map[string]struct {
		alter func(*browser.Client)
		want  string
	}{
		"no PKCE":         {func(c *browser.Client) { c.Challenge = "none" }, "invalid_request Missing parameter: code_challenge_method"},
		"plain":           {func(c *browser.Client) { c.Challenge = "plain" }, "invalid_request Invalid parameter: code challenge method is not matching the configured one"},
		"other path":      {func(c *browser.Client) { c.RedirectURI = "http://localhost:8787/other" }, "Invalid parameter: redirect_uri"},
		"callbackx":       {func(c *browser.Client) { c.RedirectURI = "http://localhost:8787/callbackx" }, "Invalid parameter: redirect_uri"},
		"dot segments":    {func(c *browser.Client) { c.RedirectURI = "http://localhost:8787/callback/../other" }, "Invalid parameter: redirect_uri"},
		"lookalike":       {func(c *browser.Client) { c.RedirectURI = "http://localhost.evil.example/callback" }, "Invalid parameter: redirect_uri"},
		"unknown client":  {func(c *browser.Client) { c.ID = "nobody" }, "Client not found."},
		"scope too many":  {func(c *browser.Client) { c.Scopes = []string{"openid", "phone"} }, "invalid_scope Invalid scopes: openid phone"},
		"implicit":        {func(c *browser.Client) { c.Parameters = url.Values{"response_type": {"token"}} }, "unauthorized_client"},
		"a wrong address": {func(c *browser.Client) { c.Issuer += "x" }, "404"},
	}
	for name, test := range refused {
		c := client
		test.alter(&c)
		if _, err := c.Login(t.Context(), bob); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", name, err, test.want)
		}
	}
	if _, err := client.Login(t.Context(), browser.Person{Username: "bob", Password: "wrong"}); err == nil || !strings.Contains(err.Error(), "Invalid username or password") {
		t.Errorf("wrong password: error %v", err)
	}

	for grant, want := range map[string]int{"password": 400, "client_credentials": 401} {
		_, err := client.Token(t.Context(), url.Values{"grant_type": {grant}, "username": {"bob"}, "password": {"secret"}})
		var refusal *browser.Refusal
		if !errors.As(err, &refusal) || refusal.Status != want || refusal.Code != "unauthorized_client" {
			t.Errorf("%s: error %v, want %d unauthorized_client", grant, err, want)
		}
	}
}
