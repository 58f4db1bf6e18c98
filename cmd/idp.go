package cmd

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mcpreg/mcpreg/connect/setup"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// idpKind is what one kind of identity provider brings to the commands that all kinds share.
type idpKind struct {
	kind idp.Kind
	// flags registers the flags that name the installation and its credential.
	flags func(*pflag.FlagSet)
	// declare builds the file from flags and environment.
	declare func(*cobra.Command, clientFlags) (setup.File, error)
	// open returns the administration of what the file declares.
	open func(session) (idp.Provider, error)
	// policy tells that the provider is a policyWriter.
	policy bool
	// help texts: the outcome in one line, the rights needed, the variables.
	rights, variables string
	examples          map[string]string
}

// session is one use of a provider: the declaration, what it comes to, and the way there.
type session struct {
	file  setup.File
	build *setup.Build
	http  httpSession
	// confirmAbsent asks for certainty that what is not seen is not there.
	confirmAbsent bool
	// blocked says why nothing may be set up, although it can be planned.
	blocked error
}

// inspector is a provider that can tell more than a plan needs.
type inspector interface {
	Inspect(context.Context, idp.Spec) (*plan.Plan, *idp.Registration, error)
}

// policyWriter is a provider that can say which rights a spec needs, as a document in JSON of its
// own access control.
type policyWriter interface {
	Policy(idp.Spec) ([]byte, error)
}

// idpCommands are the commands of one kind.
type idpCommands struct {
	*app
	idpKind
	client  clientFlags
	gateway gatewaySeen
}

func newIDPCmd(a *app, k idpKind) *cobra.Command {
	group := &cobra.Command{
		Use:     string(k.kind),
		GroupID: "setup",
		Short:   "Make " + k.kind.DisplayName() + " accept the logins of AI coding assistants",
		Long: fmt.Sprintf("Make %s accept the logins of AI coding assistants: a public client without a secret,\nits redirect URIs, the groups in its tokens, and the audience that the gateway accepts.\n\n%s\n\n%s",
			k.kind.DisplayName(), k.rights, k.variables),
		Example: k.examples["setup"],
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	group.AddCommand(newIDPSetupCmd(a, k), newIDPPlanCmd(a, k), newIDPShowCmd(a, k), newIDPRemoveCmd(a, k))
	return group
}

// command makes one of the kind's commands, with the flags that all of them have.
func (c *idpCommands) command(name, short, long string) *cobra.Command {
	cmd := &cobra.Command{
		Use:     name,
		Short:   short,
		Long:    long + "\n\n" + c.rights + "\n\n" + c.variables,
		Example: c.examples[name],
		Args:    cobra.NoArgs,
	}
	c.flags(cmd.Flags())
	c.client.register(cmd.Flags(), c.kind)
	return cmd
}

// declared builds the file and what it comes to, without a look at the registry.
func (c *idpCommands) declared(cmd *cobra.Command) (session, error) {
	file, err := c.declaredFile(cmd)
	if err != nil {
		return session{}, err
	}
	return c.built(file, setup.Seen{})
}

// declaredFile builds the declaration from flags and environment.
func (c *idpCommands) declaredFile(cmd *cobra.Command) (setup.File, error) {
	var err error
	if c.kind.Traits().Redirects.NeedsPort() {
		if c.client.port, err = c.callbackPort(c.client.port); err != nil {
			return setup.File{}, err
		}
	}
	file, err := c.declare(cmd, c.client)
	if err != nil {
		return setup.File{}, err
	}
	file.Registry, err = c.declaredRegistry(cmd, c.client.registry)
	return file, err
}

func (c *idpCommands) built(file setup.File, seen setup.Seen) (session, error) {
	build, err := setup.New(file, seen)
	if err != nil {
		return session{}, err
	}
	build.Spec.Prune = c.client.prune
	return session{file: file, build: build}, nil
}

// opened builds the session, with the servers of the registry if they matter, and opens the
// provider.
func (c *idpCommands) opened(cmd *cobra.Command, confirmAbsent bool) (session, idp.Provider, error) {
	file, err := c.declaredFile(cmd)
	if err != nil {
		return session{}, nil, err
	}
	seen, notes, err := c.lookAtRegistry(cmd, file)
	if err != nil {
		return session{}, nil, err
	}
	s, err := c.built(file, seen)
	if err != nil {
		return s, nil, err
	}
	s.build.Warnings = append(notes, s.build.Warnings...)
	s.confirmAbsent = confirmAbsent
	if s.blocked, err = c.checkGateway(cmd, s.build); err != nil {
		return s, nil, err
	}
	if s.http.client, s.http.sent, err = c.httpClient(); err != nil {
		return s, nil, err
	}
	provider, err := c.open(s)
	return s, provider, err
}

// reading bounds one phase of work by --timeout. A person's time to answer does not count.
func (c *idpCommands) reading(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, c.global.timeout)
}

func requests(sent *atomic.Int64) string {
	if n := sent.Load(); n != 1 {
		return fmt.Sprintf("%d requests", n)
	}
	return "1 request"
}

// chosen keeps of the plan what --only names.
func (f clientFlags) chosen(p *plan.Plan) (*plan.Plan, error) {
	if f.only == "" {
		return p, nil
	}
	kind, name, named := strings.Cut(f.only, "/")
	chosen := p.Only(func(c plan.Change) bool {
		return c.Kind == kind && (!named || c.Name == name)
	})
	if chosen.InSync() && !p.InSync() {
		var have []string
		for _, c := range p.Changes {
			have = append(have, c.Kind+"/"+c.Name)
		}
		return nil, usageError(fmt.Sprintf("--only %s names no change of this plan", f.only), "the plan has "+strings.Join(have, ", "))
	}
	return chosen, nil
}

// checkSaved compares a saved plan with the fresh one.
func (f clientFlags) checkSaved(fresh *plan.Plan) error {
	if f.savedPlan == "" {
		return nil
	}
	file, err := os.Open(f.savedPlan)
	if err != nil {
		return usageError("--plan: "+err.Error(), "")
	}
	defer file.Close()
	saved, err := plan.Load(file)
	if err != nil {
		return usageError(fmt.Sprintf("--plan %s: %v", f.savedPlan, err), "save one with: plan -o json")
	}
	if saved.Fingerprint() == fresh.Fingerprint() {
		return nil
	}
	return &idp.Error{
		Code:    idp.CodeFailed,
		Message: fmt.Sprintf("things moved since %s was saved: it holds %s, now there are %s; nothing was changed", f.savedPlan, listChanges(saved), listChanges(fresh)),
		Hint:    "look at a fresh plan, and have that one approved",
	}
}

func listChanges(p *plan.Plan) string {
	if p.InSync() {
		return "no changes"
	}
	var list []string
	for _, c := range p.Changes {
		list = append(list, fmt.Sprintf("%s %s", c.Action, c))
	}
	return strings.Join(list, ", ")
}
