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
// back; then the permission that mcpreg exposed, when no other client may use it, or the whole
// application when mcpreg made it and nothing signs in with it.
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
	gateway, err := p.leavingGateway(ctx, w.gateway, going)
	if err != nil {
		return nil, err
	}
	if gateway != nil {
		p.planRights(result, gateway, going)
	}
	for _, c := range going {
		p.planDeletion(result, "client", c)
	}
	if gateway != nil {
		p.planGateway(result, gateway)
	}
	return result, nil
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
	case !now.marked(), now.secrets > d.secrets, len(now.preAuthorized) > len(d.preAuthorized):
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
