package entra

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// leaving is the gateway's application, of which clients are taken away.
type leaving struct {
	*document
	others    int  // clients that stay, and may use it
	uncertain bool // the credential may not read consents, so that there may be more
	stays     bool // it is somebody else's, or something signs in with it
}

// leavingGateway finds the gateway's application, if it is there and may be touched, and who may use
// it besides the clients that go.
func (p *Provider) leavingGateway(ctx context.Context, w wantedGateway, going []*document) (*leaving, error) {
	found, err := p.gatewayToRemove(ctx, w)
	if err != nil || found == nil {
		return nil, err
	}
	l := &leaving{document: found, stays: w.appID != "" || found.secrets > 0}
	goes := func(appID string) bool {
		return slices.ContainsFunc(going, func(d *document) bool { return d.appID == appID })
	}
	for _, entry := range found.preAuthorized {
		if !goes(entry.appID) {
			l.others++
		}
	}
	if l.others > 0 {
		return l, nil
	}
	l.others, err = p.consented(ctx, found, going)
	if statusOf(err) == http.StatusForbidden {
		l.uncertain, err = true, nil
	}
	if err != nil {
		return nil, p.explain(ctx, "reading consents", writeGrants, err)
	}
	return l, nil
}

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

// consented counts the clients that have a consent for the gateway's permissions and do not go:
// an administrator's, or a user's own.
func (p *Provider) consented(ctx context.Context, gateway *document, going []*document) (int, error) {
	resource, err := p.findPrincipal(ctx, gateway.appID)
	if err != nil || resource == nil {
		return 0, err
	}
	grants, err := p.graph.grantsOn(ctx, resource.id)
	if err != nil || len(grants) == 0 {
		return 0, err
	}
	known := map[string]bool{}
	for _, g := range grants {
		known[g.clientID] = true
	}
	for _, c := range going {
		principal, err := p.findPrincipal(ctx, c.appID)
		if err != nil {
			return 0, err
		}
		if principal != nil {
			delete(known, principal.id)
		}
	}
	return len(known), nil
}

func areOthers(n int) string {
	if n == 1 {
		return "another client may"
	}
	return fmt.Sprintf("%d other clients may", n)
}

// planRights takes the clients' rights out of an application that stays.
func (p *Provider) planRights(result *plan.Plan, gateway *leaving, going []*document) {
	if !gateway.stays && gateway.others == 0 {
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
// one that stays.
func (p *Provider) planGateway(result *plan.Plan, gateway *leaving) {
	note := func(format string, args ...any) {
		result.Note(plan.Note{Owner: owner, Text: "gateway app " + gateway.displayName + " " + fmt.Sprintf(format, args...)})
	}
	exposed := slices.ContainsFunc(gateway.scopes, func(s permissionScope) bool { return s.id == scopeID })
	switch {
	case gateway.others > 0:
		note("keeps its permission %s, which %s use still", scopeValue, areOthers(gateway.others))
	case !gateway.stays:
		p.planDeletion(result, "gateway app", gateway.document)
	case exposed:
		result.Add(plan.Change{System: system, Kind: "scope", Name: gateway.displayName + "/" + scopeValue, Action: plan.Delete, Summary: "switched off first, as Entra demands"},
			func(ctx context.Context) error { return p.clearScope(ctx, gateway.id) })
	}
	if gateway.uncertain {
		note("may be used by clients that somebody consented to: that was not checked, and takes the permission DelegatedPermissionGrant.Read.All")
	}
	if gateway.marked() && gateway.secrets > 0 {
		note("holds %s, which mcpreg did not make, so that something may sign in with it: it stays; delete it in the admin center if it is not needed", counted(gateway.secrets, "secret or certificate"))
	}
	if gateway.stays && len(gateway.identifierURIs) > 0 {
		note("keeps %s: whose they are cannot be told; take them out in the admin center, Expose an API, if no server needs them", counted(len(gateway.identifierURIs), "identifier URI"))
	}
}
