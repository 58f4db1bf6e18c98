package gateway_test

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
)

func TestSpellings(t *testing.T) {
	t.Parallel()
	okta := gateway.Settings(idp.Okta, gateway.Input{ClientID: "0oaIDE", CallbackPort: 8787, Audience: "api://default"})
	cognito := gateway.Settings(idp.Cognito, gateway.Input{ClientID: "7ide", CallbackPort: 8787, ExtraClientIDs: []string{"7codex"}})
	want := map[string][2]string{
		"env": {`IDE_OAUTH_CLIENT_ID=0oaIDE
IDE_OAUTH_CALLBACK_PORT=8787
MCP_ADVERTISED_SCOPES="openid email profile offline_access"
OKTA_M2M_ALLOWED_AUDIENCES=api://default
`, `IDE_OAUTH_CLIENT_ID=7ide
IDE_OAUTH_CALLBACK_PORT=8787
MCP_ADVERTISED_SCOPES="openid email profile"
COGNITO_M2M_CLIENT_IDS=7codex
`},
		"github": {`IDE_OAUTH_CLIENT_ID=0oaIDE
IDE_OAUTH_CALLBACK_PORT=8787
MCP_ADVERTISED_SCOPES=openid email profile offline_access
OKTA_M2M_ALLOWED_AUDIENCES=api://default
`, `IDE_OAUTH_CLIENT_ID=7ide
IDE_OAUTH_CALLBACK_PORT=8787
MCP_ADVERTISED_SCOPES=openid email profile
COGNITO_M2M_CLIENT_IDS=7codex
`},
		"compose": {`environment:
  IDE_OAUTH_CLIENT_ID: 0oaIDE
  IDE_OAUTH_CALLBACK_PORT: "8787"
  MCP_ADVERTISED_SCOPES: openid email profile offline_access
  OKTA_M2M_ALLOWED_AUDIENCES: api://default
`, `environment:
  IDE_OAUTH_CLIENT_ID: 7ide
  IDE_OAUTH_CALLBACK_PORT: "8787"
  MCP_ADVERTISED_SCOPES: openid email profile
  COGNITO_M2M_CLIENT_IDS: 7codex
`},
		"helm": {`registry:
  ideOauthClientId: 0oaIDE
  ideOauthCallbackPort: 8787
  app:
    mcpAdvertisedScopes: openid email profile offline_access
auth-server:
  okta:
    m2mAllowedAudiences: api://default
`, `registry:
  ideOauthClientId: 7ide
  ideOauthCallbackPort: 8787
  app:
    mcpAdvertisedScopes: openid email profile
auth-server:
  cognito:
    m2mClientIds: 7codex
`},
		"tfvars": {`ide_oauth_client_id        = "0oaIDE"
ide_oauth_callback_port    = 8787
mcp_advertised_scopes      = "openid email profile offline_access"
okta_m2m_allowed_audiences = "api://default"
`, `ide_oauth_client_id     = "7ide"
ide_oauth_callback_port = 8787
mcp_advertised_scopes   = "openid email profile"
cognito_m2m_client_ids  = "7codex"
`},
	}
	for _, s := range gateway.Spellings() {
		if diff := cmp.Diff(want[s.Name], [2]string{write(t, s, okta), write(t, s, cognito)}); diff != "" {
			t.Errorf("%s: %s", s.Name, diff)
		}
		delete(want, s.Name)
	}
	if len(want) > 0 {
		t.Errorf("spellings without a writer: %v", want)
	}
}

func write(t *testing.T, s gateway.Spelling, settings []gateway.Setting) string {
	t.Helper()
	var got strings.Builder
	if err := s.Write(&got, settings); err != nil {
		t.Fatalf("%s: %v", s.Name, err)
	}
	return got.String()
}

// Values that each syntax could take for something else.
func hardValues() []string {
	return []string{
		"plain", "two words", "", " lead and trail ", `a"b`, `a'b`, `back\slash`, `\`, "$HOME", "${HOME}", "$$", "%{if}", "$(id)", "`id`",
		"a;id", "a&&id", "a|b", "#x", "a #b", "a: b", "- x", "yes", "null", "~", "true", "0x10", "1e3", "8787", "!tag", "*", "&a", "{a}", "[a]",
		"a,b", "ümläut", "=", "@x", "%x", "?", "> x", "| x", "\"", "--", "---", "2020-01-01",
	}
}

func hardSettings() []gateway.Setting {
	var settings []gateway.Setting
	for i, value := range hardValues() {
		name := "V" + string(rune('A'+i/26)) + string(rune('A'+i%26))
		settings = append(settings, gateway.Setting{Name: name, Value: value, Helm: "registry.app." + name, Terraform: strings.ToLower(name)})
	}
	return settings
}

// The shell itself says what the lines mean.
func TestEnvIsSourcedByTheShell(t *testing.T) {
	t.Parallel()
	settings := hardSettings()
	var script strings.Builder
	if err := gateway.WriteEnv(&script, settings); err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		script.WriteString(`printf '%s\n' "$` + s.Name + "\"\n")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	sh := exec.CommandContext(ctx, "sh")
	sh.Stdin = strings.NewReader(script.String())
	sh.Env = []string{"HOME=/nowhere"}
	out, err := sh.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if diff := cmp.Diff(strings.Join(hardValues(), "\n")+"\n", string(out)); diff != "" {
		t.Error(diff)
	}
}

func TestGitHubLinesAreRaw(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	if err := gateway.WriteGitHub(&got, hardSettings()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(got.String(), "\n"), "\n")
	for i, s := range hardSettings() {
		if lines[i] != s.Name+"="+s.Value {
			t.Errorf("line %d is %q", i, lines[i])
		}
	}
}

func TestComposeRoundTrip(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	if err := gateway.WriteCompose(&text, hardSettings()); err != nil {
		t.Fatal(err)
	}
	var service struct {
		Environment map[string]any `yaml:"environment"`
	}
	if err := yaml.Unmarshal([]byte(text.String()), &service); err != nil {
		t.Fatalf("%v\n%s", err, text.String())
	}
	for _, s := range hardSettings() {
		value, ok := service.Environment[s.Name].(string)
		if !ok || strings.ReplaceAll(value, "$$", "$") != s.Value || strings.Count(value, "$") != 2*strings.Count(s.Value, "$") {
			t.Errorf("%q arrives as %#v", s.Value, service.Environment[s.Name])
		}
	}
}

func TestHelmRoundTrip(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	if err := gateway.WriteHelm(&text, hardSettings()); err != nil {
		t.Fatal(err)
	}
	var values struct {
		Registry struct {
			App map[string]any `yaml:"app"`
		} `yaml:"registry"`
	}
	if err := yaml.Unmarshal([]byte(text.String()), &values); err != nil {
		t.Fatalf("%v\n%s", err, text.String())
	}
	for _, s := range hardSettings() {
		if values.Registry.App[s.Name] != s.Value {
			t.Errorf("%q arrives as %#v", s.Value, values.Registry.App[s.Name])
		}
	}
}

// The escapes of HCL's quoted template: \\, \", $${ and %%{ (HCL native syntax, templates).
func TestTFVarsEscapes(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`plain`: `"plain"`, `a"b`: `"a\"b"`, `a\b`: `"a\\b"`, `${x}`: `"$${x}"`, `%{x}`: `"%%{x}"`, `$x`: `"$x"`, ``: `""`,
	} {
		var got strings.Builder
		if err := gateway.WriteTFVars(&got, []gateway.Setting{{Name: "N", Value: value, Terraform: "n"}}); err != nil {
			t.Fatal(err)
		}
		if got.String() != "n = "+want+"\n" {
			t.Errorf("%q is written %q, want n = %s", value, got.String(), want)
		}
	}
}

func TestUnknownNamesBecomeComments(t *testing.T) {
	t.Parallel()
	settings := []gateway.Setting{{Name: "NEW", Value: "x"}, {Name: "OLD", Value: "y", Helm: "registry.old", Terraform: "old"}}
	var helm, tfvars strings.Builder
	if err := errors.Join(gateway.WriteHelm(&helm, settings), gateway.WriteTFVars(&tfvars, settings)); err != nil {
		t.Fatal(err)
	}
	if want := "# NEW: the chart has no key for it\nregistry:\n  old: \"y\"\n"; helm.String() != want {
		t.Errorf("helm writes %q, want %q", helm.String(), want)
	}
	if want := "# NEW: the module has no variable for it\nold = \"y\"\n"; tfvars.String() != want {
		t.Errorf("tfvars writes %q, want %q", tfvars.String(), want)
	}
}

func TestAValueIsOneLine(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"a\nEVIL=1", "a\r\nb", "a\x00b", "\x1b[2J", "a\tb", "a\u2028b", "a\u0085b", "\xff"} {
		for _, s := range gateway.Spellings() {
			var got strings.Builder
			err := s.Write(&got, []gateway.Setting{{Name: "FIRST", Value: "x", Helm: "a.f", Terraform: "f"}, {Name: "NAME", Value: value, Helm: "a.b", Terraform: "c"}})
			var usage *idp.Error
			if !errors.As(err, &usage) || usage.Code != idp.CodeUsage || !strings.Contains(usage.Message, "NAME") || got.Len() > 0 {
				t.Errorf("%s writes %q for %q, error %v", s.Name, got.String(), value, err)
			}
		}
	}
}

func TestWriteReportsTheWritersError(t *testing.T) {
	t.Parallel()
	for _, s := range gateway.Spellings() {
		if err := s.Write(fullDisk{}, []gateway.Setting{{Name: "N", Value: "x", Helm: "a.b", Terraform: "c"}}); !errors.Is(err, errFull) {
			t.Errorf("%s: error %v, want %v", s.Name, err, errFull)
		}
	}
}

var errFull = errors.New("no space left")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }
