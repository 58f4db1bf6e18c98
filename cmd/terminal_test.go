package cmd_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// asked cancels once the question stands there.
type asked struct {
	bytes.Buffer
	cancel context.CancelFunc
}

func (a *asked) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "Apply?") {
		defer a.cancel()
	}
	return a.Buffer.Write(p)
}

// Ctrl-C at the question ends the command, although nobody answers.
func TestAnInterruptionEndsTheQuestion(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	stderr := &asked{cancel: cancel}
	silent, typing := io.Pipe()
	defer typing.Close()
	var stdout bytes.Buffer
	made := false
	provider := &fakeProvider{plan: func() *plan.Plan {
		p := &plan.Plan{}
		p.Add(clientChange(plan.Create), func(context.Context) error { made = true; return nil })
		return p
	}}
	env := map[string]string{"OKTA_ORG_URL": "https://acme.okta.com"}
	code := cmd.Run(ctx, cmd.Deps{
		Stdin: silent, Stdout: &stdout, Stderr: stderr, Interactive: true,
		LookupEnv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
		Okta:      func(cmd.OktaTarget) (idp.Provider, error) { return provider, nil },
	}, []string{"okta", "setup"})
	if code != cmd.ExitInterrupted || made || stdout.Len() > 0 || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("exit %d, made %v, stdout %q, stderr %q", code, made, &stdout, stderr)
	}
}
