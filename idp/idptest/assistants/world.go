package assistants

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// World is a person at a machine where nothing is set up: an empty home and an empty project.
type World struct {
	Home    string
	Project string         // where commands run
	Person  browser.Person // who logs in; may be changed between logins
	Asked   string         // the authorize URL of the last login
	CAFile  string         // PEM of an authority that the programs trust; none when empty

	noBrowser string // holds commands that open no browser: the URL is read where it is printed
}

// NewWorld makes the home; it goes with the test.
func NewWorld(t testing.TB, person browser.Person) *World {
	t.Helper()
	home := t.TempDir()
	w := &World{Home: home, Project: filepath.Join(home, "project"), Person: person, noBrowser: t.TempDir()}
	for _, dir := range []string{w.Project, w.temporary()} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, command := range []string{"xdg-open", "open"} {
		if err := os.WriteFile(filepath.Join(w.noBrowser, command), []byte("#!/bin/sh\nexit 0\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// temporary is beside what the programs keep: Codex mistrusts a home below it.
func (w *World) temporary() string { return filepath.Join(w.Home, "tmp") }

// program is an assistant's program in a world.
type program struct {
	world *World
	bin   []string // folders of its commands
	env   []string
}

// install has an npm package on the path of a world, with the Node that runs it.
func (w *World) install(t testing.TB, name, version string, env ...string) (p program, dir string) {
	t.Helper()
	dir = realpart.NPM(t, name, version)
	return program{w, []string{filepath.Join(dir, "node_modules", ".bin"), realpart.Node(t)}, env}, dir
}

// environment is what the program sees: nothing of the tester's own, no proxy, no keyring.
func (p program) environment() []string {
	path := append([]string{p.world.noBrowser}, p.bin...)
	path = append(path, "/usr/local/bin", "/usr/bin", "/bin")
	env := p.env
	if ca := p.world.CAFile; ca != "" {
		env = append(slices.Clone(env), "SSL_CERT_FILE="+ca, "NODE_EXTRA_CA_CERTS="+ca)
	}
	return append([]string{
		"HOME=" + p.world.Home,
		"PATH=" + strings.Join(path, string(os.PathListSeparator)),
		"TMPDIR=" + p.world.temporary(),
		"TERM=xterm", "LANG=C.UTF-8", "NO_COLOR=1", "SHELL=/bin/sh",
		"NO_PROXY=127.0.0.1,localhost,::1",
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + filepath.Join(p.world.Home, "no-bus"),
	}, env...)
}
