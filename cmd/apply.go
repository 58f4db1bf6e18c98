package cmd

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// applying carries plans out.
type applying struct {
	*app
	yes  bool // do not ask
	json bool // standard output is for a program
	sent *atomic.Int64
	// words finds those for the error of one change; nil leaves it as it is.
	words func(error) error
	// hopeless tells an error after which no other change can succeed either, so that the rest is not
	// tried; nil for none.
	hopeless func(error) bool
}

// carryOut shows the plan, gets the yes that it needs, and applies it.
func (a *applying) carryOut(ctx context.Context, p *plan.Plan) (plan.Result, error) {
	if p.Counts().Pending() == 0 && !p.InSync() {
		planText{paint: a.paintStderr()}.write(a.Stderr, p)
		return plan.Result{}, nil
	}
	if p.InSync() {
		writeNotes(a.Stderr, p.Notes)
		fmt.Fprintf(a.Stderr, "in sync (%s)\n", requests(a.sent))
		return plan.Result{}, nil
	}
	planText{paint: a.paintStderr()}.write(a.Stderr, p)
	if err := a.consent(ctx, p); err != nil {
		return plan.Result{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, a.patience(p))
	defer cancel()
	var failures []error
	result, err := p.Apply(ctx, func(change plan.Change, err error) {
		if err != nil && a.words != nil {
			err = a.words(err)
		}
		a.report(change, err)
		if err == nil {
			return
		}
		failures = append(failures, fmt.Errorf("%s: %w", change, err))
		if a.hopeless != nil && a.hopeless(err) {
			cancel()
		}
	})
	if err == nil {
		return result, nil
	}
	for _, change := range result.Untried {
		fmt.Fprintf(a.Stderr, "-  %s  not tried\n", plain(change.String()))
	}
	if len(result.Done)+len(result.Failed)+len(result.Untried) > 1 {
		fmt.Fprintf(a.Stderr, "%d done, %d failed, %d not tried; the same command again finishes\n", len(result.Done), len(result.Failed), len(result.Untried))
	}
	if len(failures) > 0 {
		err = first(failures)
	}
	if a.json {
		if err := writeJSON(a.Stdout, newUnfinished(p.Target, result)); err != nil {
			return result, err
		}
	}
	if result.Partly() {
		err = &partlyError{err}
	}
	return result, err
}

// unfinished is what became of the changes of a plan that failed, as JSON.
type unfinished struct {
	SchemaVersion int           `json:"schema_version"`
	Target        string        `json:"target"`
	Done          []plan.Change `json:"done"`
	Failed        []plan.Change `json:"failed"`
	Untried       []plan.Change `json:"untried"`
}

func newUnfinished(target string, r plan.Result) unfinished {
	list := func(changes []plan.Change) []plan.Change { return append([]plan.Change{}, changes...) }
	return unfinished{1, target, list(r.Done), list(r.Failed), list(r.Untried)}
}

// leftByHand is the error of a plan, carried out, whose changes of some objects by name only a person
// can make: whoever asked for them must not take them for done.
func leftByHand(p *plan.Plan, made plan.Result, asked func(name string) bool) error {
	var left []string
	for _, change := range p.Changes {
		if change.Action == plan.Manual && asked(change.Name) {
			left = append(left, change.String())
		}
	}
	if len(left) == 0 {
		return nil
	}
	err := usageError("only by hand, and not done: "+several(left), "the plan says what to do")
	if len(made.Done) > 0 {
		return &partlyError{err}
	}
	return err
}

// patience is how long the changes may take together: the operator's timeout, and a second more for
// each one that stands alone, of which there may be thousands.
func (a *applying) patience(p *plan.Plan) time.Duration {
	limit := a.global.timeout
	for _, change := range p.Changes {
		if change.Alone {
			limit += time.Second
		}
	}
	return limit
}

// first is the first of several errors. The others were told as they came.
func first(failures []error) error {
	if len(failures) == 1 {
		return failures[0]
	}
	return fmt.Errorf("%w; %d more failed", failures[0], len(failures)-1)
}

// consent gets a person's yes, or finds that none is needed.
func (a *applying) consent(ctx context.Context, p *plan.Plan) error {
	if a.yes {
		return nil
	}
	if a.Interactive {
		yes, err := a.ask(ctx, "Apply?")
		if err == nil && !yes {
			err = errDeclined
		}
		return err
	}
	var waiting []string
	for _, change := range p.Changes {
		if change.NeedsYes() {
			reason := change.Confirm
			if reason == "" {
				reason = "deletes it"
			}
			waiting = append(waiting, fmt.Sprintf("%s (%s)", change, reason))
		}
	}
	if len(waiting) > 0 {
		return usageError("this needs a yes: "+strings.Join(waiting, "; ")+"; nothing was changed", "look at the plan, then run again with --yes")
	}
	return nil
}

// report tells of one change as it is made.
func (a *applying) report(change plan.Change, err error) {
	if err != nil {
		text := "failed"
		if change.Alone { // the error of any other one ends the run and is told then
			text += ": " + plain(err.Error())
		}
		fmt.Fprintf(a.Stderr, "%s %s  %s\n", a.failed(), plain(change.String()), text)
		return
	}
	done := map[plan.Action]string{plan.Create: "created, read back as asked", plan.Update: "changed, read back as asked", plan.Delete: "removed"}[change.Action]
	fmt.Fprintf(a.Stderr, "%s %s  %s\n", a.done(), plain(change.String()), done)
}
