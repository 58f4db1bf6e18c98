package registrytest_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// sequence is one or more recordings that were made one after the other on one registry.
type sequence struct {
	names []string
	// before is what there was on the recorded registry besides the common world.
	before func(*testing.T, *registrytest.Config)
}

func (s sequence) String() string { return strings.Join(s.names, ", ") }

// sequences names every recording, each in what it depends on.
func sequences() []sequence {
	alone := func(names ...string) (list []sequence) {
		for _, name := range names {
			list = append(list, sequence{names: []string{name}})
		}
		return list
	}
	with := func(before func(*testing.T, *registrytest.Config), names ...string) (list []sequence) {
		for _, s := range alone(names...) {
			list = append(list, sequence{s.names, before})
		}
		return list
	}
	return slices.Concat(
		alone("01-version", "02-public-discovery", "03-prm-global-keycloak", "04-prm-server-none", "05-no-token", "08-cookie-only-routes",
			"10-me-limited", "15-list", "16-get", "17-get-errors", "25-patch-stored-slash", "26-put", "27-connect-config",
			"28-connect-config-errors", "29-connect-config-headers", "30-local-server", "32-group-create", "43-m2m-clients",
			"44-list-permission-names", "46-mcp-challenge", "47-mcp-root-endpoint", "48-mcp-user-token", "49-mcp-audience", "50-me-user-token",
			"51-wellknown-rate-limit", "52-mcp-tool-rules", "53-mcp-method-rules", "54-entra-prm", "56-entra-challenge",
			"57-connect-config-none", "58-okta-prm", "59-cognito-prm"),
		with(recordedPlain, "18-patch-client-id", "19-patch-append", "20-patch-if-match", "21-patch-bad-body", "22-patch-errors"),
		with(recordedOver, "23-patch-url-policy"),
		with(firstServers, "07-stats"),
		with(laterServers, "55-entra-obo-identifier-uris"),
		with(seededScopes("zed"), "36-export-scopes"),
		with(seededScopes("acme-mcp", "acme/mcp", "airegistry-tools/", "editor-owned", "rec-headers", "rec-over", "rec-plain", "rec-put"),
			"06-me-admin", "35-group-list", "45-iam-group-patch-admin-wipe"),
		[]sequence{
			{names: []string{"11-register", "12-register-again", "13-register-errors", "14-register-paths"}},
			{names: []string{"09-group-import", "33-group-import-replace", "34-group-import-wildcard", "37-iam-group-get", "38-iam-group-patch",
				"39-iam-group-patch-wipes", "40-iam-group-patch-errors", "41-iam-group-create-delete", "42-groups-forbidden"}},
			{names: []string{"09-group-import", "24-patch-owner"}},
			{names: []string{"11-register", "31-toggle-remove"}},
		})
}

func TestReplay(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	for _, s := range sequences() {
		t.Run(s.String(), func(t *testing.T) {
			for _, difference := range replay(t, issuer, s, nil) {
				t.Error(difference)
			}
		})
	}
}

// No recording is left out.
func TestEveryRecordingIsReplayed(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(recordings, "*.json"))
	if err != nil || len(files) != 59 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if !slices.ContainsFunc(sequences(), func(s sequence) bool { return slices.Contains(s.names, name) }) {
			t.Errorf("%s is not replayed", name)
		}
	}
}

// replay sends the recorded requests, all of them, and returns where the answers differ from those
// recorded.
func replay(t *testing.T, issuer *issuer, s sequence, off map[registrytest.Rule]bool) []string {
	t.Helper()
	config := world(issuer)
	config.Off = map[registrytest.Rule]bool{registrytest.DiscoveryRateLimit: true, registrytest.RegisterRateLimit: true, registrytest.APIRateLimit: true}
	for rule := range off {
		config.Off[rule] = true
	}
	settle(&config, read(t, s.names[0]).Settings)
	if s.before != nil {
		s.before(t, &config)
	}
	registry, err := registrytest.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	var differences []string
	tags := map[string]string{}
	for _, name := range s.names {
		r := read(t, name)
		for i, e := range r.Exchanges {
			registry.Configure(func(c *registrytest.Config) { follow(t, c, r.Name, e.Note) })
			ask := once
			if strings.HasPrefix(e.Note, "edge limit") || strings.HasPrefix(e.Note, "after 11 quick") {
				registry.Configure(func(c *registrytest.Config) { c.Off = off })
				ask = untilRefused
			}
			if difference := e.compare(ask(t, registry, issuer, e, tags), issuer, tags); difference != "" {
				differences = append(differences, fmt.Sprintf("%s, exchange %d, %s %s: %s", r.Name, i, e.Request.Method, e.Request.Path, difference))
			}
		}
	}
	return differences
}

// settle puts the recorded registry's settings into effect.
func settle(c *registrytest.Config, settings map[string]string) {
	c.Provider = settings["AUTH_PROVIDER"]
	c.ClientID, c.ConnectScope = settings["IDE_OAUTH_CLIENT_ID"], settings["IDE_CONNECT_SCOPE"]
	c.CallbackPort = 0
	if settings["IDE_OAUTH_CALLBACK_PORT"] == "8787" {
		c.CallbackPort = 8787
	}
	if scopes := settings["MCP_ADVERTISED_SCOPES"]; scopes != "" {
		c.AdvertisedScopes = strings.Fields(scopes)
	}
	c.PublicURL = "https://gateway.example.com"
	switch c.Provider {
	case "okta":
		c.Issuer = "https://example.okta.com/oauth2/default"
	case "entra":
		c.Issuer = "https://login.microsoftonline.com/aaaaaaaa-0000-4000-8000-000000000001/v2.0"
	case "cognito":
		c.Issuer, c.CognitoDomain = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE", "https://example.auth.us-east-1.amazoncognito.com"
	}
	c.M2MClientID = "mcp-gateway-m2m"
}

// follow changes the rules of the group devs as the recording's notes say.
func follow(t *testing.T, c *registrytest.Config, name, note string) {
	t.Helper()
	note, _, _ = strings.Cut(strings.ReplaceAll(note, "'", `"`), ";")
	methods := []string{"initialize", "notifications/initialized", "ping", "tools/list", "tools/call"}
	servers := []string{"currenttime"}
	var tools any
	switch {
	case name == "mcp-method-rules" && strings.HasPrefix(note, "tools="):
		methods = []string{"tools/list"}
		parse(t, strings.TrimPrefix(note, "tools="), &tools)
	case strings.HasPrefix(note, "server_access servers="):
		list, named, _ := strings.Cut(strings.TrimPrefix(note, "server_access servers="), " tools=")
		parse(t, list, &servers)
		parse(t, named, &tools)
	default:
		return
	}
	var access []registrytest.Access
	for _, server := range servers {
		access = append(access, registrytest.Access{Server: server, Methods: methods, Tools: texts(tools)})
	}
	for i := range c.Scopes {
		if c.Scopes[i].Name == "devs" {
			c.Scopes[i].ServerAccess = access
		}
	}
}

func parse(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
}

func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, one := range v {
			list = append(list, one.(string))
		}
		return list
	}
	return nil
}
