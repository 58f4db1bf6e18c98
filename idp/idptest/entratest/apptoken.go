package entratest

import "time"

const tokenLife = time.Hour

// graphToken gives the caller an access token for Microsoft Graph, whose shape is that of version
// 1 (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
func (e *Entra) graphToken(c *caller, base string) string {
	at := time.Now()
	token := e.signer.Sign(map[string]any{
		"aud": "https://graph.microsoft.com", "iss": base + "/" + e.config.Tenant + "/", "iat": at.Unix(), "nbf": at.Unix(), "exp": at.Add(tokenLife).Unix(),
		"appid": c.ClientID, "appidacr": "1", "idtyp": "app", "oid": c.principal, "sub": c.principal, "tid": e.config.Tenant,
		"roles": c.permissions, "ver": "1.0", "uti": newID(),
	})
	e.callers.tokens[token] = bearer{c, at.Add(tokenLife)}
	return token
}
