package registrytest

import (
	"cmp"

	"github.com/go-jose/go-jose/v4/jwt"
)

// claims are those of a user's token that the gateway looks at.
type claims struct {
	jwt.Claims
	TokenUse          string   `json:"token_use"` // Cognito
	ClientID          string   `json:"client_id"` // Cognito
	CID               string   `json:"cid"`       // Okta
	AZP               string   `json:"azp"`
	AppID             string   `json:"appid"` // Entra, version 1
	Nonce             string   `json:"nonce"`
	PreferredUsername string   `json:"preferred_username"`
	Username          string   `json:"username"` // Cognito access tokens
	CognitoUsername   string   `json:"cognito:username"`
	Groups            []string `json:"groups"`
	CognitoGroups     []string `json:"cognito:groups"`
	Roles             []string `json:"roles"`
}

// user is the name of the user; the subject where the token has no better one.
func (c *claims) user(provider string) string {
	switch provider {
	case "cognito":
		return cmp.Or(c.Username, c.CognitoUsername, c.Subject)
	case "okta":
		return c.Subject
	}
	return cmp.Or(c.PreferredUsername, c.Subject)
}

// client is the OAuth client that got the token; the gateway's own where the token names none.
func (c *claims) client(now *snapshot) string {
	switch now.Provider {
	case "cognito":
		return cmp.Or(c.ClientID, now.GatewayClientID)
	case "okta":
		return cmp.Or(c.CID, now.GatewayClientID)
	}
	return cmp.Or(c.AZP, c.AppID, now.GatewayClientID)
}

// groups are the groups of the user, never nil. Entra's app roles count where there are none.
func (c *claims) groups(provider string) []string {
	switch {
	case provider == "cognito":
		return listOf(c.CognitoGroups)
	case provider == "entra" && c.Groups == nil:
		return listOf(c.Roles)
	}
	return listOf(c.Groups)
}
