package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient"
)

func (f *registerFlags) describe(flags *pflag.FlagSet) {
	for name, field := range map[string]struct {
		into *string
		help string
	}{
		"name":                  {&f.new.Name, "display name; needed"},
		"description":           {&f.new.Description, "what the server is for; needed"},
		"proxy-pass-url":        {&f.new.ProxyPassURL, "absolute URL that the gateway sends calls to; needed unless the server is local"},
		"mcp-endpoint":          {&f.new.MCPEndpoint, "absolute URL of the MCP endpoint, where it is not the usual one"},
		"sse-endpoint":          {&f.new.SSEEndpoint, "absolute URL of the SSE endpoint"},
		"transport":             {&f.new.Transport, "transport, such as streamable-http"},
		"license":               {&f.new.License, "license of the server"},
		"id":                    {&f.new.ID, "id of the server's own; the registry makes one"},
		"source-created-at":     {&f.new.SourceCreatedAt, "when the entry was made where it comes from, ISO 8601"},
		"source-updated-at":     {&f.new.SourceUpdatedAt, "when it was last changed there, ISO 8601"},
		"server-version":        {&f.new.Version, "version of the server"},
		"status":                {&f.new.Status, "active, deprecated, draft or beta"},
		"visibility":            {&f.new.Visibility, "who sees the server; public by default"},
		"provider-organization": {&f.new.ProviderName, "who provides the server"},
		"provider-url":          {&f.new.ProviderURL, "page of who provides the server"},
		"auth-provider":         {&f.new.AuthProvider, "name of what the server authenticates with"},
		"auth-scheme":           {&f.new.AuthScheme, "how the gateway authenticates to the server: none, bearer or api_key"},
		"auth-header-name":      {&f.new.AuthHeaderName, "header that carries the credential"},
		"deployment":            {&f.new.Deployment, "remote or local"},
		"oauth-client-id":       {&f.new.OAuthClientID, "client id of the server's own"},
		"append-mcp-path":       {&f.append, "true or false: whether the connect URL ends in /mcp"},
		"metadata-file":         {&f.metadata, "file with a JSON object"},
		"tools-file":            {&f.tools, "file with a JSON list of tools"},
		"plain-headers-file":    {&f.headers, "file with a JSON list of headers that are stored and shown as they are"},
		"local-runtime-file":    {&f.local, "file with the JSON of how a local server starts"},
		"credential-file":       {&f.credentialFile, "file with the credential that the gateway sends, or - for standard input"},
		"headers-file":          {&f.headersFile, "file with further headers as JSON, or - for standard input"},
	} {
		flags.StringVar(field.into, name, "", field.help)
	}
	flags.StringSliceVar(&f.new.Tags, "tags", nil, "tags, separated by commas")
	flags.StringSliceVar(&f.new.ExternalTags, "external-tags", nil, "tags of the source, separated by commas")
	flags.StringSliceVar(&f.new.SupportedTransports, "supported-transports", nil, "transports, separated by commas")
	flags.StringSliceVar(&f.new.AllowedGroups, "allowed-groups", nil, "groups that see the server, separated by commas")
	flags.IntVar(&f.new.NumTools, "num-tools", 0, "how many tools the server has, until the registry looks")
	flags.BoolVar(&f.new.Overwrite, "overwrite", false, "replace a server of the same path")
}

// check says what is wrong with the description before anything is sent, because the registry
// gives no reason for some refusals.
func (f *registerFlags) check(path string) error {
	name := strings.Trim(path, "/")
	switch {
	case !strings.HasPrefix(path, "/") || name == "" || strings.HasSuffix(path, "/"):
		return usageError(fmt.Sprintf("path %q does not start with a slash, ends in one, or is empty", path), "write it as in /finance")
	case strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") != "" || strings.ContainsAny(path, " ;*?#%\\") || strings.Contains(path, "//"):
		return usageError(fmt.Sprintf("path %q holds more than letters, digits, dots, dashes, underscores and single slashes", path), "write it as in /finance/reports")
	case reservedPath(name):
		return usageError(fmt.Sprintf("path %s is a route of the registry itself, so the server could not be read or reached", path), "choose another")
	case f.new.Name == "" || f.new.Description == "":
		return usageError("the server has no name or no description", "give --name and --description")
	case f.new.Deployment != "" && f.new.Deployment != "remote" && f.new.Deployment != "local":
		return usageError(fmt.Sprintf("--deployment %s is neither remote nor local", f.new.Deployment), "")
	case f.new.ProxyPassURL == "" && f.new.Deployment != "local":
		return usageError("it is not said where the gateway sends calls to", "give --proxy-pass-url")
	case f.new.NumTools < 0:
		return usageError(fmt.Sprintf("--num-tools %d is negative", f.new.NumTools), "")
	case f.append != "" && f.append != "true" && f.append != "false":
		return usageError(fmt.Sprintf("--append-mcp-path=%s is neither true nor false", f.append), "")
	}
	if f.new.OAuthClientID != "" {
		if err := connect.CheckClientID(f.new.OAuthClientID); err != nil {
			return err
		}
	}
	for _, one := range []struct {
		flag, value string
		choices     []string
	}{
		{"auth-scheme", f.new.AuthScheme, []string{"none", "bearer", "api_key"}}, {"status", f.new.Status, []string{"active", "deprecated", "draft", "beta"}},
	} {
		if one.value != "" && !slices.Contains(one.choices, one.value) {
			return usageError(fmt.Sprintf("--%s %s is none of %s", one.flag, one.value, strings.Join(one.choices, ", ")), "")
		}
	}
	for _, one := range [][2]string{{"proxy-pass-url", f.new.ProxyPassURL}, {"mcp-endpoint", f.new.MCPEndpoint}, {"sse-endpoint", f.new.SSEEndpoint}} {
		if u, err := url.Parse(one[1]); one[1] != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil) {
			return usageError(fmt.Sprintf("--%s is not an absolute http or https URL without user information", one[0]), "")
		}
	}
	return nil
}

// reservedPath tells the names that hide a server or are refused, and the words that no server's
// path can end in.
func reservedPath(name string) bool {
	switch name {
	case "all", "metrics", "health", "healthcheck", "well-known", ".well-known", "groups", "register", "toggle", "remove", "check-duplicates":
		return true
	}
	switch name[strings.LastIndexByte(name, '/')+1:] {
	case "connect-config", "rating", "rate", "security-scan", "rescan", "versions", "server.json", "auth-credential", "egress-auth", "egress-pat":
		return true
	}
	return strings.HasPrefix(name, "tools/") || strings.HasPrefix(name, "virtual/")
}

// read fills in what comes from files and from the environment.
func (f *registerFlags) read(ctx context.Context, a *app) error {
	for _, document := range []struct {
		file string
		into *json.RawMessage
		list bool
	}{{f.metadata, &f.new.Metadata, false}, {f.tools, &f.new.Tools, true}, {f.headers, &f.new.Headers, true}, {f.local, &f.new.LocalRuntime, false}} {
		if document.file == "" {
			continue
		}
		var err error
		if *document.into, err = readJSON(document.file, document.list); err != nil {
			return err
		}
	}
	if err := f.readSecrets(ctx, a); err != nil {
		return err
	}
	if f.append != "" {
		f.new.AppendMCPPath = registryclient.Value(f.append == "true")
	}
	return nil
}

// readJSON reads a file that holds a JSON object, or a list.
func readJSON(file string, list bool) (json.RawMessage, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usageError(err.Error(), "")
	}
	var object map[string]any
	var items []any
	switch {
	case list && json.Unmarshal(text, &items) != nil:
		return nil, usageError(file+" does not hold a JSON list", "")
	case !list && json.Unmarshal(text, &object) != nil:
		return nil, usageError(file+" does not hold a JSON object", "")
	}
	return text, nil
}

// readSecrets fills in what the gateway sends to the server.
func (f *registerFlags) readSecrets(ctx context.Context, a *app) error {
	sent := f.new.AuthScheme == "bearer" || f.new.AuthScheme == "api_key"
	if f.credentialFile == "-" && f.headersFile == "-" {
		return usageError("--credential-file - and --headers-file - both read standard input", "put one of them in a file")
	}
	if !sent && f.credentialFile != "" {
		return usageError("there is a credential, and no scheme to send it with", "give --auth-scheme bearer or api_key")
	}
	if credential := a.credential(a.secretRef(f.credentialFile, "MCP_SERVER_CREDENTIAL")); sent && credential == nil {
		return usageError(fmt.Sprintf("--auth-scheme %s needs a credential", f.new.AuthScheme), "set MCP_SERVER_CREDENTIAL, or name a file with --credential-file")
	} else if sent {
		var err error
		if f.new.AuthCredential, err = credential(ctx); err != nil {
			return err
		}
	}
	if headers := a.credential(a.secretRef(f.headersFile, "MCP_SERVER_HEADERS")); headers != nil {
		text, err := headers(ctx)
		if err != nil {
			return err
		}
		if json.Unmarshal([]byte(text), &f.new.CustomHeaders) != nil || slices.ContainsFunc(f.new.CustomHeaders, func(h registryclient.NewHeader) bool { return h.Name == "" }) {
			return usageError("the headers are not a JSON list of names and values", `write them as [{"name": "X-Team", "value": "..."}]`)
		}
	}
	return nil
}

// fields are what is registered, as a plan shows it: secrets only by their names.
func (f *registerFlags) fields() []plan.Field {
	headers := make([]string, len(f.new.CustomHeaders))
	for i, h := range f.new.CustomHeaders {
		headers[i] = h.Name
	}
	credential := ""
	if f.new.AuthCredential != "" {
		credential = "(secret)"
	}
	var list []plan.Field
	for _, field := range []struct {
		name   string
		values []string
	}{
		{"name", one(f.new.Name)}, {"description", one(f.new.Description)}, {"proxy_pass_url", one(f.new.ProxyPassURL)}, {"mcp_endpoint", one(f.new.MCPEndpoint)},
		{"sse_endpoint", one(f.new.SSEEndpoint)}, {"transport", one(f.new.Transport)}, {"supported_transports", f.new.SupportedTransports},
		{"tags", f.new.Tags}, {"external_tags", f.new.ExternalTags}, {"license", one(f.new.License)}, {"id", one(f.new.ID)}, {"version", one(f.new.Version)},
		{"status", one(f.new.Status)}, {"visibility", one(f.new.Visibility)}, {"allowed_groups", f.new.AllowedGroups},
		{"provider_organization", one(f.new.ProviderName)}, {"provider_url", one(f.new.ProviderURL)}, {"auth_provider", one(f.new.AuthProvider)},
		{"auth_scheme", one(f.new.AuthScheme)}, {"auth_credential", one(credential)}, {"auth_header_name", one(f.new.AuthHeaderName)},
		{"custom_headers", headers}, {"headers", one(f.headers)}, {"metadata", one(f.metadata)}, {"tool_list_json", one(f.tools)},
		{"deployment", one(f.new.Deployment)}, {"local_runtime", one(f.local)}, {"source_created_at", one(f.new.SourceCreatedAt)},
		{"source_updated_at", one(f.new.SourceUpdatedAt)}, {"oauth_client_id", one(f.new.OAuthClientID)}, {"append_mcp_path", one(f.append)},
	} {
		if len(field.values) > 0 {
			list = append(list, plan.Field{Path: field.name, After: field.values})
		}
	}
	return list
}

func one(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}
