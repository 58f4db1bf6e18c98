package cognitotest

import (
	"net/url"
	"slices"
	"strings"
)

// defaultRefreshDays is how long a refresh token lives when nothing is set.
const defaultRefreshDays = 30

// judge refuses settings that no client can have. The messages are the service's own as its users
// report them; those of [unworded] ones are not known.
func (c *Cognito) judge(p *client) *failure {
	for _, check := range []func(*client) *failure{c.judgeProviders, c.judgeFlows, c.judgeScopes, c.judgeCallbacks, c.judgeLifetimes, c.judgeSecrecy} {
		if refused := check(p); refused != nil {
			return refused
		}
	}
	return nil
}

func (c *Cognito) judgeProviders(p *client) *failure {
	for _, name := range p.list("SupportedIdentityProviders") {
		if !c.pool.hasProvider(name) && c.holds(ProvidersMustExist) {
			return invalid("The provider " + name + " does not exist for User Pool " + c.config.PoolID + ".")
		}
	}
	return nil
}

func (c *Cognito) judgeFlows(p *client) *failure {
	flows := p.list("AllowedOAuthFlows")
	machine := slices.Contains(flows, "client_credentials")
	browser := slices.Contains(flows, "code") || slices.Contains(flows, "implicit")
	switch {
	case p.is("AllowedOAuthFlowsUserPoolClient") && (len(flows) == 0 || len(p.list("AllowedOAuthScopes")) == 0) && c.holds(OAuthNeedsBoth):
		return invalid("AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.")
	case browser && len(p.list("CallbackURLs")) == 0 && c.holds(CodeNeedsCallbacks):
		return fail("InvalidOAuthFlowException", "CallbackUrls can not be empty when code flow or implicit flow is selected")
	case machine && browser && c.holds(MachinesNeedSecrets):
		return fail("InvalidOAuthFlowException", "client_credentials flow can not be selected along with code flow or implicit flow.")
	case machine && p.secret == "" && c.holds(MachinesNeedSecrets):
		return fail("InvalidOAuthFlowException", "client_credentials flow can not be selected if client does not have a client secret.")
	}
	return nil
}

func (c *Cognito) judgeScopes(p *client) *failure {
	for _, scope := range p.list("AllowedOAuthScopes") {
		if !c.pool.hasScope(scope) && c.holds(ScopesMustExist) {
			return fail("ScopeDoesNotExistException", "Invalid scope requested: "+scope)
		}
	}
	return nil
}

func (c *Cognito) judgeCallbacks(p *client) *failure {
	callbacks := p.list("CallbackURLs")
	for _, uri := range slices.Concat(callbacks, p.list("LogoutURLs")) {
		parsed, err := url.Parse(uri)
		switch {
		case (err != nil || parsed.Scheme == "" || strings.Contains(uri, "#")) && c.holds(CallbacksAreClean):
			return unworded(uri + " is not a valid redirect URL.")
		case err == nil && strings.EqualFold(parsed.Scheme, "http") && !isLoopback(parsed.Hostname()) && c.holds(CallbacksUseHTTPS):
			return invalid(uri + " cannot use the HTTP protocol.")
		}
	}
	if uri, given := p.settings["DefaultRedirectURI"].(string); given && !slices.Contains(callbacks, uri) && c.holds(DefaultIsACallback) {
		return unworded("The default redirect URI " + uri + " is not in the list of callback URLs.")
	}
	return nil
}

// isLoopback reports whether http is allowed for a host.
func isLoopback(host string) bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, host)
}

func (c *Cognito) judgeSecrecy(p *client) *failure {
	rotation, _ := p.settings["RefreshTokenRotation"].(object)
	switch {
	case rotation["Feature"] == "ENABLED" && slices.Contains(p.list("ExplicitAuthFlows"), "ALLOW_REFRESH_TOKEN_AUTH") && c.holds(RotationIsExclusive):
		return unworded("ALLOW_REFRESH_TOKEN_AUTH cannot be used with refresh token rotation.")
	case p.is("EnablePropagateAdditionalUserContextData") && p.secret == "" && c.holds(ContextNeedsSecret):
		return unworded("EnablePropagateAdditionalUserContextData needs a client secret.")
	}
	return nil
}

// unworded is a refusal that the service model or the developer guide describes, in words of our
// own, because the service's are not known.
func unworded(message string) *failure { return invalid(message) }
