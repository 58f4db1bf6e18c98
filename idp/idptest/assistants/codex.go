package assistants

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// CodexVersion is the version of Codex that is driven.
const CodexVersion = "0.169.0"

// Codex is Codex on the command line. It needs no account of its maker for what is done here.
type Codex struct{ program }

// Codex returns Codex in this world. Without the program the test is skipped, or fails where
// parts are required.
func (w *World) Codex(t testing.TB) *Codex {
	t.Helper()
	p, _ := w.install(t, "@openai/codex", CodexVersion)
	return &Codex{p}
}

// Paste implements [Assistant]. The command `codex mcp add` begins a login by itself.
func (c *Codex) Paste(t testing.TB, snippet Snippet) error {
	t.Helper()
	return c.paste(t, snippet)
}

// Login implements [Assistant].
func (c *Codex) Login(t testing.TB, server string) error {
	t.Helper()
	return c.converse(t, "codex", "mcp", "login", server)
}

// LoginAgain implements [Assistant]. The file of the tokens is removed, because `codex mcp logout`
// fails where there is no keyring.
func (c *Codex) LoginAgain(t testing.TB, server string) error {
	t.Helper()
	err := os.Remove(filepath.Join(c.world.Home, ".codex", ".credentials.json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return c.Login(t, server)
}

// Tools implements [Assistant].
func (c *Codex) Tools(t testing.TB, server string) Status {
	t.Helper()
	servers, err := c.mcpServers(t)
	if err != nil {
		return Status{Said: err.Error()}
	}
	for _, s := range servers {
		if s.Name == server {
			return s.status()
		}
	}
	return Status{Said: "no server " + server}
}
