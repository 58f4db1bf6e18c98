package oktatest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

type object = map[string]any

// world is a stand-in, its administrator, and what a row made. What goes wrong while a row is
// prepared ends the row.
type world struct {
	t      *testing.T
	okta   *oktatest.Okta
	client *http.Client
	token  string // what stands in the Authorization header
	app    string // id of the public client
	policy string // id of the policy that covers it
}

// stop ends a row.
type stop string

const (
	callback = "http://localhost:8787/callback"
	server   = "/api/v1/authorizationServers/default"
)

var bob = browser.Person{Username: "bob", Password: "secret"}

func start(t *testing.T, c oktatest.Config) *world {
	t.Helper()
	if c.Users == nil {
		c.Users = []idptest.User{{Name: "bob", Password: "secret", Groups: []string{"registry-admins", "Team"}}, {Name: "amy", Password: "secret"}}
	}
	o, err := oktatest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	return &world{t: t, okta: o, client: &http.Client{}, token: "SSWS " + o.AdminToken()}
}

// reply is an answer of the management API.
type reply struct {
	status int
	header http.Header
	text   string
}

func (w *world) send(method, path string, body any) reply {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		content = bytes.NewReader(text)
	}
	if strings.HasPrefix(path, "/") {
		path = w.okta.URL() + path
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, path, content)
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if w.token != "" {
		request.Header.Set("Authorization", w.token)
	}
	response, err := w.client.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(text)}
}

// String is the status, and the code and summary and causes of an error.
func (r reply) String() string {
	var e struct {
		Code, Summary string
		Causes        []struct {
			Summary string `json:"errorSummary"`
		} `json:"errorCauses"`
	}
	var raw object
	_ = json.Unmarshal([]byte(r.text), &e)
	_ = json.Unmarshal([]byte(r.text), &raw)
	parts := []string{fmt.Sprint(r.status)}
	if code, ok := raw["errorCode"]; ok {
		parts = append(parts, fmt.Sprint(code), fmt.Sprint(raw["errorSummary"]))
	}
	for _, c := range e.Causes {
		parts = append(parts, "("+c.Summary+")")
	}
	return strings.Join(parts, " ")
}

func (r reply) object() object {
	var o object
	_ = json.Unmarshal([]byte(r.text), &o)
	return o
}

func (r reply) list() []object {
	var l []object
	_ = json.Unmarshal([]byte(r.text), &l)
	return l
}

// value returns what stands at a path of an answer, as text.
func (r reply) value(path ...string) string {
	var v any = r.object()
	for _, key := range path {
		inner, ok := v.(object)
		if !ok {
			return "absent"
		}
		if v, ok = inner[key]; !ok {
			return "absent"
		}
	}
	return fmt.Sprint(v)
}

// must sends a request that has to succeed.
func (w *world) must(method, path string, body any) reply {
	r := w.send(method, path, body)
	if r.status >= http.StatusBadRequest {
		panic(stop(method + " " + path + ": " + r.String()))
	}
	return r
}

// nativeApp is what the issue asks for: a public client with rotating refresh tokens.
func nativeApp(label string) object {
	return object{
		"name": "oidc_client", "label": label, "signOnMode": "OPENID_CONNECT",
		"credentials": object{"oauthClient": object{"token_endpoint_auth_method": "none", "pkce_required": true}},
		"settings": object{"oauthClient": object{
			"application_type": "native", "grant_types": []string{"authorization_code", "refresh_token"}, "response_types": []string{"code"},
			"redirect_uris": []string{callback}, "refresh_token": object{"rotation_type": "ROTATE", "leeway": 30},
		}},
	}
}

func accessPolicy(name string, clients ...string) object {
	return object{
		"type": "OAUTH_AUTHORIZATION_POLICY", "name": name, "description": name, "conditions": object{"clients": object{"include": clients}},
	}
}

func accessRule(name string, scopes, groups []string) object {
	return object{
		"type": "RESOURCE_ACCESS", "name": name,
		"conditions": object{
			"people": object{"groups": object{"include": groups}}, "grantTypes": object{"include": []string{"authorization_code"}},
			"scopes": object{"include": scopes},
		},
		"actions": object{"token": object{"accessTokenLifetimeMinutes": 60, "refreshTokenLifetimeMinutes": 0, "refreshTokenWindowMinutes": 10080}},
	}
}

func groupsClaim(filter, value string) object {
	return object{
		"name": "groups", "claimType": "RESOURCE", "valueType": "GROUPS", "group_filter_type": filter, "value": value,
		"alwaysIncludeInToken": true, "conditions": object{"scopes": []string{}}, "status": "ACTIVE",
	}
}

// setUp makes a login possible: the app, its assignment to everyone, a policy and a rule. Changes
// are applied to the app before it is made.
func (w *world) setUp(changes ...func(app object)) {
	app := nativeApp("MCP")
	for _, change := range changes {
		change(app)
	}
	w.app = w.must("POST", "/api/v1/apps", app).value("id")
	w.must("PUT", "/api/v1/apps/"+w.app+"/groups/"+w.okta.GroupID("Everyone"), object{})
	w.policy = w.must("POST", server+"/policies", accessPolicy("MCP", w.app)).value("id")
	w.must("POST", server+"/policies/"+w.policy+"/rules", accessRule("MCP", []string{"*"}, []string{"EVERYONE"}))
}

// assistant is a public client as assistants are.
func (w *world) assistant() browser.Client {
	return browser.Client{Issuer: w.okta.Issuer(), ID: w.app, RedirectURI: callback}
}

// logIn tries a login and tells how it ended; claims are those of the access token.
func (w *world) logIn(c browser.Client, person browser.Person) (ending string, tokens *browser.Tokens) {
	tokens, err := c.Login(w.t.Context(), person)
	if err != nil {
		return err.Error(), nil
	}
	return "tokens", tokens
}

// claim logs bob in and tells the value of a claim of his access token.
func (w *world) claim(name string) string {
	ending, tokens := w.logIn(w.assistant(), bob)
	if tokens == nil {
		return ending
	}
	value, ok := tokens.Claims[name]
	if !ok {
		return "absent"
	}
	return fmt.Sprint(value)
}

// postForm sends a form and tells the status and the OAuth error.
func (w *world) postForm(path string, form url.Values) string {
	response, err := http.PostForm(w.okta.URL()+path, form)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	var e struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Scope       string `json:"scope"`
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if strings.Contains(string(text), "errorCode") {
		return reply{response.StatusCode, response.Header, string(text)}.String()
	}
	_ = json.Unmarshal(text, &e)
	return strings.TrimSpace(fmt.Sprint(response.StatusCode, " ", e.Error, e.Scope, " ", e.Description))
}

// refusal shortens the error of a token endpoint.
func refusal(err error) string {
	var r *browser.Refusal
	switch {
	case err == nil:
		return "tokens"
	case errors.As(err, &r):
		return r.Error()
	}
	return err.Error()
}
