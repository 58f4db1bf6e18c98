package login

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

func flowFor(t *testing.T, id string, port int) flow {
	t.Helper()
	found, err := connect.ParseAssistants([]string{id})
	if err != nil {
		t.Fatal(err)
	}
	f, err := flowOf(Request{Assistant: found[0], CallbackPort: port})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// What each assistant asks for was measured in full logins (Claude Code 2.1.330, Codex 0.169.0,
// Cursor's class of @cursor/sdk 1.0.32).
func TestScopesAndPrompt(t *testing.T) {
	t.Parallel()
	basic := []string{"openid", "email"}
	withOffline := []string{"openid", "email", "offline_access"}
	for _, test := range []struct {
		assistant                            string
		pinned, challenged, resource, server []string
		host                                 string
		want                                 string
		prompt                               bool
	}{
		// The PRM's scopes, and offline_access where the server lists it.
		{"claude-code", nil, nil, basic, nil, "idp", "openid email", false},
		{"claude-code", nil, nil, basic, withOffline, "idp", "openid email offline_access", true},
		{"cursor", nil, nil, basic, withOffline, "idp", "openid email offline_access", true},
		{"cursor", nil, nil, withOffline, nil, "idp", "openid email offline_access", true},
		{"codex", nil, nil, basic, withOffline, "idp", "openid email offline_access", false},
		// Claude Code appends it even to pinned scopes, the others do not; Cursor still prompts.
		{"claude-code", basic, nil, withOffline, withOffline, "idp", "openid email offline_access", true},
		{"cursor", basic, nil, withOffline, withOffline, "idp", "openid email", true},
		{"codex", basic, nil, withOffline, withOffline, "idp", "openid email", false},
		// Only Codex takes the scopes of the challenge.
		{"codex", nil, []string{"tools"}, basic, nil, "idp", "tools", false},
		{"claude-code", nil, []string{"tools"}, basic, nil, "idp", "openid email", false},
		// Claude Code leaves the prompt out at Entra ID.
		{"claude-code", nil, nil, withOffline, withOffline, "login.microsoftonline.com", "openid email offline_access", false},
		{"claude-code", nil, nil, withOffline, withOffline, "acme.ciamlogin.com", "openid email offline_access", false},
		{"cursor", nil, nil, withOffline, withOffline, "login.microsoftonline.com", "openid email offline_access", true},
	} {
		f := flowFor(t, test.assistant, 0)
		scopes := f.scopes(test.pinned, test.challenged, test.resource, test.server)
		if got := strings.Join(scopes, " "); got != test.want || f.prompts(scopes, test.host, test.resource, test.server) != test.prompt {
			t.Errorf("%+v: scopes %q", test, got)
		}
	}
	if !slices.Equal(basic, []string{"openid", "email"}) {
		t.Errorf("the metadata's scopes were changed: %q", basic)
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	// The id is one that Codex sent.
	const server, id = "http://127.0.0.1:18082/srv/mcp", "eMQYWsthcKcm"
	for _, test := range []struct {
		assistant string
		port      int
		announced bool
		host      string
		wantPort  int
		path      string
	}{
		{"claude-code", 0, true, "localhost", 0, "/callback"},
		{"claude-code", 9000, false, "localhost", 9000, "/callback"},
		{"cursor", 9000, false, "localhost", 8787, "/callback"},
		{"codex", 0, true, "127.0.0.1", 0, "/callback"},
		{"codex", 0, false, "127.0.0.1", 0, "/callback/" + id},
		{"codex", 8787, true, "localhost", 8787, "/callback"},
		{"codex", 8787, false, "localhost", 8787, "/callback/" + id},
	} {
		f := flowFor(t, test.assistant, test.port)
		path, err := f.path(server, test.announced)
		if err != nil || f.host != test.host || f.port != test.wantPort || path != test.path {
			t.Errorf("%+v: %s:%d%s %v", test, f.host, f.port, path, err)
		}
	}
}

// The second challenge has the metadata, and may name scopes.
func TestReadChallenge(t *testing.T) {
	t.Parallel()
	f := &run{}
	header := http.Header{"Www-Authenticate": {"Bearer", `Bearer realm="mcp", scope="a b", resource_metadata="https://gw.example.com/.well-known/oauth-protected-resource/x"`}}
	target, _ := url.Parse("https://gw.example.com/x/mcp")
	if err := f.readChallenge(header, target); err != nil || f.metadataURL != "https://gw.example.com/.well-known/oauth-protected-resource/x" || !slices.Equal(f.asked, []string{"a", "b"}) {
		t.Errorf("metadata %q, scopes %q, %v", f.metadataURL, f.asked, err)
	}
}

// Codex stops where the authorize endpoint is neither at the issuer's origin nor at the token
// endpoint's, as at Cognito, unless the authorization server announces iss, and only for https.
func TestCodexAndTheOriginOfTheIssuer(t *testing.T) {
	t.Parallel()
	const issuer, other = "https://cognito-idp.us-east-1.amazonaws.com/pool", "https://acme.auth.us-east-1.amazoncognito.com/oauth2/authorize"
	const token, apart = "https://acme.auth.us-east-1.amazoncognito.com/oauth2/token", "https://login.example.com/oauth2/authorize"
	for _, test := range []struct {
		kind                 idp.Kind
		assistant, authorize string
		announced, stops     bool
	}{
		{idp.Okta, "codex", apart, false, true},
		{idp.Okta, "codex", apart, true, false},
		{idp.Okta, "claude-code", apart, false, false},
		{idp.Okta, "codex", other, false, false},
		{idp.Okta, "codex", "https://cognito-idp.us-east-1.amazonaws.com/authorize", false, false},
		{idp.Okta, "codex", "http://127.0.0.1:1/authorize", false, false},
		{idp.Cognito, "codex", apart, false, false}, // goes through the bridge
		{idp.Cognito, "codex, direct", apart, false, true},
	} {
		id, direct := strings.CutSuffix(test.assistant, ", direct")
		f := &run{Request: Request{Kind: test.kind, Assistant: connect.Assistant{ID: id}, Direct: direct}}
		f.server.meta = oauthex.AuthServerMeta{Issuer: issuer, AuthorizationEndpoint: test.authorize, TokenEndpoint: token, AuthorizationResponseIssParameterSupported: test.announced}
		err := f.checkServer()
		var fault *Fault
		if errors.As(err, &fault) != test.stops || (test.stops && fault.Failure != "ID18") {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

// At Cognito Codex sends the callback URL of the bridge, or by itself one that ends in the server's
// id, the base64url of the first nine bytes of the URL's SHA-256.
func TestCallbackOfCodexAtCognito(t *testing.T) {
	t.Parallel()
	const server = "https://gateway.example.com/my-server/mcp"
	for direct, want := range map[bool]string{false: "localhost /callback", true: "localhost /callback/4YytuSq7vmJ5"} {
		f, err := flowOf(Request{Kind: idp.Cognito, Assistant: connect.Assistant{ID: "codex"}, URL: server, CallbackPort: 8787, Direct: direct})
		if err != nil {
			t.Fatal(err)
		}
		path, err := f.path(server, false)
		if got := f.host + " " + path; err != nil || got != want {
			t.Errorf("direct %v: %s (%v), want %s", direct, got, err, want)
		}
	}
}

func TestResourceIsThisServer(t *testing.T) {
	t.Parallel()
	for resource, want := range map[string]string{
		"https://gw.example.com":               "",
		"https://gw.example.com/":              "",
		"https://gw.example.com/acme":          "",
		"https://gw.example.com/acme/mcp":      "",
		"https://gw.example.com/acme/mcp/":     "GW05",
		"https://gw.example.com/acme-other":    "GW05",
		"https://gw.example.com/acme/mcp/more": "GW05",
		"https://other.example.com":            "GW16",
		"http://gw.example.com":                "GW16",
		"api://gateway":                        "GW16",
		"gateway":                              "GW05",
	} {
		f := &run{Request: Request{URL: "https://gw.example.com/acme/mcp"}}
		f.resource.Resource = resource
		target, _ := url.Parse(f.URL)
		got := ""
		var fault *Fault
		if errors.As(f.checkResource(target), &fault) {
			got = fault.Failure
		}
		if got != want {
			t.Errorf("%s: %q, want %q", resource, got, want)
		}
	}
}

// Only the exact path answers, and only once.
func TestListener(t *testing.T) {
	t.Parallel()
	l, err := listen(t.Context(), 0, "/callback")
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	handler := l.servers[0].Handler
	send := func(method, target string) int {
		request, err := http.NewRequestWithContext(t.Context(), method, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		w := &recorder{header: http.Header{}}
		handler.ServeHTTP(w, request)
		return w.status
	}
	for target, want := range map[string]int{"/": 404, "/callback/": 404, "/callback/x?code=1&state=1": 404, "/favicon.ico": 404} {
		if got := send(http.MethodGet, target); got != want {
			t.Errorf("%s: %d", target, got)
		}
	}
	if got := send(http.MethodPost, "/callback?code=1"); got != http.StatusNotFound {
		t.Errorf("POST: %d", got)
	}
	send(http.MethodGet, "/callback?code=first")
	send(http.MethodGet, "/callback?code=second")
	if answer := <-l.answer; answer.Get("code") != "first" || len(l.answer) != 0 {
		t.Errorf("answer %v, %d more", answer, len(l.answer))
	}
}

type recorder struct {
	header http.Header
	status int
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return len(b), nil }
