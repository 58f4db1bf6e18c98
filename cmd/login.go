package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/connect/failure"
	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/connect/login"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/registryclient"
)

const loginLong = `Log in to one server as an assistant does, from the gateway's 401 to the list of tools, and say
which place is at fault when it fails: the identity provider, the gateway's settings, the registry
or the assistant. Nothing is stored, and no token is ever printed.

The server is named by its path in the registry, or by its connect URL. The login page opens in
the browser and comes back to this machine; where there is no browser, use --no-browser and paste
the address at which another machine's browser ended. The page is waited for five minutes, or for
--timeout.`

// browserPatience is how long a person gets for the login page unless --timeout says otherwise.
const browserPatience = 5 * time.Minute

// loginFlags say how to log in.
type loginFlags struct {
	registry  registryFlags
	idp       string
	assistant string
	clientID  string
	port      int
	scopes    []string
	noBrowser bool
	direct    bool
	output    string
}

func newLoginCmd(a *app) *cobra.Command {
	var f loginFlags
	cmd := &cobra.Command{
		Use:     "login SERVER|URL",
		GroupID: "check",
		Short:   "Log in as an assistant does, and list a server's tools",
		Long:    loginLong + "\n\n" + registryVariables,
		Example: "  mcpreg login /currenttime --registry https://gw.example.com\n" +
			"  mcpreg login https://gw.example.com/currenttime/mcp --client-id mcp-gateway-ide --assistant codex --no-browser",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.login(cmd, f, args[0]) },
	}
	flags := cmd.Flags()
	f.registry.register(flags)
	addKind(flags, &f.idp)
	flags.Var(choice(&f.assistant, "claude-code", "claude-code", "cursor", "codex"), "assistant", "whose login to perform: claude-code, cursor or codex")
	flags.StringVar(&f.clientID, "client-id", "", "public client id (default: what the registry advertises)")
	addPort(flags, &f.port)
	flags.StringSliceVar(&f.scopes, "scope", nil, "OAuth scopes to ask for, as pinned in the assistant's configuration")
	flags.BoolVar(&f.direct, "direct", false, directHelp)
	flags.BoolVar(&f.noBrowser, "no-browser", false, "print the login page's address and read the one at which the browser ended from standard input")
	addOutput(cmd, &f.output, "text", "json")
	return cmd
}

// reportedError ends a command that has told what is wrong already.
type reportedError struct{ err error }

func (e *reportedError) Error() string { return e.err.Error() }
func (e *reportedError) Unwrap() error { return e.err }

func (a *app) login(cmd *cobra.Command, f loginFlags, target string) error {
	patience := browserPatience
	if cmd.Flags().Changed("timeout") {
		patience = a.global.timeout
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), patience)
	defer cancel()
	if f.noBrowser && a.tokenFromStdin(f.registry) {
		return errStdinTwice("--no-browser")
	}
	request, err := a.loginRequest(ctx, cmd, f, target)
	if err != nil {
		return err
	}
	if f.noBrowser {
		request.Paste = a.Stdin
	} else {
		request.Open = a.OpenBrowser
	}
	request.Progress = a.loginProgress(f.noBrowser)
	result, err := login.Run(ctx, request)
	var fault *login.Fault
	if err != nil && (!errors.As(err, &fault) || cmd.Context().Err() != nil) {
		return err
	}
	if f.output == "json" {
		if err := writeJSON(a.Stdout, loginDocumentOf(result, fault)); err != nil {
			return err
		}
	} else {
		a.writeLogin(result, fault)
	}
	if fault != nil {
		return &reportedError{fault}
	}
	return nil
}

// loginRequest finds out what to log in to, with what.
func (a *app) loginRequest(ctx context.Context, cmd *cobra.Command, f loginFlags, target string) (login.Request, error) {
	assistants, err := connect.ParseAssistants([]string{f.assistant})
	if err != nil {
		return login.Request{}, err
	}
	port, err := a.callbackPort(f.port)
	if err != nil {
		return login.Request{}, err
	}
	request := login.Request{Assistant: assistants[0], Scopes: f.scopes, Direct: f.direct, AllowHTTP: a.global.allowHTTP}
	if strings.Contains(target, "://") {
		err = a.loginToURL(ctx, cmd, f, target, &request)
	} else {
		err = a.loginToServer(ctx, cmd, f, target, &request)
	}
	if err != nil {
		return request, err
	}
	if f.clientID != "" {
		request.ClientID = f.clientID
	}
	if request.ClientID == "" {
		return request, &idp.Error{
			Code:    idp.CodeUsage,
			Message: fmt.Sprintf("no client id is known for %s: neither the registry nor --client-id names one", target),
			Hint:    "set IDE_OAUTH_CLIENT_ID on the gateway, or name the client with --client-id",
			Failure: "GW01",
		}
	}
	if port != 0 {
		request.CallbackPort = port
	}
	// The port is pinned only where the snippet pins it: where the kind compares it.
	snippet, err := connect.Connect(connect.Request{Kind: request.Kind, Assistant: request.Assistant, Name: "server", URL: request.URL, ClientID: request.ClientID, CallbackPort: request.CallbackPort, Scopes: f.scopes, Direct: f.direct})
	if err != nil {
		return request, err
	}
	request.CallbackPort = snippet.CallbackPort
	if len(request.Scopes) == 0 {
		request.Scopes = snippet.Scopes
	}
	request.HTTP, _, err = a.httpClient()
	return request, err
}

// loginToURL logs in to a URL; the gateway at its origin is asked what it signs in with.
func (a *app) loginToURL(ctx context.Context, cmd *cobra.Command, f loginFlags, target string, request *login.Request) error {
	request.URL, request.Kind = target, idp.Kind(f.idp)
	if f.registry.release != "" {
		release, err := gateway.ParseRelease(f.registry.release)
		if err != nil {
			return fmt.Errorf("--registry-release: %w", err)
		}
		request.Release = release
	}
	if cmd.Flags().Changed("idp") {
		return nil
	}
	client, _, err := a.httpClient()
	if err != nil {
		return err
	}
	options := []registryclient.Option{registryclient.WithHTTPClient(client)}
	if a.global.allowHTTP {
		options = append(options, registryclient.WithAllowHTTP())
	}
	at, err := registryclient.New(originOf(target), options...)
	if err != nil {
		return usageError(err.Error(), "")
	}
	kind, err := (&registry{client: at}).kind(ctx, cmd, f.idp)
	if err != nil {
		fmt.Fprintf(a.Stderr, "note: taken for %s, because the gateway does not say: name another with --idp\n", request.Kind.DisplayName())
		return ctx.Err()
	}
	request.Kind = kind
	return nil
}

func (a *app) loginToServer(ctx context.Context, cmd *cobra.Command, f loginFlags, path string, request *login.Request) error {
	chosen, err := a.chosenServers(ctx, cmd, f.registry, f.idp, selection{virtual: true}, []string{path})
	if err != nil {
		return err
	}
	for _, w := range chosen.notes {
		writeWarning(a.Stderr, w)
	}
	server := chosen.servers[0]
	if isVirtual(path) {
		for _, w := range server.warnings {
			writeWarning(a.Stderr, w)
		}
	}
	from := server.request(chosen.kind, "")
	request.Kind, request.URL, request.ClientID, request.CallbackPort = chosen.kind, from.URL, from.ClientID, from.CallbackPort
	request.Release, request.KnownTools = chosen.release, server.doc.NumTools
	return nil
}

// loginProgress tells of each place on stderr as it is passed.
func (a *app) loginProgress(noBrowser bool) func(login.Event) {
	return func(e login.Event) {
		switch {
		case e.AuthorizeURL != "" && noBrowser:
			fmt.Fprintf(a.Stderr, "  open this page in a browser:\n\n%s\n\n  then paste the address at which it ends:\n", e.AuthorizeURL)
		case e.AuthorizeURL != "":
			fmt.Fprintf(a.Stderr, "  open this page if the browser did not: %s\n", e.AuthorizeURL)
		case e.Place == "":
			fmt.Fprintf(a.Stderr, "  %s\n", e.Text)
		default:
			fmt.Fprintf(a.Stderr, "%s %-10s  %s\n", a.done(), e.Place, e.Text)
		}
	}
}

// headline says in a sentence what a fault in a place comes to.
func headline(place login.Place) string {
	switch place {
	case login.Gateway:
		return "The gateway offers no login that an assistant could begin."
	case login.IdentityProvider:
		return "The identity provider cannot be used as it is announced."
	case login.Client:
		return "The login does not come through."
	case login.Token:
		return "The login works; the gateway does not accept its token."
	case login.Access:
		return "The login works; access does not."
	}
	return "The login failed."
}

func (a *app) writeLogin(result *login.Result, fault *login.Fault) {
	if fault == nil {
		fmt.Fprintf(a.Stdout, "%s: %s\n", result.URL, strings.Join(result.Tools, ", "))
		return
	}
	fmt.Fprintf(a.Stderr, "%s %-10s  %s\n\n", a.failed(), fault.Place, indented(fault.Text, 14))
	row, known := failure.ByID(fault.Failure)
	if !known {
		fmt.Fprintf(a.Stdout, "%s\n  why    %s\n", headline(fault.Place), indented(fault.Text, 9))
		return
	}
	fmt.Fprintf(a.Stdout, "%s  [%s]\n", headline(fault.Place), row.ID)
	fmt.Fprintf(a.Stdout, "  why    %s\n", indented(fault.Text+". "+row.Cause, 9))
	fmt.Fprintf(a.Stdout, "  where  %s\n", row.Owner)
	fmt.Fprintf(a.Stdout, "  fix    %s\n", indented(row.Fix, 9))
}

// loginDocument is the result of login as JSON.
type loginDocument struct {
	SchemaVersion int  `json:"schema_version"`
	OK            bool `json:"ok"`
	*login.Result
	Fault *loginFault `json:"fault,omitempty"`
}

type loginFault struct {
	Place   login.Place `json:"place"`
	Failure string      `json:"failure,omitempty"`
	Text    string      `json:"text"`
	Cause   string      `json:"cause,omitempty"`
	Owner   string      `json:"owner,omitempty"`
	Fix     string      `json:"fix,omitempty"`
}

func loginDocumentOf(result *login.Result, fault *login.Fault) loginDocument {
	doc := loginDocument{SchemaVersion: 1, OK: fault == nil, Result: result}
	if fault != nil {
		row, _ := failure.ByID(fault.Failure)
		doc.Fault = &loginFault{fault.Place, fault.Failure, fault.Text, row.Cause, row.Owner, row.Fix}
	}
	return doc
}
