package cmd

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

const redirectsLong = `Print the redirect URIs that a client must admit for the assistants to log in, one a line,
sorted: what setup registers, for whoever registers it by hand.

` + selectionHelp + `
With --server a server is named by its connect URL, and nothing is read from the network.`

// redirectsFlags say for whom redirect URIs are wanted.
type redirectsFlags struct {
	registry   registryFlags
	selection  selection
	idp        string
	servers    []string
	assistants []string
	port       int
	strict     bool
	output     string
}

func newRedirectsCmd(a *app) *cobra.Command {
	f := redirectsFlags{selection: selection{virtual: true}}
	cmd := &cobra.Command{
		Use:     "redirects [SERVER...]",
		GroupID: "print",
		Short:   "Print the redirect URIs that assistants send",
		Long:    redirectsLong + "\n\n" + registryVariables,
		Example: "  mcpreg redirects --idp keycloak\n  mcpreg redirects --all --registry https://gw.example.com\n  mcpreg redirects --idp okta --server https://gw.example.com/time/mcp --assistant codex",
		RunE:    func(cmd *cobra.Command, servers []string) error { return a.redirects(cmd, f, servers) },
	}
	flags := cmd.Flags()
	f.registry.register(flags)
	f.selection.register(flags)
	addKind(flags, &f.idp)
	flags.StringArrayVar(&f.servers, "server", nil, "connect URL of a server; may be repeated")
	flags.StringSliceVar(&f.assistants, "assistant", nil, "assistants that log in (default claude-code,cursor,codex)")
	addPort(flags, &f.port)
	flags.BoolVar(&f.strict, "strict-redirects", false, "exact redirect URIs where the identity provider also knows wildcards")
	addOutput(cmd, &f.output, "text", "json")
	return cmd
}

// redirectsDocument is what `redirects -o json` prints.
type redirectsDocument struct {
	SchemaVersion int               `json:"schema_version"`
	RedirectURIs  []idp.RedirectURI `json:"redirect_uris"`
	Warnings      []connect.Warning `json:"warnings,omitempty"`
}

func (a *app) redirects(cmd *cobra.Command, f redirectsFlags, servers []string) error {
	assistants, err := chosenAssistants(f.assistants)
	if err != nil {
		return err
	}
	port, err := a.callbackPort(f.port)
	if err != nil {
		return err
	}
	kind, urls := idp.Kind(f.idp), f.servers
	notes := assumedKind(cmd)
	if f.selection.named(servers) {
		ctx, cancel := context.WithTimeout(cmd.Context(), a.global.timeout)
		defer cancel()
		chosen, err := a.chosenServers(ctx, cmd, f.registry, f.idp, f.selection, servers)
		if err != nil {
			return err
		}
		kind, notes = chosen.kind, chosen.notes
		for _, s := range chosen.servers {
			urls = append(urls, s.url)
			for _, w := range s.warnings {
				if !slices.Contains(notes, w) {
					notes = append(notes, w)
				}
			}
			if advertised, ok := s.config.OAuthCallbackPort.Value(); ok && port == 0 {
				port = advertised
			}
		}
	}
	uris, warnings, err := connect.Redirects(kind, assistants, urls, connect.RedirectOptions{Port: port, Strict: f.strict})
	if err != nil {
		return err
	}
	warnings = append(notes, warnings...)
	if f.output == "json" {
		return writeJSON(a.Stdout, redirectsDocument{1, append([]idp.RedirectURI{}, uris...), warnings})
	}
	for _, uri := range uris {
		fmt.Fprintln(a.Stdout, uri)
	}
	for _, w := range warnings {
		writeWarning(a.Stderr, w)
	}
	return nil
}
