package cmd

import (
	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// newIDPRemoveCmd makes the remove command: it deletes what carries mcpreg's mark.
func newIDPRemoveCmd(a *app, k idpKind) *cobra.Command {
	c := &idpCommands{app: a, idpKind: k}
	cmd := c.command("remove",
		"Delete the public client that mcpreg made",
		"Delete the public client that mcpreg made, with what hangs on it. A client without mcpreg's mark\nis left alone. Assistants that use the client can no longer log in.")
	addOutput(cmd, &c.client.output, "text", "json")
	cmd.Flags().BoolVar(&c.client.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&c.client.dryRun, "dry-run", false, "print the plan and change nothing")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s, provider, err := c.opened(cmd, true)
		if err != nil {
			return err
		}
		ctx, cancel := c.reading(cmd.Context())
		defer cancel()
		p, err := provider.PlanRemoval(ctx, s.build.Spec)
		if err != nil {
			return err
		}
		if c.client.dryRun {
			return c.writePlan(a.Stdout, p)
		}
		result, err := c.carryOut(cmd.Context(), p, s)
		if err != nil || c.client.output != "json" {
			return err
		}
		return writeJSON(a.Stdout, struct {
			SchemaVersion int           `json:"schema_version"`
			Target        string        `json:"target"`
			Done          []plan.Change `json:"done"`
			Notes         []plan.Note   `json:"notes"`
		}{1, p.Target, append([]plan.Change{}, result.Done...), append([]plan.Note{}, p.Notes...)})
	}
	return cmd
}
