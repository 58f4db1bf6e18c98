package login_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/connect/login"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

func TestEachAssistant(t *testing.T) {
	defer realpart.Exclusive(t, "login of an assistant")() // Cursor's port is one for all
	w := newWorld(t, nil, nil)
	for id, want := range map[string]struct{ redirect, resource, prompt string }{
		"claude-code": {"http://localhost:", w.registry.URL() + "/", "consent"},
		"cursor":      {"http://localhost:8787/callback", w.registry.URL() + "/", "consent"},
		"codex":       {"http://127.0.0.1:", w.registry.URL(), ""},
	} {
		t.Run(id, func(t *testing.T) {
			var heard words
			var asked url.Values
			r := w.request(t, &heard)
			r.Assistant = assistant(t, id)
			r.Open = func(ctx context.Context, address string) error {
				u, err := url.Parse(address)
				asked = u.Query()
				return errors.Join(err, as("alice")(ctx, address))
			}
			result, err := login.Run(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"current_time"}, result.Tools); diff != "" {
				t.Error(diff)
			}
			if !strings.HasPrefix(result.RedirectURI, want.redirect) || asked.Get("resource") != want.resource || asked.Get("prompt") != want.prompt ||
				asked.Get("scope") != "openid email profile offline_access" || asked.Get("code_challenge_method") != "S256" {
				t.Errorf("redirect %s, asked %v", result.RedirectURI, asked)
			}
			if result.Claims["aud"] != "mcp-gateway" || result.Claims["preferred_username"] != "alice" || !result.Refresh || result.Issuer != w.keycloak.Issuer() {
				t.Errorf("result %+v", result)
			}
			if _, ok := result.Claims["email"]; ok {
				t.Error("the report holds claims that do not decide access")
			}
			secretStays(t, &heard, result, nil)
		})
	}
	if calls := w.registry.Calls(); !slices.ContainsFunc(calls, func(c registrytest.Call) bool { return c.Method == "tools/list" && c.User == "alice" }) {
		t.Errorf("calls %v", calls)
	}
}

// secretStays checks that no token is in what was said.
func secretStays(t *testing.T, heard *words, result *login.Result, err error) {
	t.Helper()
	text, _ := json.Marshal(result)
	said := string(text) + fmt.Sprint(heard.said, err)
	for _, token := range heard.tokens {
		if strings.Contains(said, token) {
			t.Error("a token was told")
		}
	}
}

type faultCase struct {
	client  func(string) string
	gateway func(*registrytest.Config)
	request func(*testing.T, *world, *login.Request)
	place   login.Place
	failure string
	code    idp.ErrorCode
}

func replacing(old, replacement string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, replacement, 1) }
}

func person(name string) func(*testing.T, *world, *login.Request) {
	return func(_ *testing.T, _ *world, r *login.Request) { r.Open = as(name) }
}

func at(path string) func(*testing.T, *world, *login.Request) {
	return func(_ *testing.T, w *world, r *login.Request) { r.URL = w.registry.URL() + path }
}

func answers(change func(url.Values)) func(*testing.T, *world, *login.Request) {
	return func(_ *testing.T, _ *world, r *login.Request) { r.Open = answering(change) }
}

// server starts something else at the place of the gateway.
func server(handler http.HandlerFunc) func(*testing.T, *world, *login.Request) {
	return func(t *testing.T, _ *world, r *login.Request) {
		s := httptest.NewServer(handler)
		t.Cleanup(s.Close)
		r.URL = s.URL + "/currenttime/mcp"
	}
}

// issuer starts an authorization server with one changed document.
func issuer(change func(doc map[string]any)) func(*testing.T, *world, *login.Request) {
	return func(t *testing.T, w *world, _ *login.Request) {
		var s *httptest.Server
		s = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			doc := map[string]any{"issuer": s.URL, "authorization_endpoint": s.URL + "/a", "token_endpoint": s.URL + "/t", "jwks_uri": s.URL + "/k", "code_challenge_methods_supported": []string{"S256"}}
			change(doc)
			_ = json.NewEncoder(out).Encode(doc)
		}))
		t.Cleanup(s.Close)
		w.registry.Configure(func(c *registrytest.Config) { c.Issuer = s.URL })
	}
}

// unasked advertises an issuer that the gateway does not ask for its document, as one in front of
// Okta.
func unasked(issuer string) func(*registrytest.Config) {
	return func(c *registrytest.Config) { c.Provider, c.Issuer = "okta", issuer }
}

func named(access ...registrytest.Access) func(*registrytest.Config) {
	return func(c *registrytest.Config) { c.Scopes[0].ServerAccess = access }
}

var faults = map[string]faultCase{
	"a user without groups":             {request: person("dave"), place: login.Access, failure: "KC08"},
	"a group that nothing maps":         {request: person("carol"), place: login.Access, failure: "GW02"},
	"a scope without the server":        {request: func(_ *testing.T, w *world, r *login.Request) { r.Open, r.URL = as("bob"), w.registry.URL()+"/fin/mcp" }, place: login.Access, failure: "GW03"},
	"a rule for the plain name":         {request: person("bob"), place: login.Access, failure: "GW18"},
	"a rule without initialize":         {gateway: named(registrytest.Access{Server: "currenttime", Methods: []string{"tools/list"}, Tools: []string{"current_time"}}), place: login.Access, failure: "GW03"},
	"no audience":                       {client: replacing(`"included.custom.audience":"mcp-gateway"`, `"included.custom.audience":"other"`), place: login.Token, failure: "KC06"},
	"groups as paths":                   {client: replacing(`"full.path":"false"`, `"full.path":"true"`), place: login.Access, failure: "KC09"},
	"the root endpoint without a slash": {request: at("/root"), place: login.Gateway, failure: "GW17"},
	"an unknown server":                 {request: at("/nosuch/mcp"), place: login.Gateway, failure: "GW20", code: idp.CodeNotFound},
	"a disabled server":                 {request: at("/off/mcp"), place: login.Gateway, failure: "GW20", code: idp.CodeNotFound},
	"a scope that the client lacks":     {request: func(_ *testing.T, _ *world, r *login.Request) { r.Scopes = []string{"openid", "phone"} }, place: login.Client, failure: "KC03"},
	"metadata of another host":          {gateway: func(c *registrytest.Config) { c.PublicURL = "https://gw.example.com" }, place: login.Gateway, failure: "GW16"},
	"an issuer without https":           {gateway: unasked("http://idp.example.com/realms/x"), place: login.Gateway, failure: "GW07"},
	"an issuer down for the gateway":    {gateway: func(c *registrytest.Config) { c.Issuer = "http://127.0.0.1:1/realms/x" }, place: login.Gateway, failure: "GW07"},
	"an issuer down for the user":       {gateway: unasked("http://127.0.0.1:1/realms/x"), place: login.IdentityProvider, failure: "GW22", code: idp.CodeUnreachable},
	"no S256":                           {request: issuer(func(d map[string]any) { d["code_challenge_methods_supported"] = []string{"plain"} }), place: login.IdentityProvider, failure: "ID20"},
	"an issuer of another name":         {request: issuer(func(d map[string]any) { d["issuer"] = "https://other.example.com" }), place: login.IdentityProvider, failure: "KC11"},
	"a token endpoint without https":    {request: issuer(func(d map[string]any) { d["token_endpoint"] = "http://idp.example.com/t" }), place: login.IdentityProvider},
	"another state":                     {request: answers(func(v url.Values) { v.Set("state", "other") }), place: login.Client, failure: "ID22"},
	"another issuer in the answer":      {request: answers(func(v url.Values) { v.Set("iss", "https://evil.example.com") }), place: login.IdentityProvider, failure: "ID22"},
	"no issuer in the answer":           {request: answers(func(v url.Values) { v.Del("iss") }), place: login.IdentityProvider, failure: "KC21"},
	"neither code nor error":            {request: answers(func(v url.Values) { v.Del("code") }), place: login.IdentityProvider},
	"a user who says no":                {request: answers(func(v url.Values) { v.Del("code"); v.Set("error", "access_denied") }), place: login.Client, failure: "ID23"},
	"a code that is none":               {request: answers(func(url.Values) {}), place: login.Client},
	"nothing listens at the gateway":    {request: func(_ *testing.T, _ *world, r *login.Request) { r.URL = "http://127.0.0.1:1/x/mcp" }, place: login.Gateway, failure: "GW22", code: idp.CodeUnreachable},
	"a login page of a proxy": {request: server(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<html><body>Sign in</body></html>")
	}), place: login.Gateway, failure: "GW21"},
	"a redirect to a login page": {request: server(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://sso.example.com/", http.StatusFound)
	}), place: login.Gateway, failure: "GW21"},
	"a firewall":       {request: server(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }), place: login.Gateway, failure: "GW08"},
	"a broken gateway": {request: server(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }), place: login.Gateway, failure: "GW22", code: idp.CodeUnreachable},
	"no metadata": {request: server(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.NotFound(w, r)
	}), place: login.Gateway, failure: "GW07"},
	"metadata on another host": {request: server(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer resource_metadata="https://evil.example.com/.well-known/oauth-protected-resource"`)
		w.WriteHeader(http.StatusUnauthorized)
	}), place: login.Gateway, failure: "GW16"},
	"an open server": {request: server(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }), place: login.Gateway},
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, test := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, test.client, test.gateway)
			var heard words
			r := w.request(t, &heard)
			if test.request != nil {
				test.request(t, w, &r)
			}
			result, err := login.Run(t.Context(), r)
			var fault *login.Fault
			if !errors.As(err, &fault) {
				t.Fatalf("error %v", err)
			}
			code := test.code
			if code == "" {
				code = idp.CodeFailed
			}
			if fault.Place != test.place || fault.Failure != test.failure || fault.Code != code {
				t.Errorf("%s %q %s: %s; want %s %q %s", fault.Place, fault.Failure, fault.Code, fault.Text, test.place, test.failure, code)
			}
			secretStays(t, &heard, result, err)
		})
	}
}

// A browser that never comes back ends with the context, and the port is free again.
func TestNobodyComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, replacing("http://localhost/callback/*", "http://localhost/other"), nil)
	var heard words
	r := w.request(t, &heard)
	ctx, cancel := context.WithCancelCause(t.Context())
	refused := make(chan string, 1)
	r.Open = func(ctx context.Context, address string) error {
		answer, err := browser.Authorize(ctx, address, browser.Person{Username: "alice", Password: "pw"})
		refused <- answer.Error()
		cancel(context.DeadlineExceeded)
		return err
	}
	result, err := login.Run(ctx, r)
	var fault *login.Fault
	if !errors.As(err, &fault) || fault.Failure != "ID21" || fault.Code != idp.CodeUnreachable || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if page := <-refused; !strings.Contains(page, "Invalid parameter: redirect_uri") {
		t.Errorf("the page says %q", page)
	}
	back, _ := url.Parse(result.RedirectURI)
	socket, err := net.Listen("tcp", "127.0.0.1:"+back.Port())
	if err != nil {
		t.Fatalf("the listener stays: %v", err)
	}
	socket.Close()
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	var heard words
	r := w.request(t, &heard)
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	r.CallbackPort = socket.Addr().(*net.TCPAddr).Port
	_, err = login.Run(t.Context(), r)
	var fault *login.Fault
	if !errors.As(err, &fault) || fault.Failure != "ID02" || fault.Place != login.Client {
		t.Errorf("error %v", err)
	}
}

// A browser that cannot be started is said, and the login goes on by hand.
func TestNoBrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	var heard words
	r := w.request(t, &heard)
	var page string
	r.Progress = func(e login.Event) {
		heard.hear(e)
		if e.AuthorizeURL != "" {
			page = e.AuthorizeURL
		}
		if strings.Contains(e.Text, "no browser could be started") {
			_ = as("alice")(t.Context(), page)
		}
	}
	r.Open = func(context.Context, string) error { return errors.New("no display") }
	if result, err := login.Run(t.Context(), r); err != nil || len(result.Tools) != 1 {
		t.Errorf("%+v %v", result, err)
	}
}

// Over SSH the browser is elsewhere: the address at which it ended is pasted.
func TestPaste(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	var heard words
	r := w.request(t, &heard)
	reader, writer := io.Pipe()
	r.Paste = reader
	r.Open = func(ctx context.Context, address string) error {
		go func() {
			u, _ := url.Parse(address)
			answer, err := browser.Authorize(ctx, address, browser.Person{Username: "alice", Password: "pw"})
			if err != nil {
				return
			}
			_, _ = fmt.Fprintf(writer, "\nwhat now\nhttps://sso.example.com/account\n%s?%s\n", u.Query().Get("redirect_uri"), answer.Query.Encode())
			writer.Close()
		}()
		return nil
	}
	result, err := login.Run(t.Context(), r)
	if err != nil || !slices.Equal(result.Tools, []string{"current_time"}) {
		t.Errorf("%+v %v", result, err)
	}
	said := strings.Join(heard.said, "\n")
	if !strings.Contains(said, "this is not an address") || !strings.Contains(said, "this address has no code") {
		t.Errorf("said %s", said)
	}
}

// The edge answers a burst with 429 and no Retry-After: it is asked again, and not for ever.
func TestBusyMetadata(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		start := time.Now()
		_, err := login.Run(t.Context(), login.Request{
			Kind: idp.Keycloak, Assistant: assistant(t, "claude-code"), URL: "https://gw.example.com/x/mcp", ClientID: "c",
			HTTP: &http.Client{Transport: trip(func(r *http.Request) *http.Response {
				w := httptest.NewRecorder()
				if r.Method == http.MethodPost {
					w.Header().Add("WWW-Authenticate", "Bearer")
					w.Header().Add("WWW-Authenticate", `Bearer realm="mcp", resource_metadata="https://gw.example.com/.well-known/oauth-protected-resource"`)
					w.WriteHeader(http.StatusUnauthorized)
				} else {
					asked++
					w.WriteHeader(http.StatusTooManyRequests)
				}
				return w.Result()
			})},
		})
		var fault *login.Fault
		if !errors.As(err, &fault) || fault.Failure != "GW19" || fault.Code != idp.CodeUnreachable || asked != 4 || time.Since(start) > time.Minute {
			t.Errorf("error %v after %d requests and %v", err, asked, time.Since(start))
		}
	})
}

type trip func(*http.Request) *http.Response

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func TestRefusesWhatNoLoginCanBeMadeOf(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*login.Request){
		"an assistant with a vendor's redirect": func(r *login.Request) { r.Assistant = assistant(t, "cursor-web") },
		"plain http":                            func(r *login.Request) { r.URL = "http://gw.example.com/x/mcp" },
		"no URL":                                func(r *login.Request) { r.URL = "currenttime" },
	} {
		r := login.Request{Kind: idp.Keycloak, Assistant: assistant(t, "claude-code"), URL: "https://gw.example.com/x/mcp", HTTP: &http.Client{}}
		change(&r)
		_, err := login.Run(t.Context(), r)
		var told *idp.Error
		if !errors.As(err, &told) || told.Code != idp.CodeUsage {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
