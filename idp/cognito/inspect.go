package cognito

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// Inspect returns the plan with what is worth knowing besides: how long logins last, and what
// Cognito cannot be told. It sends no more requests than Plan, and writes nothing.
func (p *Provider) Inspect(ctx context.Context, spec idp.Spec) (*plan.Plan, *idp.Registration, error) {
	result, registration, have, err := p.planned(ctx, spec)
	if err != nil {
		return nil, nil, err
	}
	for _, client := range spec.Clients {
		if c := have.clients[client.Name].client; c != nil {
			result.Right("app client %s: %s", aws.ToString(c.ClientName), lifetimes(c))
		}
	}
	if note := (plan.Note{Owner: owner, Text: pkce}); !slices.Contains(result.Notes, note) {
		result.Note(note)
	}
	if have.domain != nil && !have.managedLogin() {
		result.Note(plan.Note{Failure: "CG03", Owner: owner, Text: "domain " + aws.ToString(have.domain.Domain) + " shows the classic hosted UI; " +
			"where its page says that login pages are unavailable, the app client needs a style of its own (console: App clients, Login pages)"})
	}
	return result, registration, nil
}

// lifetimes tells how long tokens last, in the client's own units or those of the API's
// documentation: hours, and days for the refresh token.
func lifetimes(c *types.UserPoolClientType) string {
	var units types.TokenValidityUnitsType
	if c.TokenValidityUnits != nil {
		units = *c.TokenValidityUnits
	}
	access, refresh := "1 hour", "30 days"
	if c.AccessTokenValidity != nil {
		access = lasting(*c.AccessTokenValidity, units.AccessToken, types.TimeUnitsTypeHours)
	}
	if c.RefreshTokenValidity != 0 {
		refresh = lasting(c.RefreshTokenValidity, units.RefreshToken, types.TimeUnitsTypeDays)
	}
	return fmt.Sprintf("access tokens last %s, refresh tokens %s", access, refresh)
}

func lasting(n int32, unit, usual types.TimeUnitsType) string {
	if unit == "" {
		unit = usual
	}
	return counted(int(n), strings.TrimSuffix(string(unit), "s"))
}
