package registryclient_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/registryclient"
)

func TestServer(t *testing.T) {
	t.Parallel()
	admin := recorded(t, "16-get").as(t, "admin-token")
	for _, test := range []struct {
		ask, path, name string
		own             string
		append          registryclient.Field[bool]
	}{
		{"/currenttime", "/currenttime", "Current Time", "", registryclient.Null[bool]()},
		{"/currenttime/", "/currenttime", "Current Time", "", registryclient.Null[bool]()},
		{"fininfo", "/fininfo", "Financial Info", "fininfo-ide", registryclient.Null[bool]()},
		{"/aws-knowledge", "/aws-knowledge", "AWS Knowledge", "", registryclient.Value(false)},
		{"/airegistry-tools/", "/airegistry-tools/", "AI Registry tools", "", registryclient.Field[bool]{}},
	} {
		server, err := admin.Server(t.Context(), test.ask)
		if err != nil {
			t.Errorf("%s: %v", test.ask, err)
			continue
		}
		own, has := server.OwnClientID()
		if server.Path != test.path || server.Name != test.name || own != test.own || has != (test.own != "") || !server.AppendMCPPath.Equal(test.append) {
			t.Errorf("%s: got %q %q, client id %q, append %v", test.ask, server.Path, server.Name, own, server.AppendMCPPath)
		}
		if server.Name == "Current Time" && (server.ProxyPassURL != "http://currenttime-server:8000/mcp" || !server.Enabled || server.Tools[0].Name != "echo" || server.UpdatedAt.Location() != time.UTC || server.UpdatedAt.IsZero()) {
			t.Errorf("server document: %+v", server)
		}
	}
}

func TestLocalServer(t *testing.T) {
	t.Parallel()
	server, err := recorded(t, "30-local-server").as(t, "admin-token").Server(t.Context(), "/rec-local")
	if err != nil {
		t.Fatal(err)
	}
	want := &registryclient.LocalRuntime{Type: "npx", Package: "@example/mcp", Version: "1.2.3", Args: []string{"--x"}, Env: map[string]string{"A": "1"}, RequiredEnv: []string{"TOKEN"}}
	if diff := cmp.Diff(want, server.LocalRuntime); server.Deployment != "local" || diff != "" {
		t.Errorf("deployment %q, runtime %s", server.Deployment, diff)
	}
}

func TestConnectConfig(t *testing.T) {
	t.Parallel()
	admin := recorded(t, "27-connect-config", "29-connect-config-headers").as(t, "admin-token")
	for path, want := range map[string]string{"/fininfo": "fininfo-ide", "/currenttime": "mcp-gateway-ide", "/aws-knowledge": "mcp-gateway-ide"} {
		config, err := admin.ConnectConfig(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		id, _ := config.OAuthClientID.Value()
		port, _ := config.OAuthCallbackPort.Value()
		if id != want || port != 8787 || !config.ConnectScope.IsNull() || config.EgressAuthMode != "none" {
			t.Errorf("%s: %+v", path, config)
		}
		if drop, set := config.AppendMCPPath.Value(); set != (path == "/aws-knowledge") || drop {
			t.Errorf("%s: append_mcp_path %v %v", path, drop, set)
		}
	}
	// The values of custom headers come in clear text and must not stay.
	config, err := admin.ConnectConfig(t.Context(), "/rec-headers")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(registryclient.HeaderNames{"X-Team", "X-Env"}, config.CustomHeaders); diff != "" || config.AuthScheme != "api_key" || config.AuthHeaderName != "X-Api-Token" {
		t.Errorf("headers: %s %+v", diff, config)
	}
}

func TestConnectConfigWithoutDefaults(t *testing.T) {
	t.Parallel()
	config, err := recorded(t, "57-connect-config-none").as(t, "admin-token").ConnectConfig(t.Context(), "/currenttime")
	if err != nil {
		t.Fatal(err)
	}
	if !config.OAuthClientID.IsNull() || !config.OAuthCallbackPort.IsNull() {
		t.Errorf("got %+v", config)
	}
}

func TestErrorsOfTheRegistry(t *testing.T) {
	t.Parallel()
	r := recorded(t, "05-no-token", "17-get-errors", "28-connect-config-errors", "04-prm-server-none")
	admin, limited, noscope, nobody := r.as(t, "admin-token"), r.as(t, "limited-token"), r.as(t, "noscope-token"), r.as(t, "")
	of := func(_ any, err error) error { return err }
	for name, test := range map[string]struct {
		err     error
		is      error
		status  int
		message string
	}{
		"unknown server":            {of(admin.Server(t.Context(), "/nosuch")), registryclient.ErrNotFound, 404, "Server not found at path '/nosuch'"},
		"no access":                 {of(limited.Server(t.Context(), "/fininfo")), registryclient.ErrForbidden, 403, "You do not have access to this server"},
		"unknown, limited":          {of(limited.ConnectConfig(t.Context(), "/nosuch")), registryclient.ErrNotFound, 404, "Service path not found"},
		"no scope":                  {of(noscope.ConnectConfig(t.Context(), "/currenttime")), registryclient.ErrForbidden, 403, "You do not have access to this server"},
		"no token, page of nginx":   {of(nobody.ConnectConfig(t.Context(), "/currenttime")), registryclient.ErrUnauthorized, 401, ""},
		"no token, JSON of nginx":   {of(nobody.Me(t.Context())), registryclient.ErrUnauthorized, 401, "Authentication required"},
		"no document of the server": {of(nobody.ServerResourceMetadata(t.Context(), "/currenttime/mcp")), registryclient.ErrNotFound, 404, "no per-server resource metadata"},
	} {
		var answer *registryclient.Error
		if !errors.Is(test.err, test.is) || !errors.As(test.err, &answer) {
			t.Errorf("%s: error %v", name, test.err)
			continue
		}
		if answer.Status != test.status || answer.Message != test.message {
			t.Errorf("%s: %d %q", name, answer.Status, answer.Message)
		}
	}
}

// The recorded pages are two of three; the last is empty here.
func TestList(t *testing.T) {
	t.Parallel()
	pages := recordedPages(t)
	client, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		if r.URL.Path != "/api/servers" || query.Get("limit") != "2" || query.Get("include_tools") != "false" {
			t.Errorf("asked %s", r.URL)
		}
		_, _ = w.Write(pages[query.Get("offset")])
	})
	var paths []string
	for server, err := range client.Servers(t.Context(), registryclient.ListOptions{PageSize: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, server.Path)
	}
	if want := []string{"/airegistry-tools/", "/aws-knowledge", "/currenttime", "/fininfo"}; !slices.Equal(paths, want) {
		t.Errorf("paths %q, want %q", paths, want)
	}
	for range client.Servers(t.Context(), registryclient.ListOptions{PageSize: 2}) {
		break // reads one page and no more
	}
}

// A server registered meanwhile moves others to the next page.
func TestListNamesEachServerOnce(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"0": `{"servers":[{"path":"/b"},{"path":"/c"}],"has_next":true}`,
		"2": `{"servers":[{"path":"/c"},{"path":"/d"}],"has_next":false}`,
	}
	client, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(pages[r.URL.Query().Get("offset")]))
	})
	var paths []string
	for server, err := range client.Servers(t.Context(), registryclient.ListOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, server.Path)
	}
	if !slices.Equal(paths, []string{"/b", "/c", "/d"}) {
		t.Errorf("paths %q", paths)
	}
}

func TestListRefusesAPageSizeThatTheRegistryDoes(t *testing.T) {
	t.Parallel()
	client, _ := answering(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") })
	for _, err := range client.Servers(t.Context(), registryclient.ListOptions{PageSize: 2001}) {
		if err == nil || !strings.Contains(err.Error(), "2000") {
			t.Errorf("error %v", err)
		}
	}
}

func TestListOfALimitedCaller(t *testing.T) {
	t.Parallel()
	var recording struct{ Exchanges []exchange }
	readRecording(t, "15-list", &recording)
	client, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { recording.Exchanges[2].write(w) })
	for server, err := range client.Servers(t.Context(), registryclient.ListOptions{}) {
		if err != nil || server.Path != "/currenttime" || server.ProxyPassURL != "" {
			t.Errorf("got %+v %v", server, err)
		}
	}
}

func TestValidationError(t *testing.T) {
	t.Parallel()
	var recording struct{ Exchanges []exchange }
	readRecording(t, "15-list", &recording)
	client, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { recording.Exchanges[3].write(w) })
	for _, err := range client.Servers(t.Context(), registryclient.ListOptions{}) {
		var answer *registryclient.Error
		if !errors.Is(err, registryclient.ErrInvalid) || !errors.As(err, &answer) {
			t.Fatalf("error %v", err)
		}
		want := []registryclient.FieldError{{Path: "query.limit", Message: "Input should be greater than or equal to 1"}}
		if diff := cmp.Diff(want, answer.Fields); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	r := recorded(t, "01-version", "02-public-discovery", "03-prm-global-keycloak")
	client := r.as(t, "admin-token") // a credential that must not travel to public documents
	version, err := client.Version(t.Context())
	if err != nil || version.Version != "1.0.0" {
		t.Errorf("version %+v %v", version, err)
	}
	providers, err := client.AuthProviders(t.Context())
	if diff := cmp.Diff([]registryclient.AuthProvider{{Name: "keycloak", DisplayName: "Keycloak"}}, providers); err != nil || diff != "" {
		t.Errorf("providers %s %v", diff, err)
	}
	metadata, err := client.ProtectedResourceMetadata(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if metadata.Resource != "https://gateway.example.com" || !slices.Equal(metadata.AuthorizationServers, []string{"https://idp.example.com/realms/mcp-gateway"}) || !slices.Equal(metadata.ScopesSupported, []string{"openid", "email", "profile", "offline_access"}) {
		t.Errorf("metadata %+v", metadata)
	}
}

func TestDiscoveryOfEntra(t *testing.T) {
	t.Parallel()
	client := recorded(t, "54-entra-prm").as(t, "")
	for path, resource := range map[string]string{
		"/currenttime/mcp": "https://gateway.example.com/currenttime/mcp",
		"/currenttime":     "https://gateway.example.com/currenttime/mcp",
		"/aws-knowledge":   "https://gateway.example.com/aws-knowledge",
	} {
		metadata, err := client.ServerResourceMetadata(t.Context(), path)
		if err != nil || metadata.Resource != resource || metadata.ScopesSupported[0] != resource+"/user_impersonation" {
			t.Errorf("%s: %+v %v", path, metadata, err)
		}
	}
	as, err := client.AuthorizationServerMetadata(t.Context())
	if err != nil || as.RegistrationEndpoint != "" || !slices.Equal(as.CodeChallengeMethodsSupported, []string{"S256"}) {
		t.Errorf("authorization server %+v %v", as, err)
	}
}

func TestMe(t *testing.T) {
	t.Parallel()
	r := recorded(t, "06-me-admin", "10-me-limited", "50-me-user-token")
	admin, err := r.as(t, "admin-token").Me(t.Context())
	if err != nil || !admin.Admin || admin.Username != "network-user" {
		t.Errorf("admin: %+v %v", admin, err)
	}
	user, err := r.as(t, "user-token groups=devs").Me(t.Context())
	if err != nil || user.Admin || user.Provider != "oauth2" || !slices.Equal(user.Scopes, []string{"devs"}) || !slices.Equal(user.AccessibleServers, []string{"currenttime"}) {
		t.Errorf("user: %+v %v", user, err)
	}
	nobody, err := r.as(t, "noscope-token").Me(t.Context())
	if err != nil || len(nobody.Scopes) != 0 || !slices.Equal(nobody.Groups, []string{"nobody"}) {
		t.Errorf("without scopes: %+v %v", nobody, err)
	}
}
