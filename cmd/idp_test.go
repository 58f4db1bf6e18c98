package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// keycloakEnv is what the registry's own script prints for Keycloak.
const keycloakEnv = "IDE_OAUTH_CLIENT_ID=mcp-gateway-ide\nMCP_ADVERTISED_SCOPES=\"openid email profile offline_access\"\n"

func TestSetupInAPipelinePrintsOnlyTheEnvironmentLines(t *testing.T) {
	t.Parallel()
	r := &run{provider: &fakeProvider{plan: planOf(clientChange(plan.Create))}}
	if code := r.run(t, "keycloak", "setup"); code != cmd.ExitOK {
		t.Fatalf("exit %d\n%s", code, r.stderr)
	}
	if diff := cmp.Diff(keycloakEnv, r.stdout); diff != "" {
		t.Errorf("stdout (-want +got):\n%s", diff)
	}
	for _, want := range []string{"+ client mcp-gateway-ide", "without it:", "KC06", "1 to add, 0 to change", "created, read back as asked"} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("stderr lacks %q:\n%s", want, r.stderr)
		}
	}
}

func TestSetupInSync(t *testing.T) {
	t.Parallel()
	r := &run{provider: &fakeProvider{plan: planOf()}}
	if code := r.run(t, "keycloak", "setup"); code != cmd.ExitOK || r.stdout != keycloakEnv {
		t.Errorf("exit %d, stdout %q", code, r.stdout)
	}
	if r.stderr != "in sync (0 requests)\n" {
		t.Errorf("stderr %q", r.stderr)
	}
}

func TestSetupAtATerminalAsks(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]struct {
		code   int
		stdout string
	}{
		"y\n":   {cmd.ExitOK, keycloakEnv},
		"yes\n": {cmd.ExitOK, keycloakEnv},
		"n\n":   {cmd.ExitFailed, ""},
		"\n":    {cmd.ExitFailed, ""},
		"":      {cmd.ExitFailed, ""},
	} {
		r := &run{provider: &fakeProvider{plan: planOf(clientChange(plan.Create))}, interactive: true, stdin: answer}
		if code := r.run(t, "keycloak", "setup"); code != want.code || r.stdout != want.stdout {
			t.Errorf("answer %q: exit %d, stdout %q; want %d, %q", answer, code, r.stdout, want.code, want.stdout)
		}
		if !strings.Contains(r.stderr, "Apply? [y/N]") {
			t.Errorf("answer %q: not asked:\n%s", answer, r.stderr)
		}
	}
}

func TestWhatNeedsAYesWaitsForOne(t *testing.T) {
	t.Parallel()
	prune := clientChange(plan.Update)
	prune.Confirm = "removes 1 redirect URI"
	for name, test := range map[string]struct {
		change plan.Change
		args   []string
	}{
		"prune":    {prune, []string{"keycloak", "setup", "--prune"}},
		"deletion": {clientChange(plan.Delete), []string{"keycloak", "remove"}},
	} {
		r := &run{provider: &fakeProvider{plan: planOf(test.change)}}
		if code := r.run(t, test.args...); code != cmd.ExitUsage || r.stdout != "" || !strings.Contains(r.stderr, "--yes") {
			t.Errorf("%s: exit %d, stdout %q, stderr:\n%s", name, code, r.stdout, r.stderr)
		}
		if code := r.run(t, append(test.args, "--yes")...); code != cmd.ExitOK {
			t.Errorf("%s --yes: exit %d\n%s", name, code, r.stderr)
		}
	}
}

func TestPlanExitCodes(t *testing.T) {
	t.Parallel()
	pending := &run{provider: &fakeProvider{plan: planOf(clientChange(plan.Create))}}
	if code := pending.run(t, "keycloak", "plan"); code != cmd.ExitOK {
		t.Errorf("plan: exit %d", code)
	}
	if code := pending.run(t, "keycloak", "plan", "--detailed-exitcode"); code != cmd.ExitPending || pending.stderr != "" {
		t.Errorf("plan --detailed-exitcode: exit %d, stderr %q", code, pending.stderr)
	}
	sync := &run{provider: &fakeProvider{plan: planOf()}}
	if code := sync.run(t, "keycloak", "plan", "--detailed-exitcode"); code != cmd.ExitOK {
		t.Errorf("plan --detailed-exitcode in sync: exit %d", code)
	}
}

func TestErrorsDecideTheExitCode(t *testing.T) {
	t.Parallel()
	for code, want := range map[idp.ErrorCode]int{
		idp.CodeUsage:       cmd.ExitUsage,
		idp.CodeAuth:        cmd.ExitAuth,
		idp.CodeForbidden:   cmd.ExitAuth,
		idp.CodeNotFound:    cmd.ExitNotFound,
		idp.CodeUnreachable: cmd.ExitUnreachable,
		idp.CodeFailed:      cmd.ExitFailed,
	} {
		told := &idp.Error{Code: code, Message: "realm staff does not exist", Hint: "name another one", Failure: "KC02"}
		r := &run{provider: &fakeProvider{plan: planOf(), err: fmt.Errorf("reading: %w", told)}}
		if got := r.run(t, "keycloak", "plan", "--detailed-exitcode"); got != want {
			t.Errorf("%s: exit %d, want %d", code, got, want)
		}
		for _, text := range []string{"mcpreg: reading: realm staff does not exist", "name another one", "mcpreg explain KC02"} {
			if !strings.Contains(r.stderr, text) {
				t.Errorf("%s: stderr lacks %q:\n%s", code, text, r.stderr)
			}
		}
		r.run(t, "keycloak", "plan", "-o", "json")
		var line struct {
			Error struct{ Code, Message, Failure, Hint string }
		}
		if err := json.Unmarshal([]byte(r.stderr), &line); err != nil || strings.Count(r.stderr, "\n") != 1 {
			t.Fatalf("%s: stderr %q is not one JSON line: %v", code, r.stderr, err)
		}
		if line.Error.Code != string(code) || line.Error.Hint != "name another one" || line.Error.Failure != "KC02" {
			t.Errorf("%s: error line %+v", code, line)
		}
	}
}

func TestHalfDoneIsSaidAndHasItsOwnExitCode(t *testing.T) {
	t.Parallel()
	first, second, third := clientChange(plan.Create), clientChange(plan.Create), clientChange(plan.Create)
	second.Name, third.Name = "two", "three"
	r := &run{provider: &fakeProvider{plan: func() *plan.Plan {
		p := &plan.Plan{Target: "t"}
		p.Add(first, func(context.Context) error { return nil })
		p.Add(second, func(context.Context) error { return errors.New("the server broke") })
		p.Add(third, func(context.Context) error { return nil })
		return p
	}}}
	if code := r.run(t, "keycloak", "setup"); code != cmd.ExitPartly || r.stdout != "" {
		t.Errorf("exit %d, stdout %q", code, r.stdout)
	}
	for _, want := range []string{"client mcp-gateway-ide  created", "client two  failed", "client three  not tried", "the server broke"} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("stderr lacks %q:\n%s", want, r.stderr)
		}
	}
}

func TestInterruptedSaysWhatIsDone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := &run{ctx: ctx, provider: &fakeProvider{plan: func() *plan.Plan {
		p := &plan.Plan{Target: "t"}
		p.Add(clientChange(plan.Create), func(context.Context) error { cancel(); return nil })
		late := clientChange(plan.Create)
		late.Name = "late"
		p.Add(late, func(context.Context) error { t.Error("made after the interruption"); return nil })
		return p
	}}}
	if code := r.run(t, "keycloak", "setup"); code != cmd.ExitInterrupted || r.stdout != "" {
		t.Errorf("exit %d, stdout %q", code, r.stdout)
	}
	for _, want := range []string{"mcp-gateway-ide  created", "late  not tried", "interrupted"} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("stderr lacks %q:\n%s", want, r.stderr)
		}
	}
}

func TestASavedPlanIsComparedAndNeverReplayed(t *testing.T) {
	t.Parallel()
	saved := filepath.Join(t.TempDir(), "plan.json")
	before := &run{provider: &fakeProvider{plan: planOf(clientChange(plan.Create))}}
	before.run(t, "keycloak", "plan", "-o", "json")
	if err := os.WriteFile(saved, []byte(before.stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := before.run(t, "keycloak", "setup", "--plan", saved); code != cmd.ExitOK {
		t.Errorf("same world: exit %d\n%s", code, before.stderr)
	}
	after := &run{provider: &fakeProvider{plan: planOf(clientChange(plan.Update))}}
	if code := after.run(t, "keycloak", "setup", "--plan", saved); code != cmd.ExitFailed || after.stdout != "" {
		t.Errorf("another world: exit %d, stdout %q", code, after.stdout)
	}
	if !strings.Contains(after.stderr, "create client mcp-gateway-ide") || !strings.Contains(after.stderr, "update client mcp-gateway-ide") {
		t.Errorf("the difference is not shown:\n%s", after.stderr)
	}
}

func TestOnlyPicksChanges(t *testing.T) {
	t.Parallel()
	scope := plan.Change{System: "keycloak", Kind: "client scope", Name: "mcp-gateway-ide/basic", Action: plan.Update}
	r := &run{provider: &fakeProvider{plan: planOf(clientChange(plan.Create), scope)}}
	if code := r.run(t, "keycloak", "plan", "--only", "client scope"); code != cmd.ExitOK || strings.Contains(r.stdout, "+ client mcp") || !strings.Contains(r.stdout, "mcp-gateway-ide/basic") {
		t.Errorf("exit %d, stdout:\n%s", code, r.stdout)
	}
	if code := r.run(t, "keycloak", "plan", "--only", "claim/groups"); code != cmd.ExitUsage || !strings.Contains(r.stderr, "client/mcp-gateway-ide") {
		t.Errorf("exit %d, stderr:\n%s", code, r.stderr)
	}
}

// cancelling cancels once it is written the question.
type cancelling struct {
	bytes.Buffer
	cancel context.CancelFunc
}

// Write implements [io.Writer].
func (c *cancelling) Write(text []byte) (int, error) {
	n, err := c.Buffer.Write(text)
	if strings.Contains(c.String(), "[y/N]") {
		c.cancel()
	}
	return n, err
}

// Ctrl-C ends the wait for an answer, which may never come.
func TestCtrlCAtTheQuestion(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stdin, never := io.Pipe()
	defer never.Close()
	provider := &fakeProvider{plan: planOf(clientChange(plan.Create))}
	var stdout bytes.Buffer
	code := cmd.Run(ctx, cmd.Deps{
		Stdin: stdin, Stdout: &stdout, Stderr: &cancelling{cancel: cancel}, Interactive: true, Build: cmd.BuildInfo{Version: "1.2.3"},
		LookupEnv: func(string) (string, bool) { return "", false },
		Keycloak:  func(cmd.KeycloakTarget) (idp.Provider, error) { return provider, nil },
	}, []string{"keycloak", "setup"})
	if code != cmd.ExitInterrupted || stdout.Len() > 0 {
		t.Errorf("exit %d, stdout %q", code, stdout.String())
	}
}
