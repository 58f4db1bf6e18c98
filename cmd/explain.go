package cmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect/failure"
	"github.com/mcpreg/mcpreg/idp"
)

const explainLong = `Tell what a failed login means, why it happens, who can fix it and how. Give an id (KC06), a
vendor's code (AADSTS50011), or the message as you see it; - reads a longer text from standard
input. Nothing is sent anywhere.`

func newExplainCmd(a *app) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:     "explain TEXT|ID...",
		GroupID: "check",
		Short:   "Tell what a failed login means, and the fix",
		Long:    explainLong,
		Example: "  mcpreg explain \"Invalid parameter: redirect_uri\"\n  mcpreg explain AADSTS9010010\n  mcpreg explain KC06",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := a.explained(args)
			if err != nil {
				return err
			}
			found := failure.Match(text)
			if len(found) == 0 {
				return &idp.Error{
					Code:    idp.CodeNotFound,
					Message: "no failure in the catalogue fits this text",
					Hint:    "give the message as the browser or the assistant shows it, or a vendor's code",
				}
			}
			if output == "json" {
				return writeJSON(a.Stdout, explainDocument(found))
			}
			writeExplanation(a.Stdout, found)
			return nil
		},
	}
	addOutput(cmd, &output, "text", "json")
	return cmd
}

// explained returns the text to explain: the arguments, or standard input for -.
func (a *app) explained(args []string) (string, error) {
	if len(args) == 1 && args[0] == "-" {
		text, err := io.ReadAll(io.LimitReader(a.Stdin, 1<<20))
		if err != nil {
			return "", fmt.Errorf("reading standard input: %w", err)
		}
		return string(text), nil
	}
	return strings.Join(args, " "), nil
}

// explanation is one row of the catalogue as JSON.
type explanation struct {
	ID        string `json:"id"`
	Confident bool   `json:"confident"`
	Evidence  string `json:"evidence"`
	Symptom   string `json:"symptom"`
	Cause     string `json:"cause"`
	Fix       string `json:"fix"`
	Owner     string `json:"owner"`
	Source    string `json:"source"`
}

func explainDocument(found []failure.Candidate) any {
	rows := make([]explanation, len(found))
	for i, c := range found {
		f := c.Failure
		rows[i] = explanation{f.ID, c.Confident(), c.Evidence, f.Symptom, f.Cause, f.Fix, f.Owner, f.Source}
	}
	return struct {
		SchemaVersion int           `json:"schema_version"`
		Failures      []explanation `json:"failures"`
	}{1, rows}
}

// maxExplained is how many candidates are told in full; the rest are named.
const maxExplained = 3

func writeExplanation(w io.Writer, found []failure.Candidate) {
	if !found[0].Confident() {
		fmt.Fprintf(w, "Nothing quotes this text; it sounds like:\n\n")
	}
	for i, c := range found[:min(len(found), maxExplained)] {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s  %s\n", c.Failure.ID, indented(c.Failure.Symptom, 6))
		fmt.Fprintf(w, "  why    %s\n", indented(c.Failure.Cause, 9))
		fmt.Fprintf(w, "  where  %s\n", c.Failure.Owner)
		fmt.Fprintf(w, "  fix    %s\n", indented(c.Failure.Fix, 9))
	}
	if len(found) > maxExplained {
		var more []string
		for _, c := range found[maxExplained:] {
			more = append(more, c.Failure.ID)
		}
		fmt.Fprintf(w, "\nalso possible: %s\n", strings.Join(more, " "))
	}
}

// indented wraps text so that its later lines stand below its first.
func indented(text string, indent int) string {
	return strings.ReplaceAll(wrap(text, textWidth-indent), "\n", "\n"+strings.Repeat(" ", indent))
}
