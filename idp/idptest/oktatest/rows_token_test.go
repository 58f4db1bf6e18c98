package oktatest_test

import (
	"fmt"
	"net/url"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

// redeem gets a code and redeems it with a form that was changed.
func redeem(change func(*world, url.Values)) func(*world) string {
	return func(w *world) string {
		w.setUp()
		answer, verifier, err := w.assistant().Authorize(w.t.Context(), bob)
		if err != nil || answer.Code() == "" {
			return answer.Error() + errorText(err)
		}
		form := url.Values{"grant_type": {"authorization_code"}, "code": {answer.Code()}, "redirect_uri": {callback}, "code_verifier": {verifier}, "client_id": {w.app}}
		change(w, form)
		client := browser.Client{Issuer: w.okta.Issuer(), ID: form.Get("client_id")}
		_, err = client.Token(w.t.Context(), form)
		return refusal(err)
	}
}

// refresh logs bob in and then plays with the refresh token.
func refresh(app func(object), play func(w *world, c browser.Client, token string) string) func(*world) string {
	return func(w *world) string {
		w.setUp(func(o object) {
			if app != nil {
				app(o)
			}
		})
		ending, tokens := w.logIn(w.assistant(), bob)
		switch {
		case tokens == nil:
			return ending
		case tokens.RefreshToken == "":
			return "no refresh token"
		}
		return play(w, w.assistant(), tokens.RefreshToken)
	}
}

// again redeems a refresh token and tells whether another one came.
func again(w *world, c browser.Client, token string) (ending, next string) {
	tokens, err := c.Refresh(w.t.Context(), token)
	switch {
	case err != nil:
		return refusal(err), ""
	case tokens.RefreshToken == token:
		return "same", token
	}
	return "another", tokens.RefreshToken
}

func fixed(app object) { oauth(app)["refresh_token"] = object{"rotation_type": "STATIC"} }

const (
	badCode    = "400 invalid_grant The authorization code is invalid or has expired."
	badRefresh = "400 invalid_grant The refresh token is invalid or expired."
)

// tokenRows are about the token endpoint.
func tokenRows() []row {
	return []row{
		{name: "a code", source: "OpenID Connect & OAuth 2.0 API, token", want: "tokens", observe: redeem(func(*world, url.Values) {})},
		{name: "a code that was made up", source: "quoted", want: badCode, observe: redeem(func(_ *world, f url.Values) { f.Set("code", "made-up") })},
		{name: "a code of another client", source: "RFC 6749 section 4.1.3", shows: oktatest.CodesAreBound, want: badCode, observe: redeem(func(w *world, f url.Values) { f.Set("client_id", w.okta.AddApp(nativeApp("Other"))) })},
		{name: "a code with another redirect URI", source: "RFC 6749 section 4.1.3", shows: oktatest.CodesAreBound, want: "400 invalid_grant The 'redirect_uri' does not match the redirection URI used in the authorization request.", observe: redeem(func(_ *world, f url.Values) { f.Set("redirect_uri", "http://localhost:1/callback") })},
		{name: "a code with another verifier", source: "quoted", shows: oktatest.VerifiersAreChecked, want: "400 invalid_grant PKCE verification failed.", observe: redeem(func(_ *world, f url.Values) { f.Set("code_verifier", "0123456789012345678901234567890123456789012") })},
		{name: "a public client with a secret", source: "quoted", shows: oktatest.ClientsAuthenticate, want: "401 invalid_client Client authentication failed. Either the client or the client credentials are invalid.", observe: redeem(func(_ *world, f url.Values) { f.Set("client_secret", "secret") })},
		{name: "a confidential client without its secret", source: "quoted", shows: oktatest.ClientsAuthenticate, want: "401 invalid_client Client authentication failed. Either the client or the client credentials are invalid.", observe: func(w *world) string {
			w.setUp(func(app object) {
				oauth(app)["application_type"] = "web"
				credentials(app)["token_endpoint_auth_method"] = "client_secret_post"
			})
			_, err := w.assistant().Login(w.t.Context(), bob)
			return refusal(err)
		}},
		{name: "a client that is not there asks for a token", source: "quoted", want: "401 invalid_client Invalid value for 'client_id' parameter.", observe: func(w *world) string {
			return w.postForm("/oauth2/default/v1/token", url.Values{"grant_type": {"authorization_code"}, "client_id": {"0oanobody"}})
		}},
		{name: "another grant", source: "RFC 6749 section 5.2", want: "400 unsupported_grant_type The authorization grant type is not supported by the authorization server.", observe: redeem(func(_ *world, f url.Values) { f.Set("grant_type", "password") })},
		{name: "no refresh token without offline_access", source: "refresh tokens", want: "no refresh token", observe: func(w *world) string {
			w.setUp()
			c := w.assistant()
			c.Scopes = []string{"openid"}
			if _, tokens := w.logIn(c, bob); tokens != nil && tokens.RefreshToken == "" {
				return "no refresh token"
			}
			return "a refresh token"
		}},
		{name: "no refresh token without the grant", source: "refresh tokens", want: "no refresh token", observe: refresh(func(app object) {
			oauth(app)["grant_types"] = []string{"authorization_code"}
			delete(oauth(app), "refresh_token")
		}, nil)},
		{name: "a refresh token that rotates", source: "refresh token rotation", shows: oktatest.RefreshTokensRotate, want: "another another", observe: refresh(nil, func(w *world, c browser.Client, token string) string {
			first, next := again(w, c, token)
			second, _ := again(w, c, next)
			return first + " " + second
		})},
		{name: "a rotated refresh token within the grace period", source: "refresh token rotation, grace period", want: "another", observe: refresh(nil, func(w *world, c browser.Client, token string) string {
			_, _ = again(w, c, token)
			w.okta.Age(20 * time.Second)
			ending, _ := again(w, c, token)
			return ending
		})},
		{name: "a rotated refresh token after the grace period", source: "refresh token rotation, reuse detection", shows: oktatest.RefreshTokensRotate, want: badRefresh + ", and the next: " + badRefresh, observe: refresh(nil, func(w *world, c browser.Client, token string) string {
			_, next := again(w, c, token)
			w.okta.Age(40 * time.Second)
			old, _ := again(w, c, token)
			successor, _ := again(w, c, next)
			return old + ", and the next: " + successor
		})},
		{name: "a refresh token that stays", source: "openapi, rotation_type", want: "same same", observe: refresh(fixed, func(w *world, c browser.Client, token string) string {
			first, _ := again(w, c, token)
			second, _ := again(w, c, token)
			return first + " " + second
		})},
		{name: "a refresh token that was not used for a week", source: "openapi, refreshTokenWindowMinutes", want: badRefresh, observe: refresh(fixed, func(w *world, c browser.Client, token string) string {
			w.okta.Age(8 * 24 * time.Hour)
			ending, _ := again(w, c, token)
			return ending
		})},
		{name: "a refresh token of another client", source: "RFC 6749 section 6", shows: oktatest.RefreshTokensAreBound, want: badRefresh, observe: refresh(fixed, func(w *world, c browser.Client, token string) string {
			c.ID = w.okta.AddApp(nativeApp("Other"))
			ending, _ := again(w, c, token)
			return ending
		})},
		{name: "a refresh token of a person who lost the app", source: "assumed", want: "400 " + notAssigned, observe: refresh(fixed, func(w *world, c browser.Client, token string) string {
			w.must("DELETE", "/api/v1/apps/"+w.app+"/groups/"+w.okta.GroupID("Everyone"), nil)
			ending, _ := again(w, c, token)
			return ending
		})},
		{name: "sessions are revoked", source: "revoke tokens", want: badRefresh, observe: refresh(fixed, func(w *world, c browser.Client, token string) string {
			w.okta.RevokeSessions()
			ending, _ := again(w, c, token)
			return ending
		})},
		{name: "a refresh token is revoked", source: "RFC 7009", want: "200, then " + badRefresh, observe: refresh(fixed, func(w *world, c browser.Client, token string) string {
			revoked := w.postForm("/oauth2/default/v1/revoke", url.Values{"token": {token}, "client_id": {c.ID}})
			ending, _ := again(w, c, token)
			return revoked + ", then " + ending
		})},
		{name: "userinfo", source: "OpenID Connect Core section 5.3", want: "bob@example.com, 401 without a token", observe: func(w *world) string {
			w.setUp()
			ending, tokens := w.logIn(w.assistant(), bob)
			if tokens == nil {
				return ending
			}
			w.token = "Bearer " + tokens.AccessToken
			email := w.send("GET", "/oauth2/default/v1/userinfo", nil).value("email")
			w.token = ""
			return fmt.Sprint(email, ", ", w.send("GET", "/oauth2/default/v1/userinfo", nil).status, " without a token")
		}},
		{name: "an access token lives as long as its rule says", source: "openapi, accessTokenLifetimeMinutes", want: "600", observe: func(w *world) string {
			w.setUp()
			path := server + "/policies/" + w.policy + "/rules"
			rule := accessRule("MCP", []string{"*"}, []string{"EVERYONE"})
			rule["actions"] = object{"token": object{"accessTokenLifetimeMinutes": 10}}
			w.must("PUT", path+"/"+fmt.Sprint(w.must("GET", path, nil).list()[0]["id"]), rule)
			ending, tokens := w.logIn(w.assistant(), bob)
			if tokens == nil {
				return ending
			}
			return fmt.Sprint(tokens.Claims["exp"].(float64) - tokens.Claims["iat"].(float64))
		}},
		{name: "keys of the org's access tokens", source: "authorization servers, org authorization server", shows: oktatest.OrgTokensAreOpaque, want: "unverified", observe: func(w *world) string {
			w.setUp()
			c := w.assistant()
			c.Issuer = w.okta.URL()
			if ending, tokens := w.logIn(c, bob); tokens != nil && ending == "tokens" {
				return ending
			}
			return "unverified"
		}},
	}
}
