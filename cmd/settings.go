package cmd

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

const settingsLong = `Print the gateway's settings for a public client, in the spelling of a deployment. They are read
when the gateway starts, so a change needs a restart; none can be set over HTTP.

With --registry the running gateway is looked at too, as far as it can be seen from outside: the
client id, callback port and scopes that it advertises, its issuer (--issuer) and its release. What
differs is a change to make by hand, told on standard error, and with --detailed-exitcode the exit
code is then 2.`

// settingsFlags say for what, and how to spell it.
type settingsFlags struct {
	registry registryFlags
	idp      string
	clientID string
	port     int
	audience string
	issuer   string
	extra    []string
	detailed bool
	output   string
}

func newSettingsCmd(a *app) *cobra.Command {
	var f settingsFlags
	cmd := &cobra.Command{
		Use:     "settings",
		GroupID: "print",
		Short:   "Print the gateway's settings, and compare the running ones",
		Long:    settingsLong + "\n\n" + registryVariables,
		Example: "  mcpreg settings --idp keycloak --client-id mcp-gateway-ide -o helm\n" +
			"  mcpreg settings --idp okta --client-id 0oa1b2c3 --audience api://default --registry https://gw.example.com",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.settings(cmd, f) },
	}
	flags := cmd.Flags()
	f.registry.register(flags)
	addKind(flags, &f.idp)
	flags.StringVar(&f.clientID, "client-id", "", "public client id that assistants log in with")
	addPort(flags, &f.port)
	flags.StringVar(&f.audience, "audience", "", "audience of the tokens (Okta)")
	flags.StringVar(&f.issuer, "issuer", "", "issuer of the identity provider, to compare with the gateway's")
	flags.StringSliceVar(&f.extra, "extra-client-id", nil, "further public clients whose tokens are accepted (Cognito)")
	flags.BoolVar(&f.detailed, "detailed-exitcode", false, "exit with 2 when the running gateway differs")
	addOutput(cmd, &f.output, "env", "github", "compose", "helm", "tfvars", "json")
	return cmd
}

// settingsDocument is what `settings -o json` prints.
type settingsDocument struct {
	SchemaVersion int             `json:"schema_version"`
	Settings      []neededSetting `json:"settings"`
	// Plan holds what differs in the running gateway, as changes to make by hand.
	Plan *plan.Plan `json:"plan,omitempty"`
}

// neededSetting is one setting in each spelling, and what runs now where that can be seen.
type neededSetting struct {
	Name      string  `json:"name"`
	Value     string  `json:"value"`
	Helm      string  `json:"helm,omitempty"`
	Terraform string  `json:"terraform,omitempty"`
	Since     string  `json:"since,omitempty"` // release of the gateway that reads it
	Running   *string `json:"running,omitempty"`
}

func (a *app) settings(cmd *cobra.Command, f settingsFlags) error {
	if f.clientID == "" {
		return usageError("no client id is named", "name the public client with --client-id; setup prints it")
	}
	for _, id := range append([]string{f.clientID}, f.extra...) {
		if err := connect.CheckClientID(id); err != nil {
			return err
		}
	}
	port, err := a.callbackPort(f.port)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), a.global.timeout)
	defer cancel()
	r, err := a.openRegistry(cmd, f.registry)
	if err != nil {
		return err
	}
	kind, now := idp.Kind(f.idp), observedGateway{}
	if r != nil {
		if kind, err = r.kind(ctx, cmd, f.idp); err != nil {
			return err
		}
		if now, err = r.runningSettings(ctx); err != nil {
			return err
		}
	}
	needed := gateway.Settings(kind, gateway.Input{ClientID: f.clientID, CallbackPort: port, Audience: f.audience, ExtraClientIDs: f.extra})
	doc := settingsDocument{SchemaVersion: 1, Settings: []neededSetting{}}
	if r != nil {
		doc.Plan = now.difference(r.client.BaseURL(), needed, f.issuer)
	}
	for _, s := range needed {
		one := neededSetting{Name: s.Name, Value: s.Value, Helm: s.Helm, Terraform: s.Terraform}
		if s.Since != (gateway.Release{}) {
			one.Since = s.Since.String()
		}
		if value, seen := now.settings[s.Name]; seen {
			one.Running = &value
		}
		doc.Settings = append(doc.Settings, one)
	}
	if err := a.writeSettings(f.output, needed, doc); err != nil {
		return err
	}
	if doc.Plan == nil {
		for _, w := range assumedKind(cmd) {
			writeWarning(a.Stderr, w)
		}
		return nil
	}
	if doc.Plan.InSync() {
		if f.output != "json" {
			writeNotes(a.Stderr, doc.Plan.Notes)
		}
		return nil
	}
	if f.output != "json" {
		planText{paint: a.paintStderr()}.write(a.Stderr, doc.Plan)
	}
	if f.detailed {
		return errPending
	}
	return nil
}

func nonEmpty(value string) []string {
	if value == "" {
		return nil
	}
	return []string{plain(value)}
}

func (a *app) writeSettings(format string, needed []gateway.Setting, doc settingsDocument) error {
	if format == "json" {
		return writeJSON(a.Stdout, doc)
	}
	if format != "github" { // the file behind GITHUB_ENV takes no comments
		writeReleases(a.Stdout, needed)
	}
	write := map[string]func(io.Writer, []gateway.Setting) error{
		"env": gateway.WriteEnv, "github": gateway.WriteGitHub, "compose": gateway.WriteCompose, "helm": gateway.WriteHelm, "tfvars": gateway.WriteTFVars,
	}[format]
	return write(a.Stdout, needed)
}

// writeReleases says in comments which release of the gateway reads which setting.
func writeReleases(w io.Writer, needed []gateway.Setting) {
	var releases []gateway.Release
	names := map[gateway.Release][]string{}
	for _, s := range needed {
		if s.Since == (gateway.Release{}) {
			continue
		}
		if names[s.Since] == nil {
			releases = append(releases, s.Since)
		}
		names[s.Since] = append(names[s.Since], s.Name)
	}
	slices.SortFunc(releases, gateway.Release.Compare)
	for _, r := range releases {
		fmt.Fprintf(w, "# gateway %s or newer: %s\n", r, strings.Join(names[r], ", "))
	}
}

func quotedOrUnset(value string) string {
	if value == "" {
		return "not set"
	}
	return strconv.Quote(plain(value))
}

// sameSetting compares values; the order of scopes does not matter.
func sameSetting(name, running, needed string) bool {
	if name != "MCP_ADVERTISED_SCOPES" {
		return running == needed
	}
	a, b := strings.Fields(running), strings.Fields(needed)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
