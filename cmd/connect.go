package cmd

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

const connectLong = `Print what connects an assistant to a server: a command to run, or lines for a configuration
file. Standard output is the snippets; what will not work for everybody is noted on standard
error.

The registry says which client id and callback port each server advertises. With --url instead
nothing is read from the network.

` + selectionHelp + `

Without a client id the snippets are those of the fallback: an assistant that registers itself,
or a token that you must fill in.`

// connectFlags say what to connect.
type connectFlags struct {
	registry    registryFlags
	selection   selection
	idp         string
	urls        []string
	name        string
	clientID    string
	assistants  []string
	port        int
	scopes      []string
	configScope string
	headers     []string
	direct      bool
	shell       string
	output      string
}

func newConnectCmd(a *app) *cobra.Command {
	f := connectFlags{selection: selection{virtual: true}}
	cmd := &cobra.Command{
		Use:     "connect [SERVER...]",
		GroupID: "print",
		Short:   "Print what to paste into an assistant",
		Long:    connectLong + "\n\n" + registryVariables,
		Example: "  mcpreg connect /currenttime --registry https://gw.example.com --assistant claude-code\n" +
			"  mcpreg connect --all -o json\n" +
			"  mcpreg connect --idp keycloak --client-id mcp-gateway-ide --url https://gw.example.com/time/mcp\n" +
			"  mcpreg connect --idp okta --client-id 0oa1b2c3 --port 8787 --assistant codex --url https://gw.example.com/time/mcp -o json",
		RunE: func(cmd *cobra.Command, servers []string) error { return a.connect(cmd, f, servers) },
	}
	flags := cmd.Flags()
	f.registry.register(flags)
	f.selection.register(flags)
	addKind(flags, &f.idp)
	flags.StringArrayVar(&f.urls, "url", nil, "connect URL of a server; may be repeated")
	flags.StringVar(&f.name, "name", "", "name under which the assistant stores the server (default: from the URL)")
	flags.StringVar(&f.clientID, "client-id", "", "public client id to log in with")
	flags.StringSliceVar(&f.assistants, "assistant", nil, "assistants to print for (default claude-code,cursor,codex)")
	addPort(flags, &f.port)
	flags.StringSliceVar(&f.scopes, "scope", nil, "OAuth scopes to pin in the snippet")
	flags.Var(choice(&f.configScope, "", "", "local", "project", "user"), "config-scope", "where Claude Code keeps the server: local, project or user")
	flags.StringSliceVar(&f.headers, "header", nil, "names of headers that the server wants; their values stay placeholders")
	flags.BoolVar(&f.direct, "direct", false, directHelp)
	flags.Var(choice(&f.shell, defaultShell(), "sh", "powershell", "cmd"), "shell", "quote commands for sh, powershell or cmd")
	addOutput(cmd, &f.output, "text", "json")
	return cmd
}

const directHelp = "for Codex at Amazon Cognito: its own login in place of the bridge"

func addKind(flags *pflag.FlagSet, target *string) {
	var kinds []string
	for _, k := range idp.Kinds() {
		kinds = append(kinds, string(k))
	}
	flags.Var(choice(target, string(idp.Keycloak), kinds...), "idp", "identity provider: "+strings.Join(kinds, ", ")+" (default: what the registry says, else keycloak)")
	flags.Lookup("idp").DefValue = "" // the words above tell it
}

// assumedKind notes that the identity provider is neither named nor read from a registry: what is
// printed then is wrong for every other one.
func assumedKind(cmd *cobra.Command) []connect.Warning {
	if cmd.Flags().Changed("idp") {
		return nil
	}
	return []connect.Warning{{Text: "this is for Keycloak", Fix: "where another identity provider logs people in, name it with --idp"}}
}

func addPort(flags *pflag.FlagSet, target *int) {
	flags.IntVar(target, "port", 0, fmt.Sprintf("callback port, where the identity provider compares it (default IDE_CALLBACK_PORT, or %d)", connect.DefaultPort))
}

func defaultShell() string {
	if runtime.GOOS == "windows" {
		return string(connect.PowerShell)
	}
	return string(connect.Sh)
}

// callbackPort reads the port from the flag or the environment, where it has two names that must
// agree; 0 when nothing is said.
func (a *app) callbackPort(flag int) (int, error) {
	if flag < 0 || flag > 65535 {
		return 0, usageError(fmt.Sprintf("--port %d is not between 1 and 65535", flag), "")
	}
	if flag != 0 {
		return flag, nil
	}
	port := 0
	for _, name := range []string{"IDE_CALLBACK_PORT", "IDE_OAUTH_CALLBACK_PORT"} {
		value, ok := a.LookupEnv(name)
		if !ok || value == "" || value == "0" {
			continue
		}
		n, err := strconv.Atoi(value)
		switch {
		case err != nil || n < 1 || n > 65535:
			return 0, usageError(fmt.Sprintf("%s=%q is no port between 1 and 65535", name, value), "")
		case port != 0 && port != n:
			return 0, usageError(fmt.Sprintf("IDE_CALLBACK_PORT=%d and IDE_OAUTH_CALLBACK_PORT=%d differ", port, n), "they mean the same: set one, or both alike")
		}
		port = n
	}
	return port, nil
}

func chosenAssistants(ids []string) ([]connect.Assistant, error) {
	if len(ids) == 0 {
		return connect.DefaultAssistants(), nil
	}
	return connect.ParseAssistants(ids)
}

func (a *app) connect(cmd *cobra.Command, f connectFlags, servers []string) error {
	assistants, err := chosenAssistants(f.assistants)
	if err != nil {
		return err
	}
	port, err := a.callbackPort(f.port)
	if err != nil {
		return err
	}
	requests, notes, err := a.connectRequests(cmd, f, servers)
	if err != nil {
		return err
	}
	doc := connect.Document{SchemaVersion: 1, Connections: []connect.Connection{}}
	var refused error
	for _, asked := range requests {
		f.override(&asked.Request, port)
		connections, err := asked.connections(assistants)
		switch {
		case err == nil:
			doc.Connections = append(doc.Connections, connections...)
		case asked.listed == "":
			return err
		default:
			refused = cmp.Or(refused, err)
			notes = append(notes, connect.Warning{Text: plain(asked.listed + " is left out: " + err.Error())})
		}
	}
	if len(doc.Connections) == 0 && refused != nil { // what is wrong with all of them are the flags
		return refused
	}
	if f.output == "json" {
		for _, w := range notes {
			writeWarning(a.Stderr, w)
		}
		return writeJSON(a.Stdout, doc)
	}
	a.writeConnections(doc.Connections, notes, assistants, connect.Shell(f.shell))
	return nil
}

// connectRequest is a request without its assistant, and what is doubtful about the server.
type connectRequest struct {
	connect.Request
	warnings []connect.Warning
	listed   string // path of a server that is in the registry's list and was not named; else empty
}

// connections are those of each assistant to one server.
func (r connectRequest) connections(assistants []connect.Assistant) ([]connect.Connection, error) {
	var list []connect.Connection
	for _, assistant := range assistants {
		r.Assistant = assistant
		connection, err := connect.Connect(r.Request)
		if err != nil {
			return nil, err
		}
		for _, w := range r.warnings {
			if !slices.Contains(connection.Warnings, w) {
				connection.Warnings = append(connection.Warnings, w)
			}
		}
		list = append(list, connection)
	}
	return list, nil
}

// connectRequests are those of the named URLs, or of the named servers of a registry.
func (a *app) connectRequests(cmd *cobra.Command, f connectFlags, servers []string) ([]connectRequest, []connect.Warning, error) {
	if len(f.urls) > 0 {
		if f.selection.named(servers) {
			return nil, nil, usageError("--url names a server without the registry, and servers of the registry are named too", "use one or the other")
		}
		var requests []connectRequest
		for i, name := range connect.NamesOfURLs(f.urls) {
			requests = append(requests, connectRequest{Request: connect.Request{Kind: idp.Kind(f.idp), Name: name, URL: f.urls[i]}})
		}
		return requests, assumedKind(cmd), f.checkName(len(requests))
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), a.global.timeout)
	defer cancel()
	chosen, err := a.chosenServers(ctx, cmd, f.registry, f.idp, f.selection, servers)
	if err != nil {
		return nil, nil, err
	}
	var requests []connectRequest
	for i, name := range chosen.names() {
		server := chosen.servers[i]
		request := connectRequest{Request: server.request(chosen.kind, name), warnings: server.warnings}
		if !names(chosen.named, server.doc.Path) {
			request.listed = server.doc.Path
		}
		requests = append(requests, request)
	}
	return requests, chosen.notes, f.checkName(len(requests))
}

// chosenServers reads from the registry what a command line names there.
func (a *app) chosenServers(ctx context.Context, cmd *cobra.Command, f registryFlags, kindFlag string, s selection, servers []string) (*chosenServers, error) {
	r, err := a.selectedRegistry(cmd, f, s, servers)
	if err != nil {
		return nil, err
	}
	kind, err := r.kind(ctx, cmd, kindFlag)
	if err != nil {
		return nil, err
	}
	servers, err = s.read(servers, a.Stdin)
	if err != nil {
		return nil, err
	}
	return r.choose(ctx, kind, s, servers)
}

// selectedRegistry opens the registry of a command line that names servers.
func (a *app) selectedRegistry(cmd *cobra.Command, f registryFlags, s selection, servers []string) (*registry, error) {
	if a.tokenFromStdin(f) && slices.Contains(servers, "-") {
		return nil, errStdinTwice("the server list")
	}
	r, err := a.openRegistry(cmd, f)
	switch {
	case err != nil:
		return nil, err
	case r == nil && s.named(servers):
		return nil, usageError("no registry is named", "name it with --registry https://gw.example.com, or REGISTRY_URL")
	}
	return r, s.check(servers)
}

func (f connectFlags) checkName(servers int) error {
	if f.name != "" && servers > 1 {
		return usageError("--name names one server, and there are several", "leave --name out: each gets a name of its own")
	}
	return nil
}

// override puts what flags and environment say above what the registry says.
func (f connectFlags) override(r *connect.Request, port int) {
	if f.name != "" {
		r.Name = connect.ServerName(f.name, "")
	}
	if f.clientID != "" {
		r.ClientID = f.clientID
	}
	if port != 0 {
		r.CallbackPort = port
	}
	if f.configScope != "" {
		r.ConfigScope = f.configScope
	}
	r.Scopes, r.Direct = f.scopes, f.direct
	r.Headers = append(r.Headers, f.headers...)
}

// writeConnections writes the snippets to stdout and each warning once to stderr, those that
// belong to no connection first.
func (a *app) writeConnections(connections []connect.Connection, warnings []connect.Warning, assistants []connect.Assistant, shell connect.Shell) {
	for i, c := range connections {
		if i > 0 {
			fmt.Fprintln(a.Stdout)
		}
		at := slices.IndexFunc(assistants, func(one connect.Assistant) bool { return one.ID == c.Assistant })
		fmt.Fprintf(a.Stdout, "%s: %s\n", assistants[at].Name, c.Server)
		for j, s := range c.Snippets {
			if s.Form == connect.Command && s.Shell != shell {
				continue
			}
			writeSnippet(a.Stdout, s, j)
		}
		for _, w := range c.Warnings {
			if !slices.Contains(warnings, w) {
				warnings = append(warnings, w)
			}
		}
	}
	for _, w := range warnings {
		writeWarning(a.Stderr, w)
	}
}

func writeSnippet(w io.Writer, s connect.Snippet, position int) {
	if s.Form != connect.Command {
		join := ""
		switch {
		case position > 0 && s.Form == connect.TOML:
			join = "and "
		case position > 0:
			join = "or "
		}
		fmt.Fprintf(w, "  # %sin %s:\n", join, s.Path)
	}
	for line := range strings.Lines(s.Text) {
		fmt.Fprintf(w, "  %s\n", strings.TrimRight(line, "\n"))
	}
}

func writeWarning(w io.Writer, warning connect.Warning) {
	text := warning.Text
	if warning.Fix != "" {
		text += ": " + warning.Fix
	}
	if warning.Failure != "" {
		text += " [" + warning.Failure + "]"
	}
	fmt.Fprintf(w, "note: %s\n", indented(text, 6))
}
