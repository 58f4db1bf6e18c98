package contract

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// canned answers each request with one status and body.
type canned struct {
	status int
	body   string
}

func (c canned) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: c.status, Request: request, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(c.body)),
	}, nil
}

// notebook writes down what a checker reports.
type notebook struct{ lines []string }

func (*notebook) Helper() {}

func (n *notebook) Errorf(format string, arguments ...any) {
	n.lines = append(n.lines, fmt.Sprintf(format, arguments...))
}

// app is an app with one part after another replaced.
func app(replacements ...string) string {
	return strings.NewReplacer(replacements...).Replace(`{"name":"oidc_client","label":"MCP","signOnMode":"OPENID_CONNECT",
		"profile":{"anything":1},"credentials":{"oauthClient":{"token_endpoint_auth_method":"none"}},
		"settings":{"oauthClient":{"application_type":"native","grant_types":["authorization_code"],"response_types":["code"],
		"redirect_uris":["http://localhost:8787/callback"]}}}`)
}

const policies = "/api/v1/authorizationServers/default/policies"

const forbidden = `{"errorCode":"E0000006","errorSummary":"You do not have permission to perform the requested action","errorLink":"E0000006","errorId":"oae1","errorCauses":[]}`

// The checker can fail: each kind of mistake is reported, on both sides, and what is right is not.
func TestCheckerReports(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		method, path, body string
		answer             canned
		want               string // part of the one report; "" for none
	}{
		"what is right":                     {"POST", "/api/v1/apps", app(), canned{200, app()}, ""},
		"free properties of a profile":      {"GET", "/api/v1/groups/g", "", canned{200, `{"profile":{"name":"a","custom":true}}`}, ""},
		"a path outside of the document":    {"POST", "/oauth2/default/v1/token", "a=b", canned{200, "{}"}, ""},
		"an error that is listed":           {"GET", "/api/v1/apps/a", "", canned{403, forbidden}, ""},
		"an error that is not listed":       {"POST", "/api/v1/apps/a/users", `{"id":"u"}`, canned{409, forbidden}, ""},
		"a challenge without a body":        {"GET", "/api/v1/apps", "", canned{401, ""}, ""},
		"no such path":                      {"GET", "/api/v1/applications", "", canned{404, forbidden}, "no such operation"},
		"no such method":                    {"PATCH", "/api/v1/apps/a", "{}", canned{405, forbidden}, "no such operation"},
		"an unknown parameter":              {"GET", "/api/v1/apps?label=a", "", canned{200, "[]"}, "unknown query parameter label"},
		"a parameter of another type":       {"GET", "/api/v1/apps?limit=all", "", canned{200, "[]"}, "request: "},
		"an unknown property sent":          {"POST", "/api/v1/apps", app("redirect_uris", "redirect_urls"), canned{200, app()}, "request: unknown property .settings.oauthClient.redirect_urls"},
		"an unknown property at the top":    {"POST", "/api/v1/apps", app(`"label"`, `"labels":[],"label"`), canned{200, app()}, "request: unknown property .labels"},
		"a wrong type sent":                 {"POST", "/api/v1/apps", app(`"MCP"`, `5`), canned{200, app()}, "request: "},
		"a value that is not known sent":    {"POST", "/api/v1/apps", app(`"native"`, `"desktop"`), canned{200, app()}, "request: "},
		"a required property missing":       {"POST", "/api/v1/apps", app(`"label":"MCP",`, ""), canned{200, app()}, "request: "},
		"a kind of app that is not known":   {"POST", "/api/v1/apps", app("OPENID_CONNECT", "OPENID"), canned{200, app()}, "request: "},
		"an unknown property received":      {"GET", "/api/v1/apps/a", "", canned{200, app("redirect_uris", "redirect_urls")}, "answer: unknown property .settings.oauthClient.redirect_urls"},
		"an unknown property in a list":     {"GET", "/api/v1/apps", "", canned{200, "[" + app() + "," + app(`"label"`, `"title":"","label"`) + "]"}, "answer: unknown property [1].title"},
		"a wrong type received":             {"GET", "/api/v1/apps/a", "", canned{200, app(`"MCP"`, `5`)}, "answer: "},
		"a value that is not known":         {"GET", "/api/v1/apps/a", "", canned{200, app(`"native"`, `"desktop"`)}, "answer: "},
		"a list where one object is due":    {"GET", "/api/v1/apps/a", "", canned{200, "[]"}, "answer: "},
		"a status that is not listed":       {"GET", "/api/v1/apps/a", "", canned{202, app()}, "answer: "},
		"an error with an unknown property": {"GET", "/api/v1/apps/a", "", canned{404, `{"message":"no"}`}, "answer: unknown property .message"},
		"a policy":                          {"POST", policies, `{"type":"OAUTH_AUTHORIZATION_POLICY","name":"a","description":"b","conditions":{"clients":{"include":["ALL_CLIENTS"]}}}`, canned{201, "{}"}, ""},
		"a policy of another type":          {"POST", policies, `{"type":"OAUTH_POLICY"}`, canned{201, "{}"}, "request: "},
		"a policy with an unknown property": {"POST", policies, `{"clients":{}}`, canned{201, "{}"}, "request: unknown property .clients"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var reports notebook
			checker := newChecker(&reports, Load(t), row.answer)
			request, err := http.NewRequestWithContext(t.Context(), row.method, "http://127.0.0.1:1"+row.path, strings.NewReader(row.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/json")
			response, err := checker.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			passed, err := io.ReadAll(response.Body)
			response.Body.Close()
			if diff := cmp.Diff(row.answer.body, string(passed)); diff != "" || err != nil {
				t.Errorf("the answer was changed on its way (%v):\n%s", err, diff)
			}
			switch {
			case row.want == "" && len(reports.lines) > 0:
				t.Errorf("reported: %q", reports.lines)
			case row.want != "" && (len(reports.lines) != 1 || !strings.Contains(reports.lines[0], row.want)):
				t.Errorf("reported %q, want one report of %q", reports.lines, row.want)
			}
		})
	}
}
