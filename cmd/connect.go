package cmd

import (
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
error. Nothing is read from the network.

Without --client-id the snippets are those of the fallback: an assistant that registers itself,
or a token that you must fill in.`

// connectFlags say what to connect.
type connectFlags struct {
	idp         string
	urls        []string
	name        string
	clientID    string
	assistants  []string
	port        int
	scopes      []string
	configScope string
	headers     []string
	shell       string
	output      string
}

func newConnectCmd(a *app) *cobra.Command {
	var f connectFlags
	cmd := &cobra.Command{
		Use:     "connect",
		GroupID: "print",
		Short:   "Print what to paste into an assistant",
		Long:    connectLong,
		Example: "  mcpreg connect --idp keycloak --client-id mcp-gateway-ide --url https://gw.example.com/time/mcp\n" +
			"  mcpreg connect --idp okta --client-id 0oa1b2c3 --port 8787 --assistant codex --url https://gw.example.com/time/mcp -o json",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.connect(f) },
	}
	flags := cmd.Flags()
	addKind(flags, &f.idp)
	flags.StringArrayVar(&f.urls, "url", nil, "connect URL of a server; may be repeated")
	flags.StringVar(&f.name, "name", "", "name under which the assistant stores the server (default: from the URL)")
	flags.StringVar(&f.clientID, "client-id", "", "public client id to log in with")
	flags.StringSliceVar(&f.assistants, "assistant", nil, "assistants to print for (default claude-code,cursor,codex)")
	addPort(flags, &f.port)
	flags.StringSliceVar(&f.scopes, "scope", nil, "OAuth scopes to pin in the snippet")
	flags.Var(choice(&f.configScope, "", "", "local", "project", "user"), "config-scope", "where Claude Code keeps the server: local, project or user")
	flags.StringSliceVar(&f.headers, "header", nil, "names of headers that the server wants; their values stay placeholders")
	flags.Var(choice(&f.shell, defaultShell(), "sh", "powershell", "cmd"), "shell", "quote commands for sh, powershell or cmd")
	addOutput(cmd, &f.output, "text", "json")
	return cmd
}

func addKind(flags *pflag.FlagSet, target *string) {
	var kinds []string
	for _, k := range idp.Kinds() {
		kinds = append(kinds, string(k))
	}
	flags.Var(choice(target, string(idp.Keycloak), kinds...), "idp", "identity provider: "+strings.Join(kinds, ", "))
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

func (a *app) connect(f connectFlags) error {
	if len(f.urls) == 0 {
		return usageError("no server is named", "name one with --url, as in --url https://gw.example.com/currenttime/mcp")
	}
	if f.name != "" && len(f.urls) > 1 {
		return usageError("--name names one server, and there are several --url", "leave --name out: names come from the URLs")
	}
	assistants, err := chosenAssistants(f.assistants)
	if err != nil {
		return err
	}
	port, err := a.callbackPort(f.port)
	if err != nil {
		return err
	}
	doc := connect.Document{SchemaVersion: 1, Connections: []connect.Connection{}}
	names := connect.NamesOfURLs(f.urls)
	if f.name != "" {
		names = []string{connect.ServerName(f.name, "")}
	}
	for i, url := range f.urls {
		for _, assistant := range assistants {
			connection, err := connect.Connect(connect.Request{
				Kind: idp.Kind(f.idp), Assistant: assistant, Name: names[i], URL: url, ClientID: f.clientID,
				CallbackPort: port, Scopes: f.scopes, ConfigScope: f.configScope, Headers: f.headers,
			})
			if err != nil {
				return err
			}
			doc.Connections = append(doc.Connections, connection)
		}
	}
	if f.output == "json" {
		return writeJSON(a.Stdout, doc)
	}
	a.writeConnections(doc.Connections, assistants, connect.Shell(f.shell))
	return nil
}

// writeConnections writes the snippets to stdout and each warning once to stderr.
func (a *app) writeConnections(connections []connect.Connection, assistants []connect.Assistant, shell connect.Shell) {
	var warnings []connect.Warning
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
