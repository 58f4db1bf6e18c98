package cognito_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/cognito"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
	"github.com/mcpreg/mcpreg/idp/idptest/conformance"
)

// fault does something to the n-th request, counted from 1, and to as many after it as lasting says.
type fault struct {
	n, lasting, seen int
	strike           conformance.Strike
}

func (f *fault) RoundTrip(request *http.Request) (*http.Response, error) {
	f.seen++
	if f.seen >= f.n && f.seen < f.n+f.lasting {
		return f.strike(request)
	}
	return http.DefaultTransport.RoundTrip(request)
}

var errLost = errors.New("connection lost")

// strikes are the ways in which a request fails: those of the suite of all kinds, AWS's own way to
// throttle, and what a proxy before it says.
func strikes(cancel context.CancelFunc) map[string]conformance.Strike {
	answer := func(status int, body string) conformance.Strike {
		return func(request *http.Request) (*http.Response, error) {
			return &http.Response{
				StatusCode: status, Status: fmt.Sprint(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
				Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, Body: io.NopCloser(strings.NewReader(body)),
			}, nil
		}
	}
	all := conformance.Strikes(cancel, refusal)
	all["with a throttle"] = answer(http.StatusBadRequest, `{"__type":"TooManyRequestsException","message":"Rate exceeded"}`)
	all["with a web page"] = answer(http.StatusOK, "<html>please log in</html>")
	return all
}

// Whatever request fails, however, once or for good: running again finishes, nothing is doubled,
// and what is not ours is as it was.
func TestEveryRequestMayFail(t *testing.T) {
	t.Parallel()
	starts := map[string]struct {
		pool    cognitotest.Config
		prepare func(*world)
	}{
		"from nothing": {cognitotest.Config{NoDomain: true}, func(w *world) {
			w.config.CreateDomain, w.config.CreateGroups = "acme-ide", true
		}},
		"from the script's client": {cognitotest.Config{}, func(w *world) { w.AddClient(scriptClient()) }},
	}
	for start, from := range starts {
		for kind := range strikes(nil) {
			for _, lasting := range []int{1, 100} {
				if lasting > 1 && kind != "before it was sent" && kind != "after it was sent" && kind != "with a throttle" {
					continue // is tried once only, or told as one of these
				}
				t.Run(fmt.Sprintf("%s/%s/%d", start, kind, lasting), func(t *testing.T) {
					t.Parallel()
					for n, struck := 1, true; struck; n++ {
						w := newWorld(t, from.pool)
						from.prepare(w)
						before := w.clientsNamed(clientName)
						struck = w.tryWithFault(t, kind, n, lasting)
						w.finish(t, fmt.Sprintf("request %d", n), before)
						w.Close()
					}
				})
			}
		}
	}
}

func faultSpec(t *testing.T) idp.Spec {
	t.Helper()
	s := spec(t)
	s.Groups, s.AssignUsers = []string{"registry-admins", "mcp-users"}, []string{bob.Username}
	return s
}

// tryWithFault runs setup once with requests failing from the n-th on, and reports whether there was
// such a request.
func (w *world) tryWithFault(t *testing.T, kind string, n, lasting int) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f := &fault{n: n, lasting: lasting, strike: strikes(cancel)[kind]}
	c := w.config
	c.HTTP = &http.Client{Transport: f}
	p, err := cognito.New(c)
	if err != nil {
		t.Fatal(err)
	}
	change, _, err := p.Plan(ctx, faultSpec(t))
	if err == nil {
		_, err = change.Apply(ctx, nil)
	}
	if err != nil {
		assertTold(t, kind, n, err)
	}
	return f.seen >= n
}

// assertTold makes sure that a failure is of the right sort, and told without a secret.
func assertTold(t *testing.T, kind string, n int, err error) {
	t.Helper()
	want := idp.CodeUnreachable
	if kind == "with a web page" {
		want = idp.CodeFailed
	}
	switch {
	case kind == conformance.Interrupted:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("request %d: error %v hides the interruption", n, err)
		}
	case code(err) != want:
		t.Errorf("request %d: %v is %q, want %q", n, err, code(err), want)
	}
}

// finish runs setup again without faults and checks what must be true then.
func (w *world) finish(t *testing.T, story string, before []map[string]any) {
	t.Helper()
	w.config.CreateGroups = true
	_, registration := w.setUp(t, faultSpec(t))
	if p := w.plan(t, faultSpec(t)); !p.InSync() {
		t.Errorf("%s: not in sync after a second run: %+v", story, p.Changes)
	}
	after := w.clientsNamed(clientName)
	if len(after) != 1 || registration.Clients[clientName] != after[0]["ClientId"] {
		t.Fatalf("%s: %d app clients of the name; registration %+v", story, len(after), registration)
	}
	if len(before) == 0 {
		return
	}
	for _, member := range notOurs() {
		if !reflect.DeepEqual(before[0][member], after[0][member]) {
			t.Errorf("%s: %s was %v, is %v", story, member, before[0][member], after[0][member])
		}
	}
}
