package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient"
)

const serverRegisterLong = `Register a server. It starts disabled. A path that is taken is refused, because registering over a
server gives it a new id and drops its tags, tools and metadata; --overwrite does so all the same.
A credential or header that the gateway sends to the server comes from the environment or a file.

Environment (besides those below; each also as a file, with _FILE):
  MCP_SERVER_CREDENTIAL   what the gateway sends to the server (--auth-scheme bearer or api_key)
  MCP_SERVER_HEADERS      further headers, as JSON: [{"name": "X-Team", "value": "..."}]`

// registerFlags describe a server.
type registerFlags struct {
	serverFlags
	new                         registryclient.NewServer
	append                      string
	metadata, tools, local      string // names of files with JSON
	headers                     string
	credentialFile, headersFile string
	yes, dryRun                 bool
}

func newServerRegisterCmd(a *app) *cobra.Command {
	var f registerFlags
	cmd := &cobra.Command{
		Use:     "register PATH",
		Short:   "Register a server",
		Long:    serverRegisterLong + "\n\n" + serverRights + "\n\n" + registryVariables,
		Example: "  mcpreg server register /finance --name Finance --description 'Reports' --proxy-pass-url http://finance:8000/mcp\n  mcpreg server register /kb --name KB --description Articles --proxy-pass-url https://kb.example.com/ --append-mcp-path=false --dry-run",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.registerServer(cmd, f, args[0]) },
	}
	f.register(cmd)
	f.describe(cmd.Flags())
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "print the plan and change nothing")
	return cmd
}

func (a *app) registerServer(cmd *cobra.Command, f registerFlags, path string) error {
	if err := f.check(path); err != nil {
		return err
	}
	r, err := a.openRegistry(cmd, f.registry)
	if err != nil {
		return err
	}
	if r == nil {
		return errNoRegistry()
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), a.global.timeout)
	defer cancel()
	if err := f.read(ctx, a); err != nil {
		return err
	}
	f.new.Path = path
	if f.new.OAuthClientID != "" || f.append != "" {
		release, err := r.observed(ctx, nil)
		if err == nil {
			err = knowsOverrides(release)
		}
		if err != nil {
			return err
		}
	}
	var kind idp.Kind
	if f.new.Deployment != "local" {
		if kind, err = r.kind(ctx, cmd, f.idp); err != nil {
			return err
		}
	}
	p, err := r.registration(ctx, f)
	if err != nil {
		return err
	}
	if f.dryRun {
		return a.showPlan(p, f.output, false)
	}
	if _, err := a.registryChanges(r, f.yes, f.output).carryOut(cmd.Context(), p); err != nil {
		return err
	}
	if f.new.Deployment == "local" {
		return a.registeredLocal(f)
	}
	ctx, cancelReading := context.WithTimeout(cmd.Context(), a.global.timeout)
	defer cancelReading()
	chosen, err := r.choose(ctx, kind, selection{}, []string{path})
	if err != nil {
		return err
	}
	return a.resolved(f.output, chosen)
}

// registration plans the one request that registers the server.
func (r *registry) registration(ctx context.Context, f registerFlags) (*plan.Plan, error) {
	p := &plan.Plan{Target: "registry  " + r.client.BaseURL()}
	change := plan.Change{
		System: "registry", Kind: "server", Name: f.new.Path, Action: plan.Create, Summary: "disabled until an operator enables it",
		Prevents: "GW20", Fields: f.fields(),
	}
	known, err := r.client.Server(ctx, f.new.Path)
	switch {
	case errors.Is(err, registryclient.ErrNotFound):
	case err != nil:
		return nil, r.told(err)
	case !f.new.Overwrite:
		return nil, usageError(fmt.Sprintf("the registry has a server %s already: %s", known.Path, known.Name), "mcpreg server set changes its overrides; --overwrite replaces it and drops its tags, tools and metadata")
	default:
		change.Action, change.Confirm = plan.Update, "replaces "+known.Name+": its id, tags, tools and metadata are lost"
	}
	p.Add(change, func(ctx context.Context) error {
		// A registration that got no answer may have been made, which the reading shows where there was
		// no such server before.
		_, failed := r.client.Register(ctx, f.new)
		if failed != nil && (known != nil || !errors.Is(failed, registryclient.ErrUnreachable)) {
			return failed
		}
		stored, err := r.client.Server(ctx, f.new.Path)
		switch {
		case failed != nil && err != nil:
			return failed
		case failed == nil && errors.Is(err, registryclient.ErrForbidden):
			return &idp.Error{
				Code: idp.CodeForbidden, Failure: "GW01", Message: "it is registered, and the token's owner may not read it back",
				Hint: "a scope of the owner's groups needs a rule on " + strings.Trim(f.new.Path, "/"), Err: err,
			}
		case err != nil:
			return fmt.Errorf("reading it back: %w", err)
		}
		return f.kept(stored)
	})
	return p, nil
}

// kept tells whether a server was stored with the overrides that it was registered with: a release
// that does not know them drops them without a word.
func (f registerFlags) kept(stored *registryclient.Server) error {
	id, _ := stored.OwnClientID()
	value, set := stored.AppendMCPPath.Value()
	wanted, named := f.new.AppendMCPPath.Value()
	if (f.new.OAuthClientID == "" || id == f.new.OAuthClientID) && (!named || set && value == wanted) {
		return nil
	}
	return &idp.Error{
		Code: idp.CodeFailed, Failure: "GW25", Hint: "go to " + gateway.Since(gateway.Overrides).String() + " or newer, then: mcpreg server set " + stored.Path,
		Message: "it is registered, and the registry did not keep its overrides",
	}
}

// registeredLocal prints a server that runs on its user's machine: there is nothing to connect to.
func (a *app) registeredLocal(f registerFlags) error {
	if f.output == "json" {
		return writeJSON(a.Stdout, serverDocument{SchemaVersion: 1, Servers: []resolvedServer{}})
	}
	fmt.Fprintf(a.Stderr, "%s runs on the user's machine: there is nothing to log in to\n", f.new.Path)
	return nil
}
