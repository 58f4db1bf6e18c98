package realpart

import (
	"os/exec"
	"syscall"
)

// dieWithParent makes the kernel end the process when this one ends, however it ends.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
