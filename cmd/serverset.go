package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/connect/override"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient"
)

const serverSetLong = `Set what the registry stores for single servers: a client id of their own, and whether their
connect URL ends in /mcp. What is not named stays as it is; an empty value clears an override, and
then the registry's default applies. Each server gets one PATCH with just what differs, and is read
back; standard output says what each one resolves to now.`

// serverSetFlags say what to set.
type serverSetFlags struct {
	serverFlags
	clientID string
	append   string
	yes      bool
	dryRun   bool
	detailed bool
}

func newServerSetCmd(a *app) *cobra.Command {
	var f serverSetFlags
	cmd := &cobra.Command{
		Use:     "set SERVER...",
		Short:   "Set or clear the overrides of servers",
		Long:    serverSetLong + "\n\n" + selectionHelp + "\n\n" + registryVariables,
		Example: "  mcpreg server set /finance --oauth-client-id mcp-gateway-finance\n  mcpreg server set '/aws/*' --append-mcp-path=false --dry-run\n  mcpreg server set --all --oauth-client-id= --yes",
		RunE:    func(cmd *cobra.Command, servers []string) error { return a.setServers(cmd, f, servers) },
	}
	f.register(cmd)
	f.selection.register(cmd.Flags())
	flags := cmd.Flags()
	flags.StringVar(&f.clientID, "oauth-client-id", "", "client id of the servers' own; empty clears it")
	flags.StringVar(&f.append, "append-mcp-path", "", "true or false; empty clears it")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	flags.BoolVar(&f.dryRun, "dry-run", false, "print the plan and change nothing")
	flags.BoolVar(&f.detailed, "detailed-exitcode", false, "with --dry-run: exit with 2 when changes are pending")
	return cmd
}

// wanted is the patch that the flags come to: a flag that was not given leaves its field alone.
func (f serverSetFlags) wanted(cmd *cobra.Command) (registryclient.ServerPatch, error) {
	var patch registryclient.ServerPatch
	if cmd.Flags().Changed("oauth-client-id") {
		patch.OAuthClientID = registryclient.Null[string]()
		if f.clientID != "" {
			patch.OAuthClientID = registryclient.Value(f.clientID)
		}
	}
	if cmd.Flags().Changed("append-mcp-path") {
		switch f.append {
		case "":
			patch.AppendMCPPath = registryclient.Null[bool]()
		case "true", "false":
			patch.AppendMCPPath = registryclient.Value(f.append == "true")
		default:
			return patch, usageError(fmt.Sprintf("--append-mcp-path=%s is neither true nor false", f.append), "leave it empty to clear the override")
		}
	}
	if patch.IsZero() {
		return patch, usageError("nothing is to be set", "give --oauth-client-id or --append-mcp-path")
	}
	return patch, nil
}

func (a *app) setServers(cmd *cobra.Command, f serverSetFlags, args []string) error {
	wanted, err := f.wanted(cmd)
	if err != nil {
		return err
	}
	r, err := a.selectedRegistry(cmd, f.registry, f.selection, args)
	if err != nil {
		return err
	}
	if r == nil {
		return errNoRegistry()
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), a.global.timeout)
	defer cancel()
	kind, err := r.kind(ctx, cmd, f.idp)
	if err != nil {
		return err
	}
	if args, err = f.selection.read(args, a.Stdin); err != nil {
		return err
	}
	chosen, err := r.choose(ctx, kind, f.selection, args)
	if err != nil {
		return err
	}
	p, err := r.overrides(chosen, wanted)
	if err != nil {
		return err
	}
	if f.dryRun {
		return a.showPlan(p, f.output, f.detailed)
	}
	if _, err := (&applying{app: a, yes: f.yes, sent: r.sent}).carryOut(cmd.Context(), p); err != nil {
		return r.toldOverride(err)
	}
	return a.resolved(cmd.Context(), r, f, kind, args)
}

// overrides plans the patch for each chosen server.
func (r *registry) overrides(chosen *chosenServers, wanted registryclient.ServerPatch) (*plan.Plan, error) {
	if !chosen.release.Has(gateway.Overrides) {
		return nil, usageError(fmt.Sprintf("release %s of the gateway does not know overrides", chosen.release), "go to "+gateway.Since(gateway.Overrides).String()+" or newer")
	}
	// What is not known is taken for a release that cannot save such paths: the change is then by hand.
	slashSafe := chosen.release != (gateway.Release{}) && chosen.release.Has(gateway.SlashSafeOverride)
	p := &plan.Plan{Target: "registry  " + r.client.BaseURL()}
	for _, s := range chosen.servers {
		override.Add(p, r.client, s.doc, wanted, slashSafe)
	}
	return p, nil
}

// showPlan prints a plan that is not carried out.
func (a *app) showPlan(p *plan.Plan, output string, detailed bool) error {
	if output == "json" {
		if err := writeJSON(a.Stdout, p); err != nil {
			return err
		}
	} else {
		planText{paint: a.paintStdout()}.write(a.Stdout, p)
	}
	if detailed && !p.InSync() {
		return errPending
	}
	return nil
}

// toldOverride keeps that some changes were made, and finds words for what failed.
func (r *registry) toldOverride(err error) error {
	if partly, ok := err.(*partlyError); ok { //nolint:errorlint // it is made one call above and not wrapped
		return &partlyError{r.told(partly.err)}
	}
	return r.told(err)
}

// resolved prints what the servers resolve to now.
func (a *app) resolved(ctx context.Context, r *registry, f serverSetFlags, kind idp.Kind, args []string) error {
	ctx, cancel := context.WithTimeout(ctx, a.global.timeout)
	defer cancel()
	chosen, err := r.choose(ctx, kind, f.selection, args)
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
	return writeServerTable(a.Stdout, doc.Servers)
}
