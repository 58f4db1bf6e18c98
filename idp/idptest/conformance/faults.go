package conformance

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// maxRequests bounds a setup: one that sends more never ends.
const maxRequests = 200

// anyRequestMayFail fails every request of a setup in every way. Running again finishes, nothing
// is doubled, and what is not ours is as it was.
func anyRequestMayFail(t *testing.T, start func(testing.TB) *World) {
	for story := range Strikes(nil, nil) {
		for _, adopted := range []bool{false, true} {
			from := map[bool]string{false: "from nothing", true: "from another's client"}[adopted]
			t.Run(story+", "+from, func(t *testing.T) {
				t.Parallel()
				for n := 1; n <= maxRequests; n++ {
					if !failOnce(t, start(t), story, n, adopted) {
						return
					}
				}
				t.Errorf("a setup of more than %d requests", maxRequests)
			})
		}
	}
}

// failOnce sets up with the n-th request failing, then again without a fault, and reports whether
// there was such a request.
func failOnce(t *testing.T, w *World, story string, n int, adopted bool) bool {
	t.Helper()
	told := fmt.Sprintf("request %d fails %s", n, story)
	foreign := func() any { return nil }
	if adopted {
		foreign = w.Adoptable()
	}
	before := foreign()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f := &Fault{N: n, Strike: Strikes(cancel, w.Refuse)[story]}
	u := w.use(t, f)
	p, _, err := u.provider.Plan(ctx, w.Spec)
	if err == nil {
		_, err = p.Apply(ctx, nil)
	}
	if err != nil && story == Interrupted && !errors.Is(err, context.Canceled) {
		t.Errorf("%s: error %v hides the interruption", told, err)
	}
	if errors.Is(err, plan.ErrMoved) {
		t.Errorf("%s: our own write is taken for another's", told)
	}
	w.use(t, nil).setUp()
	again, _ := w.use(t, nil).plan()
	if left := pending(again); len(left) > 0 {
		t.Errorf("%s: not in sync after a second run: %q", told, left)
	}
	if got := w.Count(); got != 1 {
		t.Errorf("%s: %d clients of the name", told, got)
	}
	if diff := cmp.Diff(before, foreign()); diff != "" {
		t.Errorf("%s: something of another's is lost (-before +after):\n%s", told, diff)
	}
	if w.Check != nil {
		w.Check(t, told)
	}
	return f.Struck()
}
