package entratest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// clientCredentials lets an administration app sign in
// (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow).
func (e *Entra) clientCredentials(request *http.Request) (fields, *refusal) {
	form := request.PostForm
	c := e.callers.named(form.Get("client_id"))
	if c == nil {
		return nil, e.unknownClient(form.Get("client_id"))
	}
	if refused := e.authenticate(c, request); refused != nil {
		return nil, refused
	}
	// Microsoft's libraries ask for OpenID Connect's scopes here too, which count for nothing.
	scope := strings.Join(slices.DeleteFunc(strings.Fields(form.Get("scope")), openIDScope), " ")
	resource, found := strings.CutSuffix(scope, "/.default")
	switch {
	case scope == "":
		return nil, missing("scope")
	case !found:
		return nil, aadsts(1002012, "invalid_scope", "The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", scope)
	case !e.isGraph(resource):
		return nil, e.unknownResource(resource)
	}
	return fields{
		"token_type": "Bearer", "expires_in": int(tokenLife / time.Second), "ext_expires_in": int(tokenLife / time.Second),
		"access_token": e.graphToken(c, base(request)),
	}, nil
}

// isGraph reports whether a resource is Microsoft Graph: by the names that it has in Microsoft's
// clouds, or by the address of this stand-in.
func (e *Entra) isGraph(resource string) bool {
	return slices.Contains([]string{
		graphAppID, "https://graph.microsoft.com", "https://graph.microsoft.us", "https://dod-graph.microsoft.us",
		"https://microsoftgraph.chinacloudapi.cn", e.URL(), e.SecureURL(),
	}, strings.TrimSuffix(resource, "/"))
}

// authenticate checks the secret or the assertion of an administration app.
func (e *Entra) authenticate(c *caller, request *http.Request) *refusal {
	form := request.PostForm
	switch {
	case !e.holds(SecretsAreChecked):
		return nil
	case form.Has("client_assertion"):
		return e.asserted(c, form, base(request)+request.URL.Path)
	case form.Get("client_secret") == "":
		return aadsts(7000216, "invalid_client", "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.")
	case form.Get("client_secret") != c.Secret:
		return aadsts(7000215, "invalid_client", "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'.", c.ClientID)
	case c.expired:
		return aadsts(7000222, "invalid_client", "The provided client secret keys for app '%s' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.", c.ClientID)
	}
	return nil
}

// assertionType is that of RFC 7523 section 2.2.
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// asserted checks a client assertion: one that the app signed with its certificate, or a token of
// an issuer that the app trusts.
func (e *Entra) asserted(c *caller, form url.Values, audience string) *refusal {
	if form.Get("client_assertion_type") != assertionType {
		return missing("client_assertion_type")
	}
	claims, read := unverified(form.Get("client_assertion"))
	if !read {
		return aadsts(50027, "invalid_request", "JWT token is invalid or malformed.")
	}
	if claims.Issuer == c.ClientID {
		if c.certificate == nil || !signedBy(form.Get("client_assertion"), c.certificate.PublicKey) {
			return aadsts(700027, "invalid_client", "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found.]")
		}
		if claims.Subject != c.ClientID || !claims.Audience.Contains(audience) {
			return aadsts(700023, "invalid_client", "Client assertion audience claim does not match Realm issuer.")
		}
		return expired(claims)
	}
	f := c.federation
	switch {
	case f.Key == nil:
		return aadsts(70025, "invalid_client", "The client '%s' has no configured federated identity credentials.", c.ClientID)
	case claims.Issuer != f.Issuer:
		return aadsts(700211, "invalid_client", "No matching federated identity record found for presented assertion issuer '%s'.", claims.Issuer)
	case claims.Subject != f.Subject:
		return aadsts(700213, "invalid_client", "No matching federated identity record found for presented assertion subject '%s'.", claims.Subject)
	case !claims.Audience.Contains(f.Audience):
		return aadsts(700212, "invalid_client", "No matching federated identity record found for presented assertion audience '%s'.", strings.Join(claims.Audience, " "))
	case !signedBy(form.Get("client_assertion"), f.Key):
		return aadsts(50013, "invalid_request", "Assertion failed signature validation.")
	}
	return expired(claims)
}
