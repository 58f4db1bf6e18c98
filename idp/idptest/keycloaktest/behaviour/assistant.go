package behaviour

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
)

// The assistant's side of a login. The verifier and its challenge are those of RFC 7636
// appendix B.
const (
	redirectURI = "http://localhost:8787/callback"
	verifier    = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge   = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// fields are those of a client, or changes to the usual ones.
type fields map[string]any

// with returns the fields, changed.
func (f fields) with(changes fields) fields {
	all := fields{}
	for name, value := range f {
		all[name] = value
	}
	for name, value := range changes {
		all[name] = value
	}
	return all
}

// measured is the client that was measured to work, of one POST.
func measured() fields {
	return fields{
		"protocol": "openid-connect", "enabled": true, "publicClient": true,
		"standardFlowEnabled": true, "implicitFlowEnabled": false, "directAccessGrantsEnabled": false, "serviceAccountsEnabled": false,
		"consentRequired": false, "fullScopeAllowed": false, "webOrigins": []string{},
		"redirectUris":        []string{"http://localhost/callback/*", "http://127.0.0.1/callback/*"},
		"attributes":          map[string]string{"pkce.code.challenge.method": "S256"},
		"defaultClientScopes": []string{"basic", "profile", "email"}, "optionalClientScopes": []string{"offline_access"},
		"protocolMappers": []fields{groupsMapper(nil), audienceMapper(nil)},
	}
}

func groupsMapper(changes fields) fields {
	config := fields{"full.path": "false", "id.token.claim": "true", "access.token.claim": "true", "userinfo.token.claim": "true", "claim.name": "groups"}
	return fields{"name": "groups", "protocol": "openid-connect", "protocolMapper": "oidc-group-membership-mapper", "config": config.with(changes)}
}

func audienceMapper(changes fields) fields {
	config := fields{"included.custom.audience": "mcp-gateway", "id.token.claim": "false", "access.token.claim": "true"}
	return fields{"name": "mcp-gateway-audience", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper", "config": config.with(changes)}
}

// parameters change the usual ones of a request; an empty list takes one out.
type parameters map[string][]string

func (p parameters) over(usual url.Values) url.Values {
	for name, values := range p {
		usual[name] = values
		if len(values) == 0 {
			delete(usual, name)
		}
	}
	return usual
}

// authorizeURL is the address that an assistant opens.
func (b *Bench) authorizeURL(p parameters) string {
	return b.endpoint("auth") + "?" + p.over(url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {redirectURI}, "state": {"st"},
		"scope": {"openid email profile offline_access"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}).Encode()
}

// authorize opens the address and tells what a person sees, or where the browser is sent.
func (b *Bench) authorize(p parameters) string {
	return seen(b.send(http.MethodGet, b.authorizeURL(p), ""))
}

var instruction = regexp.MustCompile(`class="instruction">([^<]*)<`)

// seen tells a page or a redirect in short.
func seen(a answer) string {
	if location := a.header.Get("Location"); location != "" {
		plain, err := url.QueryUnescape(location)
		if err != nil {
			plain = location
		}
		return fmt.Sprintf("%d %s", a.status, secrets.ReplaceAllString(plain, "$1=…"))
	}
	if strings.Contains(a.body, `id="kc-form-login"`) {
		return fmt.Sprintf("%d login form", a.status)
	}
	if found := instruction.FindStringSubmatch(a.body); found != nil {
		return fmt.Sprintf("%d %s", a.status, found[1])
	}
	return fmt.Sprintf("%d other page", a.status)
}

var secrets = regexp.MustCompile(`\b(code|session_state|access_token|id_token|expires_in)=[^&]*`)

// code logs in and returns the code.
func (b *Bench) code(name string, p parameters) string {
	got, err := browser.Authorize(b.ctx, b.authorizeURL(p), browser.Person{Username: name, Password: password})
	if err == nil && got.Code() == "" {
		err = errors.New("no code: " + got.Error())
	}
	if err != nil {
		b.fail(err)
	}
	return got.Code()
}

// redeem redeems a code.
func (b *Bench) redeem(code string, p parameters, headers ...string) answer {
	return b.post(b.endpoint("token"), p.over(url.Values{
		"grant_type": {"authorization_code"}, "client_id": {clientID}, "code": {code}, "redirect_uri": {redirectURI}, "code_verifier": {verifier},
	}), headers...)
}

// login logs in and redeems the code.
func (b *Bench) login(name string, p parameters) answer { return b.redeem(b.code(name, p), nil) }

// refresh redeems a refresh token.
func (b *Bench) refresh(token any, p parameters, headers ...string) answer {
	return b.post(b.endpoint("token"), p.over(url.Values{
		"grant_type": {"refresh_token"}, "client_id": {clientID}, "refresh_token": {fmt.Sprint(token)},
	}), headers...)
}

// outcome tells an answer of the token endpoint: "tokens", or the refusal.
func outcome(a answer) string {
	if a.status == http.StatusOK && a.object()["access_token"] != nil {
		return "tokens"
	}
	return a.String()
}

// claims tells some claims of a token in the answer. Lists are sorted; - is an absent claim; and
// a claim that differs from login to login is only told to be there.
func claims(a answer, token string, names ...string) string {
	text, _ := a.object()[token].(string)
	parts := strings.Split(text, ".")
	all := map[string]any{}
	if len(parts) == 3 {
		if body, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil {
			_ = json.Unmarshal(body, &all) // a token without claims shows none
		}
	} else {
		return a.String()
	}
	return members(all, names...)
}

// members tells some members of an object.
func members(object map[string]any, names ...string) string {
	var told []string
	for _, name := range names {
		told = append(told, name+"="+value(name, object[name]))
	}
	return strings.Join(told, " ")
}
