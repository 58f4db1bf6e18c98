package cognitotest

// operation is one of the admin API: the members of its request, and what it does.
type operation struct {
	members []member
	do      func(*Cognito, object) (object, *failure)
}

// Patterns of the service model (cognito-idp, 2016-04-18).
const (
	poolIDPattern   = `[\w-]+_[0-9a-zA-Z]+`
	clientIDPattern = `[\w+]+`
	namePattern     = `[\w\s+=,.@-]+`
	wordPattern     = `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`
	providerPattern = `[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+`
	scopePattern    = `[\x21\x23-\x5B\x5D-\x7E]+`
	domainPattern   = `^[a-z0-9](?:[a-z0-9\-.]{0,61}[a-z0-9])?$` // the model allows no dots, which custom domains have
	tokenPattern    = `[\S]+`
	arnPattern      = `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`
)

// operations lists what the stand-in answers; the service has more.
func operations() map[string]operation {
	pool := textMember("UserPoolId", 1, 55, poolIDPattern).must()
	client := textMember("ClientId", 1, 128, clientIDPattern).must()
	domain := textMember("Domain", 1, 63, domainPattern).must()
	group := textMember("GroupName", 1, 128, wordPattern).must()
	user := textMember("Username", 1, 128, wordPattern).must()
	next := textMember("NextToken", 1, 131072, tokenPattern)
	return map[string]operation{
		"ListUserPools":          {[]member{next, numberMember("MaxResults", 1, 60).must()}, (*Cognito).listUserPools},
		"DescribeUserPool":       {[]member{pool}, (*Cognito).describeUserPool},
		"ListIdentityProviders":  {[]member{pool, numberMember("MaxResults", 0, 60), next}, (*Cognito).listIdentityProviders},
		"ListResourceServers":    {[]member{pool, numberMember("MaxResults", 1, 50), next}, (*Cognito).listResourceServers},
		"DescribeUserPoolDomain": {[]member{domain}, (*Cognito).describeDomain},
		"CreateUserPoolDomain":   {[]member{domain, pool, numberMember("ManagedLoginVersion", 0, 0), customDomain()}, (*Cognito).createDomain},
		"ListUserPoolClients":    {[]member{pool, numberMember("MaxResults", 1, 60), next, enumMember("ClientType", "REGULAR", "DCR")}, (*Cognito).listClients},
		"DescribeUserPoolClient": {[]member{pool, client}, (*Cognito).describeClient},
		"CreateUserPoolClient":   {append([]member{pool, clientName().must(), flagMember("GenerateSecret"), textMember("ClientSecret", 24, 64, clientIDPattern)}, clientMembers()...), (*Cognito).createClient},
		"UpdateUserPoolClient":   {append([]member{pool, client, clientName()}, clientMembers()...), (*Cognito).updateClient},
		"DeleteUserPoolClient":   {[]member{pool, client}, (*Cognito).deleteClient},
		"ListGroups":             {[]member{pool, numberMember("Limit", 0, 60), next}, (*Cognito).listGroups},
		"GetGroup":               {[]member{group, pool}, (*Cognito).getGroup},
		"CreateGroup":            {[]member{group, pool, textMember("Description", 0, 2048, ""), textMember("RoleArn", 20, 2048, arnPattern), numberMember("Precedence", 0, 0)}, (*Cognito).createGroup},
		"AdminAddUserToGroup":    {[]member{pool, user, group}, (*Cognito).addUserToGroup},
		"AdminListGroupsForUser": {[]member{user, pool, numberMember("Limit", 0, 60), next}, (*Cognito).listGroupsForUser},
		"AdminGetUser":           {[]member{pool, user}, (*Cognito).getUser},
		"ListUsers":              {[]member{pool, numberMember("Limit", 0, 60), textMember("PaginationToken", 1, 0, tokenPattern), textMember("Filter", 0, 256, "")}, (*Cognito).listUsers},
		"ListUsersInGroup":       {[]member{pool, group, numberMember("Limit", 0, 60), next}, (*Cognito).listUsersInGroup},
		"CreateManagedLoginBranding": {
			[]member{pool, client, flagMember("UseCognitoProvidedValues"), objectMember("Settings"), listMember("Assets", 40, objectMember(""))}, (*Cognito).createBranding,
		},
		"DescribeManagedLoginBrandingByClient": {[]member{pool, client, flagMember("ReturnMergedResources")}, (*Cognito).describeBranding},
	}
}

func customDomain() member {
	return objectMember("CustomDomainConfig", textMember("CertificateArn", 20, 2048, arnPattern).must())
}

func clientName() member { return textMember("ClientName", 1, 128, namePattern) }

// clientMembers are the settings of an app client that create and update have in common.
func clientMembers() []member {
	unit := func(name string) member { return enumMember(name, "seconds", "minutes", "hours", "days") }
	attribute, uri := textMember("", 1, 2048, ""), textMember("", 1, 1024, wordPattern)
	defaultURI := uri
	defaultURI.name = "DefaultRedirectURI"
	return []member{
		numberMember("RefreshTokenValidity", 0, 315360000),
		numberMember("AccessTokenValidity", 1, 86400),
		numberMember("IdTokenValidity", 1, 86400),
		objectMember("TokenValidityUnits", unit("AccessToken"), unit("IdToken"), unit("RefreshToken")),
		listMember("ReadAttributes", 0, attribute),
		listMember("WriteAttributes", 0, attribute),
		listMember("ExplicitAuthFlows", 0, enumMember("", "ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH",
			"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
			"ALLOW_USER_AUTH", "ALLOW_TOKEN_EXCHANGE_DELEGATION", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION")),
		listMember("SupportedIdentityProviders", 0, textMember("", 1, 32, providerPattern)),
		listMember("CallbackURLs", 100, uri),
		listMember("LogoutURLs", 100, uri),
		defaultURI,
		listMember("AllowedOAuthFlows", 3, enumMember("", "code", "implicit", "client_credentials")),
		listMember("AllowedOAuthScopes", 50, textMember("", 1, 256, scopePattern)),
		flagMember("AllowedOAuthFlowsUserPoolClient"),
		objectMember("AnalyticsConfiguration", textMember("ApplicationId", 0, 0, `^[0-9a-fA-F]+$`), textMember("ApplicationArn", 20, 2048, arnPattern),
			textMember("RoleArn", 20, 2048, arnPattern), textMember("ExternalId", 0, 131072, ""), flagMember("UserDataShared")),
		enumMember("PreventUserExistenceErrors", "LEGACY", "ENABLED"),
		flagMember("EnableTokenRevocation"),
		flagMember("EnablePropagateAdditionalUserContextData"),
		numberMember("AuthSessionValidity", 3, 15),
		objectMember("RefreshTokenRotation", enumMember("Feature", "ENABLED", "DISABLED").must(), numberMember("RetryGracePeriodSeconds", 0, 60)),
	}
}
