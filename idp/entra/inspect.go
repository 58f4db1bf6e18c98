package entra

import (
	"context"
	"slices"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// Inspect returns the plan with what is worth knowing about what is set up.
func (p *Provider) Inspect(ctx context.Context, spec idp.Spec) (*plan.Plan, *idp.Registration, error) {
	w := p.want(spec)
	have, err := p.observe(ctx, w)
	if err != nil {
		return nil, nil, err
	}
	if err := p.observeRest(ctx, w, have, spec); err != nil {
		return nil, nil, err
	}
	if have.home == nil {
		if have.home, err = p.observeTenant(ctx); err != nil {
			return nil, nil, err
		}
	}
	result, made := p.planned(w, have)
	if have.home != nil {
		result.Right("tenant %s (%s)", have.home.displayName, have.home.id)
		if err := checkIdentifiers(w.gateway.identifiers, have.home); err != nil {
			result.Note(plan.Note{Failure: "EN12", Owner: owner, Text: err.Error()})
		}
	}
	if note, matters := overage(have.gateway.app); matters && !slices.Contains(result.Notes, note) {
		result.Note(note)
	}
	return result, made, nil
}
