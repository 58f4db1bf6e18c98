package cmd

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/connect/setup"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// newIDPSetupCmd makes the setup command: plan, ask, apply, print the gateway's settings.
func newIDPSetupCmd(a *app, k idpKind) *cobra.Command {
	c := &idpCommands{app: a, idpKind: k}
	cmd := c.command("setup",
		"Make the public client and all that a login needs",
		"Make the public client and all that a login needs, or repair what is there. Standard output is\nthe lines for the gateway's environment and nothing else; plan and progress go to standard\nerror. At a terminal the plan is shown and a yes asked for. Elsewhere, additions and repairs\nproceed; what removes something or turns off a flow that was on needs --yes.")
	addOutput(cmd, &c.client.output, "text", "json")
	flags := cmd.Flags()
	flags.BoolVar(&c.client.prune, "prune", false, "remove redirect URIs that were not asked for")
	flags.BoolVar(&c.client.yes, "yes", false, "do not ask")
	flags.BoolVar(&c.client.dryRun, "dry-run", false, "print the plan and change nothing")
	flags.StringVar(&c.client.only, "only", "", "only the changes of this KIND or KIND/NAME")
	flags.StringVar(&c.client.savedPlan, "plan", "", "go on only if the changes are those of this saved plan (plan -o json)")
	flags.BoolVar(&c.client.export, "export", false, "print the declaration that the flags come to, as YAML, and do nothing else")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if c.client.export {
			return c.exportFile(cmd)
		}
		if c.client.dryRun {
			p, err := c.planned(cmd, false)
			if err != nil {
				return err
			}
			return c.writePlan(a.Stdout, p)
		}
		return c.setup(cmd)
	}
	return cmd
}

func (c *idpCommands) setup(cmd *cobra.Command) error {
	s, provider, err := c.opened(cmd, false)
	if err != nil {
		return err
	}
	if s.blocked != nil {
		return s.blocked
	}
	ctx, cancel := c.reading(cmd.Context())
	defer cancel()
	whole, registration, err := provider.Plan(ctx, s.build.Spec)
	if err != nil {
		return err
	}
	p, err := c.client.chosen(withWarnings(whole, s.build))
	if err != nil {
		return err
	}
	if err := c.client.checkSaved(p); err != nil {
		return err
	}
	result, err := c.carryOut(cmd.Context(), p, s)
	if err != nil {
		return err
	}
	return c.writeSetup(p, whole.Counts().Pending()-p.Counts().Pending(), result, registration, s)
}

// carryOut shows the plan, gets the yes that it needs, and applies it.
func (c *idpCommands) carryOut(ctx context.Context, p *plan.Plan, s session) (plan.Result, error) {
	return (&applying{app: c.app, yes: c.client.yes, json: c.client.output == "json", sent: s.http.sent}).carryOut(ctx, p)
}

// setupDocument is the result of setup as JSON.
type setupDocument struct {
	SchemaVersion int               `json:"schema_version"`
	Target        string            `json:"target"`
	Done          []plan.Change     `json:"done"`
	Clients       map[string]string `json:"clients"`
	Issuer        string            `json:"issuer,omitempty"`
	Audience      string            `json:"audience,omitempty"`
	Settings      []settingValue    `json:"settings"`
	Notes         []plan.Note       `json:"notes"`
}

type settingValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// writeSetup prints what the gateway needs now that the plan is carried out. Of changes that --only
// left out the lines are not true yet, so none are printed.
func (c *idpCommands) writeSetup(p *plan.Plan, leftOut int, result plan.Result, registration *idp.Registration, s session) error {
	var settings []gateway.Setting
	if leftOut == 0 {
		settings = gatewaySettings(s, registration)
	} else {
		fmt.Fprintf(c.Stderr, "no lines for the gateway yet: --only left out %d of the changes; setup without it finishes\n", leftOut)
	}
	if c.client.output == "json" {
		doc := setupDocument{
			SchemaVersion: 1,
			Target:        p.Target,
			Done:          append([]plan.Change{}, result.Done...),
			Clients:       registration.Clients,
			Issuer:        registration.Issuer,
			Audience:      registration.Audience,
			Settings:      []settingValue{},
			Notes:         append([]plan.Note{}, p.Notes...),
		}
		for _, setting := range settings {
			doc.Settings = append(doc.Settings, settingValue{Name: setting.Name, Value: setting.Value})
		}
		return writeJSON(c.Stdout, doc)
	}
	if err := gateway.WriteEnv(c.Stdout, settings); err != nil {
		return err
	}
	if c.Interactive && leftOut == 0 {
		writeNext(c.Stderr)
	}
	return nil
}

func gatewaySettings(s session, registration *idp.Registration) []gateway.Setting {
	b, audience := s.build, registration.Audience
	if e := s.file.IDP.Entra; e != nil && e.GatewayApp != "" {
		audience = "" // it is the gateway's own client id, which it accepts anyhow
	}
	return gateway.Settings(b.Kind, gateway.Input{
		ClientID:     registration.Clients[b.Advertised],
		CallbackPort: cmp.Or(registration.CallbackPort, b.CallbackPort),
		Scopes:       b.Scopes,
		Audience:     audience,
		// Where the gateway lists the clients whose tokens it accepts, all of them belong there.
		ExtraClientIDs: slices.Sorted(maps.Values(registration.Clients)),
	})
}

func writeNext(w io.Writer) {
	fmt.Fprintln(w)
	fmt.Fprintln(w, "Next: put these lines in the gateway's environment and restart it, then")
	fmt.Fprintln(w, "  mcpreg connect /SERVER --registry https://YOUR-GATEWAY")
	fmt.Fprintln(w, "  mcpreg login   /SERVER --registry https://YOUR-GATEWAY")
}

// withWarnings adds to the plan what building the spec found.
func withWarnings(p *plan.Plan, b *setup.Build) *plan.Plan {
	for _, w := range b.Warnings {
		text := w.Text
		if w.Fix != "" {
			text += "; " + w.Fix
		}
		p.Note(plan.Note{Failure: w.Failure, Text: text})
	}
	return p
}
