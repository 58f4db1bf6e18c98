package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect"
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
		Long:    serverSetLong + "\n\n" + selectionHelp + "\n\n" + serverRights + "\n\n" + registryVariables,
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
			if err := connect.CheckClientID(f.clientID); err != nil {
				return patch, err
			}
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
	if chosen.refused != nil { // a change of all of them that leaves some out would look done
		return chosen.refused
	}
	if f.dryRun {
		return a.showPlan(p, f.output, f.detailed)
	}
	made, err := a.registryChanges(r, f.yes, f.output).carryOut(cmd.Context(), p)
	if err != nil {
		return err
	}
	// What was changed was read back, so that nothing has to be read a second time.
	ctx, cancelSettling := context.WithTimeout(cmd.Context(), a.global.timeout)
	defer cancelSettling()
	if err := r.settle(ctx, chosen); err != nil {
		return err
	}
	if err := a.resolved(f.output, chosen); err != nil {
		return err
	}
	return leftByHand(p, made, func(path string) bool { return names(args, path) })
}

// registryChanges carries plans out at a registry.
func (a *app) registryChanges(r *registry, yes bool, output string) *applying {
	return &applying{app: a, yes: yes, json: output == "json", sent: r.sent, words: r.told, hopeless: hopeless}
}

// hopeless tells errors that would meet every other change too.
func hopeless(err error) bool {
	var answer *registryclient.Error
	return slices.ContainsFunc([]error{registryclient.ErrUnreachable, registryclient.ErrUnauthorized, registryclient.ErrRateLimited, registryclient.ErrNotRegistry},
		func(kind error) bool { return errors.Is(err, kind) }) || errors.As(err, &answer) && answer.Status > http.StatusInternalServerError
}

// overrides plans the patch for each chosen server.
func (r *registry) overrides(chosen *chosenServers, wanted registryclient.ServerPatch) (*plan.Plan, error) {
	if err := knowsOverrides(chosen.release); err != nil {
		return nil, err
	}
	// What is not known is taken for a release that cannot save such paths: the change is then by hand.
	slashSafe := chosen.release != (gateway.Release{}) && chosen.release.Has(gateway.SlashSafeOverride)
	p := &plan.Plan{Target: "registry  " + r.client.BaseURL()}
	for _, w := range chosen.notes {
		if w.Failure == "GW27" && wanted.AppendMCPPath.IsZero() {
			continue // the connect URL is not what is set
		}
		p.Note(plan.Note{Failure: w.Failure, Text: w.Text})
	}
	for _, s := range chosen.servers {
		override.Add(p, leanClient{r.client}, s.doc, wanted, slashSafe)
	}
	noteConsequences(p, chosen.kind, wanted)
	return p, nil
}

// knowsOverrides refuses a release that has no overrides of single servers. One that is not known is
// taken for newer.
func knowsOverrides(release gateway.Release) error {
	if release == (gateway.Release{}) || release.Has(gateway.Overrides) {
		return nil
	}
	return &idp.Error{
		Code: idp.CodeUsage, Failure: "GW25", Hint: "go to " + gateway.Since(gateway.Overrides).String() + " or newer",
		Message: fmt.Sprintf("release %s of the gateway, as far as its answers tell, does not know overrides", release),
	}
}

// noteConsequences tells what else must agree with new overrides, and is not the registry's.
func noteConsequences(p *plan.Plan, kind idp.Kind, wanted registryclient.ServerPatch) {
	if p.InSync() {
		return
	}
	if id, ok := wanted.OAuthClientID.Value(); ok && kind == idp.Cognito {
		p.Note(plan.Note{Failure: "CG05", Owner: "gateway operator", Text: "the gateway accepts tokens of " + id + " only if it is the advertised client, or COGNITO_M2M_CLIENT_IDS lists it; a * there does not help"})
	}
	if wanted.AppendMCPPath.IsZero() {
		return
	}
	p.Note(plan.Note{Owner: "users", Text: "the connect URLs change: whoever is connected takes the new one from mcpreg connect"})
	switch kind {
	case idp.Entra:
		p.Note(plan.Note{Failure: "EN03", Owner: "IdP administrator", Text: "each connect URL must be an identifier URI: run mcpreg entra setup afterwards"})
	case idp.Okta, idp.Cognito:
		p.Note(plan.Note{Failure: "ID06", Owner: "IdP administrator", Text: fmt.Sprintf("the redirect URIs of Codex depend on the connect URL: run mcpreg %s setup afterwards", kind)})
	case idp.Keycloak: // one wildcard covers every path
	}
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

// resolved prints what the servers resolve to now.
func (a *app) resolved(output string, chosen *chosenServers) error {
	doc := serverDocument{SchemaVersion: 1, Servers: []resolvedServer{}, Warnings: chosen.notes}
	for _, s := range chosen.servers {
		doc.Servers = append(doc.Servers, s.resolved())
	}
	if output == "json" {
		return writeJSON(a.Stdout, doc)
	}
	return writeServerTable(a.Stdout, doc.Servers)
}
