package cmd

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// globalFlags are the flags of every command.
type globalFlags struct {
	timeout   time.Duration
	caFile    string
	allowHTTP bool
	debug     bool
	color     string
}

func (g *globalFlags) register(flags *pflag.FlagSet) {
	flags.DurationVar(&g.timeout, "timeout", 2*time.Minute, "give up on reading or writing after this long")
	flags.StringVar(&g.caFile, "ca-file", "", "PEM file with certificates to trust besides the system's")
	flags.BoolVar(&g.allowHTTP, "allow-http", false, "accept http:// to a host that is not loopback")
	flags.BoolVar(&g.debug, "debug", false, "show each request on stderr: method, path, status, time; never a header or body")
	flags.Var(choice(&g.color, "auto", "auto", "always", "never"), "color", "colour and unicode marks: auto, always or never")
}

// choiceValue is a flag that takes one of a few words.
type choiceValue struct {
	target *string
	words  []string
}

func choice(target *string, value string, words ...string) *choiceValue {
	*target = value
	return &choiceValue{target: target, words: words}
}

// Set implements [pflag.Value].
func (c *choiceValue) Set(word string) error {
	if !slices.Contains(c.words, word) {
		named := slices.DeleteFunc(slices.Clone(c.words), func(word string) bool { return word == "" })
		return fmt.Errorf("use one of %s", strings.Join(named, ", "))
	}
	*c.target = word
	return nil
}

// String implements [pflag.Value].
func (c *choiceValue) String() string { return *c.target }

// Type implements [pflag.Value].
func (c *choiceValue) Type() string { return "word" }

// addOutput gives a command its -o flag, the first format being the default.
func addOutput(c *cobra.Command, target *string, formats ...string) {
	c.Flags().VarP(choice(target, formats[0], formats...), "output", "o", "output format: "+strings.Join(formats, ", "))
	// The flag exists: it was made on the line above.
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
}
