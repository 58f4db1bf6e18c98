package setup_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/connect/setup"
	"github.com/mcpreg/mcpreg/idp"
)

func keycloak() setup.File {
	return setup.File{Version: 1, IDP: setup.IDP{Keycloak: &setup.Keycloak{URL: "https://sso.example.com", Realm: "staff"}}}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	b, err := setup.New(keycloak(), setup.Seen{})
	if err != nil {
		t.Fatal(err)
	}
	client := b.Spec.Clients[0]
	if len(b.Spec.Clients) != 1 || client.Name != "mcp-gateway-ide" || b.Advertised != "mcp-gateway-ide" || b.Spec.Audience != "mcp-gateway" || b.Kind != idp.Keycloak {
		t.Errorf("%+v", b)
	}
	if diff := cmp.Diff([]string{"http://127.0.0.1/callback/*", "http://localhost/callback/*"}, idp.Strings(client.Redirects)); diff != "" {
		t.Error(diff)
	}
}

func TestEverySectionReachesTheSpec(t *testing.T) {
	t.Parallel()
	f := keycloak()
	f.IDP.Keycloak.Audience, f.IDP.Keycloak.StrictRedirects = "other", true
	f.Assistants = []string{"codex", "cursor-legacy"}
	f.ConnectURLs = []string{"https://api.us.elevenlabs.io/v1/mcp"}
	f.Groups = []setup.Mapping{{Group: "registry-admins", Scope: "registry-admins"}}
	f.Assign = []string{"staff"}
	f.Client = setup.Client{Name: "ours", RedirectURIs: []string{"http://localhost:1/operator"}, AllowRedirects: []string{"https://cb.example.com/x"}}
	b, err := setup.New(f, setup.Seen{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"cursor://anysphere.cursor-mcp/oauth/callback",
		"http://127.0.0.1/callback", "http://127.0.0.1/callback/6MFBM1In3Ey-", "http://localhost/callback", "http://localhost/callback/6MFBM1In3Ey-",
		"http://localhost:1/operator", "https://cb.example.com/x",
	}
	if diff := cmp.Diff(want, idp.Strings(b.Spec.Clients[0].Redirects)); diff != "" {
		t.Errorf("redirects (-want +got):\n%s", diff)
	}
	if b.Spec.Audience != "other" || !cmp.Equal(b.Spec.Groups, []string{"registry-admins"}) || !cmp.Equal(b.Spec.Assign, []string{"staff"}) || !cmp.Equal(b.Spec.Resources, f.ConnectURLs) {
		t.Errorf("%+v", b.Spec)
	}
}

func TestPerAssistant(t *testing.T) {
	t.Parallel()
	f := keycloak()
	f.Client.PerAssistant = true
	b, err := setup.New(f, setup.Seen{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range b.Spec.Clients {
		got = append(got, c.Name+" "+c.Assistant)
	}
	want := []string{"mcp-gateway-ide-claude-code claude-code", "mcp-gateway-ide-cursor cursor", "mcp-gateway-ide-codex codex", "mcp-gateway-ide-other "}
	if diff := cmp.Diff(want, got); diff != "" || b.Advertised != "mcp-gateway-ide-other" {
		t.Errorf("%s advertised %s", diff, b.Advertised)
	}
}

// Where the port is compared and nobody decided it, what assistants can be told is kept apart from
// what Cursor always sends.
func TestThePortIsLeftToTheProvider(t *testing.T) {
	t.Parallel()
	f := setup.File{Version: 1, IDP: setup.IDP{Okta: &setup.Okta{OrgURL: "https://acme.okta.com"}}, ConnectURLs: []string{"https://api.us.elevenlabs.io/v1/mcp"}}
	for name, test := range map[string]struct {
		declared       int
		seen           setup.Seen
		fixed, movable []string
	}{
		"nobody decided": {0, setup.Seen{}, []string{"http://localhost:8787/callback"},
			[]string{"http://localhost:8787/callback", "http://localhost:8787/callback/6MFBM1In3Ey-"}},
		"the registry advertises one": {0, setup.Seen{CallbackPort: 9000},
			[]string{"http://localhost:8787/callback", "http://localhost:9000/callback", "http://localhost:9000/callback/6MFBM1In3Ey-"}, []string{}},
		"the operator decided": {56789, setup.Seen{CallbackPort: 9000},
			[]string{"http://localhost:56789/callback", "http://localhost:56789/callback/6MFBM1In3Ey-", "http://localhost:8787/callback"}, []string{}},
	} {
		f.Client.CallbackPort = test.declared
		b, err := setup.New(f, test.seen)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.fixed, idp.Strings(b.Spec.Clients[0].Redirects)); diff != "" {
			t.Errorf("%s: redirects (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(test.movable, idp.Strings(b.Spec.Clients[0].Movable)); diff != "" {
			t.Errorf("%s: movable (-want +got):\n%s", name, diff)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(*setup.File){
		"no provider":       func(f *setup.File) { f.IDP.Keycloak = nil },
		"unknown assistant": func(f *setup.File) { f.Assistants = []string{"vim"} },
		"foreign redirect":  func(f *setup.File) { f.Client.RedirectURIs = []string{"https://evil.example/cb"} },
		"no URL":            func(f *setup.File) { f.ConnectURLs = []string{"currenttime"} },
		"two providers":     func(f *setup.File) { f.IDP.Okta = &setup.Okta{OrgURL: "https://acme.okta.com"} },
		"one id of many":    func(f *setup.File) { f.Client.ID, f.Client.PerAssistant = "0oa1", true },
	} {
		f := keycloak()
		alter(&f)
		_, err := setup.New(f, setup.Seen{})
		var told *idp.Error
		if !errors.As(err, &told) || told.Code != idp.CodeUsage {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

const example = `version: 1
registry:
  url: https://gw.example.com
  token: {env: REGISTRY_TOKEN}
idp:
  keycloak: {url: https://sso.example.com, realm: staff, client_id: mcpreg, client_secret: {file: /run/secrets/mcpreg}}
client: {name: ours, callback_port: 8787}
assistants: [claude-code]
groups:
  - {group: registry-admins, scope: registry-admins}
servers:
  - {path: /aws-knowledge, append_mcp_path: false}
ignore_servers: [/airegistry-tools/]
`

func TestWhatIsWrittenReadsBack(t *testing.T) {
	t.Parallel()
	f, err := setup.Read(strings.NewReader(example))
	if err != nil {
		t.Fatal(err)
	}
	if f.IDP.Keycloak.ClientSecret.File != "/run/secrets/mcpreg" || f.Registry.Token.Env != "REGISTRY_TOKEN" || *f.Servers[0].AppendMCPPath {
		t.Errorf("%+v", f)
	}
	var text bytes.Buffer
	if err := f.Write(&text); err != nil {
		t.Fatal(err)
	}
	again, err := setup.Read(&text)
	if diff := cmp.Diff(f, again); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestReadingIsStrict(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"version: 1\nidp:\n  keycloack: {}\n": "keycloack",
		"version: 2\n":                        "version 2",
		"version: 1\n---\nversion: 1\n":       "more than one",
		"version: [1\n":                       "cannot be read",
		"version: 1\nidp: {keycloak: {password: plain-secret}}\n": "cannot be read",
	} {
		if _, err := setup.Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}
