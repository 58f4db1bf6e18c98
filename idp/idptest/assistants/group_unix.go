//go:build unix

package assistants

import (
	"os/exec"
	"syscall"
)

// endWithGroup lets the end of cmd's context end also the processes that cmd started. A command
// on a terminal is a group of its own already.
func endWithGroup(cmd *exec.Cmd, terminal bool) {
	if !terminal {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
