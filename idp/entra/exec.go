package entra

import (
	"context"
	"errors"
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

// checkGround refuses a change whose ground was left out, as --only can.
func (r *run) checkGround(s step) error {
	lacks := func(what string) error {
		return usage(fmt.Sprintf("%s needs %s, which does not exist yet", s.Change, what), "leave --only out, or make that first")
	}
	gateway, op := r.have.gateway, s.op
	switch {
	case op.verb == createApp:
	case gateway.app == nil && (op.target == theGateway || op.verb == preAuthorize || op.verb == grantConsent):
		return lacks("the gateway's application")
	case gateway.principal == nil && (op.verb == grantConsent || op.verb == assignGroup):
		return lacks("the service principal of the gateway's application")
	case op.target == theGateway:
	case r.have.clients[op.target].app == nil:
		return lacks("client " + r.wanted.clients[op.target].name)
	case op.verb == grantConsent && r.have.clients[op.target].principal == nil:
		return lacks("the client's service principal")
	}
	return nil
}

// createApplication makes an application under its alternate key, so that a lost answer and a
// second try make no twin.
func (r *run) createApplication(ctx context.Context, s step) error {
	after := s.op.edit(r.wanted, r.have, &application{})
	made, err := r.make(ctx, after)
	if err != nil {
		return r.explain(ctx, fmt.Sprintf("creating %s", s.Change), writeApplications, err)
	}
	s.op.subject(r.have).app = made.application
	r.fresh.add(made.id, made.appID)
	return r.readBack(ctx, s, after)
}

// make makes an application, by its key if there may be one.
func (r *run) make(ctx context.Context, after *application) (*document, error) {
	key, content := uniqueName(after.displayName), body(nil, &application{}, after)
	made, err := r.graph.upsert(ctx, key, content)
	switch {
	case err == nil && made == nil:
		return r.graph.byUniqueName(ctx, key) // it was there already, of a run whose answer was lost
	case keyRefused(err):
		made, err = r.graph.create(ctx, content)
	}
	if err != nil && statusOf(err) == 0 && ctx.Err() == nil {
		return r.afterLostAnswer(ctx, key, after.displayName, err)
	}
	return made, err
}

// keyRefused recognises a cloud whose Graph does not know alternate keys, and a key that a deleted
// application keeps for 30 days.
func keyRefused(err error) bool {
	if errors.Is(err, errKeyless) {
		return true
	}
	switch statusOf(err) {
	case http.StatusNotFound:
		return true
	case http.StatusBadRequest, http.StatusConflict:
		_, message := codeAndMessage(err)
		return strings.Contains(strings.ToLower(message), "uniquename")
	}
	return false
}

// afterLostAnswer looks whether the request did its work although its answer did not come.
func (r *run) afterLostAnswer(ctx context.Context, key, name string, lost error) (*document, error) {
	if made, err := r.graph.byUniqueName(ctx, key); err == nil && made != nil {
		return made, nil
	}
	found, err := r.graph.named(ctx, name)
	if err != nil || len(found) != 1 || !found[0].marked() {
		return nil, lost
	}
	return found[0], nil
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
		return r.explain(ctx, fmt.Sprintf("reading %s back", s.Change), readApplications, err)
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
	changes := body(now.raw, now.application, after)
	err = r.untilKnown(ctx, s.String(), r.fresh.unknown(now.id, client), func() error { return r.graph.patch(ctx, now.id, changes) })
	if err != nil {
		return r.explain(ctx, fmt.Sprintf("changing %s", s.Change), writeApplications, err)
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
		return nil, fmt.Errorf("%s: %w", s.Change, plan.ErrMoved)
	case err != nil:
		return nil, r.explain(ctx, fmt.Sprintf("reading %s", s.Change), readApplications, err)
	}
	return now, nil
}

// createServicePrincipal makes the presence of an application in the tenant. Entra refuses a second
// one, so that a lost answer is looked up.
func (r *run) createServicePrincipal(ctx context.Context, s step) error {
	subject := s.op.subject(r.have)
	appID := subject.app.appID
	var made *servicePrincipal
	err := r.untilKnown(ctx, "the application of "+s.String(), r.fresh.unknown(appID), func() (err error) {
		made, err = r.graph.createPrincipal(ctx, appID)
		if status := statusOf(err); err != nil && ctx.Err() == nil && (status == 0 || status == http.StatusConflict) {
			if there, lookErr := r.graph.principal(ctx, appID); lookErr == nil && there != nil {
				made, err = there, nil
			}
		}
		return err
	})
	if err != nil {
		return r.explain(ctx, fmt.Sprintf("creating %s", s.Change), writeApplications, err)
	}
	subject.principal = made
	r.fresh.add(made.id)
	return nil
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
		return r.explain(ctx, fmt.Sprintf("granting %s", s.Change), writeGrants, err)
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
