package entratest_test

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// document reads JSON from the plain port.
func (b *bench) document(path string) object {
	b.Helper()
	return b.sent(http.MethodGet, path, nil)
}

// sent sends a form to the plain port and reads JSON; headers are pairs.
func (b *bench) sent(method, path string, form url.Values, headers ...string) object {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), method, b.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	got := object{}
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
		b.Fatal(err)
	}
	return got
}

// redeem logs in as far as the code, and sends a form that is not the usual one.
func (b *bench) redeem(a browser.Client, form url.Values, headers ...string) string {
	b.Helper()
	answer, verifier, err := a.Authorize(b.Context(), browser.Person{Username: bob, Password: password})
	if err != nil {
		b.Fatal(err)
	}
	usual := url.Values{"grant_type": {"authorization_code"}, "client_id": {a.ID}, "code": {answer.Code()}, "redirect_uri": {a.RedirectURI}, "code_verifier": {verifier}}
	for name, values := range form {
		usual[name] = values
	}
	return b.tokenOf(usual, headers...)
}

// tokenOf tells how the token endpoint answers a form.
func (b *bench) tokenOf(form url.Values, headers ...string) string {
	b.Helper()
	got := b.sent(http.MethodPost, "/"+b.TenantID()+"/oauth2/v2.0/token", form, headers...)
	if description, refused := got["error_description"].(string); refused {
		return short(description)
	}
	if got["access_token"] == nil {
		return "no token"
	}
	return "tokens"
}

var ticket = regexp.MustCompile(`name="ticket" value="([^"]+)"`)

// accepts logs in and accepts on the consent page.
func (b *bench) accepts(a browser.Client, name string) string {
	b.Helper()
	client := http.Client{Jar: jar(b.T), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page := b.page(client.Get(b.authorizeURL(a)))
	page = b.page(client.PostForm(b.URL()+"/"+b.TenantID()+"/login", url.Values{"ticket": {ticket.FindStringSubmatch(page)[1]}, "username": {name}, "password": {password}}))
	b.page(client.PostForm(b.URL()+"/"+b.TenantID()+"/consent", url.Values{"ticket": {ticket.FindStringSubmatch(page)[1]}, "accept": {"1"}}))
	return b.login(a, name)
}

// authorizeURL is where an assistant sends a browser that it does not drive itself.
func (b *bench) authorizeURL(a browser.Client) string {
	query := url.Values{"client_id": {a.ID}, "redirect_uri": {a.RedirectURI}, "response_type": {"code"}, "scope": {strings.Join(a.Scopes, " ")}, "code_challenge": {"x"}}
	return b.URL() + "/" + b.TenantID() + "/oauth2/v2.0/authorize?" + query.Encode()
}

func jar(t *testing.T) http.CookieJar {
	t.Helper()
	made, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (b *bench) page(response *http.Response, err error) string {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	var text strings.Builder
	_ = response.Write(&text)
	return text.String()
}

func tokenRows() []row {
	const codes = identityDocs + "reference-error-codes"
	with := func(client object, form url.Values, headers ...string) func(*bench) string {
		return func(b *bench) string { return b.redeem(b.assistant(b.world(nil, client)), form, headers...) }
	}
	none := []string{}
	on := func(platform string) object {
		return object{"publicClient": object{"redirectUris": none}, platform: object{"redirectUris": []string{callback}}}
	}
	return []row{
		{"redeemed", "", codes, "tokens", entratest.Config{}, with(nil, nil)},
		{"redeemed twice", entratest.CodesWorkOnce, codes, "AADSTS54005", entratest.Config{}, func(b *bench) string {
			a := b.assistant(b.world(nil, nil))
			answer, verifier, err := a.Authorize(b.Context(), browser.Person{Username: bob, Password: password})
			if err != nil {
				b.Fatal(err)
			}
			form := url.Values{"grant_type": {"authorization_code"}, "client_id": {a.ID}, "code": {answer.Code()}, "redirect_uri": {a.RedirectURI}, "code_verifier": {verifier}}
			b.tokenOf(form)
			return b.tokenOf(form)
		}},
		{"a code that is none", "", codes, "AADSTS70000", entratest.Config{}, with(nil, url.Values{"code": {"x"}})},
		{"another redirect URI", entratest.CodesAreBound, codes, "AADSTS500112", entratest.Config{}, with(nil, url.Values{"redirect_uri": {callback}})},
		{"another client", "", codes, "AADSTS700005", entratest.Config{}, with(nil, url.Values{"client_id": {scopeID}})},
		{"another verifier", entratest.VerifiersAreChecked, codes, "AADSTS501481", entratest.Config{}, with(nil, url.Values{"code_verifier": {strings.Repeat("x", 43)}})},
		{"no PKCE", entratest.PKCEIsRequired, codes, "AADSTS9002325", entratest.Config{}, altered(bob, nil, nil, func(c *browser.Client) { c.Challenge = "none" })},
		{"registered under web", entratest.PlatformsDecide, "https://github.com/anthropics/claude-ai-mcp/issues/894", "AADSTS7000218", entratest.Config{}, with(on("web"), nil)},
		{"registered as a single-page application", "", codes, "AADSTS9002327", entratest.Config{}, with(on("spa"), nil)},
		{"from another origin", "", codes, "AADSTS9002326", entratest.Config{}, with(nil, nil, "Origin", "https://a.example")},
		{"a single-page application's own", "", codes, "tokens", entratest.Config{}, with(on("spa"), nil, "Origin", "http://localhost")},
		{"a fallback does not help", "", "https://github.com/anthropics/claude-ai-mcp/issues/894", "AADSTS7000218", entratest.Config{}, with(change(on("web"), object{"isFallbackPublicClient": true}), nil)},
		{"ports apart on two platforms", "", identityDocs + "reply-url", "AADSTS7000218", entratest.Config{}, with(object{"web": object{"redirectUris": []string{"http://localhost:1/callback"}}}, nil)},
		{"a secret of a public client", entratest.PublicHasNoSecret, "https://github.com/Softeria/ms-365-mcp-server/issues/664", "AADSTS700025", entratest.Config{}, with(nil, url.Values{"client_secret": {"x"}})},
		{"another resource", "", codes, "AADSTS9010010", entratest.Config{}, with(nil, url.Values{"resource": {"https://gw.contoso.com"}})},
		{"no offline_access", entratest.RefreshNeedsOffline, identityDocs + "scopes-oidc", "AADSTS50173", entratest.Config{}, func(b *bench) string {
			a := b.assistant(b.world(nil, nil))
			a.Scopes = a.Scopes[:2]
			return b.refreshed(a, func() {})
		}},
		{"refreshed", "", identityDocs + "refresh-tokens", "tokens", entratest.Config{}, func(b *bench) string {
			return b.refreshed(b.assistant(b.world(nil, nil)), func() {})
		}},
		{"revoked", entratest.SessionsCanEnd, identityDocs + "refresh-tokens", "AADSTS50173", entratest.Config{}, func(b *bench) string {
			return b.refreshed(b.assistant(b.world(nil, nil)), b.RevokeSessions)
		}},
		{"a password", "", codes, "AADSTS70003", entratest.Config{}, func(b *bench) string {
			return b.tokenOf(url.Values{"grant_type": {"password"}, "client_id": {scopeID}})
		}},
	}
}

// refreshed logs in, lets something happen, and refreshes.
func (b *bench) refreshed(a browser.Client, happens func()) string {
	b.Helper()
	tokens, err := a.Login(b.Context(), browser.Person{Username: bob, Password: password})
	if err != nil {
		b.Fatal(err)
	}
	happens()
	if _, err := a.Refresh(b.Context(), tokens.RefreshToken); err != nil {
		return short(err.Error())
	}
	return "tokens"
}
