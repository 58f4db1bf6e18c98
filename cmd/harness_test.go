package cmd_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// fakeProvider answers with the plan it was given and notes what it was asked.
type fakeProvider struct {
	plan  func() *plan.Plan
	err   error
	spec  idp.Spec
	calls []string
}

func (f *fakeProvider) Plan(_ context.Context, spec idp.Spec) (*plan.Plan, *idp.Registration, error) {
	f.calls = append(f.calls, "plan")
	f.spec = spec
	clients := map[string]string{}
	for _, c := range spec.Clients {
		clients[c.Name] = c.Name
	}
	return f.plan(), &idp.Registration{Clients: clients, Issuer: "https://sso.example.com/realms/staff", Audience: "mcp-gateway"}, f.err
}

func (f *fakeProvider) PlanRemoval(_ context.Context, spec idp.Spec) (*plan.Plan, error) {
	f.calls = append(f.calls, "removal")
	f.spec = spec
	return f.plan(), f.err
}

func (f *fakeProvider) Offline(spec idp.Spec) *plan.Plan {
	f.calls = append(f.calls, "offline")
	f.spec = spec
	return f.plan()
}

func planOf(changes ...plan.Change) func() *plan.Plan {
	return func() *plan.Plan {
		p := &plan.Plan{Target: "keycloak  https://sso.example.com  realm staff"}
		for _, c := range changes {
			p.Add(c, func(context.Context) error { return nil })
		}
		return p
	}
}

func clientChange(action plan.Action) plan.Change {
	return plan.Change{
		System: "keycloak", Kind: "client", Name: "mcp-gateway-ide", Action: action, Summary: "public, PKCE S256",
		Fields: []plan.Field{{Path: "audience", After: []string{"mcp-gateway"}, Prevents: "KC06"}},
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// run is one invocation in a world of its own.
type run struct {
	provider    *fakeProvider
	env         map[string]string
	stdin       string
	interactive bool
	ctx         context.Context
	target      cmd.KeycloakTarget // what the provider was opened with
	okta        cmd.OktaTarget

	stdout, stderr string
}

func (r *run) run(t *testing.T, args ...string) int {
	t.Helper()
	ctx := r.ctx
	if ctx == nil {
		ctx = t.Context()
	}
	var stdout, stderr bytes.Buffer
	code := cmd.Run(ctx, cmd.Deps{
		Stdin:       strings.NewReader(r.stdin),
		Stdout:      &stdout,
		Stderr:      &stderr,
		LookupEnv:   func(name string) (string, bool) { value, ok := r.env[name]; return value, ok },
		Interactive: r.interactive,
		Build:       cmd.BuildInfo{Version: "1.2.3"},
		Keycloak: func(target cmd.KeycloakTarget) (idp.Provider, error) {
			r.target = target
			return r.provider, nil
		},
		Okta: func(target cmd.OktaTarget) (idp.Provider, error) {
			r.okta = target
			return r.provider, nil
		},
	}, args)
	r.stdout, r.stderr = stdout.String(), stderr.String()
	return code
}
