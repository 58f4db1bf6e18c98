package entratest_test

import (
	"slices"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// row is something that Entra does. What it does was typed from the source, and what the row
// tells with its rule off must differ.
type row struct {
	name   string
	rule   entratest.Rule // "" where nothing can be switched off
	source string
	want   string
	config entratest.Config
	do     func(*bench) string
}

const (
	graphDocs    = "https://learn.microsoft.com/graph/api/"
	identityDocs = "https://learn.microsoft.com/entra/identity-platform/"
)

func rows() []row {
	return slices.Concat(graphRows(), applicationRows(), scopeRows(), identifierRows(), redirectRows(), principalRows(), matchingRows(), authorizeRows(), consentRows(), tokenRows(), claimRows(), callerRows())
}

func TestBehaviour(t *testing.T) {
	t.Parallel()
	for _, r := range rows() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			if got := r.do(start(t, r.config)); got != r.want {
				t.Errorf("got  %s\nwant %s\nsource %s", got, r.want, r.source)
			}
		})
	}
}

func TestEveryRuleMatters(t *testing.T) {
	t.Parallel()
	for _, rule := range entratest.Rules() {
		t.Run(string(rule), func(t *testing.T) {
			t.Parallel()
			for _, r := range rows() {
				if r.rule != rule {
					continue
				}
				r.config.Off = map[entratest.Rule]bool{rule: true}
				if got := r.do(start(t, r.config)); got != r.want {
					return
				}
			}
			t.Error("no row differs when it is off")
		})
	}
}

func TestRulesAreListedOnce(t *testing.T) {
	t.Parallel()
	rules := entratest.Rules()
	if got := len(slices.Compact(slices.Sorted(slices.Values(rules)))); got != len(rules) || got == 0 {
		t.Errorf("%d rules, %d different ones", len(rules), got)
	}
}
