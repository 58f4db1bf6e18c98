//go:build !unix

package main

import "os"

// notePeak cannot tell here.
func (w *world) notePeak(*os.ProcessState) {}
