package okta_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/conformance"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
	"github.com/mcpreg/mcpreg/idp/okta"
)

// refused makes an answer Okta's own, with a limit that ends at once.
func refused(response *http.Response) {
	code := map[int]string{429: "E0000047", 500: "E0000009", 503: "E0000010"}[response.StatusCode]
	own := answered(response.Request, response.StatusCode, code, "refused")
	response.Header, response.Body = own.Header, own.Body
}

// answered is an answer of Okta's own: with its error body and the headers of its rate limit,
// which ends at once.
func answered(request *http.Request, status int, code, summary string) *http.Response {
	now := time.Now().UTC()
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Header: http.Header{
			"Content-Type": {"application/json"}, "Date": {now.Format(http.TimeFormat)},
			"X-Rate-Limit-Limit": {"100"}, "X-Rate-Limit-Remaining": {"0"}, "X-Rate-Limit-Reset": {strconv.FormatInt(now.Unix()-1, 10)},
		},
		Body: io.NopCloser(strings.NewReader(fmt.Sprintf(`{"errorCode":%q,"errorSummary":%q,"errorLink":%q,"errorId":"oae1","errorCauses":[]}`, code, summary, code))),
	}
}

// newWorldFor is newWorld for any kind of test.
func newWorldFor(t testing.TB) *world {
	t.Helper()
	o, err := oktatest.Start(oktatest.Config{Users: []idptest.User{{Name: "bob", Password: "secret", Groups: []string{"registry-admins"}}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	return &world{Okta: o}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t testing.TB) *conformance.World {
		w := newWorldFor(t)
		token := w.AdminToken(oktatest.APIAccessManagementAdmin)
		return &conformance.World{
			Open: func(client *http.Client) (idp.Provider, error) {
				return okta.New(okta.Config{OrgURL: w.URL(), Token: secret(token), HTTP: client})
			},
			Spec: idp.Spec{
				Clients: []idp.Client{{Name: label, Redirects: parsed(t, callback, codexOne)}},
				Groups:  []string{"registry-admins"}, Assign: []string{"registry-admins"},
			},
			Snapshot: func() any { return w.Snapshot() },
			Count:    func() int { return len(w.apps(label)) },
			Adoptable: func() func() any {
				w.AddApp(scriptApp())
				return func() any {
					app := w.apps(label)[0]
					notes, _ := at(app, "settings", "notes", "admin").(string)
					kept := strings.Contains(toJSON(t, at(app, "settings", "oauthClient", "redirect_uris")), "http://127.0.0.1:56789/callback")
					return []any{
						app["id"], app["profile"], app["visibility"], at(app, "settings", "oauthClient", "logo_uri"),
						at(app, "settings", "oauthClient", "post_logout_redirect_uris"), at(app, "settings", "notes", "enduser"),
						strings.HasPrefix(notes, "ask the platform team first"), kept,
					}
				}
			},
			Twin: func() { w.AddApp(scriptApp()) },
			Disturb: func() {
				app := w.apps(label)[0]
				put(app, []string{"http://localhost:1/moved"}, "settings", "oauthClient", "redirect_uris")
				w.admin(t, "PUT", "/apps/"+app["id"].(string), app, http.StatusOK)
			},
			Refuse: refused,
			Check: func(t testing.TB, story string) {
				for part, name := range map[string]string{"claims": "groups", "policies": label, "rules": "AI coding assistants"} {
					if n := w.count(part, "name", name); n != 1 {
						t.Errorf("%s: %d %s called %s", story, n, part, name)
					}
				}
			},
			Secrets: []string{token},
			// Server, label, group, claims, scopes and policies; to set up, the label once more and five
			// writes; in sync, the app's groups and the policy's rules.
			Budget: conformance.Budget{Plan: 6, Setup: 12, InSync: 8},
		}
	})
}

func parsed(t testing.TB, list ...string) []idp.RedirectURI {
	t.Helper()
	var uris []idp.RedirectURI
	for _, s := range list {
		uri, err := idp.ParseRedirectURI(s)
		if err != nil {
			t.Fatal(err)
		}
		uris = append(uris, uri)
	}
	return uris
}

func toJSON(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// count counts the objects of a part of the snapshot that is sorted by what they belong to.
func (w *world) count(part, member, value string) int {
	n := 0
	for _, owned := range lists(w.Snapshot()[part]) {
		for _, object := range owned {
			if object[member] == value {
				n++
			}
		}
	}
	return n
}
