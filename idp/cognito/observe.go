package cognito

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
)

// observed is what the pool holds of what is wanted.
type observed struct {
	pool      *types.UserPoolType
	domain    *types.DomainDescriptionType // nil when the pool has none
	providers []types.ProviderDescription
	clients   map[string]*found          // by the wanted name
	groups    map[string]bool            // wanted groups that are there
	members   map[string]map[string]bool // users, and the groups that each is in
}

// found is what the pool holds of one wanted client; exec fills it in when it makes the client.
type found struct {
	client  *types.UserPoolClientType // nil when absent
	branded bool                      // has a managed login style; not looked at where none is needed
	twins   []string                  // ids, when several clients have the name
}

func (f *found) callbacks() []string {
	if f.client == nil {
		return nil
	}
	return f.client.CallbackURLs
}

func (o *observed) providerNames() []string {
	var names []string
	for _, p := range o.providers {
		names = append(names, aws.ToString(p.ProviderName))
	}
	return names
}

func (o *observed) managedLogin() bool {
	return o.domain != nil && aws.ToInt32(o.domain.ManagedLoginVersion) == 2
}

// observe reads the pool first: an error about it is about all that follows.
func (p *Provider) observe(ctx context.Context, w wanted) (*observed, error) {
	have := &observed{clients: map[string]*found{}, groups: map[string]bool{}, members: map[string]map[string]bool{}}
	var err error
	if have.pool, err = p.describePool(ctx); err != nil {
		return nil, err
	}
	if err := p.observeClients(ctx, w, have); err != nil {
		return nil, err
	}
	if have.domain, err = p.describeDomain(ctx, have.pool); err != nil {
		return nil, err
	}
	if have.providers, err = p.listProviders(ctx); err != nil {
		return nil, err
	}
	for _, name := range w.groups {
		if have.groups[name], err = p.hasGroup(ctx, name); err != nil {
			return nil, err
		}
	}
	for _, user := range w.users {
		if have.members[user], err = p.groupsOf(ctx, user); err != nil {
			return nil, err
		}
	}
	if have.managedLogin() {
		for _, f := range have.clients {
			if f.client == nil {
				continue
			}
			if f.branded, err = p.isBranded(ctx, *f.client.ClientId); err != nil {
				return nil, err
			}
		}
	}
	return have, nil
}

func (p *Provider) describePool(ctx context.Context) (*types.UserPoolType, error) {
	out, err := call(ctx, p, "reading user pool "+p.place.poolID, func(ctx context.Context, api *sdk.Client) (*sdk.DescribeUserPoolOutput, error) {
		return api.DescribeUserPool(ctx, &sdk.DescribeUserPoolInput{UserPoolId: &p.place.poolID})
	})
	if err != nil {
		return nil, p.poolError(err)
	}
	if out.UserPool == nil {
		return nil, &idp.Error{Code: idp.CodeFailed, Message: "the answer to DescribeUserPool holds no user pool", Hint: "check --endpoint-url"}
	}
	return out.UserPool, nil
}

// observeClients finds the wanted clients: those with an id by it, the others by name in one pass
// over the pool's list, which has no other way to look a name up.
func (p *Provider) observeClients(ctx context.Context, w wanted, have *observed) error {
	var named []string
	for _, c := range w.clients {
		have.clients[c.Name] = &found{}
		if c.ID == "" {
			named = append(named, c.Name)
		}
	}
	ids, err := p.clientsNamed(ctx, named...)
	if err != nil {
		return err
	}
	for _, c := range w.clients {
		f := have.clients[c.Name]
		chosen := ids[c.Name]
		if c.ID != "" {
			chosen = []string{c.ID}
		}
		if len(chosen) > 1 {
			f.twins = chosen
		}
		if len(chosen) != 1 {
			continue
		}
		if f.client, err = p.describeClient(ctx, chosen[0]); err != nil {
			return err
		}
	}
	return nil
}

// clientsNamed returns the ids of the clients with exactly those names, which are not unique.
func (p *Provider) clientsNamed(ctx context.Context, names ...string) (map[string][]string, error) {
	ids := map[string][]string{}
	var next *string
	for len(names) > 0 {
		out, err := call(ctx, p, "listing app clients", func(ctx context.Context, api *sdk.Client) (*sdk.ListUserPoolClientsOutput, error) {
			return api.ListUserPoolClients(ctx, &sdk.ListUserPoolClientsInput{UserPoolId: &p.place.poolID, MaxResults: aws.Int32(pageSize), NextToken: next})
		})
		if err != nil {
			return nil, err
		}
		for _, c := range out.UserPoolClients {
			if name := aws.ToString(c.ClientName); slices.Contains(names, name) {
				ids[name] = append(ids[name], aws.ToString(c.ClientId))
			}
		}
		if next = out.NextToken; aws.ToString(next) == "" {
			break
		}
	}
	for name := range ids {
		ids[name] = sorted(ids[name])
	}
	return ids, nil
}

// pageSize is the most that Cognito lists at once.
const pageSize = 60

func (p *Provider) describeClient(ctx context.Context, id string) (*types.UserPoolClientType, error) {
	out, err := call(ctx, p, "reading app client "+id, func(ctx context.Context, api *sdk.Client) (*sdk.DescribeUserPoolClientOutput, error) {
		return api.DescribeUserPoolClient(ctx, &sdk.DescribeUserPoolClientInput{UserPoolId: &p.place.poolID, ClientId: &id})
	})
	switch {
	case err != nil:
		return nil, p.clientError(id, err)
	case out.UserPoolClient == nil || aws.ToString(out.UserPoolClient.ClientId) == "":
		return nil, &idp.Error{Code: idp.CodeFailed, Message: "the answer to DescribeUserPoolClient holds no app client", Hint: "check --endpoint-url"}
	}
	return out.UserPoolClient, nil
}

// describeDomain reads the domain that a gateway can name, else the custom one.
func (p *Provider) describeDomain(ctx context.Context, pool *types.UserPoolType) (*types.DomainDescriptionType, error) {
	name := aws.ToString(pool.Domain)
	if name == "" {
		name = aws.ToString(pool.CustomDomain)
	}
	if name == "" {
		return nil, nil
	}
	return p.domainNamed(ctx, name)
}

// domainNamed reads a domain of any pool; nil when there is none of the name.
func (p *Provider) domainNamed(ctx context.Context, name string) (*types.DomainDescriptionType, error) {
	out, err := call(ctx, p, "reading domain "+name, func(ctx context.Context, api *sdk.Client) (*sdk.DescribeUserPoolDomainOutput, error) {
		return api.DescribeUserPoolDomain(ctx, &sdk.DescribeUserPoolDomainInput{Domain: &name})
	})
	// A domain that is not there is answered with an empty description.
	if err != nil || out.DomainDescription == nil || aws.ToString(out.DomainDescription.Domain) == "" {
		return nil, err
	}
	return out.DomainDescription, nil
}

func (p *Provider) listProviders(ctx context.Context) ([]types.ProviderDescription, error) {
	var all []types.ProviderDescription
	var next *string
	for {
		out, err := call(ctx, p, "listing identity providers", func(ctx context.Context, api *sdk.Client) (*sdk.ListIdentityProvidersOutput, error) {
			return api.ListIdentityProviders(ctx, &sdk.ListIdentityProvidersInput{UserPoolId: &p.place.poolID, MaxResults: aws.Int32(pageSize), NextToken: next})
		})
		if err != nil {
			return nil, err
		}
		all = append(all, out.Providers...)
		if next = out.NextToken; aws.ToString(next) == "" {
			return all, nil
		}
	}
}

func (p *Provider) isBranded(ctx context.Context, id string) (bool, error) {
	_, err := call(ctx, p, "reading the managed login branding of app client "+id, func(ctx context.Context, api *sdk.Client) (*sdk.DescribeManagedLoginBrandingByClientOutput, error) {
		return api.DescribeManagedLoginBrandingByClient(ctx, &sdk.DescribeManagedLoginBrandingByClientInput{UserPoolId: &p.place.poolID, ClientId: &id})
	})
	return present(err)
}

func (p *Provider) hasGroup(ctx context.Context, name string) (bool, error) {
	_, err := call(ctx, p, "reading group "+name, func(ctx context.Context, api *sdk.Client) (*sdk.GetGroupOutput, error) {
		return api.GetGroup(ctx, &sdk.GetGroupInput{UserPoolId: &p.place.poolID, GroupName: &name})
	})
	return present(err)
}

// present turns "not found" into an answer.
func present(err error) (bool, error) {
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		return false, nil
	}
	return err == nil, err
}

func (p *Provider) groupsOf(ctx context.Context, user string) (map[string]bool, error) {
	in := map[string]bool{}
	var next *string
	for {
		out, err := call(ctx, p, "reading the groups of user "+user, func(ctx context.Context, api *sdk.Client) (*sdk.AdminListGroupsForUserOutput, error) {
			return api.AdminListGroupsForUser(ctx, &sdk.AdminListGroupsForUserInput{UserPoolId: &p.place.poolID, Username: &user, Limit: aws.Int32(pageSize), NextToken: next})
		})
		if err != nil {
			return nil, p.userError(user, err)
		}
		for _, g := range out.Groups {
			in[aws.ToString(g.GroupName)] = true
		}
		if next = out.NextToken; aws.ToString(next) == "" {
			return in, nil
		}
	}
}
