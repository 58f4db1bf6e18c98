// Command registrybench runs a built mcpreg against a stand-in of a registry with many servers, and
// prints for each command its wall time, how that compares with requests × latency / 8, and the most
// memory that it had.
//
//	go build -o /tmp/mcpreg ./cmd/mcpreg
//	go run ./registryclient/registrytest/registrybench -binary /tmp/mcpreg
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	binary := flag.String("binary", "mcpreg", "the program to run")
	servers := flag.Int("servers", 1000, "servers of the registry")
	tools := flag.Int("tools", 20, "tools of each server")
	latency := flag.Duration("latency", 20*time.Millisecond, "time that each request is on its way")
	serve := flag.Bool("serve", false, "be the registry, until standard input ends; for the program's own use")
	limited := flag.Bool("limited", false, "with -serve: keep the limits of the edge")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	size := size{*servers, *tools, *latency, *limited}
	run := func() error { return bench(ctx, os.Stdout, *binary, size) }
	if *serve {
		run = func() error { return size.serve(os.Stdin, os.Stdout) }
	}
	err := run()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "registrybench:", err)
		os.Exit(1)
	}
}

// bench runs each command without and with the limits of the registry's edge.
func bench(ctx context.Context, out io.Writer, binary string, of size) error {
	commands := [][]string{
		{"server", "list"}, {"server", "list", "-o", "json"}, {"connect", "--all", "-o", "json"}, {"redirects", "--all"},
		{"server", "set", "--all", "--append-mcp-path=true", "--dry-run"},
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "%d servers with %d tools each, %v of latency\n\n", of.servers, of.tools, of.latency)
	fmt.Fprintln(w, "command\trequests\tat once\twall\twall/ideal\tpeak MB\t")
	for _, of.limited = range []bool{false, true} {
		for _, args := range commands {
			if of.limited && args[len(args)-1] != "list" {
				continue
			}
			m, err := measure(ctx, binary, args, of)
			if err != nil {
				return err
			}
			name, bound := strings.Join(args, " "), time.Duration(m.Requests)*of.latency/8
			if of.limited {
				name += " at the edge's limits"
				bound = time.Duration(of.servers/50+2) * time.Second
			}
			fmt.Fprintf(w, "%s\t%d\t%d\t%v\t%.2f\t%d\t\n", name, m.Requests, m.AtOnce, m.wall.Round(time.Millisecond), float64(m.wall)/float64(bound), m.peak>>20)
		}
	}
	return w.Flush()
}
