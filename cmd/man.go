package cmd

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newManCmd makes the command that packages call when they are built; nobody else needs it.
func newManCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write the manual pages into a directory",
		Example: "  mcpreg man ./man",
		Hidden:  true,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			date, err := a.manDate()
			if err != nil {
				return err
			}
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fmt.Errorf("make the directory for manual pages: %w", err)
			}
			root := c.Root()
			prepareForMan(root)
			header := &doc.GenManHeader{
				Section: "1",
				Date:    &date,
				Source:  "mcpreg " + a.Build.Version,
				Manual:  "User Commands",
			}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return fmt.Errorf("write manual pages: %w", err)
			}
			return nil
		},
	}
}

// manDate dates the pages: by SOURCE_DATE_EPOCH, by which a package can be built twice with the
// same bytes (https://reproducible-builds.org/specs/source-date-epoch/), else by the program's
// own date, else by today.
func (a *app) manDate() (time.Time, error) {
	if epoch, ok := a.LookupEnv("SOURCE_DATE_EPOCH"); ok && epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return time.Time{}, usageError(fmt.Sprintf("SOURCE_DATE_EPOCH is %q, not a number", epoch), "give seconds since 1970, or unset it")
		}
		return time.Unix(seconds, 0).UTC(), nil
	}
	if date, err := time.Parse(time.RFC3339, a.Build.Date); err == nil {
		return date.UTC(), nil
	}
	return time.Now().UTC(), nil
}

// prepareForMan turns what the tree says for a terminal into the Markdown that the generator
// reads. The topics of `help`, for which it makes no page, become sections of the first page.
func prepareForMan(root *cobra.Command) {
	root.DisableAutoGenTag = true
	describeInMarkdown(root)
	for _, topic := range root.Commands() {
		if topic.IsAdditionalHelpTopicCommand() {
			title := strings.ToUpper(strings.ReplaceAll(topic.Name(), "-", " "))
			root.Long += "\n\n# " + title + "\n\n" + topic.Long
		}
	}
}

func describeInMarkdown(c *cobra.Command) {
	c.Long = markdown(c.Long)
	for _, child := range c.Commands() {
		describeInMarkdown(child)
	}
}

// markdown keeps the characters of a help text, and the line breaks of every paragraph that has
// columns or indented lines.
func markdown(help string) string {
	paragraphs := strings.Split(strings.Trim(help, "\n"), "\n\n")
	for i, paragraph := range paragraphs {
		if strings.HasPrefix(paragraph, " ") || strings.Contains(paragraph, "\n ") || strings.Contains(paragraph, "\t") {
			paragraphs[i] = "```\n" + paragraph + "\n```"
		} else {
			paragraphs[i] = markdownEscapes().Replace(paragraph)
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

func markdownEscapes() *strings.Replacer {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "#", `\#`)
}
