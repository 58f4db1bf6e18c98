package cmd

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// newIDPPlanCmd makes the plan command: it reads and prints, and writes nothing.
func newIDPPlanCmd(a *app, k idpKind) *cobra.Command {
	c := &idpCommands{app: a, idpKind: k}
	var detailed, offline, policy bool
	cmd := c.command("plan",
		"Print what setup would change, and what fails without it",
		"Print what setup would change, and what fails without it. Nothing is written.\n\nWith --offline nothing is read either: the plan is all that is needed, to hand to whoever\nadministers "+k.kind.DisplayName()+"; -o markdown prints it as a request.")
	addOutput(cmd, &c.client.output, "text", "json", "markdown")
	flags := cmd.Flags()
	flags.BoolVar(&c.client.prune, "prune", false, "remove redirect URIs that were not asked for")
	flags.BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 when changes are pending")
	flags.BoolVar(&offline, "offline", false, "plan from nothing, without network or credential")
	flags.StringVar(&c.client.only, "only", "", "only the changes of this KIND or KIND/NAME")
	flags.BoolVar(&c.client.export, "export", false, "print the declaration that the flags come to, as YAML, and do nothing else")
	if k.policy {
		flags.BoolVar(&policy, "policy", false, "print the least rights that this needs, as a policy in JSON, and do nothing else")
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		switch {
		case c.client.export:
			return c.exportFile(cmd)
		case policy:
			return c.writePolicy(cmd)
		}
		p, err := c.planned(cmd, offline)
		if err != nil {
			return err
		}
		if err := c.writePlan(a.Stdout, p); err != nil {
			return err
		}
		if detailed && !p.InSync() {
			return errPending
		}
		return nil
	}
	return cmd
}

// planned computes the plan of the command's flags, live or from nothing.
func (c *idpCommands) planned(cmd *cobra.Command, offline bool) (*plan.Plan, error) {
	if offline {
		s, err := c.declared(cmd)
		if err != nil {
			return nil, err
		}
		provider, err := c.open(s)
		if err != nil {
			return nil, err
		}
		return c.client.chosen(withWarnings(provider.Offline(s.build.Spec), s.build))
	}
	s, provider, err := c.opened(cmd, true)
	if err != nil {
		return nil, err
	}
	ctx, cancel := c.reading(cmd.Context())
	defer cancel()
	p, _, err := provider.Plan(ctx, s.build.Spec)
	if err != nil {
		return nil, err
	}
	return c.client.chosen(withWarnings(p, s.build))
}

func (c *idpCommands) writePlan(w io.Writer, p *plan.Plan) error {
	switch c.client.output {
	case "json":
		return writeJSON(w, p)
	case "markdown":
		writePlanMarkdown(w, p)
	default:
		planText{paint: c.paintStdout()}.write(w, p)
	}
	return nil
}

func (c *idpCommands) exportFile(cmd *cobra.Command) error {
	s, err := c.declared(cmd)
	if err != nil {
		return err
	}
	return s.file.Write(c.Stdout)
}

// writePolicy prints the policy that what the flags declare needs.
func (c *idpCommands) writePolicy(cmd *cobra.Command) error {
	s, err := c.declared(cmd)
	if err != nil {
		return err
	}
	provider, err := c.open(s)
	if err != nil {
		return err
	}
	writer, ok := provider.(policyWriter)
	if !ok {
		return usageError(c.kind.DisplayName()+" has no policies to print", "")
	}
	document, err := writer.Policy(s.build.Spec)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Stdout, "%s\n", document)
	return err
}

// writeJSON writes one value as one object, indented for people who look.
func writeJSON(w io.Writer, value any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(value)
}
