package cognitotest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// emulatedLogins are the logins that the emulators with OAuth endpoints are asked for, each a
// change to one that must work.
func emulatedLogins() map[string]func(*browser.Client) {
	return map[string]func(*browser.Client){
		"as registered":     func(*browser.Client) {},
		"without PKCE":      func(c *browser.Client) { c.Challenge = "none" },
		"with another port": func(c *browser.Client) { c.RedirectURI = "http://localhost:8788/callback" },
		"with a scope that the client lacks": func(c *browser.Client) {
			c.Scopes = []string{"openid", "offline_access"}
		},
	}
}

// announced is an issuer whose discovery document names the emulator's endpoints; cognito-local's
// own names none.
func announced(t *testing.T, b *bench) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		idptest.WriteJSON(w, http.StatusOK, browser.Metadata{
			AuthorizationEndpoint: b.url + "/oauth2/authorize", TokenEndpoint: b.url + "/oauth2/token", JWKSURI: b.url + "/" + b.pool + "/.well-known/jwks.json",
		})
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// A person logs in at the emulators that have OAuth endpoints, with a client made as the stand-in's
// are, and gets tokens with the claims that the gateway reads.
func TestEmulatorsLogIn(t *testing.T) {
	t.Parallel()
	const name, password = "bob@example.com", "Secret-1234"
	// Both know one scope only, whatever is asked for, and neither asks what the client has.
	const tokens = `token_use=access aud=- scope=aws.cognito.signin.user.admin cognito:groups=["registry-admins"]`
	for emulator, test := range map[string]struct {
		start func(testing.TB) string
		want  map[string]string
	}{
		"cognito-local": {realpart.CognitoLocal, map[string]string{
			"as registered": tokens, "with a scope that the client lacks": tokens,
			"with another port": `400 {"error":"invalid_request","error_description":"redirect_uri not registered for this client"}`,
			"without PKCE":      `400 {"error":"invalid_request","error_description":"Missing code_challenge"}`,
		}},
		"ministack": {realpart.Ministack, map[string]string{
			"as registered": tokens, "with a scope that the client lacks": tokens, "without PKCE": tokens,
			"with another port": `400 {"error": "invalid_request", "error_description": "redirect_uri is not allowed: http://localhost:8788/callback"}`,
		}},
	} {
		t.Run(emulator, func(t *testing.T) {
			t.Parallel()
			b := newEmulated(t, test.start(t))
			b.ask("AdminCreateUser", object{"Username": name, "MessageAction": "SUPPRESS", "UserAttributes": []object{{"Name": "email", "Value": name}}})
			b.ask("AdminSetUserPassword", object{"Username": name, "Password": password, "Permanent": true})
			b.ask("CreateGroup", object{"GroupName": "registry-admins"})
			b.ask("AdminAddUserToGroup", object{"GroupName": "registry-admins", "Username": name})
			id := b.create(nil).id()
			issuer, got := announced(t, b), map[string]string{}
			for row, change := range emulatedLogins() {
				c := browser.Client{Issuer: issuer, ID: id, RedirectURI: "http://localhost:8787/callback", Scopes: []string{"openid", "email", "profile"}}
				change(&c)
				gotten, err := c.Login(t.Context(), browser.Person{Username: name, Password: password})
				got[row] = outcome(gotten, err, "token_use", "aud", "scope", "cognito:groups")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("logins (-want +got):\n%s", diff)
			}
		})
	}
}
