package assistants

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

const (
	// patience bounds one run of a program; a login takes about two seconds.
	patience = 90 * time.Second
	// afterEnd bounds the wait for output when a program has ended.
	afterEnd = 2 * time.Second
)

// command is cmd in the world, ended together with its group.
func (p program) command(ctx context.Context, terminal bool, name string, args ...string) *exec.Cmd {
	// The name is looked up in the world's path, not in the tester's.
	cmd := exec.CommandContext(ctx, "/usr/bin/env", append([]string{name}, args...)...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = p.world.Project, p.environment(), afterEnd
	ownGroup(cmd, terminal)
	return cmd
}

// output runs a program that asks nothing, and returns what it printed.
func (p program) output(t testing.TB, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := p.command(ctx, false, name, args...)
	text, err := cmd.CombinedOutput()
	if cmd.Process != nil {
		_ = endGroup(cmd)
	}
	return string(text), err
}

// converse runs a program on a terminal. When it prints an authorize URL, the person logs in.
func (p program) converse(t testing.TB, name string, args ...string) error {
	t.Helper()
	// Ports of callbacks are fixed: one login at a time on the whole machine.
	defer realpart.Exclusive(t, "login of an assistant")()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := p.command(ctx, true, name, args...)
	// So wide that no URL is broken.
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 8000})
	if err != nil {
		return err
	}
	defer terminal.Close()
	said := &transcript{authorizeURL: make(chan string, 1)}
	silent := make(chan struct{})
	go func() {
		defer close(silent)
		_, _ = io.Copy(said, terminal) // ends with the last process on the terminal
	}()
	var answer browser.Answer
	var visited error
	select {
	case address := <-said.authorizeURL:
		p.world.Asked = address
		if answer, visited = p.world.visit(ctx, address); visited != nil {
			cancel()
		}
	case <-silent:
	}
	err = cmd.Wait()
	_ = endGroup(cmd) // what it left behind would hold the terminal
	<-silent
	t.Logf("%s %s\n%s", name, strings.Join(args, " "), said)
	return outcome(visited, answer, err, said)
}

// outcome is nil when all went well, or the first that went wrong.
func outcome(visited error, answer browser.Answer, ended error, said *transcript) error {
	switch {
	case visited != nil:
		return visited
	case answer.Query != nil && answer.Error() != "":
		return fmt.Errorf("the login ends with %s", answer.Error())
	case ended != nil:
		return fmt.Errorf("%w: %s", ended, said)
	}
	return nil
}

// transcript keeps what a program prints, and passes on the first authorize URL in it.
type transcript struct {
	authorizeURL chan string

	mu    sync.Mutex
	text  bytes.Buffer
	found bool
}

var (
	authorizeURL = regexp.MustCompile(`(https?://[^\s\x07\x1b]+[?&]redirect_uri=[^\s\x07\x1b]+)[\s\x07\x1b]`)
	controls     = regexp.MustCompile(`\x1b(\[[0-9;?<>=]*[A-Za-z]|\][^\x07\x1b]*(\x07|\x1b\\))`)
)

// Write implements io.Writer.
func (s *transcript) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(text)
	if !s.found {
		if match := authorizeURL.FindSubmatch(s.text.Bytes()); match != nil {
			s.found = true
			s.authorizeURL <- string(match[1])
		}
	}
	return len(text), nil
}

// String returns the text without what only a terminal understands.
func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.TrimSpace(controls.ReplaceAllString(s.text.String(), ""))
}
