// Package cmd is the command line of mcpreg: each command parses, calls and renders. It knows
// no identity provider's SDK; what administers one is handed in through [Deps].
package cmd

import (
	"context"
	"errors"
	"fmt"
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
	// Cognito opens the administration of an Amazon Cognito user pool.
	Cognito func(CognitoTarget) (idp.Provider, error)
	// Entra opens the administration of a tenant of Microsoft Entra ID.
	Entra func(EntraTarget) (idp.Provider, error)
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

// CognitoTarget is a user pool, and what may be made in it. The credential is the key pair if one is
// given, else that of Profile if named, else what the AWS default chain finds.
type CognitoTarget struct {
	UserPoolID, Region, Profile   string
	AccessKeyID                   string
	SecretAccessKey, SessionToken idp.Credential
	Endpoint                      string // of the API, where it is not the region's own
	Domain                        string // prefix that the gateway is told
	CreateDomain                  string // prefix of the domain to make
	IdentityProviders             []string
	CreateGroups                  bool
	AllowHTTP                     bool
	HTTP                          *http.Client
}

// EntraTarget is a tenant, and the credential that administers it, which Auth chooses: token,
// client-secret, certificate, workload-identity, managed-identity or az. Empty strings are defaults.
type EntraTarget struct {
	TenantID, Cloud            string
	Auth, ClientID             string
	ClientSecret               idp.Credential
	Certificate                idp.Credential
	Token                      idp.Credential
	GatewayApp, GatewayAppName string
	GroupClaims, Consent       string
	AllowUnverifiedDomain      bool
	GraphURL, LoginURL         string
	// Waiting is told what the directory does not know yet.
	Waiting func(what string)
	HTTP    *http.Client
}

// Run runs one command line, args without the program's name, and returns the exit code. It
// never ends the process; when ctx ends, what was done is said and the code is 130.
func Run(ctx context.Context, deps Deps, args []string) int {
	out := &output{Writer: deps.Stdout}
	deps.Stdout = out
	a := &app{Deps: deps}
	root := newRootCmd(a)
	root.SetArgs(args)
	root.SetIn(deps.Stdin)
	root.SetOut(deps.Stdout)
	root.SetErr(deps.Stderr)
	executed, err := root.ExecuteContextC(ctx)
	if out.err != nil && (err == nil || errors.Is(err, errPending)) {
		err = fmt.Errorf("the result could not be written: %w", out.err)
	}
	return a.finish(ctx, executed, args, err)
}

// output is standard output, which remembers that something was lost: a file on a full disk must not
// pass for the result.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(text []byte) (int, error) {
	n, err := o.Writer.Write(text)
	if o.err == nil {
		o.err = err
	}
	return n, err
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
		newCognitoCmd(a),
		newEntraCmd(a),
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
