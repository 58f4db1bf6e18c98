package cognito

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// PlanRemoval implements [idp.Provider]. An app client has no room for a mark, so id and name
// together must say which one is meant. Domain, groups and their members stay: others may use them.
func (p *Provider) PlanRemoval(ctx context.Context, spec idp.Spec) (*plan.Plan, error) {
	for _, client := range spec.Clients {
		if err := checkNames(client); err != nil {
			return nil, err
		}
	}
	result := &plan.Plan{Target: p.target()}
	if _, err := p.describePool(ctx); err != nil {
		return nil, err
	}
	if err := p.noteNameless(ctx, result, spec.Clients); err != nil {
		return nil, err
	}
	for _, client := range spec.Clients {
		if client.ID == "" {
			continue
		}
		c, err := p.describeClient(ctx, client.ID)
		if code(err) == idp.CodeNotFound {
			result.Right("app client %s is not there", client.ID)
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := p.removable(client, c); err != nil {
			return nil, err
		}
		result.Add(plan.Change{System: system, Kind: "app client", Name: client.Name, Action: plan.Delete, Summary: "public, " + client.ID},
			func(ctx context.Context) error { return p.deleteClient(ctx, client) })
	}
	return result, nil
}

// noteNameless tells the ids among which somebody must choose.
func (p *Provider) noteNameless(ctx context.Context, result *plan.Plan, clients []idp.Client) error {
	var names []string
	for _, c := range clients {
		if c.ID == "" {
			names = append(names, c.Name)
		}
	}
	ids, err := p.clientsNamed(ctx, names...)
	if err != nil {
		return err
	}
	for _, name := range names {
		if len(ids[name]) == 0 {
			result.Right("app client %s is not there", name)
		}
		for _, id := range ids[name] {
			result.Note(plan.Note{Owner: owner, Text: fmt.Sprintf(
				"app client %s stays: it has no room for a mark that says who made it, so removal needs its id: --name %s --client-id %s", name, name, id)})
		}
	}
	return nil
}

// removable refuses clients that mcpreg cannot have made.
func (p *Provider) removable(client idp.Client, c *types.UserPoolClientType) error {
	if name := aws.ToString(c.ClientName); name != client.Name {
		return usage(fmt.Sprintf("app client %s is called %q, not %q", client.ID, name, client.Name), "if it is the one to delete, name it too: --name "+name)
	}
	return confidential(p.place, c)
}

// deleteClient deletes the client if it still is what was seen.
func (p *Provider) deleteClient(ctx context.Context, client idp.Client) error {
	now, err := p.describeClient(ctx, client.ID)
	switch {
	case code(err) == idp.CodeNotFound:
		return nil
	case err != nil:
		return err
	case p.removable(client, now) != nil:
		return fmt.Errorf("app client %s: %w", client.Name, plan.ErrMoved)
	}
	_, err = call(ctx, p, "deleting app client "+client.Name, func(ctx context.Context, api *sdk.Client) (*sdk.DeleteUserPoolClientOutput, error) {
		return api.DeleteUserPoolClient(ctx, &sdk.DeleteUserPoolClientInput{UserPoolId: &p.place.poolID, ClientId: &client.ID})
	})
	var gone *types.ResourceNotFoundException
	if errors.As(err, &gone) {
		return nil
	}
	return err
}

func code(err error) idp.ErrorCode {
	var told *idp.Error
	if errors.As(err, &told) {
		return told.Code
	}
	return ""
}
