package assistants

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// BridgeVersion is the version of mcp-remote that is driven.
const BridgeVersion = "0.15.1"

// Bridged is Codex with servers that it reaches through mcp-remote, which it starts with npx.
type Bridged struct{ *Codex }

// Bridged returns Codex in this world, with an npx that knows mcp-remote in [BridgeVersion] and
// nothing else. Without the programs the test is skipped, or fails where parts are required.
func (w *World) Bridged(t testing.TB) *Bridged {
	t.Helper()
	codex := w.Codex(t)
	bridge, _ := w.install(t, "mcp-remote", BridgeVersion)
	codex.bin = append(codex.bin, bridge.bin...)
	npx := "#!/bin/sh\n[ \"$1 $2\" = '-y mcp-remote@" + BridgeVersion + "' ] || exit 64\nshift 2\nexec mcp-remote \"$@\"\n"
	if err := os.WriteFile(filepath.Join(w.noBrowser, "npx"), []byte(npx), 0o755); err != nil {
		t.Fatal(err)
	}
	return &Bridged{codex}
}

// Login implements [Assistant]: it runs what Codex would run for the server, and logs in at the
// address that the bridge prints.
func (b *Bridged) Login(t testing.TB, server string) error {
	t.Helper()
	stored, err := b.output(t, "codex", "mcp", "get", server, "--json")
	if err != nil {
		return fmt.Errorf("%w: %s", err, stored)
	}
	var entry struct {
		Transport struct {
			Command string
			Args    []string
		}
	}
	if err := json.Unmarshal([]byte(stored), &entry); err != nil {
		return err
	}
	defer realpart.Exclusive(t, "login of an assistant")()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := b.command(ctx, false, entry.Transport.Command, entry.Transport.Args...)
	said := &transcript{authorizeURL: make(chan string, 1)}
	cmd.Stderr = said
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var answer browser.Answer
	var visited error
	select {
	case address := <-said.authorizeURL:
		b.world.Asked = address
		answer, visited = b.world.visit(ctx, address)
	case err = <-ended:
		return fmt.Errorf("the bridge ended before a login: %w: %s", err, said)
	}
	_ = stdin.Close() // it stores the tokens, and ends with its input
	err = <-ended
	_ = endGroup(cmd)
	t.Logf("%s %q\n%s", entry.Transport.Command, entry.Transport.Args, said)
	return outcome(visited, answer, err, said)
}

// LoginAgain implements [Assistant].
func (b *Bridged) LoginAgain(t testing.TB, server string) error {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(b.world.Home, ".mcp-auth")); err != nil {
		t.Fatal(err)
	}
	return b.Login(t, server)
}

// Tools implements [Assistant]. Codex knows no login of a program that it starts.
func (b *Bridged) Tools(t testing.TB, server string) Status {
	t.Helper()
	status := b.Codex.Tools(t, server)
	status.Connected = len(status.Tools) > 0
	return status
}
