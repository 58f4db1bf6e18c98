package oktatest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

// row is one behaviour of Okta: what is tried on a stand-in of its own, and what must come by
// Okta's documentation.
type row struct {
	name string
	// source is where the expected value comes from: a page of Okta's documentation, its OpenAPI
	// document ("openapi"), the text of an error as people quote it ("quoted"), or "assumed" where
	// nothing says it.
	source  string
	shows   oktatest.Rule // that makes the difference, if any
	config  func(*oktatest.Config)
	observe func(*world) string
	want    string
}

// rows is the whole table.
func rows() []row {
	return slices.Concat(apiRows(), appRows(), serverRows(), callerRows(), serviceRows(), loginRows(), tokenRows(), policyRows(), claimRows())
}

// try starts a stand-in, with those rules off, and tells what the row sees.
func (r row) try(t *testing.T, off ...oktatest.Rule) (got string) {
	t.Helper()
	c := oktatest.Config{Off: map[oktatest.Rule]bool{}}
	if r.config != nil {
		r.config(&c)
	}
	for _, rule := range off {
		c.Off[rule] = true
	}
	defer func() {
		if end := recover(); end != nil {
			why, isStop := end.(stop)
			if !isStop {
				panic(end)
			}
			got = fmt.Sprint("stopped: ", why)
		}
	}()
	return r.observe(start(t, c))
}

func TestBehaviour(t *testing.T) {
	t.Parallel()
	for _, r := range rows() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			if got := r.try(t); got != r.want {
				t.Errorf("got  %s\nwant %s\nby %s", got, r.want, r.source)
			}
		})
	}
}

// Each rule is seen by a row: with the rule off, something else comes.
func TestEveryRuleMatters(t *testing.T) {
	t.Parallel()
	for _, rule := range oktatest.Rules() {
		t.Run(string(rule), func(t *testing.T) {
			t.Parallel()
			seen := slices.ContainsFunc(rows(), func(r row) bool { return r.shows == rule && r.try(t, rule) != r.want })
			if !seen {
				t.Error("no row notices that the rule is off")
			}
		})
	}
}

func TestEveryRowHasASource(t *testing.T) {
	t.Parallel()
	for _, r := range rows() {
		if r.source == "" || r.want == "" {
			t.Errorf("the row %q has no source or expects nothing", r.name)
		}
	}
}
