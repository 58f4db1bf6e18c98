package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mcpreg/mcpreg/connect/lab"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
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

// These run against the lab's registry, each in a world of its own.
func TestRegistry(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join(scripts, "registry"),
		Setup: func(env *testscript.Env) error {
			world, err := lab.Start(idp.Keycloak)
			if err != nil {
				return err
			}
			env.Defer(world.Close)
			for name, value := range world.Environment() {
				env.Setenv(name, value)
			}
			return world.RestartGateway(map[string]string{"IDE_OAUTH_CLIENT_ID": "mcp-gateway-ide"})
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
