package contract_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest/entratest/contract"
)

type object = map[string]any

func TestDeclarationsAreRead(t *testing.T) {
	t.Parallel()
	types, err := contract.Parse(`
export as namespace microsoftgraph;
export type NullableOption<T> = T | null;
/** a { brace } */
export type Colour =
    | "red"
    | "blue";
export interface Entity { id?: string; }
export interface Thing extends Entity {
    // a comment; with signs {
    colour?: NullableOption<Colour>;
    names?: string[];
    parts?: NullableOption<Part[]>;
}
export interface Part { size?: number; "odd-name"?: any; }
export namespace Other.Place { interface Part { size?: string; } }
`)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		value any
		want  []string
	}{
		"right":          {object{"id": "1", "colour": "red", "names": []any{"a"}, "parts": []any{object{"size": 1.0, "odd-name": nil}}, "@odata.type": "#microsoft.graph.thing", "x@odata.bind": 1.0}, nil},
		"null":           {object{"colour": nil, "parts": nil}, nil},
		"unknown":        {object{"color": "red"}, []string{"Thing.color: unknown property of Thing"}},
		"wrong type":     {object{"id": 1.0}, []string{"Thing.id: number is not a string"}},
		"no member":      {object{"colour": "green"}, []string{"Thing.colour: green is none of red, blue"}},
		"no list":        {object{"names": "a"}, []string{"Thing.names: string is not a list"}},
		"null in place":  {object{"names": nil}, []string{"Thing.names: null is not allowed"}},
		"inside a list":  {object{"names": []any{"a", true}}, []string{"Thing.names[1]: boolean is not a string"}},
		"inside a part":  {object{"parts": []any{object{"size": "1", "y": 1.0}}}, []string{"Thing.parts[0].size: string is not a number", "Thing.parts[0].y: unknown property of Part"}},
		"no part":        {object{"parts": []any{"x"}}, []string{"Thing.parts[0]: string is not a Part"}},
		"another entity": {object{"@odata.type": "#microsoft.graph.part"}, []string{"Thing: @odata.type #microsoft.graph.part is no Thing"}},
		"no object":      {[]any{}, []string{"Thing: list is not a Thing"}},
	} {
		if diff := cmp.Diff(test.want, types.Check("Thing", test.value)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := types.Check("Other.Place.Part", object{"size": 1.0}); !slices.Equal(got, []string{"Other.Place.Part.size: number is not a string"}) {
		t.Errorf("namespace: %q", got)
	}
	if got := types.Check("Entity", object{"@odata.type": "#microsoft.graph.thing", "colour": "red"}); got != nil {
		t.Errorf("derived: %q", got)
	}
}

func TestUnreadableDeclarations(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "export interface X { a?: ; }", "export interface X { a? string; }", "export class X {}", "export type X<T> = T"} {
		if _, err := contract.Parse(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// The properties and their types were typed from
// https://learn.microsoft.com/graph/api/resources/application.
func TestMicrosoftsDeclarations(t *testing.T) {
	t.Parallel()
	types := contract.Load(t)
	right := object{
		"displayName": "x", "identifierUris": []any{"api://x"}, "uniqueName": "x", "groupMembershipClaims": "SecurityGroup",
		"api":            object{"requestedAccessTokenVersion": 2.0, "oauth2PermissionScopes": []any{object{"id": "1", "isEnabled": true, "value": "x"}}},
		"publicClient":   object{"redirectUris": []any{"http://localhost"}},
		"optionalClaims": object{"accessToken": []any{object{"name": "groups", "essential": false, "additionalProperties": []any{"cloud_displayname"}}}},
	}
	if got := types.Check("Application", right); got != nil {
		t.Errorf("a right application: %q", got)
	}
	wrong := object{
		"redirectUris": []any{}, "isFallbackPublicClient": "true", "tags": nil, "api": object{"requestedAccessTokenVersion": "2", "scopes": []any{}},
	}
	want := []string{
		"Application.api.requestedAccessTokenVersion: string is not a number",
		"Application.api.scopes: unknown property of ApiApplication",
		"Application.isFallbackPublicClient: string is not a boolean",
		"Application.redirectUris: unknown property of Application",
		"Application.tags: null is not allowed",
	}
	if diff := cmp.Diff(want, types.Check("Application", wrong)); diff != "" {
		t.Errorf("a wrong application (-want +got):\n%s", diff)
	}
}

// answers is a Graph that says always the same.
type answers struct {
	status int
	body   string
}

func (a answers) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body)), Request: request}, nil
}

func TestTransportReports(t *testing.T) {
	t.Parallel()
	types := contract.Load(t)
	const right = `{"value":[{"displayName":"x"}]}`
	const failure = `{"error":{"code":"x","message":"y","innerError":{"date":"d","request-id":"r","client-request-id":"c"}}}`
	for name, test := range map[string]struct {
		method, path, sent string
		answer             answers
		want               []string
	}{
		"right":             {http.MethodGet, "/v1.0/applications", "", answers{200, right}, nil},
		"a right error":     {http.MethodGet, "/v1.0/applications/1", "", answers{404, failure}, nil},
		"elsewhere":         {http.MethodGet, "/token", "", answers{200, "no JSON"}, nil},
		"unknown address":   {http.MethodGet, "/v1.0/teams", "", answers{200, right}, []string{"GET /v1.0/teams: no type is known for this address"}},
		"wrong request":     {http.MethodPatch, "/v1.0/applications(uniqueName='x')", `{"publicClient":[]}`, answers{204, ""}, []string{"request PATCH /v1.0/applications(uniqueName='x'): Application.publicClient: list is not a PublicClientApplication"}},
		"wrong $select":     {http.MethodGet, "/v1.0/groups?$select=id,name", "", answers{200, right}, []string{"request GET /v1.0/groups: $select=name: unknown property of Group"}},
		"wrong answer":      {http.MethodGet, "/v1.0/groups", "", answers{200, `{"value":[{"name":"x"}],"next":1}`}, []string{"answer GET /v1.0/groups: next: unknown member of a list", "answer GET /v1.0/groups: value[0].name: unknown property of Group"}},
		"no list":           {http.MethodGet, "/v1.0/groups", "", answers{200, `{}`}, []string{"answer GET /v1.0/groups: value: null is not a list"}},
		"one entity":        {http.MethodPost, "/v1.0/applications", `{"displayName":"x"}`, answers{201, `{"displayName":1}`}, []string{"answer POST /v1.0/applications: Application.displayName: number is not a string"}},
		"an error of none":  {http.MethodGet, "/v1.0/groups", "", answers{403, `{"error":"no"}`}, []string{"answer GET /v1.0/groups: error: string is not an object"}},
		"an error of a few": {http.MethodGet, "/v1.0/groups", "", answers{403, `{"error":{"code":1,"innerError":{"date":"d","request-id":"r"}}}`}, []string{"answer GET /v1.0/groups: error.innerError.client-request-id: missing", "answer GET /v1.0/groups: error.code: number is not a string"}},
		"no JSON":           {http.MethodGet, "/v1.0/groups", "", answers{200, "x"}, []string{"answer GET /v1.0/groups: no JSON: invalid character 'x' looking for beginning of value"}},
	} {
		var got []string
		transport := &contract.Transport{Base: test.answer, Types: types, Report: func(violation string) { got = append(got, violation) }}
		request, err := http.NewRequestWithContext(t.Context(), test.method, "http://graph.example"+test.path, strings.NewReader(test.sent))
		if err != nil {
			t.Fatal(err)
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || string(body) != test.answer.body {
			t.Errorf("%s: the body became %q, %v", name, body, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
