package entra

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

// observe reads what the tenant holds of what is wanted, each object by its natural key.
func (p *Provider) observe(ctx context.Context, w wanted) (*observed, error) {
	have := &observed{}
	var err error
	if have.gateway, err = p.observeGateway(ctx, w.gateway); err != nil {
		return nil, err
	}
	for _, c := range w.clients {
		r, err := p.observeClient(ctx, w, c, have.gateway)
		if err != nil {
			return nil, err
		}
		have.clients = append(have.clients, r)
	}
	return have, nil
}

func (p *Provider) observeGateway(ctx context.Context, w wantedGateway) (*registration, error) {
	if w.appID == "" {
		return p.withPrincipal(p.findOwnGateway(ctx, w.name))(ctx)
	}
	found, err := p.graph.byAppID(ctx, w.appID)
	switch {
	case statusOf(err) == http.StatusNotFound:
		return nil, &idp.Error{
			Code: idp.CodeNotFound, Failure: "EN06", Err: err,
			Message: fmt.Sprintf("no application of tenant %s has the client id %s, which is said to be the gateway's", p.config.TenantID, w.appID),
			Hint:    "compare --gateway-app with ENTRA_CLIENT_ID in the gateway's environment, and the tenant",
		}
	case err != nil:
		return nil, p.explain(ctx, "reading the gateway's application", readApplications, err)
	}
	return p.withPrincipal(found, nil)(ctx)
}

// findOwnGateway finds the application that mcpreg made for the gateway.
func (p *Provider) findOwnGateway(ctx context.Context, name string) (*document, error) {
	found, err := p.find(ctx, name)
	if err != nil || found == nil {
		return nil, err
	}
	if !found.marked() {
		return nil, &idp.Error{
			Code: idp.CodeUsage, Failure: "EN25",
			Message: fmt.Sprintf("application %q (client id %s) is there, and mcpreg did not make it", name, found.appID),
			Hint:    "if it is the gateway's, name it with --gateway-app; else choose another name with --gateway-app-name",
		}
	}
	return found, nil
}

// withPrincipal adds the service principal to an application that was found.
func (p *Provider) withPrincipal(found *document, err error) func(context.Context) (*registration, error) {
	return func(ctx context.Context) (*registration, error) {
		if err != nil {
			return nil, err
		}
		if found == nil {
			return &registration{}, nil
		}
		r := &registration{app: found.application}
		r.principal, err = p.findPrincipal(ctx, found.appID)
		return r, err
	}
}

func (p *Provider) findPrincipal(ctx context.Context, appID string) (*servicePrincipal, error) {
	principal, err := p.graph.principal(ctx, appID)
	if statusOf(err) == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, p.explain(ctx, "reading a service principal", readApplications, err)
	}
	return principal, nil
}

func (p *Provider) observeClient(ctx context.Context, w wanted, c wantedClient, gateway *registration) (*registration, error) {
	found, err := p.findClient(ctx, c)
	if err != nil {
		return nil, err
	}
	r, err := p.withPrincipal(found, nil)(ctx)
	if err != nil {
		return nil, err
	}
	if err := refusal(w, c.name, r.app); err != nil {
		return nil, err
	}
	if w.consent == GrantConsent && r.principal != nil && gateway.principal != nil {
		r.grant, err = p.findGrant(ctx, r.principal.id, gateway.principal.id)
	}
	return r, err
}

func (p *Provider) findClient(ctx context.Context, c wantedClient) (*document, error) {
	if c.appID == "" {
		return p.find(ctx, c.name)
	}
	found, err := p.graph.byAppID(ctx, c.appID)
	switch {
	case statusOf(err) == http.StatusNotFound:
		return nil, &idp.Error{
			Code: idp.CodeNotFound, Failure: "EN06", Err: err,
			Message: fmt.Sprintf("no application of tenant %s has the client id %s", p.config.TenantID, c.appID),
			Hint:    "compare --client-id and the tenant with the Entra admin center, App registrations",
		}
	case err != nil:
		return nil, p.explain(ctx, "reading client "+c.appID, readApplications, err)
	}
	return found, nil
}

// find looks for the application of a display name, which need not be unique: of several, ours is
// told by its alternate key. One that was renamed is found by that key as well.
func (p *Provider) find(ctx context.Context, name string) (*document, error) {
	doing := "looking for application " + name
	found, err := p.graph.named(ctx, name)
	if err != nil {
		return nil, p.explain(ctx, doing, readApplications, err)
	}
	key := uniqueName(name)
	for _, d := range found {
		if d.uniqueName == key {
			return d, nil
		}
	}
	switch len(found) {
	case 0:
		return p.findRenamed(ctx, doing, key)
	case 1:
		return found[0], nil
	}
	return nil, several(name, found)
}

// findRenamed looks by alternate key. Clouds that do not know such keys answer 400.
func (p *Provider) findRenamed(ctx context.Context, doing, key string) (*document, error) {
	if p.graph.keyless.Load() {
		return nil, nil
	}
	found, err := p.graph.byUniqueName(ctx, key)
	if status := statusOf(err); status == http.StatusNotFound || status == http.StatusBadRequest {
		return nil, nil
	}
	if err != nil {
		return nil, p.explain(ctx, doing, readApplications, err)
	}
	return found, nil
}

func several(name string, found []*document) error {
	var ids []string
	for _, d := range found {
		ids = append(ids, d.appID)
	}
	return &idp.Error{
		Code: idp.CodeUsage, Failure: "EN25",
		Message: fmt.Sprintf("%d applications are called %q: client ids %s", len(found), name, strings.Join(ids, ", ")),
		Hint:    "choose one with --client-id, or another name with --name",
	}
}

// findGrant finds the consent of the whole tenant for a client and an API.
func (p *Provider) findGrant(ctx context.Context, clientID, resourceID string) (*permissionGrant, error) {
	grants, err := p.graph.grantsOf(ctx, clientID)
	if err != nil {
		return nil, p.explain(ctx, "reading admin consents", writeGrants, err)
	}
	for _, g := range grants {
		if g.allPrincipals && g.resourceID == resourceID {
			return &g, nil
		}
	}
	return nil, nil
}

// observeTenant reads the tenant. What the credential may not see is nil.
func (p *Provider) observeTenant(ctx context.Context) (*tenant, error) {
	home, err := p.graph.readTenant(ctx)
	if statusOf(err) == http.StatusForbidden {
		return nil, nil
	}
	if err != nil {
		return nil, p.explain(ctx, "reading the tenant", readTenant, err)
	}
	if home != nil && !home.is(p.config.TenantID) {
		return nil, otherTenant(home.id, p.config.TenantID)
	}
	return home, nil
}

// observeGroups resolves names of groups to the ids that tokens carry, and ids to names; those that
// are known already are not looked up again.
func (p *Provider) observeGroups(ctx context.Context, asked []string, known []groupMatch) ([]groupMatch, error) {
	var matches []groupMatch
	for _, name := range asked {
		if at := slices.IndexFunc(known, func(m groupMatch) bool { return m.asked == name }); at >= 0 {
			matches = append(matches, known[at])
			continue
		}
		m, err := p.observeGroup(ctx, name)
		if err != nil {
			return nil, err
		}
		if len(m.found) > 1 {
			var ids []string
			for _, g := range m.found {
				ids = append(ids, g.id)
			}
			return nil, &idp.Error{
				Code: idp.CodeUsage, Failure: "EN17",
				Message: fmt.Sprintf("%d groups are called %q: object ids %s", len(ids), name, strings.Join(ids, ", ")),
				Hint:    "name the one you mean by its object id",
			}
		}
		matches = append(matches, m)
	}
	return matches, nil
}

func (p *Provider) observeGroup(ctx context.Context, asked string) (groupMatch, error) {
	m := groupMatch{asked: asked}
	var err error
	if guid.MatchString(asked) {
		var g group
		if g, err = p.graph.groupOfID(ctx, asked); err == nil {
			m.found = []group{g}
		}
	} else {
		m.found, err = p.graph.groupsNamed(ctx, asked)
	}
	switch statusOf(err) {
	case http.StatusForbidden:
		m.hidden = true
		return m, nil
	case http.StatusNotFound:
		return m, nil
	}
	if err != nil {
		return m, p.explain(ctx, "looking up group "+asked, readGroups, err)
	}
	return m, nil
}
