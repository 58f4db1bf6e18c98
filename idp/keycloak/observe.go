package keycloak

import (
	"context"
	"fmt"

	"github.com/Nerzal/gocloak/v13"

	"github.com/mcpreg/mcpreg/idp"
)

// observe reads what the realm holds of one client.
func (p *Provider) observe(ctx context.Context, clientID string) (observed, error) {
	client, err := p.lookUp(ctx, clientID)
	if err != nil {
		return observed{}, err
	}
	if client == nil {
		if p.config.ConfirmAbsent {
			err = p.confirmSight(ctx, clientID)
		}
		return observed{}, err
	}
	have := observed{client: client}
	for _, s := range wantedScopes() {
		if scopeOf(client, s.name) != s.assignment {
			have.scopes, err = p.realmScopes(ctx)
			break
		}
	}
	return have, err
}

// lookUp finds the client by its client id, which is unique in a realm. It returns nil when
// there is none, or none that the credential may see.
func (p *Provider) lookUp(ctx context.Context, clientID string) (*gocloak.Client, error) {
	var clients []*gocloak.Client
	err := p.session.call(ctx, "looking up client "+clientID, func(ctx context.Context, token string) (err error) {
		clients, err = p.session.cloak.GetClients(ctx, token, p.realmPath(), gocloak.GetClientsParams{ClientID: &clientID})
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, c := range clients {
		if stringOf(c.ClientID) == clientID && stringOf(c.ID) != "" {
			return c, nil
		}
	}
	return nil, nil
}

// confirmSight makes sure that the credential sees clients at all: with the role query-clients
// alone Keycloak answers every look-up with an empty list. Every realm is born with the clients
// account and admin-cli; one of them suffices.
func (p *Provider) confirmSight(ctx context.Context, missing string) error {
	for _, known := range []string{"account", "admin-cli"} {
		client, err := p.lookUp(ctx, known)
		if err != nil || client != nil {
			return err
		}
	}
	return p.unseen(missing, nil)
}

// unseen explains an empty look-up of a reader without rights.
func (p *Provider) unseen(clientID string, cause error) error {
	return &idp.Error{
		Code: idp.CodeForbidden, Failure: "KC23", Err: cause,
		Message: fmt.Sprintf("the credential may not see the clients of realm %s, so nothing can be said about client %s", p.config.Realm, clientID),
		Hint:    "give it the role manage-clients (or view-clients, to plan only) of the client realm-management; query-clients alone shows empty lists",
	}
}

// realmScopes returns the ids of the realm's client scopes by name.
func (p *Provider) realmScopes(ctx context.Context) (map[string]string, error) {
	var scopes []*gocloak.ClientScope
	err := p.session.call(ctx, "listing client scopes", func(ctx context.Context, token string) (err error) {
		scopes, err = p.session.cloak.GetClientScopes(ctx, token, p.realmPath())
		return err
	})
	if err != nil {
		return nil, err
	}
	ids := map[string]string{}
	for _, s := range scopes {
		ids[stringOf(s.Name)] = stringOf(s.ID)
	}
	return ids, nil
}
