package cognito

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
)

// refusal tells why what was found may not become ours.
func (p *Provider) refusal(w wanted, have *observed) error {
	if err := p.unknownProvider(have); err != nil {
		return err
	}
	for _, c := range w.clients {
		f := have.clients[c.Name]
		if len(f.twins) > 0 {
			return &idp.Error{
				Code: idp.CodeUsage, Failure: "CG13",
				Message: fmt.Sprintf("user pool %s has %d app clients called %s: %s", p.place.poolID, len(f.twins), c.Name, strings.Join(f.twins, ", ")),
				Hint:    "choose one with --client-id, or another name with --name or IDE_CLIENT_NAME",
			}
		}
		if f.client == nil {
			continue
		}
		if err := confidential(p.place, f.client); err != nil {
			return err
		}
		if all := c.callbacks(f.callbacks()); len(all) > maxCallbacks {
			return tooManyWith(c, f.client, len(all))
		}
	}
	return nil
}

// unknownProvider refuses an identity provider that the pool does not have.
func (p *Provider) unknownProvider(have *observed) error {
	known := sorted(append(have.providerNames(), ownUsers))
	for _, name := range p.config.IdentityProviders {
		if !slices.Contains(known, name) {
			return &idp.Error{
				Code:    idp.CodeNotFound,
				Message: fmt.Sprintf("user pool %s has no identity provider %s; it has %s", p.place.poolID, name, strings.Join(known, ", ")),
				Hint:    "check --identity-provider, letter for letter, or leave it out to offer all of them",
			}
		}
	}
	return nil
}

// confidential refuses a client with a secret, which cannot be taken from it, and one of machines.
func confidential(where place, c *types.UserPoolClientType) error {
	reason := ""
	switch {
	case aws.ToString(c.ClientSecret) != "":
		reason = "has a secret, which Cognito cannot take from it: what signs in with it would stop, or assistants would fail"
	case slices.Contains(c.AllowedOAuthFlows, types.OAuthFlowTypeClientCredentials):
		reason = "is one of machines (client_credentials), and nobody logs in with it"
	default:
		return nil
	}
	return &idp.Error{
		Code: idp.CodeUsage, Failure: "CG04",
		Message: fmt.Sprintf("app client %s (%s) in user pool %s %s", aws.ToString(c.ClientName), aws.ToString(c.ClientId), where.poolID, reason),
		Hint:    "choose another name with --name, or IDE_CLIENT_NAME",
	}
}

// tooManyWith says which of a client's URLs to drop.
func tooManyWith(w wantedClient, c *types.UserPoolClientType, all int) error {
	drop := foreign(w, c)
	const shown = 10
	named := strings.Join(drop[:min(len(drop), shown)], ", ")
	if len(drop) > shown {
		named += fmt.Sprintf(" and %d more", len(drop)-shown)
	}
	return &idp.Error{
		Code: idp.CodeUsage, Failure: "CG18",
		Message: fmt.Sprintf("app client %s would have %d callback URLs, and Cognito keeps %d; nobody asked for %d of them: %s", aws.ToString(c.ClientName), all, maxCallbacks, len(drop), named),
		Hint:    "--prune drops those that nobody asked for; --assistant claude-code,cursor leaves out those of single servers, which Codex does not need through the bridge; Cognito compares port and path, so one URL cannot stand for many",
	}
}
