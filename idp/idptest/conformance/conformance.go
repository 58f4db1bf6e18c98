// Package conformance is the suite that every provider passes, each on an installation of its own
// kind: a second plan is empty, what is not ours survives, twins are refused, the mark is
// respected, removal takes ours only, the request budget is kept, no secret shows, and whatever
// request fails, running again finishes.
package conformance

import (
	"context"
	"net/http"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// World is one installation in which nothing is set up yet, and what the suite must know of it.
type World struct {
	// Open opens the provider as a command does, with every request sent by the client.
	Open func(*http.Client) (idp.Provider, error)
	// Spec is what is set up.
	Spec idp.Spec
	// Snapshot returns all that the installation stores as data that go-cmp compares.
	Snapshot func() any
	// Count tells how many clients have the name of the spec's first client.
	Count func() int
	// Adoptable makes a public client of that name as another program or a person would, with
	// fields that mcpreg does not own. The func that it returns reads those fields.
	Adoptable func() (foreign func() any)
	// Twin makes one more client of that name; nil where the kind keeps names apart.
	Twin func()
	// Disturb changes what mcpreg owns of the client, as somebody else would.
	Disturb func()
	// Mine tells the spec with which removal may take the client, where the kind has no mark and
	// wants the id; nil for a kind with a mark.
	Mine func(*idp.Registration) idp.Spec
	// Refuse makes an answer with an error status the vendor's own: its body and headers. Nil leaves
	// an empty JSON object.
	Refuse func(*http.Response)
	// Check looks closer at what a setup left behind, after the story that is told; nil for no
	// closer look.
	Check func(t testing.TB, story string)
	// Secrets are texts that no output may hold.
	Secrets []string
	// Budget bounds the requests of a plan from nothing, of a whole setup, and of one in sync.
	Budget Budget
}

// Budget is how many requests are too many, less one.
type Budget struct{ Plan, Setup, InSync int }

// Run runs the suite; start makes a fresh world for each test.
func Run(t *testing.T, start func(testing.TB) *World) {
	for name, test := range map[string]func(*testing.T, *World){
		"a plan writes nothing":           planWritesNothing,
		"a second plan is empty":          secondPlanIsEmpty,
		"the budget is kept":              budgetIsKept,
		"offline names everything":        offlineNamesEverything,
		"plans can be compared":           plansCanBeCompared,
		"what is not ours survives":       foreignSurvives,
		"twins are refused":               twinsAreRefused,
		"the mark is respected":           markIsRespected,
		"removal takes ours":              removalTakesOurs,
		"another's write is not overrun":  movedIsSeen,
		"no secret shows":                 noSecretShows,
		"a cancelled context ends it all": cancelledContext,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t))
		})
	}
	t.Run("whatever request fails", func(t *testing.T) { anyRequestMayFail(t, start) })
}

// use is one use of the world: a provider and the requests that it sends.
type use struct {
	*World
	t        testing.TB
	ctx      context.Context //nolint:containedctx // of the test that the use belongs to
	provider idp.Provider
	wire     *wire
}

func (w *World) use(t testing.TB, fault *Fault) *use {
	t.Helper()
	base := http.DefaultTransport
	if fault != nil {
		base = fault
	}
	u := &use{World: w, t: t, ctx: t.Context(), wire: &wire{base: base}}
	provider, err := w.Open(&http.Client{Transport: u.wire})
	if err != nil {
		t.Fatal(err)
	}
	u.provider = provider
	return u
}

func (u *use) plan() (*plan.Plan, *idp.Registration) {
	u.t.Helper()
	p, r, err := u.provider.Plan(u.ctx, u.Spec)
	if err != nil {
		u.t.Fatal(err)
	}
	return p, r
}

// setUp plans and applies, as the setup command does.
func (u *use) setUp() (*plan.Plan, *idp.Registration) {
	u.t.Helper()
	p, r := u.plan()
	if _, err := p.Apply(u.ctx, nil); err != nil {
		u.t.Fatal(err)
	}
	return p, r
}

// pending lists what a plan would do.
func pending(p *plan.Plan) []string {
	list := []string{}
	for _, c := range p.Changes {
		if c.Action != plan.Manual {
			list = append(list, string(c.Action)+" "+c.String())
		}
	}
	return list
}
