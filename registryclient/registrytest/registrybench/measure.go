package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// measured is one run of a command.
type measured struct {
	counted
	wall time.Duration
	peak int64 // bytes; 0 where the system does not tell
}

// counted is what the registry saw.
type counted struct {
	Requests int64 `json:"requests"`
	AtOnce   int64 `json:"at_once"` // at most
}

// measure runs a command against a registry of its own. That is another process: a system counts the
// memory of whoever starts a program as the program's own.
func measure(ctx context.Context, binary string, args []string, of size) (measured, error) {
	var m measured
	self, err := os.Executable()
	if err != nil {
		return m, err
	}
	registry := exec.CommandContext(ctx, self, "-serve", "-servers", strconv.Itoa(of.servers), "-tools", strconv.Itoa(of.tools),
		"-latency", of.latency.String(), "-limited="+strconv.FormatBool(of.limited))
	registry.Stderr = os.Stderr
	end, err := registry.StdinPipe()
	if err != nil {
		return m, err
	}
	told, err := registry.StdoutPipe()
	if err != nil {
		return m, err
	}
	if err := registry.Start(); err != nil {
		return m, err
	}
	answers := json.NewDecoder(told)
	if err := m.run(ctx, binary, args, answers); err != nil {
		end.Close()
		return m, errorOf(registry.Wait(), err)
	}
	end.Close()
	err = answers.Decode(&m.counted)
	return m, errorOf(registry.Wait(), err)
}

// errorOf is the more telling of two errors.
func errorOf(ended, err error) error {
	if err != nil {
		return err
	}
	return ended
}

// run runs the command once the registry says how to reach it.
func (m *measured) run(ctx context.Context, binary string, args []string, answers *json.Decoder) error {
	var env []string
	if err := answers.Decode(&env); err != nil {
		return fmt.Errorf("starting the registry: %w", err)
	}
	command := exec.CommandContext(ctx, binary, args...)
	command.Env = append(os.Environ(), env...)
	var said bytes.Buffer
	command.Stdout, command.Stderr = io.Discard, &said
	start := time.Now()
	if err := command.Run(); err != nil {
		return fmt.Errorf("%v: %w: %s", args, err, said.String())
	}
	m.wall, m.peak = time.Since(start), peakMemory(command.ProcessState)
	return nil
}
