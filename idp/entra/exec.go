package entra

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// run carries out one plan.
type run struct {
	*Provider
	wanted wanted
	have   *observed
	fresh  fresh
	// learnt is called after each change with what is known then.
	learnt func(*observed)
}

// exec makes one change and reads it back.
func (r *run) exec(ctx context.Context, s step) (err error) {
	if err := r.checkGround(s); err != nil {
		return err
	}
	switch s.op.verb {
	case createApp:
		err = r.createApplication(ctx, s)
	case createPrincipal:
		err = r.createServicePrincipal(ctx, s)
	case grantConsent:
		err = r.grantConsent(ctx, s)
	case assignGroup:
		err = r.assignGroup(ctx, s)
	default:
		err = r.update(ctx, s)
	}
	r.learnt(r.have)
	return err
}

// readBack reads until the application is as it was written, and remembers it.
func (r *run) readBack(ctx context.Context, s step, after *application) error {
	subject := s.op.subject(r.have)
	id := subject.app.id
	var now *document
	err := r.untilKnown(ctx, s.String(), r.fresh.unknown(id), func() (err error) {
		if now, err = r.graph.byID(ctx, id); err != nil {
			return err
		}
		if !slices.Equal(owned(s.op, now.application), owned(s.op, after)) {
			return errNotYet
		}
		return nil
	})
	if err != nil {
		return r.explain(ctx, "reading it back", readApplications, err)
	}
	subject.app = now.application
	return nil
}

// owned are the properties that an operation writes, as lines that can be compared.
func owned(op operation, a *application) []string {
	switch {
	case op.verb == addIdentifiers:
		return slices.Sorted(slices.Values(a.identifierURIs))
	case op.verb == preAuthorize:
		var list []string
		for _, p := range a.preAuthorized {
			list = append(list, p.appID+" "+strings.Join(slices.Sorted(slices.Values(p.permissionIDs)), " "))
		}
		return slices.Sorted(slices.Values(list))
	case op.target == theGateway:
		return []string{
			fmt.Sprint(a.scopes), fmt.Sprint(a.tokenVersion),
			fmt.Sprint(slices.Sorted(slices.Values(a.groupClaims()))), fmt.Sprint(a.marked()),
		}
	}
	return []string{
		fmt.Sprint(slices.Sorted(slices.Values(a.publicRedirects))), fmt.Sprint(slices.Sorted(slices.Values(a.webRedirects))),
		fmt.Sprint(slices.Sorted(slices.Values(a.spaRedirects))), a.signInAudience, fmt.Sprint(implicit(a)), fmt.Sprint(a.marked()),
	}
}

// update changes an application that is there. It is read right before, because a complex property
// is replaced as a whole, and what was seen may be minutes old.
func (r *run) update(ctx context.Context, s step) error {
	now, err := r.readAgain(ctx, s)
	if err != nil {
		return err
	}
	after := s.op.edit(r.wanted, r.have, now.application)
	client := ""
	if s.op.verb == preAuthorize {
		client = r.have.clients[s.op.target].appID()
	}
	if slices.Equal(owned(s.op, now.application), owned(s.op, after)) {
		return nil
	}
	changes := body(now.raw, now.application, after)
	err = r.untilKnown(ctx, s.String(), r.fresh.unknown(now.id, client), func() error { return r.graph.patch(ctx, now.id, changes) })
	if err != nil {
		return r.explain(ctx, "changing it", writeApplications, err)
	}
	r.fresh.add(now.id)
	return r.readBack(ctx, s, after)
}

// readAgain reads the application that is to be changed. If it is not as it was seen, somebody else
// wrote ([plan.ErrMoved]); of what this run wrote, another copy of the directory may have answered.
func (r *run) readAgain(ctx context.Context, s step) (now *document, err error) {
	seen := s.op.subject(r.have).app
	notYet := func(error) bool { return false }
	if slices.Contains(r.fresh.ids, seen.id) {
		notYet = r.fresh.unknown(seen.id)
	}
	err = r.untilKnown(ctx, s.String(), notYet, func() (err error) {
		if now, err = r.graph.byID(ctx, seen.id); err != nil {
			return err
		}
		if !slices.Equal(owned(s.op, now.application), owned(s.op, seen)) {
			return errNotYet
		}
		return nil
	})
	switch {
	case err == errNotYet: //nolint:errorlint // wrapped, it is patience that ended
		return nil, plan.ErrMoved
	case err != nil:
		return nil, r.explain(ctx, "reading it", readApplications, err)
	}
	return now, nil
}

// grantConsent consents for everybody of the tenant, or widens a consent that is there.
func (r *run) grantConsent(ctx context.Context, s step) error {
	client, gateway := r.have.clients[s.op.target], r.have.gateway
	grant := permissionGrant{clientID: client.principal.id, resourceID: gateway.principal.id, allPrincipals: true}
	if client.grant != nil {
		grant.id, grant.scopes = client.grant.id, slices.Clone(client.grant.scopes)
	}
	grant.scopes = append(grant.scopes, scopeValue)
	err := r.untilKnown(ctx, s.String(), r.fresh.unknown(grant.clientID, grant.resourceID), func() error {
		err := r.graph.allow(ctx, grant)
		if status := statusOf(err); err != nil && ctx.Err() == nil && (status == 0 || status == http.StatusConflict) {
			if there, lookErr := r.findGrant(ctx, grant.clientID, grant.resourceID); lookErr == nil && there != nil && slices.Contains(there.scopes, scopeValue) {
				return nil
			}
		}
		return err
	})
	if err != nil {
		return r.explain(ctx, "granting it", writeGrants, err)
	}
	client.grant = &grant
	return nil
}

// register fills in what logins need, as far as it is known.
func (p *Provider) register(w wanted, have *observed, into *idp.Registration) {
	for i, c := range w.clients {
		if id := have.clients[i].appID(); id != "" {
			into.Clients[c.name] = id
		}
	}
	into.Audience = have.gateway.appID()
}
