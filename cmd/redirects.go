package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

const redirectsLong = `Print the redirect URIs that a client must admit for the assistants to log in, one a line,
sorted: what setup registers, for whoever registers it by hand. Nothing is read from the network.`

// redirectsFlags say for whom redirect URIs are wanted.
type redirectsFlags struct {
	idp        string
	servers    []string
	assistants []string
	port       int
	strict     bool
	output     string
}

func newRedirectsCmd(a *app) *cobra.Command {
	var f redirectsFlags
	cmd := &cobra.Command{
		Use:     "redirects",
		GroupID: "print",
		Short:   "Print the redirect URIs that assistants send",
		Long:    redirectsLong,
		Example: "  mcpreg redirects --idp keycloak\n  mcpreg redirects --idp okta --server https://gw.example.com/time/mcp --assistant codex",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return a.redirects(f) },
	}
	flags := cmd.Flags()
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

func (a *app) redirects(f redirectsFlags) error {
	assistants, err := chosenAssistants(f.assistants)
	if err != nil {
		return err
	}
	port, err := a.callbackPort(f.port)
	if err != nil {
		return err
	}
	uris, warnings, err := connect.Redirects(idp.Kind(f.idp), assistants, f.servers, connect.RedirectOptions{Port: port, Strict: f.strict})
	if err != nil {
		return err
	}
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
