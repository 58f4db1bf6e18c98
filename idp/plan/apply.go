package plan

import (
	"context"
	"errors"
	"fmt"
)

// Result sorts the changes of a plan by what became of them. Manual changes are in none of the
// lists.
type Result struct {
	Done    []Change
	Failed  []Change
	Untried []Change
}

// Partly reports whether some changes were made and some were not.
func (r Result) Partly() bool { return len(r.Done) > 0 && len(r.Failed)+len(r.Untried) > 0 }

// Apply makes the changes in order and calls report, which may be nil, after each with nil or
// the error. It stops at the first failure, unless the failed change stands [Change.Alone], and
// before the next change once ctx is done. Running a fresh plan afterwards finishes the work.
//
// The error joins every failure, each wrapped with the name of its object, or is ctx's own, or
// [ErrLoaded] when the plan only describes its changes; then nothing was tried.
func (p *Plan) Apply(ctx context.Context, report func(Change, error)) (Result, error) {
	var result Result
	if err := p.applicable(); err != nil {
		return result, err
	}
	if report == nil {
		report = func(Change, error) {}
	}
	var failures []error
	stopped := false
	for i, c := range p.Changes {
		switch {
		case c.Action == Manual:
			continue
		case !stopped && ctx.Err() != nil:
			failures = append(failures, ctx.Err())
			stopped = true
		}
		if stopped {
			result.Untried = append(result.Untried, c)
			continue
		}
		err := p.do[i](ctx)
		if err == nil {
			result.Done = append(result.Done, c)
		} else {
			result.Failed = append(result.Failed, c)
			failures = append(failures, fmt.Errorf("%s: %w", c, err))
			stopped = !c.Alone
		}
		report(c, err)
	}
	return result, errors.Join(failures...)
}

func (p *Plan) applicable() error {
	if p.loaded {
		return ErrLoaded
	}
	for i, c := range p.Changes {
		if c.Action != Manual && p.do[i] == nil {
			return fmt.Errorf("%w: %s", ErrLoaded, c)
		}
	}
	return nil
}
