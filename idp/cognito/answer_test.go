package cognito_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest"
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

// rewriting sends requests on, and has answers to an operation rewritten.
func rewriting(operation string, rewrite func(answer string) string) *http.Client {
	return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil || !strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+operation) {
			return response, err
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		response.Body, response.ContentLength = io.NopCloser(strings.NewReader(rewrite(string(text)))), -1
		response.Header.Del("Content-Length")
		return response, err
	})}
}

// A creation whose answer is lost is looked for, and found.
func TestALostCreationIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	w.config.HTTP = rewriting("CreateUserPoolClient", func(string) string { return "<html>" })
	_, registration := w.setUp(t, spec(t))
	if id := w.client(t, clientName)["ClientId"]; registration.Clients[clientName] != id {
		t.Errorf("registration %+v, want %s", registration, id)
	}
}

// A client that got a secret between plan and apply is left alone.
func TestASecretThatComesMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	w.AddClient(scriptClient())
	planned := false
	w.config.HTTP = rewriting("DescribeUserPoolClient", func(answer string) string {
		if !planned {
			return answer
		}
		return strings.Replace(answer, `"ClientName"`, `"ClientSecret":"s3cr3t-of-the-web-client-0","ClientName"`, 1)
	})
	p := w.plan(t, spec(t))
	planned = true
	before := w.Snapshot()
	_, err := p.Apply(t.Context(), nil)
	assertRefused(t, err, idp.CodeUsage, "has a secret")
	if !reflect.DeepEqual(before, w.Snapshot()) {
		t.Error("something was changed")
	}
}

// A prefix that is taken is not ours because it is described: the description names whose it is.
func TestADomainOfAnotherPool(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{NoDomain: true})
	w.config.CreateDomain = cognitotest.TakenDomain
	w.config.HTTP = rewriting("DescribeUserPoolDomain", func(string) string {
		return `{"DomainDescription":{"Domain":"` + cognitotest.TakenDomain + `","UserPoolId":"us-east-1_Other"}}`
	})
	_, err := w.plan(t, spec(t)).Apply(t.Context(), nil)
	assertRefused(t, err, idp.CodeUsage, cognitotest.TakenDomain, "--create-domain")
}

// A confidential client is not ours to delete.
func TestRemovalSparesConfidentialClients(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	s := spec(t)
	s.Clients[0].ID = w.AddClient(map[string]any{"ClientName": clientName, "ClientSecret": "s3cr3t-of-the-web-client-0"})
	_, err := w.provider(t).PlanRemoval(t.Context(), s)
	assertRefused(t, err, idp.CodeUsage, "has a secret")
	s.Clients[0].ID = "arn:aws:x"
	_, err = w.provider(t).PlanRemoval(t.Context(), s)
	assertRefused(t, err, idp.CodeUsage, `"arn:aws:x"`, "--client-id")
}

// Lists of providers and of a user's groups that are longer than a page are read to the end.
func TestLongLists(t *testing.T) {
	t.Parallel()
	const many = 61
	var providers []cognitotest.IdentityProvider
	var groups []string
	for i := range many {
		providers = append(providers, cognitotest.IdentityProvider{Name: fmt.Sprintf("Provider%02d", i), Type: "OIDC"})
		groups = append(groups, fmt.Sprintf("group%02d", i))
	}
	w := newWorld(t, cognitotest.Config{IdentityProviders: providers, Users: []idptest.User{{Name: "joiner", Password: "Secret-1", Groups: groups}}})
	s := spec(t)
	s.Groups, s.AssignUsers = groups[many-1:], []string{"joiner"}
	p, _ := w.setUp(t, s)
	if !slices.Contains(p.OK, "user joiner is in group "+groups[many-1]) {
		t.Errorf("right are %q", p.OK)
	}
	if offered := w.client(t, clientName)["SupportedIdentityProviders"].([]any); len(offered) != many+1 {
		t.Errorf("%d providers are offered, want %d and the pool's own", len(offered), many)
	}
}
