package oktatest

// Rule names something that Okta does and that set-ups run into.
type Rule string

// The rules of the management API.
const (
	CallersAreAuthenticated Rule = "api: a token is required"
	CallersNeedRoles        Rule = "api: each right needs an administrator role"
	TokensNeedScopes        Rule = "api: each endpoint needs its scope in an OAuth token"
	QueriesMatchPrefixes    Rule = "api: q matches the beginning only"
	QueriesHaveOnePage      Rule = "api: a look-up of groups by q has no second page"
	ListsArePaged           Rule = "api: a list ends with a page, the next is behind a link"
	PutReplaces             Rule = "api: PUT of an app drops what is not sent"
	ActiveAppsStay          Rule = "api: an active app is not deleted"
	SystemObjectsStay       Rule = "api: system scopes, claims and policies are not changed"
	ClaimNamesAreUnique     Rule = "api: a claim's name is taken once for each kind of token"
)

// The rules of service apps at the org authorization server.
const (
	AssertionsWorkOnce  Rule = "service: a client assertion works once"
	AssertionsAreBound  Rule = "service: a client assertion names its client and the token endpoint"
	GrantedScopesOnly   Rule = "service: only scopes that were granted to the app are issued"
	ProofsAreDemanded   Rule = "service: an app that demands DPoP gets no token without a proof"
	CustomScopesRefused Rule = "service: the org authorization server knows no custom scopes"
)

// Rules lists all rules.
func Rules() []Rule {
	return []Rule{
		CallersAreAuthenticated, CallersNeedRoles, TokensNeedScopes, QueriesMatchPrefixes, QueriesHaveOnePage, ListsArePaged,
		PutReplaces, ActiveAppsStay, SystemObjectsStay, ClaimNamesAreUnique,
		AssertionsWorkOnce, AssertionsAreBound, GrantedScopesOnly, ProofsAreDemanded, CustomScopesRefused,
	}
}
