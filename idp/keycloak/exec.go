package keycloak

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/Nerzal/gocloak/v13"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// exec makes one change and reads it back.
func (p *Provider) exec(ctx context.Context, op operation, w wanted, seen observed) error {
	switch {
	case op.scope.name != "":
		return p.assignScope(ctx, op.scope, w, seen)
	case op.action == plan.Create:
		return p.createClient(ctx, w)
	}
	return p.repairClient(ctx, w, seen.client)
}

// createClient makes the client in one request and reads it back, because the server accepts
// scopes and mapper types that it does not know without a word.
func (p *Provider) createClient(ctx context.Context, w wanted) error {
	var status int
	err := p.session.call(ctx, "creating client "+w.clientID, func(ctx context.Context, token string) error {
		_, err := p.session.cloak.CreateClient(ctx, token, p.realmPath(), w.representation())
		status = statusOf(err)
		return err
	})
	switch {
	case err != nil && ctx.Err() != nil:
		return err
	case status == http.StatusConflict:
		return p.conflict(ctx, w, err)
	case err != nil && status == 0:
		// The answer was lost, the request perhaps not: look before anybody tries again.
		if made, lookErr := p.lookUp(ctx, w.clientID); lookErr != nil || made == nil {
			return err
		}
	case err != nil:
		return err
	}
	return p.verifyCreated(ctx, w)
}

// conflict explains a client that exists although the look-up did not show it.
func (p *Provider) conflict(ctx context.Context, w wanted, cause error) error {
	client, err := p.lookUp(ctx, w.clientID)
	switch {
	case err != nil:
		return err
	case client == nil:
		return p.unseen(w.clientID, cause)
	}
	return fmt.Errorf("client %s was made by somebody else meanwhile: %w", w.clientID, plan.ErrMoved)
}

func (p *Provider) verifyCreated(ctx context.Context, w wanted) error {
	client, err := p.lookUp(ctx, w.clientID)
	if err != nil {
		return err
	}
	if client == nil {
		return p.unseen(w.clientID, nil)
	}
	if err := notAsAsked(w, client); err != nil {
		return err
	}
	var missing []string
	for _, s := range wantedScopes() {
		if scopeOf(client, s.name) != s.assignment {
			missing = append(missing, s.name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return p.explainMissing(ctx, w, missing)
}

// explainMissing tells scopes that the server dropped from those that the realm does not have.
func (p *Provider) explainMissing(ctx context.Context, w wanted, missing []string) error {
	scopes, err := p.realmScopes(ctx)
	if err != nil {
		return err
	}
	missing = slices.DeleteFunc(missing, func(name string) bool {
		_, exists := scopes[name]
		return !exists && scopeOptionalOnServer(name)
	})
	if len(missing) == 0 {
		return nil
	}
	return &idp.Error{
		Code: idp.CodeFailed, Failure: "KC03",
		Message: fmt.Sprintf("client %s was created without the client scopes %s, which realm %s does not have or did not assign", w.clientID, strings.Join(missing, ", "), p.config.Realm),
		Hint:    "create them in the realm and run setup again, or leave them out of MCP_ADVERTISED_SCOPES",
	}
}

// repairClient corrects everything but client scopes in one request. The client is read right
// before, because what was seen may be minutes old, and because the list of mappers replaces the
// client's: a mapper that somebody added meanwhile must be in it.
func (p *Provider) repairClient(ctx context.Context, w wanted, seen *gocloak.Client) error {
	now, err := p.lookUp(ctx, w.clientID)
	if err != nil {
		return err
	}
	if now == nil || *now.ID != *seen.ID || !sameOwned(w, seen, now) {
		return fmt.Errorf("client %s: %w", w.clientID, plan.ErrMoved)
	}
	if err := refusal(p.config.Realm, w.clientID, now); err != nil {
		return err
	}
	err = p.session.call(ctx, "changing client "+w.clientID, func(ctx context.Context, token string) error {
		return p.session.cloak.UpdateClient(ctx, token, p.realmPath(), w.repair(*now))
	})
	if err != nil {
		return err
	}
	after, err := p.lookUp(ctx, w.clientID)
	if err != nil {
		return err
	}
	if after == nil {
		return p.unseen(w.clientID, nil)
	}
	return notAsAsked(w, after)
}

// sameOwned reports whether the properties that we own read as they did.
func sameOwned(w wanted, seen, now *gocloak.Client) bool {
	for _, p := range properties(w) {
		if !slices.Equal(p.is(seen), p.is(now)) {
			return false
		}
	}
	return true
}

func notAsAsked(w wanted, have *gocloak.Client) error {
	wrong := compare(w, have)
	if len(wrong) == 0 {
		return nil
	}
	return &idp.Error{
		Code: idp.CodeFailed, Err: errNotAsAsked,
		Message: fmt.Sprintf("client %s was written, but reads back otherwise: %s", w.clientID, strings.Join(wrong, ", ")),
		Hint:    "a client policy of the realm may rewrite clients; compare with: mcpreg keycloak plan",
	}
}

// assignScope moves a client scope to where it must be. A scope that the client already has the
// other way is removed first, because the server ignores an assignment on top of another.
func (p *Provider) assignScope(ctx context.Context, s wantedScope, w wanted, seen observed) error {
	id, scopeID, cloak, realm := *seen.client.ID, seen.scopes[s.name], p.session.cloak, p.realmPath()
	type assignment func(context.Context, string, string, string, string) error
	add, remove := assignment(cloak.AddDefaultScopeToClient), assignment(cloak.RemoveOptionalScopeFromClient)
	if s.assignment == asOptional {
		add, remove = cloak.AddOptionalScopeToClient, cloak.RemoveDefaultScopeFromClient
	}
	doing := fmt.Sprintf("assigning client scope %s to client %s", s.name, w.clientID)
	return p.session.call(ctx, doing, func(ctx context.Context, token string) error {
		if scopeOf(seen.client, s.name) != unassigned {
			if err := remove(ctx, token, realm, id, scopeID); err != nil {
				return err
			}
		}
		return add(ctx, token, realm, id, scopeID)
	})
}

// deleteClient deletes the client if it is still the one that was seen, and still ours.
func (p *Provider) deleteClient(ctx context.Context, clientID, id string) error {
	now, err := p.lookUp(ctx, clientID)
	switch {
	case err != nil:
		return err
	case now == nil:
		return nil
	case *now.ID != id || !marked(now):
		return fmt.Errorf("client %s: %w", clientID, plan.ErrMoved)
	}
	return p.session.call(ctx, "deleting client "+clientID, func(ctx context.Context, token string) error {
		return p.session.cloak.DeleteClient(ctx, token, p.realmPath(), id)
	})
}

// statusOf returns the HTTP status that an error of gocloak stands for; 0 when no answer came.
func statusOf(err error) int {
	var answer *gocloak.APIError
	if errors.As(err, &answer) {
		return answer.Code
	}
	return 0
}
