package connect

import (
	"regexp"
	"strings"

	"al.essio.dev/pkg/shellescape"
)

// Shell is a command interpreter that a command is quoted for.
type Shell string

// The shells. PowerShell is 7.3 or newer: older ones lose double quotes inside arguments.
const (
	Sh         Shell = "sh"
	PowerShell Shell = "powershell"
	Cmd        Shell = "cmd"
)

// commandSnippets writes one command line for each shell.
func commandSnippets(args ...string) []Snippet {
	return []Snippet{
		{Form: Command, Shell: Sh, Text: shellescape.QuoteCommand(args)},
		{Form: Command, Shell: PowerShell, Text: quoteAll(args, quotePowerShell)},
		{Form: Command, Shell: Cmd, Text: quoteAll(args, quoteCmd)},
	}
}

func quoteAll(args []string, quote func(string) string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = quote(arg)
	}
	return strings.Join(quoted, " ")
}

// plainArgument needs no quotes in PowerShell and cmd.
var plainArgument = regexp.MustCompile(`^[A-Za-z0-9_./:=+-]+$`)

// powerShellQuotes are the characters that PowerShell takes for a single quote; doubled, each
// stands for itself (about_Quoting_Rules).
var powerShellQuotes = strings.NewReplacer("'", "''", "\u2018", "\u2018\u2018", "\u2019", "\u2019\u2019", "\u201a", "\u201a\u201a", "\u201b", "\u201b\u201b")

func quotePowerShell(arg string) string {
	if plainArgument.MatchString(arg) {
		return arg
	}
	return "'" + powerShellQuotes.Replace(arg) + "'"
}

// quoteCmd quotes first for the program, whose C runtime splits the line at double quotes and
// backslashes, then for cmd.exe, in which a caret takes the meaning of the next character. With
// every double quote behind a caret cmd.exe sees none, so no character is special unseen.
func quoteCmd(arg string) string {
	if plainArgument.MatchString(arg) {
		return arg
	}
	var line strings.Builder
	for _, c := range quoteCRuntime(arg) {
		if strings.ContainsRune("()%!^\"<>&|", c) {
			line.WriteByte('^')
		}
		line.WriteRune(c)
	}
	return line.String()
}

// quoteCRuntime puts an argument in double quotes as the Microsoft C runtime reads them:
// backslashes are doubled before a quote and at the end.
func quoteCRuntime(arg string) string {
	var quoted strings.Builder
	quoted.WriteByte('"')
	backslashes := 0
	for _, c := range arg {
		switch c {
		case '\\':
			backslashes++
			continue
		case '"':
			quoted.WriteString(strings.Repeat(`\`, 2*backslashes+1))
		default:
			quoted.WriteString(strings.Repeat(`\`, backslashes))
		}
		backslashes = 0
		quoted.WriteRune(c)
	}
	quoted.WriteString(strings.Repeat(`\`, 2*backslashes))
	quoted.WriteByte('"')
	return quoted.String()
}
