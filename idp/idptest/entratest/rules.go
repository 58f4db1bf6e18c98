package entratest

// Rule names something that Entra does and that set-ups run into.
type Rule string

// The rules of Microsoft Graph.
const (
	CallersAreAuthenticated  Rule = "graph: a token of the tenant is required"
	CallersNeedPermissions   Rule = "graph: each request needs its permission"
	OwnedByMeansOwned        Rule = "graph: Application.ReadWrite.OwnedBy changes only what the caller owns"
	UnknownPropertiesRefused Rule = "graph: an unknown property is refused"
	TypesAreChecked          Rule = "graph: a value of another type is refused"
	ReadOnlyIsRefused        Rule = "graph: a read-only property is refused"
	ComplexIsReplaced        Rule = "graph: a complex property is replaced as a unit"
	EnabledScopesStay        Rule = "graph: an enabled scope is neither removed nor renamed"
	ScopesComeFirst          Rule = "graph: only a stored scope can be pre-authorised"
	DomainsAreVerified       Rule = "graph: the host of an identifier URI is in a verified domain"
	IdentifierURIsAreUnique  Rule = "graph: an identifier URI is taken once in the tenant"
	DeletedKeepNames         Rule = "graph: a deleted application keeps its identifier URIs and its uniqueName"
	IdentifierURIsAreLimited Rule = "graph: an application has 999 identifier URIs at most"
	RedirectsAreLimited      Rule = "graph: an application has 256 redirect URIs at most"
	RedirectsAreValidated    Rule = "graph: an illegal redirect URI is refused"
	PersonalByDefault        Rule = "graph: a new application is for personal accounts as well"
	PrincipalsNeedAnApp      Rule = "graph: a service principal needs a replicated application"
	PrincipalsAreUnique      Rule = "graph: an application has one service principal"
	UpsertNeedsPrefer        Rule = "graph: PATCH by a key creates only with Prefer: create-if-missing"
	GrantsAreUnique          Rule = "graph: one grant for a client, a resource and a principal"
	NewObjectsAreUnknown     Rule = "graph: a new object may be unknown for a while"
	ListsArePaged            Rule = "graph: a list is paged"
	DisplayNamesRepeat       Rule = "graph: two applications may have one display name"
)

// The rules of the sign-in endpoints. Where real assistants log in, PromptConsentAsksAgain has to be
// off: Claude Code leaves prompt=consent out at Microsoft's own hosts, but not on loopback.
const (
	MetadataHidesPKCE        Rule = "discovery: the document does not tell that PKCE is supported"
	RedirectsAreRegistered   Rule = "authorize: a redirect URI must be registered (AADSTS50011)"
	LocalhostPortsAreIgnored Rule = "authorize: http://localhost may have any port; 127.0.0.1 may not"
	ClientsNeedAPrincipal    Rule = "authorize: a client needs a service principal (AADSTS700016)"
	ScopeIsRequired          Rule = "authorize: a request names scopes (AADSTS900144)"
	ResourceMatchesScopes    Rule = "authorize: resource and scopes mean one API (AADSTS9010010)"
	ResourcesNeedAPrincipal  Rule = "authorize: an API needs a service principal (AADSTS500011)"
	ScopesMustExist          Rule = "authorize: a scope must be exposed (AADSTS650053)"
	AssignmentCanBeRequired  Rule = "login: an application may be for assigned people only (AADSTS50105)"
	ConsentIsNeeded          Rule = "login: a client needs pre-authorisation or consent (AADSTS65001)"
	PromptConsentAsksAgain   Rule = "login: prompt=consent asks although an administrator consented (AADSTS90094)"
	CodesWorkOnce            Rule = "token: a code works once"
	CodesAreBound            Rule = "token: a code is bound to its client and redirect URI"
	PlatformsDecide          Rule = "token: the platform of the redirect URI decides how a client proves itself (AADSTS7000218, AADSTS9002327)"
	PublicHasNoSecret        Rule = "token: a public client sends no secret (AADSTS700025)"
	PKCEIsRequired           Rule = "token: a public client uses PKCE"
	VerifiersAreChecked      Rule = "token: the PKCE verifier is checked"
	RefreshNeedsOffline      Rule = "token: a refresh token comes with offline_access"
	SessionsCanEnd           Rule = "token: the refresh token of a revoked session is refused"
	SecretsAreChecked        Rule = "token: an administration app proves itself"
	VersionIsTheAPIs         Rule = "claims: the API decides the version of its tokens"
	GroupsAreTheAPIs         Rule = "claims: the API decides which groups its tokens carry"
	GroupsAreIDs             Rule = "claims: groups are object ids unless the API asks for names"
	TooManyGroupsLeave       Rule = "claims: more than 200 groups leave only a pointer"
)

// Rules lists all rules.
func Rules() []Rule {
	return []Rule{
		CallersAreAuthenticated, CallersNeedPermissions, OwnedByMeansOwned, UnknownPropertiesRefused, TypesAreChecked,
		ReadOnlyIsRefused, ComplexIsReplaced, EnabledScopesStay, ScopesComeFirst, DomainsAreVerified,
		IdentifierURIsAreUnique, DeletedKeepNames, IdentifierURIsAreLimited, RedirectsAreLimited, RedirectsAreValidated,
		PersonalByDefault, PrincipalsNeedAnApp, PrincipalsAreUnique, UpsertNeedsPrefer, GrantsAreUnique,
		NewObjectsAreUnknown, ListsArePaged, DisplayNamesRepeat,
		MetadataHidesPKCE, RedirectsAreRegistered, LocalhostPortsAreIgnored, ClientsNeedAPrincipal, ScopeIsRequired,
		ResourceMatchesScopes, ResourcesNeedAPrincipal, ScopesMustExist, AssignmentCanBeRequired, ConsentIsNeeded,
		PromptConsentAsksAgain, CodesWorkOnce, CodesAreBound, PlatformsDecide, PublicHasNoSecret, PKCEIsRequired,
		VerifiersAreChecked, RefreshNeedsOffline, SessionsCanEnd, SecretsAreChecked, VersionIsTheAPIs, GroupsAreTheAPIs,
		GroupsAreIDs, TooManyGroupsLeave,
	}
}
