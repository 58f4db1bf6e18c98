package cmd

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect"
)

// serverRights are the least that a token must be good for.
const serverRights = `Needs a token whose groups have in a scope: list_service for the names in the servers' paths, and a
rule on the servers, to read; modify_service for the servers' display names to set, on servers that
its owner registered; register_service to register. An administrator may do all of it.`

func newServerCmd(a *app) *cobra.Command {
	group := &cobra.Command{
		Use:     "server",
		GroupID: "registry",
		Short:   "See and set how each server of the registry resolves",
		Long:    "See the servers of the registry and what each one resolves to for assistants, set their overrides,\nand register new ones.\n\n" + serverRights + "\n\n" + registryVariables,
		Example: "  mcpreg server list --registry https://gw.example.com\n  mcpreg server set '/aws/*' --append-mcp-path=false --dry-run",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	group.AddCommand(newServerListCmd(a), newServerShowCmd(a), newServerSetCmd(a), newServerRegisterCmd(a))
	return group
}

// serverFlags are those of list and show.
type serverFlags struct {
	registry  registryFlags
	selection selection
	idp       string
	output    string
}

func newServerListCmd(a *app) *cobra.Command {
	var f serverFlags
	cmd := &cobra.Command{
		Use:   "list [SERVER...]",
		Short: "List servers with their overrides and connect URLs",
		Long: "List servers with what the registry's own list leaves out: the overrides, and whether the client\n" +
			"id comes from the server or is the registry's default. Without a selection all are listed.\n\n" + selectionHelp + "\n\n" + serverRights + "\n\n" + registryVariables,
		Example: "  mcpreg server list --registry https://gw.example.com\n  mcpreg server list --tag finance -o json",
		RunE: func(cmd *cobra.Command, servers []string) error {
			if !f.selection.named(servers) {
				f.selection.all = true
			}
			return a.servers(cmd, f, servers, writeServerTable)
		},
	}
	f.register(cmd)
	f.selection.register(cmd.Flags())
	return cmd
}

func newServerShowCmd(a *app) *cobra.Command {
	var f serverFlags
	cmd := &cobra.Command{
		Use:     "show SERVER",
		Short:   "Show what one server resolves to for assistants",
		Long:    "Show what one server resolves to for assistants.\n\n" + serverRights + "\n\n" + registryVariables,
		Example: "  mcpreg server show /currenttime",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, servers []string) error {
			return a.servers(cmd, f, servers, writeServer)
		},
	}
	f.register(cmd)
	return cmd
}

func (f *serverFlags) register(cmd *cobra.Command) {
	f.registry.register(cmd.Flags())
	addKind(cmd.Flags(), &f.idp)
	addOutput(cmd, &f.output, "text", "json")
}

// serverDocument is what the server commands print under -o json.
type serverDocument struct {
	SchemaVersion int               `json:"schema_version"`
	Servers       []resolvedServer  `json:"servers"`
	Warnings      []connect.Warning `json:"warnings,omitempty"`
}

// resolvedServer is one server with its overrides, and what they come to.
type resolvedServer struct {
	Path           string   `json:"path"`
	Name           string   `json:"name"`
	Tags           []string `json:"tags"`
	Enabled        bool     `json:"enabled"`
	RegisteredBy   string   `json:"registered_by,omitempty"`
	ConnectURL     string   `json:"connect_url"`
	ClientID       string   `json:"client_id,omitempty"`
	ClientIDSource string   `json:"client_id_source"` // server, default or none
	CallbackPort   int      `json:"callback_port,omitempty"`
	// AppendMCPPath is the stored override; null when it is unset.
	AppendMCPPath  *bool             `json:"append_mcp_path"`
	AuthScheme     string            `json:"auth_scheme"`
	Headers        []string          `json:"headers,omitempty"` // names of custom headers
	EgressAuthMode string            `json:"egress_auth_mode"`
	Tools          int               `json:"tools"`
	Warnings       []connect.Warning `json:"warnings,omitempty"`
}

func (s registered) resolved() resolvedServer {
	r := resolvedServer{
		Path: s.doc.Path, Name: s.doc.Name, Tags: append([]string{}, s.doc.Tags...), Enabled: s.doc.Enabled, RegisteredBy: s.doc.RegisteredBy,
		ConnectURL: s.url, ClientIDSource: "none", AppendMCPPath: s.entry().AppendMCPPath, AuthScheme: s.config.AuthScheme,
		Headers: s.config.CustomHeaders, EgressAuthMode: s.config.EgressAuthMode, Tools: s.doc.NumTools, Warnings: s.warnings,
	}
	r.ClientID, _ = s.config.OAuthClientID.Value()
	r.CallbackPort, _ = s.config.OAuthCallbackPort.Value()
	if own, ok := s.doc.OwnClientID(); ok {
		r.ClientID, r.ClientIDSource = own, "server"
	} else if r.ClientID != "" {
		r.ClientIDSource = "default"
	}
	return r
}

func (a *app) servers(cmd *cobra.Command, f serverFlags, args []string, write func(io.Writer, []resolvedServer) error) error {
	ctx, cancel := context.WithTimeout(cmd.Context(), a.global.timeout)
	defer cancel()
	chosen, err := a.chosenServers(ctx, cmd, f.registry, f.idp, f.selection, args)
	if err != nil {
		return err
	}
	doc := serverDocument{SchemaVersion: 1, Servers: []resolvedServer{}, Warnings: chosen.notes}
	for _, s := range chosen.servers {
		doc.Servers = append(doc.Servers, s.resolved())
	}
	if f.output == "json" {
		return writeJSON(a.Stdout, doc)
	}
	for _, w := range chosen.notes {
		writeWarning(a.Stderr, w)
	}
	return write(a.Stdout, doc.Servers)
}

func writeServerTable(out io.Writer, servers []resolvedServer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PATH\tCLIENT ID\tFROM\tAPPEND MCP\tCONNECT URL\tREMARKS")
	for _, s := range servers {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", plain(s.Path), orDash(s.ClientID), s.ClientIDSource, threeStates(s.AppendMCPPath), s.ConnectURL, orDash(s.remarks()))
	}
	return w.Flush()
}

// remarks are the ids of what is doubtful about the server.
func (s resolvedServer) remarks() string {
	var ids []string
	for _, w := range s.Warnings {
		if w.Failure != "" {
			ids = append(ids, w.Failure)
		}
	}
	return strings.Join(ids, " ")
}

func threeStates(value *bool) string {
	if value == nil {
		return "unset"
	}
	return fmt.Sprint(*value)
}

func orDash(s string) string {
	if s = plain(s); s == "" {
		return "-"
	}
	return s
}

func writeServer(out io.Writer, servers []resolvedServer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range servers {
		fmt.Fprintf(w, "%s\t%s\n", plain(s.Path), plain(s.Name))
		fmt.Fprintf(w, "connect URL\t%s\n", s.ConnectURL)
		fmt.Fprintf(w, "client id\t%s\t(%s)\n", orDash(s.ClientID), s.ClientIDSource)
		if s.CallbackPort != 0 {
			fmt.Fprintf(w, "callback port\t%d\n", s.CallbackPort)
		}
		fmt.Fprintf(w, "append_mcp_path\t%s\n", threeStates(s.AppendMCPPath))
		fmt.Fprintf(w, "enabled\t%v\n", s.Enabled)
		fmt.Fprintf(w, "tags\t%s\n", orDash(strings.Join(s.Tags, ", ")))
		fmt.Fprintf(w, "registered by\t%s\n", orDash(s.RegisteredBy))
		fmt.Fprintf(w, "tools\t%d\n", s.Tools)
		if len(s.Headers) > 0 {
			fmt.Fprintf(w, "headers\t%s\n", plain(strings.Join(s.Headers, ", ")))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, s := range servers {
		for _, warning := range s.Warnings {
			writeWarning(out, warning)
		}
	}
	return nil
}
