package entra

import (
	"context"
	"fmt"
	"slices"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// Plan implements [idp.Provider]: at most two look-ups for the gateway's application and for each
// client, one more for each that is there, one of the tenant where identifier URIs are added or the
// tenant is named by a domain, one for a consent that is to be granted, one for assignments where groups
// are to be assigned, and one for each group.
func (p *Provider) Plan(ctx context.Context, spec idp.Spec) (*plan.Plan, *idp.Registration, error) {
	w := p.want(spec)
	have, err := p.observe(ctx, w)
	if err != nil {
		return nil, nil, err
	}
	if err := p.observeRest(ctx, w, have, spec); err != nil {
		return nil, nil, err
	}
	if err := p.checkWanted(w, have); err != nil {
		return nil, nil, err
	}
	result, made := p.planned(w, have)
	return result, made, nil
}

// observeRest reads the tenant, where it matters, and the groups.
func (p *Provider) observeRest(ctx context.Context, w wanted, have *observed, spec idp.Spec) (err error) {
	if len(newIdentifiers(w, have)) > 0 || !guid.MatchString(p.config.TenantID) {
		if have.home, err = p.observeTenant(ctx); err != nil {
			return err
		}
	}
	if have.groups, err = p.observeGroups(ctx, spec.Groups, nil); err != nil {
		return err
	}
	return p.observeAssignments(ctx, w, have)
}

// newIdentifiers are those that the gateway's application does not have yet.
func newIdentifiers(w wanted, have *observed) []string {
	if have.gateway.app == nil {
		return w.gateway.identifiers
	}
	return slices.DeleteFunc(slices.Clone(w.gateway.identifiers), func(uri string) bool {
		return slices.Contains(have.gateway.app.identifierURIs, uri)
	})
}

// checkWanted refuses what the tenant would refuse half way.
func (p *Provider) checkWanted(w wanted, have *observed) error {
	if err := checkCaps(w, have); err != nil {
		return err
	}
	home := have.home
	if p.config.AllowUnverifiedDomain {
		home = nil
	}
	return checkIdentifiers(newIdentifiers(w, have), home)
}

// planned makes the plan, and the registration that carrying it out completes.
func (p *Provider) planned(w wanted, have *observed) (*plan.Plan, *idp.Registration) {
	result := &plan.Plan{Target: p.target()}
	made := &idp.Registration{Clients: map[string]string{}, Issuer: p.issuer(have.home)}
	p.register(w, have, made)
	carrying := &run{Provider: p, wanted: w, have: have, learnt: func(o *observed) { p.register(w, o, made) }}
	d := diff(w, have)
	for _, s := range d.steps {
		do := func(ctx context.Context) error { return carrying.exec(ctx, s) }
		if s.Action == plan.Manual {
			do = nil
		}
		result.Add(s.Change, do)
	}
	for _, note := range p.tenantNotes(w, have, d) {
		result.Note(note)
	}
	result.OK = append(result.OK, d.right...)
	return result, made
}

// tenantNotes are the notes of a difference, and those that depend on what could be read.
func (p *Provider) tenantNotes(w wanted, have *observed, d difference) []plan.Note {
	notes := d.notes
	if len(newIdentifiers(w, have)) > 0 && have.home == nil {
		notes = append(notes, plan.Note{Failure: "EN12", Owner: owner, Text: fmt.Sprintf(
			"whether the gateway's domain is verified in the tenant was not checked: that takes the permission %s; Entra refuses identifier URIs of other domains", readTenant)})
	}
	for _, s := range d.steps {
		if s.Kind != "gateway app" {
			continue
		}
		now := have.gateway.app
		if now == nil {
			now = &application{}
		}
		if note, matters := overage(w.gateway.edit(now)); matters {
			notes = append(notes, note)
		}
	}
	return notes
}

// Offline implements [idp.Provider]. Each change says how a person makes it.
func (p *Provider) Offline(spec idp.Spec) *plan.Plan {
	w := p.want(spec)
	have := nothing(w)
	result := &plan.Plan{Target: p.target()}
	d := diff(w, have)
	for _, s := range d.steps {
		result.Add(p.described(w, s), nil)
	}
	for _, note := range p.tenantNotes(w, have, d) {
		result.Note(note)
	}
	for _, group := range spec.Groups {
		result.Note(plan.Note{Failure: "EN17", Owner: owner, Text: fmt.Sprintf("tokens carry object ids of groups: tell the id of group %s to whoever maps it in the registry", group)})
	}
	return result
}

// issuer is what tokens of version 2 carry in iss; empty while the tenant's GUID is not known.
func (p *Provider) issuer(home *tenant) string {
	id := p.config.TenantID
	if home != nil {
		id = home.id
	}
	if p.config.GraphURL != "" || !guid.MatchString(id) {
		return ""
	}
	return p.endpoints.login + "/" + id + "/v2.0"
}

func (p *Provider) target() string {
	target := "entra  tenant " + p.config.TenantID
	if p.config.Cloud != Public {
		target += "  cloud " + string(p.config.Cloud)
	}
	if p.config.GraphURL != "" {
		target += "  " + p.config.GraphURL
	}
	switch p.config.Auth {
	case AuthToken:
		return target + "  (ready token)"
	case AuthClientSecret, AuthCertificate:
		return fmt.Sprintf("%s  (app %s, %s)", target, p.config.ClientID, p.config.Auth)
	case "":
		return target
	}
	return fmt.Sprintf("%s  (%s)", target, p.config.Auth)
}
