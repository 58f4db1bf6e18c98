package registrytest

import (
	"slices"
	"strings"
	"time"
)

// accepts tells whether the gateway takes a token whose signature is good. server is the name of
// the server that is called, empty for the API.
func (now *snapshot) accepts(c *claims, server string) bool {
	if now.holds(TimesChecked) && !timely(c, time.Now()) {
		return false
	}
	if now.holds(IssuerChecked) && !slices.Contains(now.issuers(), c.Issuer) {
		return false
	}
	if now.Provider == "entra" && c.Nonce != "" && now.holds(IDTokensRefused) {
		return false
	}
	if !now.holds(AudienceChecked) {
		return true
	}
	switch {
	case now.Provider == "cognito":
		return now.acceptsCognitoClient(c)
	case now.Provider == "okta" && c.CID != "" && !now.holds(OktaAudienceChecked):
		return true
	}
	return slices.ContainsFunc(c.Audience, func(aud string) bool { return slices.Contains(now.audiences(server), aud) })
}

// timely tells whether the token is valid at the time. One without exp does not expire.
func timely(c *claims, now time.Time) bool {
	switch {
	case c.Expiry != nil && !now.Before(c.Expiry.Time()):
		return false
	case c.NotBefore != nil && c.NotBefore.Time().After(now):
		return false
	}
	return c.IssuedAt == nil || !c.IssuedAt.Time().After(now)
}

// issuers are the accepted values of iss: the configured one, and on Entra that of version 1 tokens.
func (now *snapshot) issuers() []string {
	issuers := []string{now.Issuer}
	if now.Provider == "entra" {
		tenant := now.entraTenant()
		issuers = append(issuers, "https://sts.windows.net/"+tenant[strings.LastIndex(tenant, "/")+1:]+"/")
	}
	return issuers
}

// audiences are the accepted values of aud on Keycloak, Okta and Entra.
func (now *snapshot) audiences(server string) []string {
	switch now.Provider {
	case "okta":
		return append([]string{now.GatewayClientID, now.M2MClientID}, now.AllowedAudiences...)
	case "entra":
		own := append([]string{now.GatewayClientID, "api://" + now.GatewayClientID}, now.AllowedAudiences...)
		return append(own, now.resources(server)...)
	}
	known := []string{now.GatewayClientID, now.M2MClientID, "mcp-gateway"}
	if !now.holds(AccountAudienceRefused) {
		known = append(known, "account")
	}
	return known
}

// resources are the server's URL with and without /mcp.
func (now *snapshot) resources(server string) []string {
	var names []string
	if server != "" && now.holds(MetadataPerServerOnEntra) {
		names = append(names, server)
	}
	if !now.holds(ServerAudienceForServerOnly) {
		for _, e := range now.entries {
			names = append(names, pathName(e.Path))
		}
	}
	var urls []string
	for _, name := range names {
		urls = append(urls, now.PublicURL+"/"+name, now.PublicURL+"/"+name+"/mcp")
	}
	return urls
}

// acceptsCognitoClient looks at client_id, as access tokens of Cognito have no audience. An ID
// token must be for the gateway's own client.
func (now *snapshot) acceptsCognitoClient(c *claims) bool {
	if c.TokenUse == "id" {
		return c.Audience.Contains(now.GatewayClientID)
	}
	if slices.Contains(now.M2MClientIDs, "*") && !now.holds(ClientWildcardForMachinesOnly) {
		return true
	}
	known := append([]string{now.GatewayClientID, now.ClientID}, now.M2MClientIDs...)
	return c.ClientID != "" && c.ClientID != "*" && slices.Contains(known, c.ClientID)
}
