// Package cmd is the command line of mcpreg: each command parses, calls and renders. It knows
// no identity provider's SDK; what administers one is handed in through [Deps].
package cmd

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/idp"
)

// Deps is what an invocation needs from the world around it.
type Deps struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// LookupEnv reads one environment variable, as os.LookupEnv does.
	LookupEnv func(string) (string, bool)
	// Interactive tells that standard input and standard error are a terminal, so that a person
	// can be asked.
	Interactive bool
	// Transport carries every HTTP request; nil for the default one, with --ca-file applied.
	Transport http.RoundTripper
	Build     BuildInfo
	// OpenBrowser shows a URL to the person at the machine; nil when there is no way.
	OpenBrowser func(ctx context.Context, url string) error
	// Keycloak opens the administration of a Keycloak realm.
	Keycloak func(KeycloakTarget) (idp.Provider, error)
	// Okta opens the administration of an Okta org.
	Okta func(OktaTarget) (idp.Provider, error)
}

// BuildInfo says which mcpreg this is.
type BuildInfo struct {
	Version string // "1.2.3", or "dev"
	Commit  string // of the source, or empty
	Date    string // RFC 3339, or empty
}

// KeycloakTarget is a realm, and the credential that administers it: Token if set, else
// ClientID with ClientSecret, else Username with Password.
type KeycloakTarget struct {
	URL, Realm, AdminRealm string
	Username               string
	Password               idp.Credential
	ClientID               string
	ClientSecret           idp.Credential
	Token                  idp.Credential
	FullGroupPath          bool
	// ConfirmAbsent spends a request on telling "absent" from "not allowed to see".
	ConfirmAbsent bool
	AllowHTTP     bool
	HTTP          *http.Client
}

// OktaTarget is an org with one of its custom authorization servers, and the credential that
// administers it: Token if set, else ClientID with PrivateKey.
type OktaTarget struct {
	OrgURL, AuthorizationServer string
	Token                       idp.Credential
	ClientID                    string
	PrivateKey                  idp.Credential
	PrivateKeyID                string
	GroupsFilter                string
	// Scopes are the OAuth scopes that the gateway advertises; empty for those of the kind.
	Scopes    []string
	AllowHTTP bool
	HTTP      *http.Client
	// Waiting is told how long a refusal for too many requests is waited out.
	Waiting func(time.Duration)
}

// Run runs one command line, args without the program's name, and returns the exit code. It
// never ends the process; when ctx ends, what was done is said and the code is 130.
func Run(ctx context.Context, deps Deps, args []string) int {
	a := &app{Deps: deps}
	root := newRootCmd(a)
	root.SetArgs(args)
	root.SetIn(deps.Stdin)
	root.SetOut(deps.Stdout)
	root.SetErr(deps.Stderr)
	executed, err := root.ExecuteContextC(ctx)
	return a.finish(ctx, executed, args, err)
}

// app is one invocation: what the world gave, and the flags that every command has.
type app struct {
	Deps
	global globalFlags
}

const rootLong = `Make AI coding assistants log in to MCP servers behind an MCP Gateway & Registry,
through your company's identity provider.

  setup    makes the public client that an assistant needs, with redirects, groups and audience
  connect  prints what to paste into Cursor, Claude Code or Codex
  login    proves it: one real login as the assistant does it, up to the list of tools
  explain  tells what a failed login means, and the fix

A client made by mcpreg has no secret: authorization code with PKCE S256, loopback redirects
only. Who gets in is decided by the groups in the token, never by the requested scope.`

const rootExample = `  mcpreg keycloak plan                       what would change, and what fails without it
  mcpreg keycloak setup >> registry.env      make it so; stdout is the gateway's settings
  mcpreg connect /currenttime --registry https://gw.example.com
  mcpreg login /currenttime --registry https://gw.example.com
  mcpreg explain "Invalid parameter: redirect_uri"`

func newRootCmd(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "mcpreg",
		Short:         "Make AI coding assistants log in to MCP servers behind a gateway",
		Long:          rootLong,
		Example:       rootExample,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError(err.Error(), "see: "+c.CommandPath()+" --help")
	})
	a.global.register(root.PersistentFlags())
	root.AddGroup(
		&cobra.Group{ID: "setup", Title: "Set up:"},
		&cobra.Group{ID: "registry", Title: "Registry:"},
		&cobra.Group{ID: "print", Title: "Print:"},
		&cobra.Group{ID: "check", Title: "Check:"},
		&cobra.Group{ID: "try", Title: "Try:"},
	)
	root.AddCommand(
		newKeycloakCmd(a),
		newOktaCmd(a),
		newServerCmd(a),
		newGroupsCmd(a),
		newConnectCmd(a),
		newLoginCmd(a),
		newRedirectsCmd(a),
		newSettingsCmd(a),
		newExplainCmd(a),
		newLabCmd(a),
		newVersionCmd(a),
		newManCmd(a),
	)
	root.AddCommand(newTopicCmds()...)
	return root
}
