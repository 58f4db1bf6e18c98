package cmd

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// applying carries plans out.
type applying struct {
	*app
	yes  bool // do not ask
	sent *atomic.Int64
}

// carryOut shows the plan, gets the yes that it needs, and applies it.
func (a *applying) carryOut(ctx context.Context, p *plan.Plan) (plan.Result, error) {
	if p.Counts().Pending() == 0 {
		writeNotes(a.Stderr, p.Notes)
		if !p.InSync() {
			planText{paint: a.paintStderr()}.write(a.Stderr, p)
			return plan.Result{}, nil
		}
		fmt.Fprintf(a.Stderr, "in sync (%s)\n", requests(a.sent))
		return plan.Result{}, nil
	}
	planText{paint: a.paintStderr()}.write(a.Stderr, p)
	if err := a.consent(p); err != nil {
		return plan.Result{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, a.global.timeout)
	defer cancel()
	result, err := p.Apply(ctx, a.report)
	if err == nil {
		return result, nil
	}
	for _, change := range result.Untried {
		fmt.Fprintf(a.Stderr, "-  %s  not tried\n", change)
	}
	if result.Partly() {
		err = &partlyError{err}
	}
	return result, err
}

// consent gets a person's yes, or finds that none is needed.
func (a *applying) consent(p *plan.Plan) error {
	if a.yes {
		return nil
	}
	if a.Interactive {
		if !a.ask("Apply?") {
			return errDeclined
		}
		return nil
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
		fmt.Fprintf(a.Stderr, "%s %s  failed\n", a.failed(), change)
		return
	}
	done := map[plan.Action]string{plan.Create: "created, read back as asked", plan.Update: "changed, read back as asked", plan.Delete: "removed"}[change.Action]
	fmt.Fprintf(a.Stderr, "%s %s  %s\n", a.done(), change, done)
}
