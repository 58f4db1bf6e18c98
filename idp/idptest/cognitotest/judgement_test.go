package cognitotest_test

// judging has what no client can have.
func judging() []row {
	const refused = "InvalidParameterException"
	type trial struct {
		name, want, source string
		changes            object
		codeOnly           bool // the service's words are not known
	}
	uri := func(list ...string) object { return object{"CallbackURLs": list} }
	var rows []row
	for _, c := range []trial{
		{"an http callback", refused + ": http://app.example.com/cb cannot use the HTTP protocol.", "aws-amplify/amplify-cli#5419", uri("http://app.example.com/cb"), false},
		{"an http callback on another loopback address", refused + ": http://127.0.0.2/cb cannot use the HTTP protocol.", "model", uri("http://127.0.0.2/cb"), false},
		{"an http callback that begins like loopback", refused + ": http://localhost.com/ cannot use the HTTP protocol.", "aws-amplify/amplify-cli#5419", uri("http://localhost.com/"), false},
		{"an http logout URL", refused + ": http://app.example.com/bye cannot use the HTTP protocol.", "model", object{"LogoutURLs": []string{"http://app.example.com/bye"}}, false},
		{"callbacks on loopback, https and a scheme of its own", "ok", "model", uri("http://localhost:8787/callback", "http://127.0.0.1:1/", "http://[::1]:9/cb", "https://app.example.com/cb", "cursor://anysphere.cursor-mcp/oauth/callback"), false},
		{"a callback with a fragment", refused, "model", uri("http://localhost/cb#x"), true},
		{"a relative callback", refused, "model", uri("/callback"), true},
		{"a callback with a space", refused, "model", uri("http://localhost/call back"), true},
		{"a default redirect that is no callback", refused, "model", object{"DefaultRedirectURI": "http://localhost:1/other"}, true},
		{"offline_access", "ScopeDoesNotExistException: Invalid scope requested: offline_access", "awsdocs/aws-cloudformation-user-guide#564", object{"AllowedOAuthScopes": []string{"openid", "offline_access"}}, false},
		{"a scope of a resource server", "ok", "guide", object{"AllowedOAuthScopes": []string{"openid", "https://api.example.com/read"}}, false},
		{"another scope of a resource server", "ScopeDoesNotExistException: Invalid scope requested: https://api.example.com/write", "awsdocs/aws-cloudformation-user-guide#564", object{"AllowedOAuthScopes": []string{"https://api.example.com/write"}}, false},
		{"OAuth without scopes", refused + ": AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.", "hashicorp/terraform-provider-aws, as quoted by its users", object{"AllowedOAuthScopes": nil}, false},
		{"the code flow without callbacks", "InvalidOAuthFlowException: CallbackUrls can not be empty when code flow or implicit flow is selected", "cisagov/crossfeed#440", object{"CallbackURLs": nil}, false},
		{"client_credentials without a secret", "InvalidOAuthFlowException: client_credentials flow can not be selected if client does not have a client secret.", "quoted in many Terraform files", object{"AllowedOAuthFlows": []string{"client_credentials"}}, false},
		{"client_credentials beside code", "InvalidOAuthFlowException", "model", object{"AllowedOAuthFlows": []string{"code", "client_credentials"}, "GenerateSecret": true}, true},
		{"a provider that is none", refused + ": The provider Azure does not exist for User Pool {pool}.", "aws/aws-cdk#15692", object{"SupportedIdentityProviders": []string{"COGNITO", "Azure"}}, false},
		{"providers of the pool", "ok", "model", object{"SupportedIdentityProviders": []string{"COGNITO", "Okta", "Google"}}, false},
		{"an access token of 4 minutes", refused + ": Invalid range for token validity.", "model; the words from a CloudFormation linter", object{"AccessTokenValidity": 4, "TokenValidityUnits": object{"AccessToken": "minutes"}}, false},
		{"an access token of 25 hours", refused + ": Invalid range for token validity.", "model", object{"AccessTokenValidity": 25}, false},
		{"a refresh token of 30 minutes", refused + ": Invalid range for token validity.", "model", object{"RefreshTokenValidity": 30, "TokenValidityUnits": object{"RefreshToken": "minutes"}}, false},
		{"an ID token of 10 minutes", "ok", "model", object{"IdTokenValidity": 10, "TokenValidityUnits": object{"IdToken": "minutes"}}, false},
		{"rotation and ALLOW_REFRESH_TOKEN_AUTH", refused, "hashicorp/terraform-provider-aws#47196", object{"RefreshTokenRotation": object{"Feature": "ENABLED"}, "ExplicitAuthFlows": []string{"ALLOW_REFRESH_TOKEN_AUTH"}}, true},
		{"rotation alone", "ok", "model", object{"RefreshTokenRotation": object{"Feature": "ENABLED", "RetryGracePeriodSeconds": 10}, "ExplicitAuthFlows": []string{"ALLOW_USER_SRP_AUTH"}}, false},
		{"user context data without a secret", refused, "model", object{"EnablePropagateAdditionalUserContextData": true}, true},
		{"user context data with a secret", "ok", "model", object{"EnablePropagateAdditionalUserContextData": true, "GenerateSecret": true}, false},
		{"an auth session of 2 minutes", refused + ": 1 validation error detected: Value '2' at 'authSessionValidity' failed to satisfy constraint: Member must have value greater than or equal to 3", "model; aws/aws-cli#2894 for the form", object{"AuthSessionValidity": 2}, false},
		{"two members out of bounds", refused + ": 2 validation errors detected: Value 'a!' at 'clientName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w\\s+=,.@-]+; Value '16' at 'authSessionValidity' failed to satisfy constraint: Member must have value less than or equal to 15", "model; aws/aws-cli#2894 for the form", object{"ClientName": "a!", "AuthSessionValidity": 16}, false},
		{"a flow that is none", refused + ": 1 validation error detected: Value '[pkce]' at 'allowedOAuthFlows' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [code, implicit, client_credentials]]", "model; aws/aws-cli#2894 for the form", object{"AllowedOAuthFlows": []string{"pkce"}}, false},
	} {
		rows = append(rows, row{"create with " + c.name, c.want, c.source, func(b *bench) string {
			made := b.create(c.changes)
			if c.codeOnly {
				return made.code()
			}
			return b.said(made)
		}})
	}
	return rows
}
