package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/registryclient"
	"github.com/mcpreg/mcpreg/scopes"
)

const groupsHelp = `A scope of the registry says which groups of the identity provider are in it, and what they may
call. The gateway compares groups letter by letter with those in the token. OAuth scopes are
something else: they never decide who gets in.`

const groupsRights = `Needs a token of an administrator of the registry.`

func newGroupsCmd(a *app) *cobra.Command {
	group := &cobra.Command{
		Use:     "groups",
		GroupID: "registry",
		Short:   "See and set which groups get in, and where",
		Long:    groupsHelp + "\n\n" + groupsRights + "\n\n" + registryVariables,
		Example: "  mcpreg groups check --groups mcp-users --server /currenttime\n  mcpreg groups map finance-team mcp-users --dry-run",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	group.AddCommand(newGroupsListCmd(a), newGroupsMapCmd(a, true), newGroupsMapCmd(a, false), newGroupsCheckCmd(a))
	return group
}

// groupsFlags are those that every command about groups has.
type groupsFlags struct {
	registry registryFlags
	output   string
}

func (f *groupsFlags) register(cmd *cobra.Command, outputs ...string) {
	f.registry.register(cmd.Flags())
	addOutput(cmd, &f.output, outputs...)
}

// scopesRead are the scope documents of an open registry.
type scopesRead struct {
	*registry
	all []registryclient.Scope
}

func (a *app) readScopes(ctx context.Context, cmd *cobra.Command, f registryFlags) (*scopesRead, error) {
	r, err := a.openRegistry(cmd, f)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, errNoRegistry()
	}
	all, err := r.client.Scopes(ctx)
	if err != nil {
		return nil, r.told(err)
	}
	slices.SortFunc(all, func(a, b registryclient.Scope) int { return strings.Compare(a.Name, b.Name) })
	return &scopesRead{registry: r, all: all}, nil
}

func errNoRegistry() error {
	return usageError("no registry is named", "name it with --registry https://gw.example.com, or REGISTRY_URL")
}

// listedScope is one scope in the list.
type listedScope struct {
	Scope    string   `json:"scope"`
	Groups   []string `json:"groups"`
	Servers  []string `json:"servers"`
	Admin    bool     `json:"admin"`    // its members administer the registry
	Writable bool     `json:"writable"` // its mappings can be changed over HTTP
	Reason   string   `json:"reason,omitempty"`
}

func newGroupsListCmd(a *app) *cobra.Command {
	var f groupsFlags
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List scopes with the groups that are in them",
		Long:    "List scopes with the groups that are in them, the servers that they give, and whether the\nregistry's API can change them.\n\n" + groupsHelp + "\n\n" + groupsRights + "\n\n" + registryVariables,
		Example: "  mcpreg groups list --registry https://gw.example.com\n  mcpreg groups list -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), a.global.timeout)
			defer cancel()
			read, err := a.readScopes(ctx, cmd, f.registry)
			if err != nil {
				return err
			}
			return a.listScopes(f.output, read.all)
		},
	}
	f.register(cmd, "text", "json")
	return cmd
}

func (a *app) listScopes(output string, all []registryclient.Scope) error {
	list := []listedScope{}
	for _, s := range all {
		l := listedScope{Scope: s.Name, Groups: append([]string{}, s.GroupMappings...), Servers: scopes.Servers(&s), Admin: s.Admin(), Writable: true}
		if err := s.Writable(); err != nil {
			l.Writable, l.Reason = false, err.Error()
		}
		list = append(list, l)
	}
	if output == "json" {
		return writeJSON(a.Stdout, struct {
			SchemaVersion int           `json:"schema_version"`
			Scopes        []listedScope `json:"scopes"`
		}{1, list})
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SCOPE\tGROUPS\tSERVERS\tADMIN\tCHANGED BY")
	for _, l := range list {
		by := "mcpreg"
		if !l.Writable {
			by = "hand"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", plain(l.Scope), orDash(several(l.Groups)), orDash(several(l.Servers)), yesNo(l.Admin), by)
	}
	return w.Flush()
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func newGroupsCheckCmd(a *app) *cobra.Command {
	var f groupsFlags
	var groups []string
	var server string
	cmd := &cobra.Command{
		Use:     "check --groups A,B [--server /x]",
		Short:   "Tell whether members of groups are let in at a server, and why not",
		Long:    "Tell whether members of groups, as a token spells them, are let in at a server, and why not. Exits\nwith 1 when they are not.\n\n" + groupsHelp + "\n\n" + groupsRights + "\n\n" + registryVariables,
		Example: "  mcpreg groups check --groups mcp-users --server /currenttime\n  mcpreg groups check --groups /team/dev,staff -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("groups") {
				return usageError("no group is named", "name those in the token with --groups a,b; --groups= asks for a token without any")
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), a.global.timeout)
			defer cancel()
			read, err := a.readScopes(ctx, cmd, f.registry)
			if err != nil {
				return err
			}
			if server != "" {
				if _, err := read.client.Server(ctx, server); err != nil {
					return read.unknown(ctx, server, err)
				}
			}
			return a.checkGroups(f.output, scopes.Check(read.all, groups, server))
		},
	}
	f.register(cmd, "text", "json")
	cmd.Flags().StringSliceVar(&groups, "groups", nil, "groups in the token, separated by commas")
	cmd.Flags().StringVar(&server, "server", "", "path of the server, such as /currenttime")
	return cmd
}

func (a *app) checkGroups(output string, v scopes.Verdict) error {
	if output == "json" {
		if err := writeJSON(a.Stdout, struct {
			SchemaVersion int `json:"schema_version"`
			scopes.Verdict
		}{1, v}); err != nil {
			return err
		}
	} else {
		mark, text := a.done(), "let in"
		if !v.In {
			mark, text = a.failed(), "not let in"
		}
		fmt.Fprintf(a.Stdout, "%s %s\n", mark, text)
		for _, r := range v.Reasons {
			line := "  " + plain(r.Text)
			if r.Failure != "" {
				line += "  [" + r.Failure + "]"
			}
			fmt.Fprintln(a.Stdout, line)
		}
	}
	if !v.In {
		return errNotLetIn
	}
	return nil
}

// scope finds a scope by name, or says which come near.
func (r *scopesRead) scope(name string) (*registryclient.Scope, error) {
	names := []string{}
	for i := range r.all {
		if r.all[i].Name == name {
			return &r.all[i], nil
		}
		names = append(names, r.all[i].Name)
	}
	e := &idp.Error{Code: idp.CodeNotFound, Message: fmt.Sprintf("the registry has no scope %s", name), Hint: "mcpreg groups list shows those it has"}
	if near := nearest(name, names); near != "" {
		e.Message += fmt.Sprintf("; did you mean %s?", near)
	}
	return nil, e
}
