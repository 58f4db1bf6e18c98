package cognito

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// clientFindings lists what is doubtful about a client and not ours to change unasked.
func clientFindings(w wantedClient, c *types.UserPoolClientType) []plan.Note {
	var d difference
	name := aws.ToString(c.ClientName)
	for _, uri := range foreign(w, c) {
		if _, err := idp.ParseRedirectURI(uri); err != nil && !w.prune {
			d.note("CG17", "app client %s admits %s, which mcpreg did not ask for and which leaves the user's machine; --prune removes it", name, uri)
		}
	}
	if slices.Contains(c.AllowedOAuthFlows, types.OAuthFlowTypeImplicit) && !w.prune {
		d.note("CG17", "app client %s allows the implicit grant, which puts tokens into addresses; no assistant uses it, and --prune removes it", name)
	}
	if len(c.SupportedIdentityProviders) > 0 && !slices.Contains(c.SupportedIdentityProviders, ownUsers) && w.providers == nil {
		d.note("", "app client %s does not offer the login of the pool's own users, and stays so; --identity-provider COGNITO adds it", name)
	}
	rotates := c.RefreshTokenRotation != nil && c.RefreshTokenRotation.Feature == types.FeatureTypeEnabled
	refreshes := len(c.ExplicitAuthFlows) == 0 || slices.Contains(c.ExplicitAuthFlows, types.ExplicitAuthFlowsTypeAllowRefreshTokenAuth)
	switch {
	case rotates && len(c.ExplicitAuthFlows) > 0 && refreshes:
		d.note("CG10", "app client %s rotates refresh tokens and allows ALLOW_REFRESH_TOKEN_AUTH: keep one of the two", name)
	case rotates && aws.ToInt32(c.RefreshTokenRotation.RetryGracePeriodSeconds) == 0:
		d.note("CG10", "app client %s rotates refresh tokens without a grace period: two sessions of one assistant can put each other out", name)
	case !rotates && !refreshes:
		d.note("CG10", "app client %s has neither ALLOW_REFRESH_TOKEN_AUTH nor rotation: users may have to log in again each time the access token ends", name)
	}
	return d.notes
}

// poolFindings lists what is worth knowing about the pool and the gateway before it.
func poolFindings(w wanted, have *observed) []plan.Note {
	var d difference
	if names := federated(have); len(names) > 0 && !groupsAdded(have.pool) {
		d.note("CG06", "users of %s are only in the group that Cognito makes for their provider: put them into the mapped groups, or add the groups in a pre token generation trigger of version 2 or later, which alone changes access tokens", strings.Join(names, ", "))
	}
	if updatedIssuer(have.pool) {
		d.note("CG14", "the pool's tokens carry the newer issuer %s; the gateway compares with https://cognito-idp.%s.amazonaws.com/%s and refuses them", w.place.issuer(have.pool), w.place.region, w.place.poolID)
	}
	if len(w.clients) > 1 {
		d.notes = append(d.notes, plan.Note{
			Failure: "CG05", Owner: "gateway operator",
			Text: "the gateway accepts tokens of the advertised client only: the others belong into COGNITO_M2M_CLIENT_IDS, in the line that setup prints, beside the ids that stand there already",
		})
	}
	return d.notes
}

// groupsAdded reports whether a trigger may put groups into access tokens (LambdaVersion of
// PreTokenGenerationConfig).
func groupsAdded(pool *types.UserPoolType) bool {
	if pool == nil || pool.LambdaConfig == nil || pool.LambdaConfig.PreTokenGenerationConfig == nil {
		return false
	}
	return pool.LambdaConfig.PreTokenGenerationConfig.LambdaVersion != types.PreTokenGenerationLambdaVersionTypeV10
}
