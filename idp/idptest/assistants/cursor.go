package assistants

import (
	_ "embed"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// cursorSDKVersion is that of the MCP SDK which Cursor 1.0.32 builds on.
const cursorSDKVersion = "1.25.1"

//go:embed cursor.mjs
var cursorScript []byte

// Cursor stands for Cursor: a script on the MCP SDK that Cursor builds on.
type Cursor struct {
	program
	script string
}

// Cursor returns Cursor in this world. Without the SDK the test is skipped, or fails where parts
// are required.
func (w *World) Cursor(t testing.TB) *Cursor {
	t.Helper()
	p, dir := w.install(t, "@modelcontextprotocol/sdk", cursorSDKVersion)
	// Modules are looked for beside the script.
	room := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "node_modules"), filepath.Join(room, "node_modules")); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(room, "cursor.mjs")
	if err := os.WriteFile(script, cursorScript, 0o644); err != nil {
		t.Fatal(err)
	}
	return &Cursor{p, script}
}

// Paste implements [Assistant].
func (c *Cursor) Paste(t testing.TB, snippet Snippet) error {
	t.Helper()
	return c.paste(t, snippet)
}

// Login implements [Assistant].
func (c *Cursor) Login(t testing.TB, server string) error {
	t.Helper()
	return c.converse(t, "node", c.script, "login", server)
}

// LoginAgain implements [Assistant].
func (c *Cursor) LoginAgain(t testing.TB, server string) error {
	t.Helper()
	err := os.Remove(filepath.Join(c.world.Home, ".cursor", "tokens-"+server+".json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return c.Login(t, server)
}

// Tools implements [Assistant].
func (c *Cursor) Tools(t testing.TB, server string) Status {
	t.Helper()
	said, err := c.output(t, "node", c.script, "tools", server)
	if err != nil {
		return Status{Said: said}
	}
	var tools []string
	if err := json.Unmarshal([]byte(said), &tools); err != nil {
		return Status{Said: said}
	}
	return Status{Connected: true, Tools: tools, Said: said}
}
