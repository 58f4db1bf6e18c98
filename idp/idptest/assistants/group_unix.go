//go:build unix

package assistants

import (
	"os/exec"
	"syscall"
)

// ownGroup makes cmd the leader of a group, which ends with cmd's context. A command on a
// terminal leads one already.
func ownGroup(cmd *exec.Cmd, terminal bool) {
	if !terminal {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	}
	cmd.Cancel = func() error { return endGroup(cmd) }
}

// endGroup ends what is left of the group.
func endGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
