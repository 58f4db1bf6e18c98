package cmd

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows a line that moves on standard error while many things are done, when a person
// looks on. The func returned is called once for each; it may be called at the same time.
func (a *app) progress(what string, total int) func() {
	const few = 20
	if !a.Interactive || total <= few {
		return func() {}
	}
	bar := progressbar.NewOptions(total,
		progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(a.Stderr), progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30),
	)
	return func() { _ = bar.Add(1) } // what cannot be shown is not worth stopping for
}
