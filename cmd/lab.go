package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"al.essio.dev/pkg/shellescape"
	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/connect/lab"
	"github.com/mcpreg/mcpreg/idp"
)

const labLong = `Show the whole job on this machine: an identity provider, a registry with a gateway and MCP
servers behind it, all stand-ins that listen on loopback only; nothing leaves the machine. Every
step is printed as the command that did it.

With --keep the world stays up until it is interrupted, and what to export is printed, so that
every command works in it from another terminal.`

func newLabCmd(a *app) *cobra.Command {
	var keep bool
	var output, kind string
	cmd := &cobra.Command{
		Use:     "lab",
		GroupID: "try",
		Short:   "Show the whole job on loopback",
		Long:    labLong,
		Example: "  mcpreg lab\n  mcpreg lab --keep",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			kinds := lab.Kinds()
			if cmd.Flags().Changed("idp") || keep {
				kinds = []idp.Kind{idp.Kind(kind)}
			}
			if keep {
				return a.keepLab(cmd.Context(), kinds[0], output)
			}
			return a.showLab(cmd.Context(), kinds)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&keep, "keep", false, "leave the world up until interrupted, and print what to export")
	var names []string
	for _, k := range lab.Kinds() {
		names = append(names, string(k))
	}
	flags.Var(choice(&kind, names[0], names...), "idp", "only this identity provider: "+strings.Join(names, ", "))
	addOutput(cmd, &output, "text", "json")
	return cmd
}

// labRun runs commands in a lab and writes them down.
type labRun struct {
	*app
	world *lab.World
	user  lab.User // who logs in
	out   io.Writer
}

// step runs a command line in the world and returns its exit code and output.
func (l *labRun) step(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	env := l.world.Environment()
	var result, messages bytes.Buffer
	deps := l.Deps
	deps.Stdin, deps.Stdout, deps.Stderr, deps.Interactive = strings.NewReader(""), &result, &messages, false
	deps.LookupEnv = func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	// The page comes up when the login waits, as in a browser of its own.
	deps.OpenBrowser = func(ctx context.Context, url string) error {
		go func() { _ = l.user.Visit(ctx, url) }() // what it says against the login is the login's to tell
		return nil
	}
	code = Run(ctx, deps, args)
	return code, result.String(), messages.String()
}

// tell writes one step as the line that a user would type, and what came of it in a few words.
func (l *labRun) tell(outcome string, args ...string) {
	fmt.Fprintf(l.out, "$ %-66s %s\n", "mcpreg "+shellescape.QuoteCommand(args), outcome)
}

// must runs a step that has to succeed.
func (l *labRun) must(ctx context.Context, args ...string) (stdout string, err error) {
	code, stdout, stderr := l.step(ctx, args...)
	if code != ExitOK {
		return stdout, fmt.Errorf("mcpreg %s ended with %d: %s", strings.Join(args, " "), code, strings.TrimSpace(stderr))
	}
	return stdout, nil
}

// showLab goes through the whole job with each kind, and ends with what works.
func (a *app) showLab(ctx context.Context, kinds []idp.Kind) error {
	works := map[string]map[idp.Kind]bool{}
	for _, kind := range kinds {
		world, err := lab.Start(kind)
		if err != nil {
			return err
		}
		l := &labRun{app: a, world: world, user: world.Users[0], out: a.Stdout}
		err = l.show(ctx, works)
		world.Close()
		if err != nil {
			return err
		}
	}
	return a.writeMatrix(kinds, works)
}

func (l *labRun) show(ctx context.Context, works map[string]map[idp.Kind]bool) error {
	kind := string(l.world.Kind)
	fmt.Fprintf(l.out, "A gateway, a registry with 3 servers and %s, all on this machine (stand-ins; nothing leaves\nloopback).\n\n", withArticle(l.world.Kind.DisplayName()))
	if err := l.setUp(ctx, kind); err != nil {
		return err
	}
	servers := []string{"/currenttime", "/aws-knowledge"}
	for _, assistant := range connect.DefaultAssistants() {
		for _, server := range servers {
			ok, err := l.connects(ctx, server, assistant.ID)
			if err != nil {
				return err
			}
			if works[assistant.ID] == nil {
				works[assistant.ID] = map[idp.Kind]bool{}
			}
			works[assistant.ID][l.world.Kind] = ok && (server == servers[0] || works[assistant.ID][l.world.Kind])
		}
	}
	l.user = l.world.Users[len(l.world.Users)-1]
	fmt.Fprintf(l.out, "\n%s %s:\n", l.user.Name, l.user.Shows)
	args := []string{"login", servers[0]}
	code, stdout, stderr := l.step(ctx, args...)
	if code != ExitFailed {
		return fmt.Errorf("mcpreg %s ended with %d for a user without access: %s", strings.Join(args, " "), code, stderr)
	}
	l.tell("", args...)
	fmt.Fprintf(l.out, "%s\n", stdout)
	return nil
}

func withArticle(name string) string {
	if strings.ContainsAny(name[:1], "AEIO") {
		return "an " + name
	}
	return "a " + name
}

// setUp plans and makes the client, restarts the gateway with the lines that came out, and looks
// again.
func (l *labRun) setUp(ctx context.Context, kind string) error {
	code, plan, stderr := l.step(ctx, kind, "plan", "--detailed-exitcode")
	if code != ExitPending {
		return fmt.Errorf("mcpreg %s plan ended with %d: %s", kind, code, stderr)
	}
	l.tell(lastLine(plan), kind, "plan")
	stdout, err := l.must(ctx, kind, "setup", "--yes")
	if err != nil {
		return err
	}
	settings, err := environmentLines(stdout)
	if err != nil {
		return err
	}
	l.tell(fmt.Sprintf("%d settings for the gateway", len(settings)), kind, "setup", "--yes")
	for _, line := range strings.Split(strings.TrimSpace(stdout), "\n") {
		fmt.Fprintf(l.out, "  %s\n", line)
	}
	if err := l.world.RestartGateway(settings); err != nil {
		return err
	}
	fmt.Fprintln(l.out, "  (the gateway restarts with these)")
	again, err := l.must(ctx, kind, "plan", "--detailed-exitcode")
	if err != nil {
		return err
	}
	l.tell(lastLine(again), kind, "plan")
	fmt.Fprintln(l.out)
	return nil
}

// connects prints what to paste, and performs the login.
func (l *labRun) connects(ctx context.Context, server, assistant string) (bool, error) {
	args := []string{"connect", server, "--assistant", assistant}
	snippet, err := l.must(ctx, args...)
	if err != nil {
		return false, err
	}
	l.tell("", args...)
	fmt.Fprintf(l.out, "  %s\n", strings.ReplaceAll(strings.TrimSpace(snippet), "\n", "\n  "))
	args = []string{"login", server, "--assistant", assistant}
	code, stdout, stderr := l.step(ctx, append(args, "-o", "json")...)
	var done struct {
		OK    bool       `json:"ok"`
		Tools []string   `json:"tools"`
		Fault loginFault `json:"fault"`
	}
	if err := json.Unmarshal([]byte(stdout), &done); err != nil || code != ExitOK {
		l.tell("failed", args...)
		fmt.Fprintln(l.out, strings.TrimSpace(stderr))
		if done.Fault.Text != "" {
			fmt.Fprintf(l.out, "%s\n", indented(l.failed()+" "+done.Fault.Text, 2))
		}
		return false, ctx.Err()
	}
	l.tell("tools: "+strings.Join(done.Tools, ", "), args...)
	return done.OK, nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// environmentLines reads the lines that setup prints for the gateway.
func environmentLines(text string) (map[string]string, error) {
	settings := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok {
			return nil, fmt.Errorf("%q is no setting", line)
		}
		settings[name] = strings.Trim(value, `"`)
	}
	return settings, nil
}

// writeMatrix says which assistant logged in through which identity provider.
func (a *app) writeMatrix(kinds []idp.Kind, works map[string]map[idp.Kind]bool) error {
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 3, ' ', 0)
	for _, kind := range kinds {
		fmt.Fprintf(w, "\t%s", kind)
	}
	fmt.Fprintln(w)
	var missing []string
	for _, assistant := range connect.DefaultAssistants() {
		fmt.Fprint(w, assistant.ID)
		for _, kind := range kinds {
			mark := a.done()
			if kind == idp.Cognito && assistant.ID == "codex" {
				mark = "bridge" // which connect prints, and login goes through
			}
			if !works[assistant.ID][kind] {
				mark = a.failed()
				missing = append(missing, fmt.Sprintf("%s at %s", assistant.ID, kind))
			}
			fmt.Fprintf(w, "\t%s", mark)
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(a.Stdout, "\nmcpreg lab --keep leaves it running and prints what to export, so that you can try each command\nyourself.")
	if len(missing) > 0 {
		return fmt.Errorf("no login: %s", strings.Join(missing, ", "))
	}
	return nil
}

// labDocument is what `lab --keep -o json` prints. Its passwords are thrown away with the lab.
type labDocument struct {
	SchemaVersion int               `json:"schema_version"`
	Env           map[string]string `json:"env"`
	URLs          map[string]string `json:"urls"`
	Users         []lab.User        `json:"users"`
}

// keepLab sets a lab up and leaves it running until the context ends.
func (a *app) keepLab(ctx context.Context, kind idp.Kind, output string) error {
	world, err := lab.Start(kind)
	if err != nil {
		return err
	}
	defer world.Close()
	l := &labRun{app: a, world: world, user: world.Users[0], out: io.Discard}
	if err := l.setUp(ctx, string(kind)); err != nil {
		return err
	}
	if output == "json" {
		if err := json.NewEncoder(a.Stdout).Encode(labDocument{1, world.Environment(), world.URLs(), world.Users}); err != nil {
			return err
		}
	} else {
		env := world.Environment()
		for _, name := range slices.Sorted(maps.Keys(env)) {
			fmt.Fprintf(a.Stdout, "export %s=%s\n", name, shellescape.Quote(env[name]))
		}
		fmt.Fprintln(a.Stderr, "\nPaste these lines into another terminal, then try for example:")
		fmt.Fprintf(a.Stderr, "  mcpreg %s plan\n  mcpreg connect --all\n  mcpreg login /currenttime\n\nPeople who can log in:\n", kind)
		for _, u := range world.Users {
			fmt.Fprintf(a.Stderr, "  %-6s password %-10s  %s\n", u.Name, u.Password, u.Shows)
		}
		fmt.Fprintln(a.Stderr, "\nThe lab runs until you press Ctrl-C.")
	}
	<-ctx.Done()
	return nil
}
