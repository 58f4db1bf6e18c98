package cognito

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// exec makes one change. What it makes goes into have, where later changes find its id.
func (p *Provider) exec(ctx context.Context, op operation, have *observed, registration *idp.Registration) error {
	switch op.object {
	case poolDomain:
		return p.createDomain(ctx, op.name, loginVersion(have.pool))
	case branding:
		return p.brand(ctx, have.clients[op.client.Name])
	case group:
		return p.createGroup(ctx, op.name)
	case membership:
		return p.addToGroup(ctx, op.user, op.name)
	case appClient:
	}
	f := have.clients[op.client.Name]
	if op.action == plan.Update {
		return p.updateClient(ctx, op.client, f, have.providerNames())
	}
	if err := p.createClient(ctx, op.client, f, have.providerNames()); err != nil {
		return err
	}
	registration.Clients[op.client.Name] = aws.ToString(f.client.ClientId)
	return nil
}

// createClient makes the client in one request. Names are not unique, so the pool is looked
// through right before, and again when the answer is lost: a second client of the name would be one
// too many.
func (p *Provider) createClient(ctx context.Context, w wantedClient, f *found, ofPool []string) error {
	ids, err := p.clientsNamed(ctx, w.Name)
	if err != nil {
		return err
	}
	if len(ids[w.Name]) > 0 {
		return fmt.Errorf("app client %s was made by somebody else meanwhile: %w", w.Name, plan.ErrMoved)
	}
	out, err := call(ctx, p, "creating app client "+w.Name, func(ctx context.Context, api *sdk.Client) (*sdk.CreateUserPoolClientOutput, error) {
		return api.CreateUserPoolClient(ctx, w.creation(p.place, ofPool), p.session.once)
	})
	switch {
	case err == nil && out.UserPoolClient != nil:
		f.client = out.UserPoolClient
	case err != nil && (ctx.Err() != nil || !answerLost(err)):
		return err
	default:
		if f.client, err = p.madeAfterAll(ctx, w.Name, err); err != nil {
			return err
		}
	}
	return notAsAsked(w, f.client, ofPool)
}

// madeAfterAll looks for the client of a creation whose answer was lost, with cause, or held
// nothing.
func (p *Provider) madeAfterAll(ctx context.Context, name string, cause error) (*types.UserPoolClientType, error) {
	if cause == nil {
		cause = &idp.Error{
			Code:    idp.CodeFailed,
			Message: fmt.Sprintf("the answer to CreateUserPoolClient holds no app client, and user pool %s has none called %s", p.place.poolID, name),
			Hint:    "check --endpoint-url",
		}
	}
	ids, err := p.clientsNamed(ctx, name)
	if err != nil || len(ids[name]) != 1 {
		return nil, cause
	}
	return p.describeClient(ctx, ids[name][0])
}

// updateClient writes the whole client: as it is now, with our settings laid over it. It is read
// right before, because what was seen may be minutes old; what somebody else wrote since is kept,
// unless it is ours to say.
func (p *Provider) updateClient(ctx context.Context, w wantedClient, f *found, ofPool []string) error {
	now, err := p.describeClient(ctx, aws.ToString(f.client.ClientId))
	if err != nil {
		return err
	}
	for _, property := range properties(w, ofPool) {
		if !slices.Equal(property.is(f.client), property.is(now)) {
			return fmt.Errorf("app client %s: %w", w.Name, plan.ErrMoved)
		}
	}
	if err := confidential(p.place, now); err != nil {
		return err
	}
	body := update(w.repaired(now, ofPool))
	out, err := call(ctx, p, "changing app client "+w.Name, func(ctx context.Context, api *sdk.Client) (*sdk.UpdateUserPoolClientOutput, error) {
		return api.UpdateUserPoolClient(ctx, body)
	})
	if err != nil {
		return err
	}
	if f.client = out.UserPoolClient; f.client == nil {
		if f.client, err = p.describeClient(ctx, *now.ClientId); err != nil {
			return err
		}
	}
	return notAsAsked(w, f.client, ofPool)
}

// errNotAsAsked reports that Cognito accepted a write and holds something else.
var errNotAsAsked = errors.New("the pool accepted the request, but holds something else")

func notAsAsked(w wantedClient, c *types.UserPoolClientType, ofPool []string) error {
	var wrong []string
	for _, f := range fields(w, c, ofPool) {
		wrong = append(wrong, f.Path)
	}
	if aws.ToString(c.ClientSecret) != "" {
		wrong = append(wrong, "client secret")
	}
	if len(wrong) == 0 {
		return nil
	}
	return &idp.Error{
		Code: idp.CodeFailed, Err: errNotAsAsked,
		Message: fmt.Sprintf("app client %s was written, but reads back otherwise: %s", w.Name, strings.Join(wrong, ", ")),
		Hint:    "somebody may have written at the same time; compare with: mcpreg cognito plan",
	}
}

// createDomain makes a prefix domain. Prefixes are unique in a region, over all accounts, so a
// refusal may be of our own first try.
func (p *Provider) createDomain(ctx context.Context, prefix string, version int32) error {
	_, err := call(ctx, p, "creating domain "+prefix, func(ctx context.Context, api *sdk.Client) (*sdk.CreateUserPoolDomainOutput, error) {
		return api.CreateUserPoolDomain(ctx, &sdk.CreateUserPoolDomainInput{UserPoolId: &p.place.poolID, Domain: &prefix, ManagedLoginVersion: &version})
	})
	var refused *types.InvalidParameterException
	if err == nil || !errors.As(err, &refused) {
		return err
	}
	// A domain of another account is described to nobody else: what is shown is ours.
	domain, lookErr := p.domainNamed(ctx, prefix)
	if lookErr == nil && domain != nil && aws.ToString(domain.UserPoolId) == p.place.poolID {
		return nil
	}
	return &idp.Error{
		Code: idp.CodeUsage, Failure: "CG09", Err: err,
		Message: fmt.Sprintf("Cognito does not give the pool the domain prefix %s: %s", prefix, aws.ToString(refused.Message)),
		Hint:    "choose another one with --create-domain; a prefix is taken once in a region, over all accounts",
	}
}

// brand gives the client the style that Cognito provides. One that it has by now serves as well.
func (p *Provider) brand(ctx context.Context, f *found) error {
	_, err := call(ctx, p, "creating the managed login branding of app client "+aws.ToString(f.client.ClientName), func(ctx context.Context, api *sdk.Client) (*sdk.CreateManagedLoginBrandingOutput, error) {
		return api.CreateManagedLoginBranding(ctx, &sdk.CreateManagedLoginBrandingInput{UserPoolId: &p.place.poolID, ClientId: f.client.ClientId, UseCognitoProvidedValues: true})
	})
	var exists *types.ManagedLoginBrandingExistsException
	if errors.As(err, &exists) {
		return nil
	}
	return err
}

func (p *Provider) createGroup(ctx context.Context, name string) error {
	_, err := call(ctx, p, "creating group "+name, func(ctx context.Context, api *sdk.Client) (*sdk.CreateGroupOutput, error) {
		return api.CreateGroup(ctx, &sdk.CreateGroupInput{UserPoolId: &p.place.poolID, GroupName: &name})
	})
	var exists *types.GroupExistsException
	if errors.As(err, &exists) {
		return nil
	}
	return err
}

func (p *Provider) addToGroup(ctx context.Context, user, name string) error {
	_, err := call(ctx, p, fmt.Sprintf("putting user %s into group %s", user, name), func(ctx context.Context, api *sdk.Client) (*sdk.AdminAddUserToGroupOutput, error) {
		return api.AdminAddUserToGroup(ctx, &sdk.AdminAddUserToGroupInput{UserPoolId: &p.place.poolID, Username: &user, GroupName: &name})
	})
	return err
}
