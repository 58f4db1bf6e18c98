package entra

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// PlanRemoval implements [idp.Provider]: the clients that carry the mark, with their
// pre-authorization, which goes first because an entry for a client that is gone cannot be written
// back; then the permission that mcpreg exposed, when nobody else is pre-authorized for it, or the
// whole application when mcpreg made it.
func (p *Provider) PlanRemoval(ctx context.Context, spec idp.Spec) (*plan.Plan, error) {
	w := p.want(spec)
	result := &plan.Plan{Target: p.target()}
	var going []*document
	for _, c := range w.clients {
		found, err := p.findClient(ctx, c)
		switch {
		case err != nil:
			return nil, err
		case found == nil:
			result.Right("client %s is not there", c.name)
		case !found.marked():
			result.Note(plan.Note{Owner: owner, Text: fmt.Sprintf("client %s (client id %s) does not carry mcpreg's mark and stays; delete it in the admin center if it is not needed", c.name, found.appID)})
		default:
			going = append(going, found)
		}
	}
	gateway, err := p.gatewayToRemove(ctx, w.gateway)
	if err != nil {
		return nil, err
	}
	if gateway != nil {
		p.planRights(result, w, gateway, going)
	}
	for _, c := range going {
		p.planDeletion(result, "client", c)
	}
	if gateway != nil {
		p.planGateway(result, w, gateway, going)
	}
	return result, nil
}

// gatewayToRemove finds the gateway's application, if it is there and may be touched.
func (p *Provider) gatewayToRemove(ctx context.Context, w wantedGateway) (*document, error) {
	if w.appID != "" {
		found, err := p.graph.byAppID(ctx, w.appID)
		if statusOf(err) == http.StatusNotFound {
			return nil, nil
		}
		if err != nil {
			return nil, p.explain(ctx, "reading the gateway's application", readApplications, err)
		}
		return found, nil
	}
	found, err := p.find(ctx, w.name)
	if err != nil || found == nil || !found.marked() {
		return nil, err
	}
	return found, nil
}

// others are the pre-authorized clients that do not go.
func others(gateway *application, going []*document) []string {
	var list []string
	for _, entry := range gateway.preAuthorized {
		if !slices.ContainsFunc(going, func(d *document) bool { return d.appID == entry.appID }) {
			list = append(list, entry.appID)
		}
	}
	return list
}

func areOthers(n int) string {
	if n == 1 {
		return "another client is"
	}
	return fmt.Sprintf("%d other clients are", n)
}

// planRights takes the clients' rights out of an application that stays.
func (p *Provider) planRights(result *plan.Plan, w wanted, gateway *document, going []*document) {
	if w.gateway.appID == "" && len(others(gateway.application, going)) == 0 {
		return // the whole application goes
	}
	for _, c := range going {
		if !slices.ContainsFunc(gateway.preAuthorized, func(e preAuthorization) bool { return e.appID == c.appID }) {
			continue
		}
		result.Add(plan.Change{System: system, Kind: "pre-authorization", Name: c.displayName, Action: plan.Delete, Summary: "on " + gateway.displayName},
			func(ctx context.Context) error { return p.forbidClient(ctx, gateway.id, c.appID) })
	}
}

// planGateway deletes the application that mcpreg made, or clears the permission that it exposed on
// somebody else's.
func (p *Provider) planGateway(result *plan.Plan, w wanted, gateway *document, going []*document) {
	rest := others(gateway.application, going)
	exposed := slices.ContainsFunc(gateway.scopes, func(s permissionScope) bool { return s.id == scopeID })
	switch {
	case len(rest) > 0:
		result.Note(plan.Note{Owner: owner, Text: fmt.Sprintf("gateway app %s keeps its permission %s, for which %s pre-authorized still", gateway.displayName, scopeValue, areOthers(len(rest)))})
	case w.gateway.appID == "":
		p.planDeletion(result, "gateway app", gateway)
	case exposed:
		result.Add(plan.Change{System: system, Kind: "scope", Name: gateway.displayName + "/" + scopeValue, Action: plan.Delete, Summary: "switched off first, as Entra demands"},
			func(ctx context.Context) error { return p.clearScope(ctx, gateway.id) })
	}
	if w.gateway.appID != "" && len(gateway.identifierURIs) > 0 {
		result.Note(plan.Note{Owner: owner, Text: fmt.Sprintf("gateway app %s keeps %s: whose they are cannot be told; take them out in the admin center, Expose an API, if no server needs them", gateway.displayName, counted(len(gateway.identifierURIs), "identifier URI"))})
	}
}

func (p *Provider) planDeletion(result *plan.Plan, kind string, d *document) {
	result.Add(plan.Change{System: system, Kind: kind, Name: d.displayName, Action: plan.Delete, Summary: "with its service principal; for 30 days it can be restored"},
		func(ctx context.Context) error { return p.deleteApplication(ctx, d) })
}

// deleteApplication deletes an application if it is still ours.
func (p *Provider) deleteApplication(ctx context.Context, d *document) error {
	doing := "deleting application " + d.displayName
	now, err := p.graph.byID(ctx, d.id)
	switch {
	case statusOf(err) == http.StatusNotFound:
		return nil
	case err != nil:
		return p.explain(ctx, doing, readApplications, err)
	case !now.marked():
		return plan.ErrMoved
	}
	// A deleted application keeps its identifier URIs for 30 days, and nobody else could have them.
	if free := now.clone(); len(now.identifierURIs) > 0 {
		free.identifierURIs = nil
		if err := p.graph.patch(ctx, d.id, body(now.raw, now.application, free)); err != nil {
			return p.explain(ctx, doing, writeApplications, err)
		}
	}
	if err := p.graph.delete(ctx, d.id); err != nil && statusOf(err) != http.StatusNotFound {
		return p.explain(ctx, doing, writeApplications, err)
	}
	return nil
}

// rewrite reads an application, edits it and writes what differs, if anything does.
func (p *Provider) rewrite(ctx context.Context, id, doing string, edit func(*application)) error {
	now, err := p.graph.byID(ctx, id)
	if statusOf(err) == http.StatusNotFound {
		return nil
	}
	if err != nil {
		return p.explain(ctx, doing, readApplications, err)
	}
	after := now.clone()
	edit(after)
	if !apiDiffers(now.application, after) {
		return nil
	}
	if err := p.graph.patch(ctx, id, body(now.raw, now.application, after)); err != nil {
		return p.explain(ctx, doing, writeApplications, err)
	}
	return nil
}

func (p *Provider) forbidClient(ctx context.Context, id, clientAppID string) error {
	return p.rewrite(ctx, id, "taking a pre-authorization away", func(a *application) {
		a.preAuthorized = slices.DeleteFunc(a.preAuthorized, func(e preAuthorization) bool { return e.appID == clientAppID })
	})
}

// clearScope takes the permission away that mcpreg exposed. Entra deletes only what is switched
// off, so that takes two requests; when the second fails, running again finishes.
func (p *Provider) clearScope(ctx context.Context, id string) error {
	const doing = "taking permission " + scopeValue + " away"
	ours := func(s permissionScope) bool { return s.id == scopeID }
	err := p.rewrite(ctx, id, doing, func(a *application) {
		for i := range a.scopes {
			if ours(a.scopes[i]) {
				a.scopes[i].enabled = false
			}
		}
	})
	if err != nil {
		return err
	}
	return p.rewrite(ctx, id, doing, func(a *application) { a.scopes = slices.DeleteFunc(a.scopes, ours) })
}
