package cmd

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

func newVersionCmd(a *app) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print which mcpreg this is",
		Example: "  mcpreg version\n  mcpreg version -o json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if output == "json" {
				return writeJSON(a.Stdout, struct {
					SchemaVersion int    `json:"schema_version"`
					Version       string `json:"version"`
					Commit        string `json:"commit,omitempty"`
					Date          string `json:"date,omitempty"`
					Go            string `json:"go"`
					Platform      string `json:"platform"`
				}{1, a.Build.Version, a.Build.Commit, a.Build.Date, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH})
			}
			line := "mcpreg " + a.Build.Version
			if a.Build.Commit != "" {
				line += " (" + a.Build.Commit + ")"
			}
			fmt.Fprintf(a.Stdout, "%s, %s, %s/%s\n", line, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
	addOutput(cmd, &output, "text", "json")
	return cmd
}
