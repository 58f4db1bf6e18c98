//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// notePeak keeps the largest resident memory of a finished process, in bytes.
func (w *world) notePeak(state *os.ProcessState) {
	if state == nil {
		return
	}
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return
	}
	peak := int64(usage.Maxrss) //nolint:unconvert // another type on other systems
	if runtime.GOOS != "darwin" {
		peak *= 1024
	}
	w.peak = max(w.peak, peak)
}
