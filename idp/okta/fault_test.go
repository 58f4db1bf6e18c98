package okta_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/idp/okta"
)

// fault does something to the n-th request, counted from 1.
type fault struct {
	n, seen int
	strike  func(*http.Request) (*http.Response, error)
}

// RoundTrip implements http.RoundTripper.
func (f *fault) RoundTrip(request *http.Request) (*http.Response, error) {
	f.seen++
	if f.seen == f.n {
		return f.strike(request)
	}
	return http.DefaultTransport.RoundTrip(request)
}

var errLost = errors.New("connection lost")

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

// strikes are the ways in which a request fails.
func strikes(cancel context.CancelFunc) map[string]func(*http.Request) (*http.Response, error) {
	send := func(request *http.Request) {
		if response, err := http.DefaultTransport.RoundTrip(request); err == nil {
			response.Body.Close()
		}
	}
	return map[string]func(*http.Request) (*http.Response, error){
		"before it was sent": func(*http.Request) (*http.Response, error) { return nil, errLost },
		"after it was sent": func(request *http.Request) (*http.Response, error) {
			send(request)
			return nil, errLost
		},
		// The SDK sends a request again when the connection ends like this.
		"with EOF after it was sent": func(request *http.Request) (*http.Response, error) {
			send(request)
			return nil, io.EOF
		},
		"with a cut body": func(request *http.Request) (*http.Response, error) {
			response, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				return nil, err
			}
			body, _ := io.ReadAll(response.Body)
			response.Body.Close()
			response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), brokenReader{}))
			return response, nil
		},
		"with 429": func(request *http.Request) (*http.Response, error) {
			return answered(request, 429, "E0000047", "API call exceeded rate limit due to too many requests."), nil
		},
		"with 503": func(request *http.Request) (*http.Response, error) {
			return answered(request, 503, "E0000010", "Service is in read only mode"), nil
		},
		"with 500": func(request *http.Request) (*http.Response, error) {
			return answered(request, 500, "E0000009", "Internal Server Error"), nil
		},
		"by Ctrl-C": func(request *http.Request) (*http.Response, error) {
			cancel()
			return http.DefaultTransport.RoundTrip(request)
		},
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Whatever request fails, and however: running again finishes, nothing is doubled, and what is not
// ours is as it was.
func TestEveryRequestMayFail(t *testing.T) {
	t.Parallel()
	for kind := range strikes(nil) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for _, found := range []bool{false, true} {
				for n := 1; n < 60; n++ {
					w := newWorld(t, nil)
					if found {
						w.AddApp(scriptApp())
					}
					struck := w.tryWithFault(t, kind, n)
					w.finish(t, fmt.Sprintf("app found %v, request %d fails %s", found, n, kind), found)
					w.Close()
					if !struck {
						break
					}
				}
			}
		})
	}
}

// tryWithFault runs setup once with the n-th request failing, and reports whether there was such
// a request.
func (w *world) tryWithFault(t *testing.T, kind string, n int) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f := &fault{n: n, strike: strikes(cancel)[kind]}
	c := w.config
	c.HTTP = &http.Client{Transport: f}
	p, err := okta.New(c)
	if err != nil {
		t.Fatal(err)
	}
	change, _, err := p.Plan(ctx, movable(t))
	if err == nil {
		_, err = change.Apply(ctx, nil)
	}
	if f.seen < n {
		return false
	}
	if kind == "by Ctrl-C" && !errors.Is(err, context.Canceled) {
		t.Errorf("request %d, Ctrl-C: error %v hides the interruption", n, err)
	}
	if kind == "with 429" && err != nil {
		t.Errorf("request %d: one 429 was not waited for: %v", n, err)
	}
	return true
}

// finish runs setup again without faults and checks what must be true then.
func (w *world) finish(t *testing.T, story string, adopted bool) {
	t.Helper()
	_, r := w.setUp(t, movable(t))
	if p, _ := w.plan(t, movable(t)); !p.InSync() {
		t.Errorf("%s: not in sync after a second run: %+v", story, p.Changes)
	}
	if claims, policies := w.count("claims", "name", "groups"), w.count("policies", "name", label); claims != 1 || policies != 1 {
		t.Errorf("%s: %d claims, %d policies, want one of each", story, claims, policies)
	}
	if rules := w.count("rules", "name", "AI coding assistants"); rules != 1 {
		t.Errorf("%s: %d rules, want one", story, rules)
	}
	app := w.app(t)
	if adopted && (at(app, "profile", "team") != "platform" || at(app, "settings", "notes", "enduser") != "for assistants" || r.CallbackPort != 56789) {
		t.Errorf("%s: something of the operator's is lost: %v, port %d", story, app, r.CallbackPort)
	}
	if !adopted && r.CallbackPort != 8787 {
		t.Errorf("%s: port %d", story, r.CallbackPort)
	}
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
