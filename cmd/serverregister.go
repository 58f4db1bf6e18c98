package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient"
)

const serverRegisterLong = `Register a server. It starts disabled. A path that is taken is refused, because registering over a
server gives it a new id and drops its tags, tools and metadata; --overwrite does so all the same.
A credential or header that the gateway sends to the server comes from the environment or a file.

Environment (besides those below; each also as a file, with _FILE):
  MCP_SERVER_CREDENTIAL   what the gateway sends to the server (--auth-scheme bearer or api_key)
  MCP_SERVER_HEADERS      further headers, as JSON: [{"name": "X-Team", "value": "..."}]`

// registerFlags describe a server.
type registerFlags struct {
	serverFlags
	new                         registryclient.NewServer
	append                      string
	metadata, tools, local      string // names of files with JSON
	credentialFile, headersFile string
	yes, dryRun                 bool
}

func newServerRegisterCmd(a *app) *cobra.Command {
	var f registerFlags
	cmd := &cobra.Command{
		Use:     "register PATH",
		Short:   "Register a server",
		Long:    serverRegisterLong + "\n\n" + registryVariables,
		Example: "  mcpreg server register /finance --name Finance --description 'Reports' --proxy-pass-url http://finance:8000/mcp\n  mcpreg server register /kb --name KB --description Articles --proxy-pass-url https://kb.example.com/ --append-mcp-path=false --dry-run",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.registerServer(cmd, f, args[0]) },
	}
	f.register(cmd)
	f.describe(cmd.Flags())
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "print the plan and change nothing")
	return cmd
}

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
	case f.append != "" && f.append != "true" && f.append != "false":
		return usageError(fmt.Sprintf("--append-mcp-path=%s is neither true nor false", f.append), "")
	}
	for flag, text := range map[string]string{"proxy-pass-url": f.new.ProxyPassURL, "mcp-endpoint": f.new.MCPEndpoint, "sse-endpoint": f.new.SSEEndpoint} {
		if u, err := url.Parse(text); text != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil) {
			return usageError(fmt.Sprintf("--%s is not an absolute http or https URL without user information", flag), "")
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
	}{{f.metadata, &f.new.Metadata}, {f.tools, &f.new.Tools}, {f.local, &f.new.LocalRuntime}} {
		if document.file == "" {
			continue
		}
		text, err := os.ReadFile(document.file)
		if err != nil {
			return usageError(err.Error(), "")
		}
		if !json.Valid(text) {
			return usageError(document.file+" is not JSON", "")
		}
		*document.into = text
	}
	if credential := a.credential(a.secretRef(f.credentialFile, "MCP_SERVER_CREDENTIAL")); credential != nil {
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
		if json.Unmarshal([]byte(text), &f.new.CustomHeaders) != nil {
			return usageError("the headers are not a JSON list of names and values", `write them as [{"name": "X-Team", "value": "..."}]`)
		}
	}
	if f.append != "" {
		f.new.AppendMCPPath = registryclient.Value(f.append == "true")
	}
	return nil
}

func (a *app) registerServer(cmd *cobra.Command, f registerFlags, path string) error {
	if err := f.check(path); err != nil {
		return err
	}
	r, err := a.openRegistry(cmd, f.registry)
	if err != nil {
		return err
	}
	if r == nil {
		return errNoRegistry()
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), a.global.timeout)
	defer cancel()
	if err := f.read(ctx, a); err != nil {
		return err
	}
	f.new.Path = path
	if f.new.OAuthClientID != "" || f.append != "" {
		release, err := r.observed(ctx, nil)
		if err == nil {
			err = knowsOverrides(release)
		}
		if err != nil {
			return err
		}
	}
	p, err := r.registration(ctx, f)
	if err != nil {
		return err
	}
	if f.dryRun {
		return a.showPlan(p, f.output, false)
	}
	if _, err := a.registryChanges(r, f.yes).carryOut(cmd.Context(), p); err != nil {
		return err
	}
	kind, err := r.kind(ctx, cmd, f.idp)
	if err != nil {
		return err
	}
	return a.resolved(cmd.Context(), r, serverSetFlags{serverFlags: f.serverFlags}, kind, []string{path})
}

// registration plans the one request that registers the server.
func (r *registry) registration(ctx context.Context, f registerFlags) (*plan.Plan, error) {
	p := &plan.Plan{Target: "registry  " + r.client.BaseURL()}
	change := plan.Change{System: "registry", Kind: "server", Name: f.new.Path, Action: plan.Create, Summary: "disabled until an operator enables it", Prevents: "GW20"}
	for _, field := range []struct{ name, value string }{
		{"name", f.new.Name}, {"proxy_pass_url", f.new.ProxyPassURL}, {"oauth_client_id", f.new.OAuthClientID}, {"append_mcp_path", f.append},
	} {
		if field.value != "" {
			change.Fields = append(change.Fields, plan.Field{Path: field.name, After: []string{field.value}})
		}
	}
	known, err := r.client.Server(ctx, f.new.Path)
	switch {
	case errors.Is(err, registryclient.ErrNotFound):
	case err != nil:
		return nil, r.told(err)
	case !f.new.Overwrite:
		return nil, usageError(fmt.Sprintf("the registry has a server %s already: %s", known.Path, known.Name), "mcpreg server set changes its overrides; --overwrite replaces it and drops its tags, tools and metadata")
	default:
		change.Action, change.Confirm = plan.Update, "replaces "+known.Name+": its id, tags, tools and metadata are lost"
	}
	p.Add(change, func(ctx context.Context) error {
		if _, err := r.client.Register(ctx, f.new); err != nil {
			return err
		}
		stored, err := r.client.Server(ctx, f.new.Path)
		if err != nil {
			return fmt.Errorf("reading %s back: %w", f.new.Path, err)
		}
		return f.kept(stored)
	})
	return p, nil
}

// kept tells whether a server was stored with the overrides that it was registered with: a release
// that does not know them drops them without a word.
func (f registerFlags) kept(stored *registryclient.Server) error {
	id, _ := stored.OwnClientID()
	value, set := stored.AppendMCPPath.Value()
	wanted, named := f.new.AppendMCPPath.Value()
	if (f.new.OAuthClientID == "" || id == f.new.OAuthClientID) && (!named || set && value == wanted) {
		return nil
	}
	return &idp.Error{
		Code: idp.CodeFailed, Failure: "GW25", Hint: "go to " + gateway.Since(gateway.Overrides).String() + " or newer, then: mcpreg server set " + stored.Path,
		Message: stored.Path + " is registered, and the registry did not keep its overrides",
	}
}
