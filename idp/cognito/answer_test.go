package cognito_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
)

// A creation that is answered with nothing, by something in between, is an error: there is no
// client, and none is made up.
func TestACreationThatMakesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	w.config.HTTP = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".CreateUserPoolClient") {
			header := http.Header{"Content-Type": {"application/x-amz-json-1.1"}}
			return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
		}
		return http.DefaultTransport.RoundTrip(r)
	})}
	p, registration, err := w.provider(t).Plan(t.Context(), spec(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Apply(t.Context(), nil)
	assertRefused(t, err, idp.CodeFailed, clientName, "--endpoint-url")
	if len(registration.Clients) > 0 || len(w.clientsNamed(clientName)) > 0 {
		t.Errorf("registration %+v", registration)
	}
}

// A signed request, which may carry a session token, goes to the endpoint that was named and
// nowhere else.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s went elsewhere, with the session token %q", r.Method, r.URL, r.Header.Get("X-Amz-Security-Token"))
	}))
	t.Cleanup(elsewhere.Close)
	w := newWorld(t, cognitotest.Config{})
	for name, client := range map[string]*http.Client{"the usual client": nil, "one that follows": {}} {
		for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect} {
			server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, status))
			t.Cleanup(server.Close)
			w.config.EndpointURL, w.config.HTTP = server.URL, client
			w.signIn(w.Temporary())
			_, _, err := w.provider(t).Plan(t.Context(), spec(t))
			t.Run(name, func(t *testing.T) { assertRefused(t, err, idp.CodeFailed, server.URL, "--endpoint-url") })
		}
	}
}
