package cognitotest

// Rule names something that Cognito does and that set-ups run into.
type Rule string

// The rules of the admin API.
const (
	CallersAreKnown      Rule = "admin: an unknown access key is refused"
	SignaturesAreChecked Rule = "admin: a wrong signature is refused"
	SessionsExpire       Rule = "admin: an expired session token is refused"
	ActionsNeedRights    Rule = "admin: each action needs its right"
	UpdateResets         Rule = "admin: UpdateUserPoolClient resets what the request leaves out"
	SecretsAreMadeOnce   Rule = "admin: a secret is made with the client and stays"
	NamesMayRepeat       Rule = "admin: two clients may have one name"
	ListsArePaged        Rule = "admin: a page has 60 entries at most"
	MembersAreBounded    Rule = "admin: a member outside its bounds is refused"
	CallbacksUseHTTPS    Rule = "admin: an http callback is for loopback only"
	CallbacksAreClean    Rule = "admin: a callback is absolute and has no fragment"
	DefaultIsACallback   Rule = "admin: the default redirect is one of the callbacks"
	ScopesMustExist      Rule = "admin: a scope must exist in the pool"
	OAuthNeedsBoth       Rule = "admin: OAuth needs flows and scopes"
	CodeNeedsCallbacks   Rule = "admin: the code flow needs callbacks"
	MachinesNeedSecrets  Rule = "admin: client_credentials needs a secret and stands alone"
	ProvidersMustExist   Rule = "admin: a supported identity provider must exist"
	LifetimesAreBounded  Rule = "admin: a token's lifetime has bounds, whatever its unit"
	RotationIsExclusive  Rule = "admin: refresh token rotation excludes ALLOW_REFRESH_TOKEN_AUTH"
	ContextNeedsSecret   Rule = "admin: user context data is propagated with a secret only"
	NoDomainIsEmpty      Rule = "admin: a domain that does not exist is described by nothing"
	WordsAreReserved     Rule = "admin: a domain has no reserved word"
	OneDomainOnly        Rule = "admin: a pool has one domain"
	PlanLimitsLogin      Rule = "admin: managed login needs more than the Lite plan"
	BrandingIsOnce       Rule = "admin: a client has one branding style"
	GroupNamesAreUnique  Rule = "admin: a group's name is taken once"
)

// The rules of the issuer and the domain.
const (
	DomainIsElsewhere    Rule = "discovery: the authorization endpoint has another origin than the issuer"
	CallbacksAreLiteral  Rule = "authorize: a redirect URI is compared literally"
	OAuthMustBeOn        Rule = "authorize: a client without its OAuth flow is refused"
	ScopesMustBeAllowed  Rule = "authorize: a scope that the client does not have is refused"
	OnlyS256             Rule = "authorize: PKCE knows S256 only"
	PKCEIsOptional       Rule = "authorize: PKCE may be left out"
	LoginNeedsBranding   Rule = "login: managed login shows nothing without a branding style"
	DirectoryIsAProvider Rule = "login: a client without COGNITO has no password login"
	FederationHasItsUser Rule = "login: a federated user is another user, in the provider's group only"
	CodesWorkOnce        Rule = "token: a code works once"
	CodesAreBound        Rule = "token: a code is bound to its client and redirect URI"
	VerifiersAreChecked  Rule = "token: the PKCE verifier is checked"
	CodesNeedScope       Rule = "token: the code of a request without a scope is not redeemed"
	SecretsAreRequired   Rule = "token: a client with a secret must send it"
	RefreshIsBound       Rule = "token: a refresh token is bound to its client"
	RefreshRotates       Rule = "token: a refresh token is replaced only where rotation is on"
	NoAudience           Rule = "claims: an access token has no aud unless a resource was asked for"
	ResourceNeedsPlan    Rule = "claims: a resource is bound by managed login only"
	NoGroupsNoClaim      Rule = "claims: who is in no group gets no cognito:groups"
	IDTokenNeedsOpenID   Rule = "claims: an ID token comes with the scope openid"
)

// Rules lists all rules.
func Rules() []Rule {
	return []Rule{
		CallersAreKnown, SignaturesAreChecked, SessionsExpire, ActionsNeedRights,
		UpdateResets, SecretsAreMadeOnce, NamesMayRepeat, ListsArePaged, MembersAreBounded,
		CallbacksUseHTTPS, CallbacksAreClean, DefaultIsACallback, ScopesMustExist, OAuthNeedsBoth,
		CodeNeedsCallbacks, MachinesNeedSecrets, ProvidersMustExist, LifetimesAreBounded,
		RotationIsExclusive, ContextNeedsSecret, NoDomainIsEmpty, WordsAreReserved, OneDomainOnly,
		PlanLimitsLogin, BrandingIsOnce, GroupNamesAreUnique,
		DomainIsElsewhere, CallbacksAreLiteral, OAuthMustBeOn, ScopesMustBeAllowed, OnlyS256,
		PKCEIsOptional, LoginNeedsBranding, DirectoryIsAProvider, FederationHasItsUser,
		CodesWorkOnce, CodesAreBound, VerifiersAreChecked, CodesNeedScope, SecretsAreRequired, RefreshIsBound,
		RefreshRotates, NoAudience, ResourceNeedsPlan, NoGroupsNoClaim, IDTokenNeedsOpenID,
	}
}
