package keycloak_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/idp/keycloak"
)

// fault does something to the n-th request, counted from 1.
type fault struct {
	n, seen int
	strike  func(*http.Request) (*http.Response, error)
}

func (f *fault) RoundTrip(request *http.Request) (*http.Response, error) {
	f.seen++
	if f.seen == f.n {
		return f.strike(request)
	}
	return http.DefaultTransport.RoundTrip(request)
}

var errLost = errors.New("connection lost")

// strikes are the ways in which a request fails.
func strikes(cancel context.CancelFunc) map[string]func(*http.Request) (*http.Response, error) {
	answer := func(request *http.Request, status int, body string) *http.Response {
		return &http.Response{
			StatusCode: status, Status: fmt.Sprint(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
			Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)),
		}
	}
	return map[string]func(*http.Request) (*http.Response, error){
		"before it was sent": func(*http.Request) (*http.Response, error) { return nil, errLost },
		"after it was sent": func(request *http.Request) (*http.Response, error) {
			if response, err := http.DefaultTransport.RoundTrip(request); err == nil {
				response.Body.Close()
			}
			return nil, errLost
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
		"with 429": func(request *http.Request) (*http.Response, error) { return answer(request, 429, "{}"), nil },
		"with 503": func(request *http.Request) (*http.Response, error) { return answer(request, 503, "{}"), nil },
		"with 500": func(request *http.Request) (*http.Response, error) { return answer(request, 500, "{}"), nil },
		"by Ctrl-C": func(request *http.Request) (*http.Response, error) {
			cancel()
			return http.DefaultTransport.RoundTrip(request)
		},
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Whatever request fails, and however: running again finishes, nothing is doubled, and what is
// not ours is as it was.
func TestEveryRequestMayFail(t *testing.T) {
	w := newWorld(t, realpart.Keycloak26_7)
	foreign := map[string]any{
		"clientId": clientID, "publicClient": true, "enabled": true, "redirectUris": []string{"http://localhost/operator"}, "webOrigins": []string{"http://localhost:1234"},
		"attributes": map[string]string{"pkce.code.challenge.method": "S256", "access.token.lifespan": "777"}, "directAccessGrantsEnabled": false,
		"protocolMappers":     []map[string]any{{"name": "department", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper", "config": map[string]string{"user.attribute": "department", "claim.name": "department"}}},
		"defaultClientScopes": []string{"basic", "profile"}, "optionalClientScopes": []string{"email", "offline_access"},
	}
	for start, prepare := range map[string]func(){
		"from nothing":       func() {},
		"from a wrong start": func() { w.CreateClient(t, foreign) },
	} {
		for kind := range strikes(nil) {
			for n := 1; ; n++ {
				prepare()
				struck := w.tryWithFault(t, kind, n)
				w.finish(t, fmt.Sprintf("%s, request %d fails %s", start, n, kind), start != "from nothing")
				if !struck {
					break
				}
			}
		}
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
	p, err := keycloak.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if change, _, err := p.Plan(ctx, spec(t)); err == nil {
		if _, err := change.Apply(ctx, nil); err != nil && kind == "by Ctrl-C" && !errors.Is(err, context.Canceled) {
			t.Errorf("request %d, Ctrl-C: error %v hides the interruption", n, err)
		}
	}
	return f.seen >= n
}

// finish runs setup again without faults and checks what must be true then.
func (w *world) finish(t *testing.T, story string, adopted bool) {
	t.Helper()
	w.setUp(t, spec(t))
	if p := w.plan(t, spec(t)); !p.InSync() {
		t.Errorf("%s: not in sync after a second run: %+v", story, p.Changes)
	}
	client := w.Client(t, clientID)
	if adopted {
		attributes, _ := client["attributes"].(map[string]any)
		if mapper(client, "department") == nil || attributes["access.token.lifespan"] != "777" ||
			!strings.Contains(fmt.Sprint(client["redirectUris"]), "http://localhost/operator") || !strings.Contains(fmt.Sprint(client["webOrigins"]), "http://localhost:1234") {
			t.Errorf("%s: something of the operator's is lost: %v", story, client)
		}
	}
	w.Admin(t, http.MethodDelete, "/clients/"+client["id"].(string), nil, http.StatusNoContent)
	if w.Client(t, clientID) != nil {
		t.Errorf("%s: twins", story)
	}
}
