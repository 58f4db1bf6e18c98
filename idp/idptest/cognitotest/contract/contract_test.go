package contract_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest/contract"
)

func TestRequestsAreJudged(t *testing.T) {
	t.Parallel()
	model := contract.Load(t)
	const pool = `"UserPoolId":"us-east-1_Abc",`
	for body, want := range map[string]string{
		`{` + pool + `"ClientName":"a"}`:                                          "",
		`{` + pool + `"ClientName":"a","CallbackURLs":["http://localhost/cb"]}`:   "",
		`{"ClientName":"a"}`:                                                      "CreateUserPoolClientRequest.UserPoolId: required",
		`{` + pool + `"ClientName":"a","Colour":"red"}`:                           "CreateUserPoolClientRequest.Colour: unknown",
		`{` + pool + `"ClientName":"a","CallbackURLs":"http://localhost/cb"}`:     "CreateUserPoolClientRequest.CallbackURLs: string where a list belongs",
		`{` + pool + `"ClientName":"a","GenerateSecret":"no"}`:                    "CreateUserPoolClientRequest.GenerateSecret: string where a boolean belongs",
		`{` + pool + `"ClientName":"a","AuthSessionValidity":3.5}`:                "CreateUserPoolClientRequest.AuthSessionValidity: float64 where a integer belongs",
		`{` + pool + `"ClientName":"a","AuthSessionValidity":2}`:                  "CreateUserPoolClientRequest.AuthSessionValidity: value 2 below 3",
		`{` + pool + `"ClientName":"a","AllowedOAuthFlows":["pkce"]}`:             `CreateUserPoolClientRequest.AllowedOAuthFlows[0]: "pkce" is none of code implicit client_credentials`,
		`{` + pool + `"ClientName":"a!"}`:                                         `CreateUserPoolClientRequest.ClientName: "a!" does not fit [\w\s+=,.@-]+`,
		`{` + pool + `"ClientName":null}`:                                         "CreateUserPoolClientRequest.ClientName: null",
		`{` + pool + `"ClientName":"a","TokenValidityUnits":{"IdToken":"weeks"}}`: `CreateUserPoolClientRequest.TokenValidityUnits.IdToken: "weeks" is none of seconds minutes hours days`,
		`{` + pool + `"ClientName":"a","RefreshTokenRotation":{}}`:                "CreateUserPoolClientRequest.RefreshTokenRotation.Feature: required",
		`{` + pool + `"ClientName":"a","CallbackURLs":[` + uris(101) + `]}`:       "CreateUserPoolClientRequest.CallbackURLs: length 101 above 100",
		`[]`: "CreateUserPoolClientRequest: []interface {} where a structure belongs",
		`{`:  "no JSON: unexpected end of JSON input",
	} {
		if got := strings.Join(model.CheckRequest("CreateUserPoolClient", []byte(body)), "; "); got != want {
			t.Errorf("%.80s: %q, want %q", body, got, want)
		}
	}
	if got := model.CheckRequest("CreateClient", []byte(`{}`)); !slices.Equal(got, []string{"no operation CreateClient"}) {
		t.Errorf("an unknown operation: %q", got)
	}
}

func uris(n int) string {
	return strings.TrimSuffix(strings.Repeat(`"http://localhost/cb",`, n), ",")
}

func TestAnswersAreJudged(t *testing.T) {
	t.Parallel()
	model := contract.Load(t)
	for _, test := range []struct {
		operation  string
		status     int
		body, want string
	}{
		{"DescribeUserPool", 200, `{"UserPool":{"Id":"us-east-1_Abc","CreationDate":1548697449.497}}`, ""},
		{"DescribeUserPool", 200, `{"UserPool":{"CreationDate":"2026-11-25"}}`, "DescribeUserPoolResponse.UserPool.CreationDate: string where a timestamp belongs"},
		{"DescribeUserPool", 200, `{"UserPool":{"Clients":[]}}`, "DescribeUserPoolResponse.UserPool.Clients: unknown"},
		{"DeleteUserPoolClient", 200, ``, ""},
		{"DeleteUserPoolClient", 200, `{"Deleted":true}`, "a body where none is"},
		{"ListResourceServers", 200, `{}`, "ListResourceServersResponse.ResourceServers: required"},
		{"CreateManagedLoginBranding", 200, `{"ManagedLoginBranding":{"Settings":{"anything":[1]}}}`, ""},
		{"UpdateUserPoolClient", 400, `{"__type":"ConcurrentModificationException"}`, ""},
		{"CreateUserPoolClient", 400, `{"__type":"ConcurrentModificationException"}`, "ConcurrentModificationException is no error of CreateUserPoolClient"},
		{"CreateUserPoolClient", 400, `{"__type":"AccessDeniedException"}`, ""},
		{"CreateUserPoolClient", 500, `{"message":"sorry"}`, "500 without __type"},
		{"Nothing", 200, ``, "no operation Nothing"},
	} {
		if got := strings.Join(model.CheckAnswer(test.operation, test.status, []byte(test.body)), "; "); got != test.want {
			t.Errorf("%s %d %s: %q, want %q", test.operation, test.status, test.body, got, test.want)
		}
	}
}

// Every pattern that Go cannot express is known, so none is left out silently.
func TestPatternsCompile(t *testing.T) {
	t.Parallel()
	var strange []string
	for name, shape := range contract.Load(t).Shapes {
		if _, err := regexp.Compile(shape.Pattern); err != nil {
			strange = append(strange, name)
		}
	}
	if diff := cmp.Diff([]string{"S3BucketType"}, strange); diff != "" {
		t.Errorf("patterns that Go cannot express (-want +got):\n%s", diff)
	}
}

// judged collects what is reported to a test.
type judged struct {
	testing.TB
	reports []string
}

// Errorf implements [testing.TB].
func (j *judged) Errorf(format string, arguments ...any) {
	j.reports = append(j.reports, fmt.Sprintf(format, arguments...))
}

// answering answers every request with one body.
type answering string

// RoundTrip implements [http.RoundTripper].
func (a answering) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(a)))}, nil
}

func TestExchangesAreReported(t *testing.T) {
	t.Parallel()
	model := contract.Load(t)
	for name, test := range map[string]struct {
		target, contentType, path, sent, answer string
		want                                    []string
	}{
		"fine":         {"AWSCognitoIdentityProviderService.DescribeUserPool", "application/x-amz-json-1.1", "/", `{"UserPoolId":"us-east-1_Abc"}`, `{"UserPool":{}}`, nil},
		"not ours":     {"", "", "/oauth2/token", "grant_type=x", "anything", nil},
		"request":      {"AWSCognitoIdentityProviderService.DescribeUserPool", "application/x-amz-json-1.1", "/", `{}`, `{"UserPool":{}}`, []string{"DescribeUserPool request: DescribeUserPoolRequest.UserPoolId: required"}},
		"answer":       {"AWSCognitoIdentityProviderService.DescribeUserPool", "application/x-amz-json-1.1", "/", `{"UserPoolId":"us-east-1_Abc"}`, `{"Pool":{}}`, []string{"DescribeUserPool answer: DescribeUserPoolResponse.Pool: unknown"}},
		"content type": {"AWSCognitoIdentityProviderService.DescribeUserPool", "application/json", "/", `{"UserPoolId":"us-east-1_Abc"}`, `{}`, []string{`DescribeUserPool has the content type "application/json", want "application/x-amz-json-1.1"`}},
		"path":         {"AWSCognitoIdentityProviderService.DescribeUserPool", "application/x-amz-json-1.1", "/api", `{"UserPoolId":"us-east-1_Abc"}`, `{}`, []string{"DescribeUserPool travels as POST /api, want POST /"}},
	} {
		reports := &judged{TB: t}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1"+test.path, strings.NewReader(test.sent))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Amz-Target", test.target)
		request.Header.Set("Content-Type", test.contentType)
		response, err := model.Transport(reports, answering(test.answer)).RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		if err != nil || string(text) != test.answer {
			t.Errorf("%s: the answer arrives as %q (%v)", name, text, err)
		}
		if diff := cmp.Diff(test.want, reports.reports); diff != "" {
			t.Errorf("%s: reports (-want +got):\n%s", name, diff)
		}
	}
}
