package assistants

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ClaudeCodeVersion is the version of Claude Code that is driven.
const ClaudeCodeVersion = "2.1.330"

// ClaudeCode is Claude Code on the command line. It needs no account of its maker for what is
// done here.
type ClaudeCode struct{ program }

// ClaudeCode returns Claude Code in this world. Without the program the test is skipped, or
// fails where parts are required.
func (w *World) ClaudeCode(t testing.TB) *ClaudeCode {
	t.Helper()
	p, _ := w.install(t, "@anthropic-ai/claude-code", ClaudeCodeVersion,
		"DISABLE_AUTOUPDATER=1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1")
	return &ClaudeCode{p}
}

// Paste implements [Assistant]. Servers of a project's file are approved as well, which Claude
// Code asks for when it is opened there.
func (c *ClaudeCode) Paste(t testing.TB, snippet Snippet) error {
	t.Helper()
	if err := c.paste(t, snippet); err != nil || snippet.Path != ".mcp.json" {
		return err
	}
	return c.approveProject()
}

// Login implements [Assistant].
func (c *ClaudeCode) Login(t testing.TB, server string) error {
	t.Helper()
	return c.converse(t, "claude", "mcp", "login", "--no-browser", server)
}

// LoginAgain implements [Assistant].
func (c *ClaudeCode) LoginAgain(t testing.TB, server string) error {
	t.Helper()
	if said, err := c.output(t, "claude", "mcp", "logout", server); err != nil {
		t.Fatalf("claude mcp logout: %v: %s", err, said)
	}
	return c.Login(t, server)
}

// Tools implements [Assistant].
func (c *ClaudeCode) Tools(t testing.TB, server string) Status {
	t.Helper()
	said, err := c.output(t, "claude", "mcp", "get", server)
	if err != nil {
		said += err.Error()
	}
	for line := range strings.Lines(said) {
		if status, ok := strings.CutPrefix(strings.TrimSpace(line), "Status:"); ok {
			return Status{Connected: strings.HasSuffix(status, " Connected"), Said: said}
		}
	}
	return Status{Said: said}
}

// approveProject trusts the project's folder and lets in all servers of its file.
func (c *ClaudeCode) approveProject() error {
	settings := filepath.Join(c.world.Home, ".claude", "settings.json")
	if err := editJSON(settings, func(m map[string]any) { m["enableAllProjectMcpServers"] = true }); err != nil {
		return err
	}
	return editJSON(filepath.Join(c.world.Home, ".claude.json"), func(m map[string]any) {
		projects := member(m, "projects")
		member(projects, c.world.Project)["hasTrustDialogAccepted"] = true
	})
}

// member returns the object of that name, made if it is not there.
func member(m map[string]any, name string) map[string]any {
	inner, ok := m[name].(map[string]any)
	if !ok {
		inner = map[string]any{}
		m[name] = inner
	}
	return inner
}

// editJSON changes the object of a file, made if it is not there.
func editJSON(path string, edit func(map[string]any)) error {
	content := map[string]any{}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(text, &content); err != nil {
			return err
		}
	}
	edit(content)
	if text, err = json.Marshal(content); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}
