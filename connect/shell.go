package connect

import (
	"regexp"
	"slices"
	"strings"

	"al.essio.dev/pkg/shellescape"
)

// Shell is a command interpreter that a command is quoted for.
type Shell string

// The shells: POSIX shells, PowerShell from 5.1 on, and the Windows command prompt.
const (
	Sh         Shell = "sh"
	PowerShell Shell = "powershell"
	Cmd        Shell = "cmd"
)

// commandSnippets writes one command line for each shell. No argument holds a backslash or a
// control character: [Connect] refuses them in what it is given.
func commandSnippets(args ...string) []Snippet {
	return []Snippet{
		{Form: Command, Shell: Sh, Text: shellescape.QuoteCommand(args)},
		{Form: Command, Shell: PowerShell, Text: powerShellCommand(args)},
		{Form: Command, Shell: Cmd, Text: cmdCommand(args)},
	}
}

// plainArgument needs no quotes in PowerShell and cmd.
var plainArgument = regexp.MustCompile(`^[A-Za-z0-9_./:=+-]+$`)

// powerShellCommand writes a command line for PowerShell. Versions pass a double quote inside an
// argument on in different ways; in legacy mode, which the older ones are always in, it has to be
// escaped as the C runtime wants it. The block keeps that mode to this one command.
func powerShellCommand(args []string) string {
	legacy := slices.ContainsFunc(args, func(arg string) bool { return strings.Contains(arg, `"`) })
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = quotePowerShell(strings.ReplaceAll(arg, `"`, `\"`))
	}
	line := strings.Join(quoted, " ")
	if legacy {
		return "& { $PSNativeCommandArgumentPassing = 'Legacy'; " + line + " }"
	}
	return line
}

// powerShellNumber is read as a number and might come out spelt differently, as in 10kb or 007.
var (
	powerShellNumber = regexp.MustCompile(`^[+-]?\.?[0-9]`)
	plainNumber      = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)
)

// quotePowerShell quotes one argument (about_Quoting_Rules). A bare -- would be eaten by the script that npm puts in
// front of a program.
func quotePowerShell(arg string) string {
	bare := plainArgument.MatchString(arg) && arg != "--" && (!powerShellNumber.MatchString(arg) || plainNumber.MatchString(arg))
	if bare {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", "''") + "'"
}

// cmdPercent yields one percent sign at the prompt of cmd.exe: the variable substring that
// follows the sign is empty. A caret does not escape a percent sign in quotes. In a batch file a
// percent sign is written twice instead.
const cmdPercent = "%%cd:~,%"

// cmdCommand writes a command line for cmd.exe. All of an argument stays inside double quotes,
// where no character but the percent sign is special, also when a batch file that npm puts in
// front of a program reads the line once more. A double quote is written twice, which leaves
// cmd.exe inside the quotes and which the C runtime reads as one.
func cmdCommand(args []string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = arg
		if !plainArgument.MatchString(arg) {
			quoted[i] = `"` + strings.NewReplacer(`"`, `""`, "%", cmdPercent).Replace(arg) + `"`
		}
	}
	return strings.Join(quoted, " ")
}
