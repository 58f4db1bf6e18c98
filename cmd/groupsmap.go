package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient"
	"github.com/mcpreg/mcpreg/scopes"
)

// errNotLetIn ends a check whose answer, already printed, is no.
var errNotLetIn = &reportedError{errors.New("not let in")}

// mapFlags are those of map and unmap.
type mapFlags struct {
	groupsFlags
	yes, dryRun, detailed bool
}

func newGroupsMapCmd(a *app, add bool) *cobra.Command {
	var f mapFlags
	cmd := &cobra.Command{
		Use:     "map GROUP SCOPE",
		Short:   "Put a group of the identity provider into a scope",
		Example: "  mcpreg groups map finance-team mcp-users --dry-run\n  mcpreg groups map 11111111-2222-4333-8444-555555555555 mcp-users",
		Args:    cobra.ExactArgs(2),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.mapGroup(cmd, f, args[0], args[1], add) },
	}
	if !add {
		cmd.Use, cmd.Short = "unmap GROUP SCOPE", "Take a group of the identity provider out of a scope"
		cmd.Example = "  mcpreg groups unmap finance-team mcp-users"
	}
	cmd.Long = cmd.Short + `. The scope is read whole, written
whole and read back. A scope that the registry's API would damage, such as one with a rule for every
server, is left alone: the database's command for the change is printed instead, and the exit code
is 5.` + "\n\n" + groupsHelp + "\n\n" + groupsRights + "\n\n" + registryVariables
	f.register(cmd, "text", "json")
	flags := cmd.Flags()
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	flags.BoolVar(&f.dryRun, "dry-run", false, "print the plan and change nothing")
	flags.BoolVar(&f.detailed, "detailed-exitcode", false, "with --dry-run: exit with 2 when changes are pending")
	return cmd
}

func (a *app) mapGroup(cmd *cobra.Command, f mapFlags, group, scope string, add bool) error {
	if group == "" || plain(group) != group {
		return usageError(fmt.Sprintf("%q is no name of a group", group), "name it as the token spells it")
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), a.global.timeout)
	defer cancel()
	read, err := a.readScopes(ctx, cmd, f.registry)
	if err != nil {
		return err
	}
	stored, err := read.scope(scope)
	if err != nil {
		return read.swapped(err, group, scope)
	}
	p := &plan.Plan{Target: "registry  " + read.client.BaseURL()}
	if add {
		scopes.Map(p, read.client, stored, group)
		read.noteSpelling(ctx, p, group)
	} else {
		if err := read.keepsRights(ctx, stored, group); err != nil {
			return err
		}
		scopes.Unmap(p, read.client, stored, group)
	}
	if f.dryRun {
		return a.showPlan(p, f.output, f.detailed)
	}
	made, err := a.registryChanges(read.registry, f.yes, f.output).carryOut(cmd.Context(), p)
	if err != nil {
		return err
	}
	if f.output == "json" {
		if err := writeJSON(a.Stdout, p); err != nil {
			return err
		}
	}
	return leftByHand(p, made, func(string) bool { return true })
}

// noteSpelling warns of a group that tokens of the registry's identity provider spell in another way.
func (r *scopesRead) noteSpelling(ctx context.Context, p *plan.Plan, group string) {
	providers, err := r.client.AuthProviders(ctx)
	if err != nil || len(providers) == 0 {
		return // the mapping does not depend on it
	}
	switch {
	case providers[0].Name == string(idp.Entra) && !scopes.ObjectID(group):
		p.Note(plan.Note{Failure: "EN17", Owner: "registry administrator", Text: "Entra ID's tokens name groups by object id: " + plain(group) + " fits an app role only"})
	case providers[0].Name == string(idp.Keycloak) && strings.HasPrefix(group, "/"):
		p.Note(plan.Note{Failure: "KC09", Owner: "registry administrator", Text: "Keycloak's tokens name groups without their path, unless the mapper says full path: " + plain(group) + " is one"})
	}
}

// swapped adds a hint to the error of a scope that there is not, when the group is the name of one.
func (r *scopesRead) swapped(err error, group, scope string) error {
	var told *idp.Error
	if _, other := r.scope(group); other != nil || !errors.As(err, &told) {
		return err
	}
	told.Hint = fmt.Sprintf("%s is a scope, and the group comes first: %s %s", plain(group), plain(scope), plain(group))
	return told
}

// keepsRights refuses to take the caller's own rights of an administrator.
func (r *scopesRead) keepsRights(ctx context.Context, scope *registryclient.Scope, group string) error {
	me, err := r.client.Me(ctx)
	if err != nil {
		return r.told(err)
	}
	if scopes.LocksOut(me, r.all, scope.Name, group) {
		return usageError(fmt.Sprintf("%s is an administrator through group %s in scope %s only, and would lock itself out", me.Username, group, scope.Name),
			"map another of its groups first, or use another administrator's token")
	}
	return nil
}

// nearest is the name most like the one that was asked for; empty when none is near.
func nearest(asked string, names []string) string {
	found, best := "", 0.6
	for _, name := range names {
		if likeness := levenshtein.Match(asked, name, nil); likeness > best {
			found, best = plain(name), likeness
		}
	}
	return found
}
