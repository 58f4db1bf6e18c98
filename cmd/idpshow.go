package cmd

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// newIDPShowCmd makes the show command: what is there and right, and what is worth knowing.
func newIDPShowCmd(a *app, k idpKind) *cobra.Command {
	c := &idpCommands{app: a, idpKind: k}
	cmd := c.command("show",
		"Print what is set up, and what is worth knowing about it",
		"Print what is set up, and what is worth knowing about it. Nothing is written.")
	addOutput(cmd, &c.client.output, "text", "json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s, provider, err := c.opened(cmd, true)
		if err != nil {
			return err
		}
		look := provider.Plan
		if i, ok := provider.(inspector); ok {
			look = i.Inspect
		}
		ctx, cancel := c.reading(cmd.Context())
		defer cancel()
		p, registration, err := look(ctx, s.build.Spec)
		if err != nil {
			return err
		}
		if c.client.output == "json" {
			return writeJSON(a.Stdout, newShowDocument(p, registration))
		}
		writeShow(a.Stdout, p, registration)
		return nil
	}
	return cmd
}

// showDocument is the result of show as JSON.
type showDocument struct {
	SchemaVersion int               `json:"schema_version"`
	Target        string            `json:"target"`
	Clients       map[string]string `json:"clients"`
	Issuer        string            `json:"issuer,omitempty"`
	Audience      string            `json:"audience,omitempty"`
	OK            []string          `json:"ok"`
	Notes         []plan.Note       `json:"notes"`
	Pending       []plan.Change     `json:"pending"`
}

func newShowDocument(p *plan.Plan, r *idp.Registration) showDocument {
	return showDocument{
		SchemaVersion: 1,
		Target:        p.Target,
		Clients:       r.Clients,
		Issuer:        r.Issuer,
		Audience:      r.Audience,
		OK:            append([]string{}, p.OK...),
		Notes:         append([]plan.Note{}, p.Notes...),
		Pending:       append([]plan.Change{}, p.Changes...),
	}
}

func writeShow(w io.Writer, p *plan.Plan, r *idp.Registration) {
	fmt.Fprintln(w, p.Target)
	for _, name := range slices.Sorted(maps.Keys(r.Clients)) {
		line := name
		if id := r.Clients[name]; id != name {
			line += "  id " + id
		}
		fmt.Fprintf(w, "  %-9s %s\n", "client", line)
	}
	if r.Issuer != "" {
		fmt.Fprintf(w, "  %-9s %s\n", "issuer", r.Issuer)
	}
	if r.Audience != "" {
		fmt.Fprintf(w, "  %-9s %s\n", "audience", r.Audience)
	}
	for _, text := range p.OK {
		fmt.Fprintf(w, "  ok: %s\n", text)
	}
	writeNotes(w, p.Notes)
	if !p.InSync() {
		fmt.Fprintf(w, "\npending: %s (see: plan)\n", countLine(p))
	}
}
