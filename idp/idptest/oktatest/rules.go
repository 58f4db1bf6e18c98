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

// The rules of the authorization and token endpoints.
const (
	InactiveServersAreShut Rule = "login: an inactive authorization server is not there"
	MetadataIsAppended     Rule = "login: metadata is served behind the issuer only"
	OrgTokensAreOpaque     Rule = "login: keys of the org's access tokens are not published"
	InactiveAppsAreShut    Rule = "authorize: an inactive app is no client"
	RedirectsAreRegistered Rule = "authorize: a redirect URI must be registered"
	LoopbackPortsCount     Rule = "authorize: a port on loopback is compared as well"
	GrantsAreConfigured    Rule = "login: a grant that the app does not have is refused"
	StateIsRequired        Rule = "authorize: a request needs a state"
	ScopesAreConfigured    Rule = "authorize: a scope that the server does not have is refused"
	PKCEIsRequired         Rule = "authorize: a public client must send a challenge, by S256"
	IssuerIsInRedirects    Rule = "authorize: redirects carry iss where the metadata promises it (RFC 9207)"
	AssignmentsAreRequired Rule = "login: the app must be assigned to the person"
	PoliciesDecide         Rule = "login: without a policy and rule that match there are no tokens"
	PoliciesNameClients    Rule = "policy: it is for the clients that it names"
	RulesNamePeople        Rule = "policy: a rule is for the people that it names"
	RulesCoverAllScopes    Rule = "policy: a rule must cover every scope that is asked for"
	FirstRuleWins          Rule = "policy: the first rule by priority wins"
	ClientsAuthenticate    Rule = "token: a client shows its secret, and a public one none"
	CodesAreBound          Rule = "token: a code is bound to its client and redirect URI"
	VerifiersAreChecked    Rule = "token: the PKCE verifier is checked"
	RefreshTokensAreBound  Rule = "token: a refresh token is bound to its client"
	RefreshTokensRotate    Rule = "token: a rotated refresh token ends after the grace period, with its family"
	ClaimsAreForScopes     Rule = "claims: a claim with scopes needs one of them"
	ClaimsAreForTokens     Rule = "claims: a claim is for access tokens or for ID tokens"
	NoGroupsNoClaim        Rule = "claims: who is in no group that matches gets no claim"
	RegexKeepsCase         Rule = "claims: REGEX regards case"
	RegexMatchesWhole      Rule = "claims: REGEX matches the whole name"
	GroupsAreCapped        Rule = "claims: more than 100 groups that match are refused"
)

// Rules lists all rules.
func Rules() []Rule {
	return []Rule{
		CallersAreAuthenticated, CallersNeedRoles, TokensNeedScopes, QueriesMatchPrefixes, QueriesHaveOnePage, ListsArePaged,
		PutReplaces, ActiveAppsStay, SystemObjectsStay, ClaimNamesAreUnique,
		AssertionsWorkOnce, AssertionsAreBound, GrantedScopesOnly, ProofsAreDemanded, CustomScopesRefused,
		InactiveServersAreShut, MetadataIsAppended, OrgTokensAreOpaque, InactiveAppsAreShut, RedirectsAreRegistered, LoopbackPortsCount,
		GrantsAreConfigured, StateIsRequired, ScopesAreConfigured, PKCEIsRequired, IssuerIsInRedirects, AssignmentsAreRequired,
		PoliciesDecide, PoliciesNameClients, RulesNamePeople, RulesCoverAllScopes, FirstRuleWins,
		ClientsAuthenticate, CodesAreBound, VerifiersAreChecked, RefreshTokensAreBound, RefreshTokensRotate,
		ClaimsAreForScopes, ClaimsAreForTokens, NoGroupsNoClaim, RegexKeepsCase, RegexMatchesWhole, GroupsAreCapped,
	}
}
