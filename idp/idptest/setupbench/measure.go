package main

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"text/tabwriter"
	"time"
)

// row is what was measured of one way.
type row struct {
	name                     string
	firstCalls, againCalls   int64
	firstMedian, againMedian time.Duration
}

// series collects the times of one way.
type series struct {
	way
	row
	first, again []time.Duration
}

// measure runs the ways in turn, so that a server that gets quicker is quicker for all of them;
// the first round only warms up.
func (w *world) measure(ctx context.Context, ways []way, n int) ([]row, error) {
	all := make([]series, len(ways))
	for i, way := range ways {
		all[i] = series{way: way, row: row{name: way.name}}
	}
	for round := range n + 1 {
		for i := range all {
			if err := w.round(ctx, &all[i], round > 0); err != nil {
				return nil, fmt.Errorf("%s: %w", all[i].row.name, err)
			}
		}
	}
	var rows []row
	for _, s := range all {
		s.firstMedian, s.againMedian = median(s.first), median(s.again)
		rows = append(rows, s.row)
	}
	return rows, nil
}

// round runs one way on a client of its own: once on nothing, and again on what that made.
func (w *world) round(ctx context.Context, s *series, counted bool) error {
	clientID := fmt.Sprintf("bench-%d", time.Now().UnixNano())
	timed := func() (time.Duration, int64, error) {
		w.requests.Store(0)
		start := time.Now()
		err := s.run(ctx, clientID)
		return time.Since(start), w.requests.Load(), err
	}
	first, firstCalls, err := timed()
	if err != nil {
		return err
	}
	again, againCalls, err := timed()
	if err == nil && counted {
		s.first, s.again = append(s.first, first), append(s.again, again)
		s.firstCalls, s.againCalls = firstCalls, againCalls
	}
	return err
}

// help returns the median time of mcpreg --help.
func (w *world) help(ctx context.Context, n int) (time.Duration, error) {
	var times []time.Duration
	for range n + 1 {
		start := time.Now()
		if err := run(exec.CommandContext(ctx, w.binary, "--help")); err != nil {
			return 0, err
		}
		times = append(times, time.Since(start))
	}
	return median(times[1:]), nil
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// writeTable prints requests, medians, and how many times longer each way takes than mcpreg with
// a password.
func writeTable(out io.Writer, rows []row) {
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "\trequests first\twall\tratio\trequests again\twall\tratio\t")
	base := rows[0]
	for _, r := range rows {
		fmt.Fprintf(tw, "%s\t%d\t%s\t%.2f\t%d\t%s\t%.2f\t\n", r.name,
			r.firstCalls, round(r.firstMedian), float64(r.firstMedian)/float64(base.firstMedian),
			r.againCalls, round(r.againMedian), float64(r.againMedian)/float64(base.againMedian))
	}
	// A table that cannot be written has nobody to be told.
	_ = tw.Flush()
}
