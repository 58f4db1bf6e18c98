package registrytest

// Rule is one way in which the real registry surprises. A rule can be switched off in
// [Config.Off], so that a test can see that something depends on it.
type Rule string

// The rules.
const (
	TwoChallenges       Rule = "a 401 carries two challenges, the second with the metadata"
	PageForAPI          Rule = "a 401 of /api is a web page"
	SlashRedirect       Rule = "a server's path without a slash redirects before any check"
	NoRouteNoChallenge  Rule = "an unknown, disabled or unhealthy server answers 404 without a challenge"
	ToolListKey         Rule = "tools/list is filtered by the name with /mcp"
	ToolsWildcard       Rule = "a tools wildcard lets every method pass"
	MethodRules         Rule = "a method outside the rule is refused"
	ToolRules           Rule = "a tool outside the rule is refused"
	MappedGroupsOnly    Rule = "a group that no scope maps gives nothing"
	AudienceCheck       Rule = "a token for another audience is refused"
	IssuerCheck         Rule = "a token of another issuer is refused"
	ExpiryCheck         Rule = "an expired token is refused"
	SignatureCheck      Rule = "a token with a wrong signature is refused"
	NoStaticTokensAtMCP Rule = "static tokens are refused at servers"
	XAuthorizationFirst Rule = "X-Authorization is read before Authorization"
	DiscoveryRateLimit  Rule = "discovery admits two requests a second after a burst"
	ListByPathName      Rule = "the list shows what list_service names by path"
	NoOverridesInList   Rule = "the list leaves the overrides out"
	CookieOnlyConfig    Rule = "the configuration is for browser sessions only"
	VersionUnstamped    Rule = "the version is 1.0.0 whatever the release"
	NoServerMetadata    Rule = "a server has metadata of its own on Entra ID only"
)

// Rules returns all of them.
func Rules() []Rule {
	return []Rule{
		TwoChallenges, PageForAPI, SlashRedirect, NoRouteNoChallenge, ToolListKey, ToolsWildcard, MethodRules, ToolRules,
		MappedGroupsOnly, AudienceCheck, IssuerCheck, ExpiryCheck, SignatureCheck, NoStaticTokensAtMCP, XAuthorizationFirst,
		DiscoveryRateLimit, ListByPathName, NoOverridesInList, CookieOnlyConfig, VersionUnstamped, NoServerMetadata,
	}
}
