package cognitotest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
)

// coded logs bob in and returns the code, and the form that redeems it.
func (b *bench) coded(c browser.Client) url.Values {
	answer, verifier, err := c.Authorize(b.t.Context(), person("bob"))
	if err != nil {
		b.t.Fatal(err)
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {answer.Code()}, "redirect_uri": {c.RedirectURI}}
	if c.Challenge != "none" {
		form.Set("code_verifier", verifier)
	}
	return form
}

// redeemed sends a form, changed, to the token endpoint.
func (b *bench) redeemed(c browser.Client, form url.Values, changes url.Values) string {
	for name, values := range changes {
		if form[name] = values; values == nil {
			delete(form, name)
		}
	}
	tokens, err := c.Token(b.t.Context(), form)
	return outcome(tokens, err, "token_use")
}

func redeeming() []row {
	const ok, badGrant = "token_use=access", "400 invalid_grant"
	refreshed := func(b *bench, c browser.Client) (string, string) {
		first, err := c.Token(b.t.Context(), b.coded(c))
		if err != nil {
			b.t.Fatal(err)
		}
		return first.RefreshToken, b.redeemed(c, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.RefreshToken}}, nil)
	}
	return []row{
		{"redeem a code", ok, "guide", func(b *bench) string {
			c := b.styled(nil)
			return b.redeemed(c, b.coded(c), nil)
		}},
		{"redeem a code twice", ok + ", then " + badGrant, "guide", func(b *bench) string {
			c := b.styled(nil)
			form := b.coded(c)
			return b.redeemed(c, form, nil) + ", then " + b.redeemed(c, form, nil)
		}},
		{"redeem with a wrong verifier", badGrant, "guide", func(b *bench) string {
			c := b.styled(nil)
			return b.redeemed(c, b.coded(c), url.Values{"code_verifier": {strings.Repeat("x", 43)}})
		}},
		{"redeem without a verifier", badGrant, "guide", func(b *bench) string {
			c := b.styled(nil)
			return b.redeemed(c, b.coded(c), url.Values{"code_verifier": nil})
		}},
		{"redeem without PKCE", ok, "guide: PKCE is optional", func(b *bench) string {
			c := b.styled(nil)
			c.Challenge = "none"
			return b.redeemed(c, b.coded(c), nil)
		}},
		{"redeem for another redirect", "400 unauthorized_client", "users of a redirect without its slash", func(b *bench) string {
			c := b.styled(nil)
			return b.redeemed(c, b.coded(c), url.Values{"redirect_uri": {"http://localhost:8787/callback/"}})
		}},
		{"redeem as another client", badGrant, "guide", func(b *bench) string {
			c := b.styled(nil)
			form := b.coded(c)
			c.ID = b.create(nil).id()
			return b.redeemed(c, form, nil)
		}},
		{"redeem as a client that is none", "400 invalid_client", "guide", func(b *bench) string {
			c := b.styled(nil)
			form := b.coded(c)
			c.ID = "nobody"
			return b.redeemed(c, form, nil)
		}},
		{"redeem without the secret", "400 invalid_client invalid_client_secret", "BerriAI/litellm-docs#1433", func(b *bench) string {
			c := b.styled(object{"GenerateSecret": true})
			return b.redeemed(c, b.coded(c), nil)
		}},
		{"redeem a code of no scope", badGrant, "anthropics/claude-code#90190", func(b *bench) string {
			c := b.styled(nil)
			c.Scopes = []string{}
			return b.redeemed(c, b.coded(c), nil)
		}},
		{"another grant", "400 unsupported_grant_type", "guide", func(b *bench) string {
			return b.redeemed(b.styled(nil), url.Values{"grant_type": {"password"}}, nil)
		}},
		{"refresh", ok, "guide", func(b *bench) string {
			_, outcome := refreshed(b, b.styled(nil))
			return outcome
		}},
		{"refresh as another client", badGrant, "guide", func(b *bench) string {
			c := b.styled(nil)
			token, _ := refreshed(b, c)
			c.ID = b.create(nil).id()
			return b.redeemed(c, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}, nil)
		}},
		{"refresh sends no refresh token", "none", "guide", func(b *bench) string { return b.renewed(b.styled(nil)) }},
		{"refresh with rotation sends another", "another, and the first is " + badGrant, "guide", func(b *bench) string {
			return b.renewed(b.styled(object{"RefreshTokenRotation": object{"Feature": "ENABLED"}, "ExplicitAuthFlows": []string{"ALLOW_USER_SRP_AUTH"}}))
		}},
		{"refresh after all sessions were revoked", badGrant, "guide", func(b *bench) string {
			c := b.styled(nil)
			token, _ := refreshed(b, c)
			b.standIn.RevokeSessions()
			return b.redeemed(c, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}, nil)
		}},
	}
}

// renewed refreshes and tells what became of the refresh token.
func (b *bench) renewed(c browser.Client) string {
	first, err := c.Token(b.t.Context(), b.coded(c))
	if err != nil {
		b.t.Fatal(err)
	}
	second, err := c.Refresh(b.t.Context(), first.RefreshToken)
	switch {
	case err != nil:
		return err.Error()
	case second.RefreshToken == "":
		return "none"
	}
	_, err = c.Refresh(b.t.Context(), first.RefreshToken)
	return "another, and the first is " + outcome(second, err)
}

func claiming() []row {
	access := []string{"token_use", "client_id", "aud", "scope", "username", "cognito:groups"}
	logIn := func(b *bench, who string, resource string) string {
		c := b.styled(nil)
		if resource != "" {
			c.Parameters = url.Values{"resource": {resource}}
		}
		tokens, err := c.Login(b.t.Context(), person(who))
		return strings.ReplaceAll(outcome(tokens, err, access...), c.ID, "{client}")
	}
	return []row{
		{"an access token", `token_use=access client_id={client} aud=- scope=openid email profile username=bob cognito:groups=["registry-admins"]`, "guide", func(b *bench) string {
			return logIn(b, "bob", "")
		}},
		{"an access token of nobody's group", "token_use=access client_id={client} aud=- scope=openid email profile username=newcomer cognito:groups=-", "guide", func(b *bench) string {
			b.standIn.AddUser(newcomer())
			return logIn(b, "newcomer", "")
		}},
		{"an access token for a resource", `token_use=access client_id={client} aud=https://gw.example.com/aws/mcp scope=openid email profile username=bob cognito:groups=["registry-admins"]`, "guide, resource binding", func(b *bench) string {
			return logIn(b, "bob", "https://gw.example.com/aws/mcp")
		}},
		{"an access token for a resource from classic pages", `token_use=access client_id={client} aud=- scope=openid email profile username=bob cognito:groups=["registry-admins"]`, "guide, resource binding", func(b *bench) string {
			return logIn(b.another(func(c *cognitotest.Config) { c.ManagedLoginVersion = 1 }), "bob", "https://gw.example.com/aws/mcp")
		}},
		{"an ID token", "token_use=id aud={client} cognito:username=bob email=bob@example.com email_verified=true", "guide", func(b *bench) string {
			c := b.styled(nil)
			return strings.ReplaceAll(b.idToken(c), c.ID, "{client}")
		}},
		{"no ID token without openid", "none", "guide", func(b *bench) string {
			c := b.styled(nil)
			c.Scopes = []string{"email"}
			return b.idToken(c)
		}},
	}
}

// idToken logs bob in and tells the claims of the ID token.
func (b *bench) idToken(c browser.Client) string {
	form := b.coded(c)
	form.Set("client_id", c.ID)
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.standIn.DomainURL()+"/oauth2/token", strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := b.client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		IDToken string `json:"id_token"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer); err != nil {
		b.t.Fatal(err)
	}
	if answer.IDToken == "" {
		return "none"
	}
	parsed, err := jwt.ParseSigned(answer.IDToken, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		b.t.Fatal(err)
	}
	claims := object{}
	if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		b.t.Fatal(err)
	}
	return told(claims, "token_use", "aud", "cognito:username", "email", "email_verified")
}
