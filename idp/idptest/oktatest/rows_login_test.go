package oktatest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

// login sets up after a change of the app and logs bob in after a change of the assistant.
func login(app func(object), assistant func(*world, *browser.Client)) func(*world) string {
	return func(w *world) string {
		if app == nil {
			app = func(object) {}
		}
		w.setUp(app)
		c := w.assistant()
		if assistant != nil {
			assistant(w, &c)
		}
		ending, _ := w.logIn(c, bob)
		return strings.ReplaceAll(ending, w.app, "APP")
	}
}

// asking changes parameters of the authorize request.
func asking(name, value string) func(*world, *browser.Client) {
	return func(_ *world, c *browser.Client) { c.Parameters = url.Values{name: {value}} }
}

func redirecting(uri string) func(*world, *browser.Client) {
	return func(_ *world, c *browser.Client) { c.RedirectURI = uri }
}

// metadata reads a JSON document and tells a member of it, or the status.
func metadata(path, member string) func(*world) string {
	return func(w *world) string {
		response, err := http.Get(w.okta.URL() + path)
		if err != nil {
			w.t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Sprint(response.StatusCode)
		}
		var m object
		_ = json.NewDecoder(response.Body).Decode(&m)
		return strings.ReplaceAll(fmt.Sprint(m[member]), w.okta.URL(), "ORG")
	}
}

func issuers(c *oktatest.Config) { c.IssuerInRedirects = true }

const (
	badRedirect  = "400 400 Bad Request Your request resulted in an error. The 'redirect_uri' parameter must be a Login redirect URI in the client app settings: ADMIN/admin/app/oidc_client/instance/APP#tab-general"
	badClient    = "400 400 Bad Request Your request resulted in an error. Invalid value for 'client_id' parameter."
	notAssigned  = "access_denied User is not assigned to the client application."
	noPolicy     = "access_denied Policy evaluation failed for this request, please check the policy configurations."
	unknownScope = "invalid_scope One or more scopes are not configured for the authorization server resource."
)

// loginRows are about metadata and authorize requests.
func loginRows() []row {
	mismatch := func(uri string, app func(object)) func(*world) string {
		try := login(app, redirecting(uri))
		return func(w *world) string {
			return strings.ReplaceAll(try(w), strings.Replace(w.okta.URL(), "://", "://admin.", 1), "ADMIN")
		}
	}
	return []row{
		{name: "OAuth metadata", source: "authorization servers API, metadata", want: "ORG/oauth2/default", observe: metadata("/oauth2/default/.well-known/oauth-authorization-server", "issuer")},
		{name: "OpenID metadata", source: "authorization servers API, metadata", want: "ORG/oauth2/default/v1/token", observe: metadata("/oauth2/default/.well-known/openid-configuration", "token_endpoint")},
		{name: "metadata with the path inserted", source: "authorization servers API, metadata", shows: oktatest.MetadataIsAppended, want: "404", observe: metadata("/.well-known/oauth-authorization-server/oauth2/default", "issuer")},
		{name: "metadata of the org authorization server", source: "authorization servers API, metadata", want: "ORG/oauth2/v1/authorize", observe: metadata("/.well-known/openid-configuration", "authorization_endpoint")},
		{name: "published scopes", source: "openapi, metadataPublish", want: "[openid profile email address phone offline_access device_sso]", observe: func(w *world) string {
			w.must("POST", server+"/scopes", object{"name": "hidden"})
			return metadata("/oauth2/default/.well-known/openid-configuration", "scopes_supported")(w)
		}},
		{name: "no promise of iss", source: "assumed", want: "<nil>", observe: metadata("/oauth2/default/.well-known/openid-configuration", "authorization_response_iss_parameter_supported")},
		{name: "metadata of an org without API Access Management", source: "authorization servers", config: unlicensed(oktatest.Unlicensed404), want: "404", observe: metadata("/oauth2/default/.well-known/openid-configuration", "issuer")},
		{name: "an inactive server", source: "assumed", shows: oktatest.InactiveServersAreShut, want: "404", observe: func(w *world) string {
			w.okta.SetStatus("default", "INACTIVE")
			return metadata("/oauth2/default/.well-known/openid-configuration", "issuer")(w)
		}},

		{name: "a login", source: "authorization code flow with PKCE", want: "tokens", observe: login(nil, nil)},
		{name: "a redirect URI on another port", source: "redirect URIs are compared exactly", shows: oktatest.LoopbackPortsCount, want: badRedirect, observe: mismatch("http://localhost:56789/callback", nil)},
		{name: "a redirect URI on another host", source: "redirect URIs are compared exactly", shows: oktatest.RedirectsAreRegistered, want: badRedirect, observe: mismatch("http://127.0.0.1:8787/callback", nil)},
		{name: "a redirect URI below the registered one", source: "redirect URIs are compared exactly", want: badRedirect, observe: mismatch(callback+"/abc", nil)},
		{name: "a client that is not there", source: "quoted", want: badClient, observe: login(nil, func(_ *world, c *browser.Client) { c.ID = "0oanobody" })},
		{name: "an inactive app", source: "assumed", shows: oktatest.InactiveAppsAreShut, want: badClient, observe: login(nil, func(w *world, _ *browser.Client) { w.must("POST", "/api/v1/apps/"+w.app+"/lifecycle/deactivate", nil) })},
		{name: "a request without a state", source: "OpenID Connect & OAuth 2.0 API, authorize", shows: oktatest.StateIsRequired, want: "invalid_request The authentication request has an invalid 'state' parameter.", observe: login(nil, asking("state", ""))},
		{name: "a scope that the server does not have", source: "quoted", shows: oktatest.ScopesAreConfigured, want: unknownScope, observe: login(nil, func(_ *world, c *browser.Client) { c.Scopes = []string{"openid", "groups"} })},
		{name: "no scope", source: "quoted", want: "invalid_scope The authorization server resource does not have any configured default scopes, 'scope' must be provided.", observe: login(nil, func(_ *world, c *browser.Client) { c.Scopes = []string{} })},
		{name: "a public client without a challenge", source: "OpenID Connect & OAuth 2.0 API, errors", shows: oktatest.PKCEIsRequired, want: "invalid_request PKCE code challenge is required when the token endpoint authentication method is 'NONE'.", observe: login(nil, func(_ *world, c *browser.Client) { c.Challenge = "none" })},
		{name: "a plain challenge", source: "code_challenge_methods_supported", shows: oktatest.PKCEIsRequired, want: "invalid_request Invalid value for 'code_challenge_method' parameter. Supported methods are: [S256].", observe: login(nil, func(_ *world, c *browser.Client) { c.Challenge = "plain" })},
		{name: "a confidential client that must send a challenge", source: "quoted", want: "invalid_request PKCE code challenge is required by the application.", observe: login(func(app object) {
			oauth(app)["application_type"] = "web"
			credentials(app)["token_endpoint_auth_method"] = "client_secret_basic"
		}, func(_ *world, c *browser.Client) { c.Challenge = "none" })},
		{name: "another response type", source: "OpenID Connect & OAuth 2.0 API, errors", want: "unsupported_response_type The response type is not supported by the authorization server. Configured response types: [code]", observe: login(nil, asking("response_type", "token"))},
		{name: "an app without the code flow", source: "quoted", shows: oktatest.GrantsAreConfigured, want: "unauthorized_client The client is not authorized to use the provided grant type. Configured grant types: [implicit].", observe: login(func(app object) {
			oauth(app)["grant_types"] = []string{"implicit"}
			oauth(app)["response_types"] = []string{"token"}
		}, nil)},
		{name: "a probe that asks for no prompt", source: "OpenID Connect & OAuth 2.0 API, errors", want: "login_required The client specified not to prompt, but the user is not logged in.", observe: login(nil, asking("prompt", "none"))},
		{name: "assistants ask for consent and a resource", source: "request user consent: implicit unless a scope demands it", want: "tokens", observe: login(nil, func(_ *world, c *browser.Client) {
			c.Parameters = url.Values{"prompt": {"consent"}, "resource": {"https://gateway.example.com/mcp"}}
		})},
		{name: "a wrong password", source: "sign-in widget", want: "200 Sign In Unable to sign in User name Password Sign in", observe: func(w *world) string {
			w.setUp()
			ending, _ := w.logIn(w.assistant(), browser.Person{Username: "bob", Password: "wrong"})
			return ending
		}},
		{name: "a person without an assignment", source: "quoted", shows: oktatest.AssignmentsAreRequired, want: notAssigned, observe: login(nil, func(w *world, _ *browser.Client) {
			w.must("DELETE", "/api/v1/apps/"+w.app+"/groups/"+w.okta.GroupID("Everyone"), nil)
		})},
		{name: "a person who is assigned alone", source: "openapi, assignUserToApplication", want: "tokens", observe: login(nil, func(w *world, _ *browser.Client) {
			w.must("DELETE", "/api/v1/apps/"+w.app+"/groups/"+w.okta.GroupID("Everyone"), nil)
			w.must("POST", "/api/v1/apps/"+w.app+"/users", object{"id": w.okta.UserID("bob"), "scope": "USER"})
		})},
		{name: "iss in a redirect", source: "RFC 9207 section 2", config: issuers, shows: oktatest.IssuerIsInRedirects, want: "ORG/oauth2/default", observe: func(w *world) string {
			w.setUp()
			answer, _, err := w.assistant().Authorize(w.t.Context(), bob)
			return strings.ReplaceAll(fmt.Sprint(answer.Query.Get("iss"), errorText(err)), w.okta.URL(), "ORG")
		}},
		{name: "the promise of iss", source: "RFC 9207 section 3", config: issuers, want: "true", observe: metadata("/oauth2/default/.well-known/oauth-authorization-server", "authorization_response_iss_parameter_supported")},
		{name: "a custom domain is the issuer", source: "openapi, issuerMode", config: func(c *oktatest.Config) { c.CustomDomain = true }, want: "true", observe: func(w *world) string {
			return fmt.Sprint(w.okta.Issuer() == w.okta.CustomURL()+"/oauth2/default" && w.must("GET", server, nil).value("issuer") == w.okta.Issuer())
		}},
		{name: "a login at a server of its own", source: "authorization servers API", config: func(c *oktatest.Config) {
			c.Servers = []oktatest.AuthorizationServer{{Name: "mcp", Audience: "api://mcp"}}
		}, want: "api://mcp", observe: func(w *world) string {
			w.setUp()
			id := w.okta.ServerID("mcp")
			policy := w.must("POST", "/api/v1/authorizationServers/"+id+"/policies", accessPolicy("MCP", w.app)).value("id")
			w.must("POST", "/api/v1/authorizationServers/"+id+"/policies/"+policy+"/rules", accessRule("MCP", []string{"*"}, []string{"EVERYONE"}))
			c := w.assistant()
			c.Issuer = w.okta.IssuerOf(id)
			ending, tokens := w.logIn(c, bob)
			if tokens == nil {
				return ending
			}
			return fmt.Sprint(tokens.Claims["aud"])
		}},
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return " " + err.Error()
}
