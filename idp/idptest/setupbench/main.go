// Command setupbench compares, in one run on one real Keycloak, three ways to set up the public
// client of an MCP gateway: mcpreg, the kcadm.sh of the same distribution, and the requests of
// the registry's own shell script sent by curl. Every request passes a counting proxy. It prints
// requests, medians of wall time, and ratios.
//
//	go run ./idp/idptest/setupbench
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

func main() {
	runs := flag.Int("n", 7, "counted runs of each way")
	slowRuns := flag.Int("kcadm", 3, "counted runs of kcadm.sh, which takes seconds")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := bench(ctx, os.Stdout, *runs, *slowRuns)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "setupbench:", err)
		os.Exit(1)
	}
}

// bench runs every way and prints the table.
func bench(ctx context.Context, out io.Writer, runs, slowRuns int) error {
	binary, remove, err := buildBinary(ctx)
	if err != nil {
		return err
	}
	defer remove()
	keycloak, err := realpart.LaunchKeycloak(ctx, realpart.Keycloak26_7)
	if err != nil {
		return err
	}
	defer keycloak.Stop()
	w, err := newWorld(ctx, keycloak, binary)
	if err != nil {
		return err
	}
	defer w.proxy.Close()

	rows, err := w.measure(ctx, w.quickWays(), runs)
	if err != nil {
		return err
	}
	slow, err := w.measure(ctx, []way{{withKcadm, w.kcadm}}, slowRuns)
	if err != nil {
		return err
	}
	help, err := w.help(ctx, runs)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Keycloak %s, one run, medians of %d (kcadm.sh of %d)\n\n", keycloak.Version, runs, slowRuns)
	writeTable(out, append(rows, slow...))
	fmt.Fprintf(out, "\nmcpreg --help: %s; largest memory of a setup: %d MB\n", round(help), w.peak>>20)
	return nil
}

func round(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }
