package registryclient_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/registryclient"
)

// The names are those of the registry's form, typed from its source; of lists it takes commas, of
// documents JSON.
func TestRegistrationForm(t *testing.T) {
	t.Parallel()
	whole := registryclient.NewServer{
		ID: "id-1", Name: "Finance", Path: "/finance", Description: "Reports", ProxyPassURL: "https://f.example.com/mcp",
		MCPEndpoint: "https://f.example.com/own", SSEEndpoint: "https://f.example.com/sse", Transport: "streamable-http",
		SupportedTransports: []string{"sse", "streamable-http"}, Tags: []string{"a", "b"}, ExternalTags: []string{"c", "d"}, License: "MIT",
		Version: "2.0.0", Status: "beta", Visibility: "group-restricted", AllowedGroups: []string{"g", "h"}, ProviderName: "ACME", ProviderURL: "https://acme.example.com",
		AuthProvider: "keycloak", AuthScheme: "api_key", AuthCredential: "s3cret", AuthHeaderName: "X-Key",
		CustomHeaders: []registryclient.NewHeader{{Name: "X-Team", Value: "blue"}}, Headers: json.RawMessage(`[{"X-Plain":"1"}]`),
		Metadata: json.RawMessage(`{"team":"x"}`), Tools: json.RawMessage(`[{"name":"t"}]`), NumTools: 3, SourceCreatedAt: "2026-01-02T03:04:05Z",
		SourceUpdatedAt: "2026-02-03T04:05:06Z", Deployment: "local", LocalRuntime: json.RawMessage(`{"type":"npx"}`),
		OAuthClientID: "own", AppendMCPPath: registryclient.Value(false), Overwrite: true,
	}
	for name, c := range map[string]struct {
		server registryclient.NewServer
		want   map[string]string
	}{
		"least": {registryclient.NewServer{Name: "X", Path: "/x", Description: "d", ProxyPassURL: "http://s:1/"},
			map[string]string{"name": "X", "path": "/x", "description": "d", "proxy_pass_url": "http://s:1/", "overwrite": "false"}},
		"whole": {whole, map[string]string{
			"id": "id-1", "name": "Finance", "path": "/finance", "description": "Reports", "proxy_pass_url": "https://f.example.com/mcp",
			"mcp_endpoint": "https://f.example.com/own", "sse_endpoint": "https://f.example.com/sse", "transport": "streamable-http",
			"supported_transports": "sse,streamable-http", "tags": "a,b", "external_tags": "c,d", "license": "MIT", "version": "2.0.0", "status": "beta",
			"visibility": "group-restricted", "allowed_groups": "g,h", "provider_organization": "ACME", "provider_url": "https://acme.example.com",
			"auth_provider": "keycloak", "auth_scheme": "api_key", "auth_credential": "s3cret", "auth_header_name": "X-Key",
			"custom_headers": `[{"name":"X-Team","value":"blue"}]`, "headers": `[{"X-Plain":"1"}]`, "metadata": `{"team":"x"}`,
			"tool_list_json": `[{"name":"t"}]`, "num_tools": "3", "source_created_at": "2026-01-02T03:04:05Z", "source_updated_at": "2026-02-03T04:05:06Z",
			"deployment": "local", "local_runtime": `{"type":"npx"}`, "oauth_client_id": "own", "append_mcp_path": "false", "overwrite": "true",
		}},
	} {
		var sent url.Values
		client, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
			text, err := io.ReadAll(r.Body)
			if err != nil || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
				t.Errorf("%s: %v, %s", name, err, r.Header.Get("Content-Type"))
			}
			if sent, err = url.ParseQuery(string(text)); err != nil {
				t.Error(err)
			}
			_, _ = io.WriteString(w, `{"path":"`+c.server.Path+`"}`)
		})
		if _, err := client.Register(context.Background(), c.server); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for field := range sent {
			got[field] = sent.Get(field)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
