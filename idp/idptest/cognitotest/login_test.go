package cognitotest_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
)

// get sends a GET and follows no redirect.
func (b *bench) get(address string) (*http.Response, string) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	client := b.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response, string(text)
}

// authorize sends an authorize request, right but for the changes, and tells where it leads.
func (b *bench) authorize(clientID string, changes url.Values) string {
	query := url.Values{
		"client_id": {clientID}, "response_type": {"code"}, "redirect_uri": {"http://localhost:8787/callback"}, "scope": {"openid email profile"}, "state": {"s"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"},
	}
	for name, values := range changes {
		if query[name] = values; values == nil {
			delete(query, name)
		}
	}
	response, _ := b.get(b.standIn.DomainURL() + "/oauth2/authorize?" + query.Encode())
	location := strings.ReplaceAll(response.Header.Get("Location"), b.standIn.DomainURL(), "{domain}")
	location = strings.ReplaceAll(location, clientID, "{client}")
	if before, _, found := strings.Cut(location, "/login?"); found {
		location = before + "/login"
	}
	return location
}

func discovering() []row {
	return []row{
		{"discover", `authorization_endpoint={domain}/oauth2/authorize token_endpoint={domain}/oauth2/token issuer={issuer} scopes_supported=["openid","email","phone","profile"] ` +
			`code_challenge_methods_supported=- registration_endpoint=- authorization_response_iss_parameter_supported=-`, "openchoreo/openchoreo#3217 and the guide", func(b *bench) string {
			_, text := b.get(b.standIn.Issuer() + "/.well-known/openid-configuration")
			text = strings.NewReplacer(b.standIn.DomainURL(), "{domain}", b.standIn.Issuer(), "{issuer}").Replace(text)
			document := object{}
			if err := json.Unmarshal([]byte(text), &document); err != nil {
				return text
			}
			return told(document, "authorization_endpoint", "token_endpoint", "issuer", "scopes_supported", "code_challenge_methods_supported", "registration_endpoint", "authorization_response_iss_parameter_supported")
		}},
		{"discover elsewhere", "404", "RFC 8414 documents are not served", func(b *bench) string {
			response, _ := b.get(b.standIn.Issuer() + "/.well-known/oauth-authorization-server")
			return plain(response.StatusCode)
		}},
		{"discover a pool that is none", "404", "guide", func(b *bench) string {
			response, _ := b.get(b.url + "/us-east-1_Nothing/.well-known/openid-configuration")
			return plain(response.StatusCode)
		}},
		{"discover a pool without a domain", "authorization_endpoint=-", "guide: a domain activates the endpoints", func(b *bench) string {
			other := b.another(func(c *cognitotest.Config) { c.NoDomain = true })
			_, text := other.get(other.standIn.Issuer() + "/.well-known/openid-configuration")
			document := object{}
			if err := json.Unmarshal([]byte(text), &document); err != nil {
				return text
			}
			return told(document, "authorization_endpoint")
		}},
	}
}

func authorizing() []row {
	const back = "http://localhost:8787/callback?"
	type trial struct {
		name, want, source string
		client             object
		changes            url.Values
	}
	var rows []row
	for _, c := range []trial{
		{"as registered", "{domain}/login", "guide", nil, nil},
		{"without PKCE", "{domain}/login", "guide: PKCE is optional", nil, url.Values{"code_challenge": nil, "code_challenge_method": nil}},
		{"with PKCE plain", back + "error=invalid_request&state=s", "guide", nil, url.Values{"code_challenge_method": {"plain"}}},
		{"with a challenge and no method", back + "error=invalid_request&state=s", "guide", nil, url.Values{"code_challenge_method": nil}},
		{"with another port", "{domain}/error?error=redirect_mismatch&client_id={client}", "BerriAI/litellm-docs#1433", nil, url.Values{"redirect_uri": {"http://localhost:8788/callback"}}},
		{"with another loopback host", "{domain}/error?error=redirect_mismatch&client_id={client}", "guide", nil, url.Values{"redirect_uri": {"http://127.0.0.1:8787/callback"}}},
		{"with a slash more", "{domain}/error?error=redirect_mismatch&client_id={client}", "guide", nil, url.Values{"redirect_uri": {"http://localhost:8787/callback/"}}},
		{"without a redirect", "{domain}/error?error=redirect_mismatch&client_id={client}", "guide", nil, url.Values{"redirect_uri": nil}},
		{"with offline_access", back + "error=invalid_request&error_description=invalid_scope&state=s", "mlops-club/awscdk-minecraft#40", nil, url.Values{"scope": {"openid offline_access"}}},
		{"with a scope that the client lacks", back + "error=invalid_request&error_description=invalid_scope&state=s", "mlops-club/awscdk-minecraft#40", nil, url.Values{"scope": {"openid phone"}}},
		{"with no scope", "{domain}/login", "anthropics/claude-code#90190", nil, url.Values{"scope": nil}},
		{"without a response type", back + "error=invalid_request&state=s", "guide", nil, url.Values{"response_type": nil}},
		{"with the implicit flow that is off", back + "error=invalid_request&error_description=unauthorized_client&state=s", "guide; users quote the parameters", nil, url.Values{"response_type": {"token"}}},
		{"with OAuth off", back + "error=invalid_request&error_description=unauthorized_client&state=s", "guide; users quote the parameters", object{"AllowedOAuthFlowsUserPoolClient": false}, nil},
		{"silently", back + "error=login_required&state=s", "guide", nil, url.Values{"prompt": {"none"}}},
		{"with a resource", "{domain}/login", "guide", nil, url.Values{"resource": {"https://gw.example.com/aws/mcp"}}},
		{"with a resource over http", back + "error=invalid_request&state=s", "guide: https, http on loopback or a scheme of its own", nil, url.Values{"resource": {"http://gw.example.com/aws/mcp"}}},
		{"as an unknown client", "{domain}/error?error=invalid_request&client_id=nobody", "the page is known, its parameter is not", nil, url.Values{"client_id": {"nobody"}}},
	} {
		rows = append(rows, row{"authorize " + c.name, c.want, c.source, func(b *bench) string {
			return b.authorize(b.create(c.client).id(), c.changes)
		}})
	}
	return rows
}

// person is a user whom the bench has.
func person(name string) browser.Person {
	return browser.Person{Username: name, Password: "secret"}
}

// styled makes a client with a branding style and plays it.
func (b *bench) styled(changes object) browser.Client {
	id := b.create(changes).id()
	b.standIn.AddBranding(id)
	return b.plays(id)
}

func (b *bench) plays(id string) browser.Client {
	return browser.Client{Issuer: b.standIn.Issuer(), ID: id, RedirectURI: "http://localhost:8787/callback", Scopes: []string{"openid", "email", "profile"}}
}

// attempt logs in as far as the redirect and tells how that ended.
func (b *bench) attempt(client browser.Client, who browser.Person) string {
	answer, _, err := client.Authorize(b.t.Context(), who)
	switch {
	case err != nil:
		return err.Error()
	case answer.Code() != "":
		return "code"
	}
	return answer.Error()
}

// outcome tells a login as far as the tokens.
func outcome(tokens *browser.Tokens, err error, claims ...string) string {
	var refusal *browser.Refusal
	switch {
	case errors.As(err, &refusal):
		return refusal.Error()
	case err != nil:
		return err.Error()
	}
	return told(tokens.Claims, claims...)
}

func loggingIn() []row {
	const unavailable = "403 Login pages unavailable Login pages unavailable. Please contact an administrator."
	const noOption = "400 Error An error was encountered with the requested page. Login option is not available. Please try another one"
	option := func(providers ...string) func(*bench) browser.Client {
		return func(b *bench) browser.Client { return b.styled(object{"SupportedIdentityProviders": providers}) }
	}
	at := func(provider string, c browser.Client) browser.Client {
		c.Parameters = url.Values{"identity_provider": {provider}}
		return c
	}
	return []row{
		{"log in", "code", "guide", func(b *bench) string { return b.attempt(b.styled(nil), person("bob")) }},
		{"log in with a wrong password", "200 Sign in Incorrect username or password. User name Password Sign in", "users quote the message", func(b *bench) string {
			return b.attempt(b.styled(nil), browser.Person{Username: "bob", Password: "wrong"})
		}},
		{"log in without a branding style", unavailable, "minorun365/html-share#3", func(b *bench) string { return b.attempt(b.plays(b.create(nil).id()), person("bob")) }},
		{"log in at classic pages without a branding style", "code", "the classic pages need none, as deployments show", func(b *bench) string {
			other := b.another(func(c *cognitotest.Config) { c.ManagedLoginVersion = 1 })
			return other.attempt(other.plays(other.create(nil).id()), person("bob"))
		}},
		{"log in where COGNITO is missing", noOption, "users quote the message", func(b *bench) string { return b.attempt(option("Okta", "Google")(b), person("bob")) }},
		{"log in where no provider is set", noOption, "users quote the message", func(b *bench) string {
			return b.attempt(b.styled(object{"SupportedIdentityProviders": nil}), person("bob"))
		}},
		{"log in at the only provider", "code", "guide", func(b *bench) string { return b.attempt(option("Okta")(b), person("bob")) }},
		{"log in at a provider that the client lacks", noOption, "users quote the message", func(b *bench) string { return b.attempt(at("Google", b.styled(nil)), person("bob")) }},
		{"log in at a provider of the client", `username=Okta_bob cognito:groups=["us-east-1_Mcp4Gateway_Okta"]`, "aws-samples/aws-genai-llm-chatbot#742", func(b *bench) string {
			tokens, err := at("Okta", option("COGNITO", "Okta")(b)).Login(b.t.Context(), person("bob"))
			return outcome(tokens, err, "username", "cognito:groups")
		}},
		{"an error page", "400 Error An error was encountered with the requested page. redirect_mismatch", "users quote status and text", func(b *bench) string {
			c := b.styled(nil)
			c.RedirectURI = "http://localhost:1/callback"
			return b.attempt(c, person("bob"))
		}},
	}
}
