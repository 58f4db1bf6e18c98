package cmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/mcpreg/mcpreg/connect/failure"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// writePlanMarkdown writes the plan as a request to somebody with the rights: what is asked for,
// each value, and why.
func writePlanMarkdown(w io.Writer, p *plan.Plan) {
	fmt.Fprintf(w, "# Request: %s\n\n", markdownText(p.Target))
	if p.InSync() {
		fmt.Fprintln(w, "Nothing is needed: everything is as it must be.")
	} else {
		fmt.Fprintln(w, "So that AI coding assistants can log in to MCP servers behind the gateway, please make the")
		fmt.Fprintln(w, "following. The client is public: it has no secret, uses the authorization code flow with")
		fmt.Fprintln(w, "PKCE S256, and redirects to the user's own machine only.")
	}
	for i, c := range p.Changes {
		writeChangeMarkdown(w, i+1, c)
	}
	if len(p.Notes) > 0 {
		fmt.Fprint(w, "\n## To know\n\n")
		for _, n := range p.Notes {
			fmt.Fprintf(w, "- %s\n", markdownText(n.Text))
		}
	}
}

func writeChangeMarkdown(w io.Writer, number int, c plan.Change) {
	verb := map[plan.Action]string{plan.Create: "Create", plan.Update: "Change", plan.Delete: "Remove", plan.Manual: "By hand:"}[c.Action]
	fmt.Fprintf(w, "\n## %d. %s %s `%s`\n\n", number, verb, markdownText(c.Kind), markdownCode(c.Name))
	if c.Summary != "" {
		fmt.Fprintf(w, "%s.\n\n", markdownText(c.Summary))
	}
	if f, ok := failure.ByID(c.Prevents); ok && len(c.Fields) == 0 {
		fmt.Fprintf(w, "Without it: %s (%s)\n", markdownText(f.Symptom), f.ID)
	}
	if len(c.Fields) > 0 {
		fmt.Fprintln(w, "| setting | value | without it |")
		fmt.Fprintln(w, "|---|---|---|")
	}
	for _, field := range c.Fields {
		var values []string
		for _, v := range fieldValues(field) {
			values = append(values, "`"+markdownCode(v)+"`")
		}
		reason := ""
		if f, ok := failure.ByID(field.Prevents); ok {
			reason = fmt.Sprintf("%s (%s)", f.Symptom, f.ID)
		}
		fmt.Fprintf(w, "| %s | %s | %s |\n", markdownText(field.Path), strings.Join(values, "<br>"), markdownText(reason))
	}
	if len(c.Steps) > 0 {
		fmt.Fprintln(w, "\nIn the console:")
		fmt.Fprintln(w)
	}
	for i, step := range c.Steps {
		fmt.Fprintf(w, "%d. %s\n", i+1, markdownText(step))
	}
	if len(c.Commands) > 0 {
		fmt.Fprintf(w, "\nOr with the command line:\n\n```sh\n%s\n```\n", strings.Join(c.Commands, "\n"))
	}
	if len(c.Kept) > 0 {
		fmt.Fprintf(w, "\nKept as found: %s.\n", markdownText(strings.Join(c.Kept, ", ")))
	}
}

func markdownText(s string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "`", "\\`", "<", "&lt;", "\n", " ").Replace(s)
}

func markdownCode(s string) string {
	return strings.NewReplacer("`", "'", "|", `\|`, "\n", " ").Replace(s)
}
