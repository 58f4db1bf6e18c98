package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mcpreg/mcpreg/connect/lab"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mcpreg": main})
}

const scripts = "../../testdata/script"

// The scripts are what a user types, over the whole program.
func TestOffline(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: filepath.Join(scripts, "offline")})
}

// exits runs a program and wants that very exit code: exits 5 mcpreg server set. What it said is
// there for stdout and stderr as after exec.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var ended *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// These run against the lab's registry, each in a world of its own.
func TestRegistry(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:  filepath.Join(scripts, "registry"),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(env *testscript.Env) error {
			world, err := lab.Start(idp.Keycloak)
			if err != nil {
				return err
			}
			env.Defer(world.Close)
			for name, value := range world.Environment() {
				env.Setenv(name, value)
			}
			world.Registry.Configure(func(c *registrytest.Config) { c.Version = "1.30.0" }) // stamped, as a release is
			return world.RestartGateway(map[string]string{"IDE_OAUTH_CLIENT_ID": "mcp-gateway-ide"})
		},
	})
}

// These run against the lab's Okta, each in an org of its own, without its registry.
func TestOkta(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join(scripts, "okta"),
		Setup: func(env *testscript.Env) error {
			world, err := lab.Start(idp.Okta)
			if err != nil {
				return err
			}
			env.Defer(world.Close)
			org := world.Environment()
			env.Setenv("OKTA_ORG_URL", org["OKTA_ORG_URL"])
			env.Setenv("OKTA_API_TOKEN", org["OKTA_API_TOKEN"])
			return os.WriteFile(filepath.Join(env.WorkDir, "token"), []byte(org["OKTA_API_TOKEN"]+"\n"), 0o600)
		},
	})
}

// These run against the stand-in of Cognito in the lab, each in a world of its own. Whatever AWS
// configuration the machine has is out of their sight.
func TestCognito(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join(scripts, "cognito"),
		Setup: func(env *testscript.Env) error {
			world, err := lab.Start(idp.Cognito)
			if err != nil {
				return err
			}
			env.Defer(world.Close)
			for name, value := range world.Environment() {
				env.Setenv(name, value)
			}
			env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			env.Setenv("AWS_CONFIG_FILE", filepath.Join(env.WorkDir, "none"))
			env.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(env.WorkDir, "none"))
			return nil
		},
	})
}

// These run against the lab's Entra tenant and registry, each in a world of its own.
func TestEntra(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join(scripts, "entra"),
		Setup: func(env *testscript.Env) error {
			world, err := lab.Start(idp.Entra)
			if err != nil {
				return err
			}
			env.Defer(world.Close)
			for name, value := range world.Environment() {
				env.Setenv(name, value)
			}
			return os.WriteFile(filepath.Join(env.WorkDir, "token"), []byte(world.Environment()["ENTRA_TOKEN"]+"\n"), 0o600)
		},
	})
}

// These run against a real Keycloak: each in a realm of its own, with a service account that may
// manage clients.
func TestKeycloak(t *testing.T) {
	k := realpart.StartKeycloak(t, realpart.Keycloak26_7)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join(scripts, "keycloak"),
		Setup: func(env *testscript.Env) error {
			r := k.Realm(t)
			r.User(t, "bob", "secret", r.Group(t, "registry-admins", ""))
			account, secret := r.ServiceAccount(t, "manage-clients")
			env.Setenv("KEYCLOAK_ADMIN_URL", k.URL)
			env.Setenv("KEYCLOAK_REALM", r.Name)
			env.Setenv("KEYCLOAK_ADMIN_REALM", r.Name)
			env.Setenv("KEYCLOAK_ADMIN_CLIENT_ID", account)
			env.Setenv("KEYCLOAK_ADMIN_CLIENT_SECRET", secret)
			env.Setenv("MASTER_PASSWORD", k.AdminPassword)
			return os.WriteFile(filepath.Join(env.WorkDir, "password"), []byte(k.AdminPassword+"\n"), 0o600)
		},
	})
}
