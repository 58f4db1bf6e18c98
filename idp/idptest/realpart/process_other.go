//go:build !linux

package realpart

import "os/exec"

// dieWithParent can promise nothing here; Stop ends the process.
func dieWithParent(*exec.Cmd) {}
