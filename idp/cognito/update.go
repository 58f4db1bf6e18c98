package cognito

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// update is the request that leaves the client as it is. Whatever it would leave out, Cognito would
// reset to its default: so it holds every setting that can be written, and a test holds it against
// the SDK's types.
func update(c *types.UserPoolClientType) *sdk.UpdateUserPoolClientInput {
	return &sdk.UpdateUserPoolClientInput{
		UserPoolId: c.UserPoolId,
		ClientId:   c.ClientId,
		ClientName: c.ClientName,

		AccessTokenValidity:                      c.AccessTokenValidity,
		AllowedOAuthFlows:                        c.AllowedOAuthFlows,
		AllowedOAuthFlowsUserPoolClient:          aws.ToBool(c.AllowedOAuthFlowsUserPoolClient),
		AllowedOAuthScopes:                       c.AllowedOAuthScopes,
		AnalyticsConfiguration:                   c.AnalyticsConfiguration,
		AuthSessionValidity:                      c.AuthSessionValidity,
		CallbackURLs:                             c.CallbackURLs,
		DefaultRedirectURI:                       c.DefaultRedirectURI,
		EnablePropagateAdditionalUserContextData: c.EnablePropagateAdditionalUserContextData,
		EnableTokenRevocation:                    c.EnableTokenRevocation,
		ExplicitAuthFlows:                        c.ExplicitAuthFlows,
		IdTokenValidity:                          c.IdTokenValidity,
		LogoutURLs:                               c.LogoutURLs,
		PreventUserExistenceErrors:               c.PreventUserExistenceErrors,
		ReadAttributes:                           c.ReadAttributes,
		RefreshTokenRotation:                     c.RefreshTokenRotation,
		RefreshTokenValidity:                     c.RefreshTokenValidity,
		SupportedIdentityProviders:               c.SupportedIdentityProviders,
		TokenValidityUnits:                       c.TokenValidityUnits,
		WriteAttributes:                          c.WriteAttributes,
	}
}

// repaired is the client with everything of ours right, and everything else as it is.
func (w wantedClient) repaired(c *types.UserPoolClientType, ofPool []string) *types.UserPoolClientType {
	copied := *c
	for _, p := range properties(w, ofPool) {
		if !p.right(c) {
			p.set(&copied)
		}
	}
	return &copied
}
