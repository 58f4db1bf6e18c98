package registrytest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

const recordings = "../../testdata/recordings/registry-1.30.0"

type exchange struct {
	Request struct {
		Method, Path string
		Headers      map[string]string
		JSON         json.RawMessage `json:"json"`
		BodyText     string          `json:"body_text"`
		Form         map[string]string
	}
	Response struct {
		Status   int
		Headers  map[string]any
		JSON     any    `json:"json"`
		BodyText string `json:"body_text"`
	}
	Note string
}

type recording struct {
	Name      string
	Settings  map[string]string
	Exchanges []exchange
}

func read(t *testing.T, name string) recording {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(recordings, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// replayed names the recordings of the routes that the stand-in has. One route that it has not,
// that of identifier URIs, appears in two of them and is left out.
func replayed() []string {
	return []string{
		"01-version", "02-public-discovery", "03-prm-global-keycloak", "04-prm-server-none",
		"05-no-token", "08-cookie-only-routes", "10-me-limited", "15-list", "16-get",
		"17-get-errors", "18-patch-client-id", "19-patch-append", "20-patch-if-match", "21-patch-bad-body", "22-patch-errors", "27-connect-config", "28-connect-config-errors", "44-list-permission-names",
		"46-mcp-challenge", "47-mcp-root-endpoint", "48-mcp-user-token", "49-mcp-audience",
		"50-me-user-token", "52-mcp-tool-rules", "53-mcp-method-rules", "54-entra-prm",
		"56-entra-challenge", "57-connect-config-none", "58-okta-prm", "59-cognito-prm",
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	for _, name := range replayed() {
		t.Run(name, func(t *testing.T) {
			for _, difference := range replay(t, issuer, read(t, name), nil) {
				t.Error(difference)
			}
		})
	}
}

// sequences names the recordings of writes, which follow on one another.
func sequences() [][]string {
	return [][]string{
		{"11-register", "12-register-again", "13-register-errors", "14-register-paths"},
		{"09-group-import", "33-group-import-replace", "34-group-import-wildcard", "37-iam-group-get", "38-iam-group-patch",
			"39-iam-group-patch-wipes", "40-iam-group-patch-errors", "41-iam-group-create-delete", "42-groups-forbidden"},
		{"09-group-import", "24-patch-owner"},
		{"25-patch-stored-slash"},
		{"29-connect-config-headers"},
		{"30-local-server"},
		{"26-put"},
		{"11-register", "31-toggle-remove"},
		{"55-entra-obo-identifier-uris"},
	}
}

// sequence reads recordings as one, whose exchanges are all sent.
func sequence(t *testing.T, names []string) recording {
	t.Helper()
	all := recording{Name: writes}
	for _, name := range names {
		r := read(t, name)
		all.Settings = r.Settings
		for _, e := range r.Exchanges {
			// A probe has the limit; no health check finds tools on a server that was just enabled.
			if !strings.HasPrefix(e.Note, "edge limit") && (e.Request.Path != "/api/servers/toggle" || e.Response.Status != http.StatusOK) {
				all.Exchanges = append(all.Exchanges, e)
			}
		}
	}
	return all
}

const writes = "writes"

func TestReplayOfWrites(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	for _, names := range sequences() {
		t.Run(names[0], func(t *testing.T) {
			for _, difference := range replay(t, issuer, sequence(t, names), nil) {
				t.Error(difference)
			}
		})
	}
}

// replay sends the recorded requests and returns where the answers differ from those recorded.
func replay(t *testing.T, issuer *issuer, r recording, off map[registrytest.Rule]bool) []string {
	t.Helper()
	config := world(issuer)
	config.Off = map[registrytest.Rule]bool{registrytest.DiscoveryRateLimit: true, registrytest.RegisterRateLimit: true, registrytest.APIRateLimit: true}
	for rule := range off {
		config.Off[rule] = true
	}
	settle(&config, r.Settings)
	if strings.HasPrefix(r.Name, "patch") {
		config.Servers = append(config.Servers, recorded())
	}
	if r.Name == writes && config.Provider == "entra" {
		config.Servers = append(config.Servers[:4:4], later()...)
	}
	registry, err := registrytest.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	var differences []string
	tags := map[string]string{}
	for i, e := range r.Exchanges {
		switch {
		case r.Name == writes:
		case strings.HasSuffix(e.Request.Path, "/groups/import"):
			registry.Configure(func(c *registrytest.Config) { importScope(t, c, e.Request.JSON) })
			continue
		case strings.Contains(e.Request.Path, "/api/egress/"):
			continue
		}
		registry.Configure(func(c *registrytest.Config) { follow(t, c, r.Name, e.Note) })
		if difference := compare(t, registry, issuer, e, tags); difference != "" {
			differences = append(differences, fmt.Sprintf("%s, exchange %d, %s %s: %s", r.Name, i, e.Request.Method, e.Request.Path, difference))
		}
	}
	return differences
}

// later are the servers that the recorded registry had when it was last asked: a disabled and a
// local one count as well.
func later() []registrytest.Server {
	no := false
	return []registrytest.Server{
		{Path: "/editor-owned", Disabled: true}, {Path: "/rec-headers"}, {Path: "/rec-local", Deployment: "local"},
		{Path: "/rec-over", AppendMCPPath: &no}, {Path: "/rec-put"},
	}
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

func importScope(t *testing.T, c *registrytest.Config, body []byte) {
	t.Helper()
	var doc struct {
		Name          string                `json:"scope_name"`
		GroupMappings []string              `json:"group_mappings"`
		ServerAccess  []registrytest.Access `json:"server_access"`
		UIPermissions map[string][]string   `json:"ui_permissions"`
	}
	parse(t, string(body), &doc)
	for i := range c.Scopes {
		if c.Scopes[i].Name == doc.Name {
			c.Scopes[i] = registrytest.Scope{Name: doc.Name, GroupMappings: doc.GroupMappings, ServerAccess: doc.ServerAccess, UIPermissions: doc.UIPermissions}
		}
	}
}

// body is what was sent.
func (e exchange) body() []byte {
	form := url.Values{}
	for name, value := range e.Request.Form {
		form.Set(name, value)
	}
	switch {
	case len(form) > 0:
		return []byte(form.Encode())
	case e.Request.BodyText != "":
		return []byte(e.Request.BodyText)
	}
	return e.Request.JSON
}

// compare sends one request and says how the answer differs from the recorded one. tags maps the
// recorded entity tags to those of this registry, because they hold times.
func compare(t *testing.T, registry *registrytest.Registry, issuer *issuer, e exchange, tags map[string]string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), e.Request.Method, registry.URL()+e.Request.Path, bytes.NewReader(e.body()))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range e.Request.Headers {
		if name == "Authorization" {
			value = "Bearer " + issuer.token(t, strings.TrimPrefix(value, "Bearer "))
		}
		if own, ok := tags[value]; ok && name == "If-Match" {
			value = own
		}
		request.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != e.Response.Status {
		return fmt.Sprintf("status %d, recorded %d", response.StatusCode, e.Response.Status)
	}
	for name, want := range e.Response.Headers {
		if name == "etag" { // it holds a time
			tags[fmt.Sprint(want)] = response.Header.Get(name)
			if !strings.HasPrefix(response.Header.Get(name), `W/"`) {
				return "no weak entity tag"
			}
			continue
		}
		if diff := cmp.Diff(texts(want), response.Header.Values(name)); diff != "" {
			return "header " + name + diff
		}
	}
	if e.Response.JSON == nil {
		return cmp.Diff(e.Response.BodyText, strings.ReplaceAll(string(body), "null\n", ""))
	}
	var got any
	if err := json.Unmarshal(body, &got); err != nil {
		return err.Error() + " in " + string(body)
	}
	return cmp.Diff(essential(e.Response.JSON), essential(replaceIssuer(got, e.Response.JSON, issuer.URL)))
}

// essential leaves out what differs between any two registries: ids and times; and null members,
// which the real one adds to a document once it was changed.
func essential(value any) any {
	switch v := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for name, member := range v {
			switch name {
			case "created_at", "credential_updated_at", "custom_headers_updated_at", "id", "registered_at", "updated_at", "last_checked_iso":
				continue
			}
			kept[name] = essential(member)
		}
		return kept
	case []any:
		kept := []any{}
		for _, member := range v {
			kept = append(kept, essential(member))
		}
		return kept
	}
	return value
}

// replaceIssuer puts the recorded issuer in place of the test's own.
func replaceIssuer(value, recorded any, own string) any {
	doc, _ := value.(map[string]any)
	if list, ok := doc["authorization_servers"].([]any); ok && len(list) == 1 && list[0] == own {
		doc["authorization_servers"] = recorded.(map[string]any)["authorization_servers"]
	}
	return value
}
