package keycloaktest

// Rule names something that Keycloak does and that set-ups run into.
type Rule string

// The rules of the authorization and token endpoints.
const (
	RedirectsAreRegistered   Rule = "authorize: a redirect URI must be registered"
	LoopbackPortsAreIgnored  Rule = "authorize: an http redirect URI on loopback may have any port when none is registered"
	WildcardsStayBelow       Rule = "authorize: dot segments do not climb out of a wildcard"
	WildcardsKeepTheHost     Rule = "authorize: a wildcard does not widen the host"
	PKCEIsEnforced           Rule = "authorize: the client's PKCE method must be used"
	ScopesMustBeAssigned     Rule = "authorize: a scope that the client does not have is refused"
	FlowsCanBeDisabled       Rule = "authorize: a flow that is off is refused"
	IssuerIsInRedirects      Rule = "authorize: redirects carry iss (RFC 9207)"
	DisabledClientsAreShut   Rule = "authorize: a disabled client is refused"
	LoginsNeedTheirCookie    Rule = "login: the form is bound to a cookie"
	CodesWorkOnce            Rule = "token: a code works once"
	CodesAreBound            Rule = "token: a code is bound to its client and redirect URI"
	VerifiersAreChecked      Rule = "token: the PKCE verifier is checked"
	OriginsMustBeListed      Rule = "token: an Origin that is not listed is refused"
	GrantsCanBeDisabled      Rule = "token: a grant that is off is refused"
	OfflineNeedsARole        Rule = "token: offline access needs the user's role"
	RefreshTokensAreBound    Rule = "token: a refresh token is bound to its client"
	SessionsCanEnd           Rule = "token: the refresh token of an ended session is refused"
	AudienceNeedsAMapper     Rule = "claims: only mappers fill aud"
	SubjectNeedsBasic        Rule = "claims: sub comes with the scope basic"
	NoGroupsNoClaim          Rule = "claims: who is in no group gets no groups claim"
	GroupNamesAreLeaves      Rule = "claims: without the full path only a group's last name counts"
	RolesNeedScope           Rule = "claims: roles need the scope roles and what the client may see"
	OneMetadataForm          Rule = "discovery: the OpenID document is not served with the path inserted"
	RegistrationIsRestricted Rule = "registration: policies refuse strangers"
)

// The rules of the admin API.
const (
	AdminsAreAuthenticated Rule = "admin: a token is required"
	AdminsNeedRoles        Rule = "admin: each right needs its role"
	QueryShowsNothing      Rule = "admin: query-clients alone shows empty lists"
	LookUpIsExact          Rule = "admin: a client is looked up by its exact id"
	ClientIDsAreUnique     Rule = "admin: a client id is taken once"
	UnknownFieldsRefused   Rule = "admin: an unknown field is refused"
	RedirectsAreValidated  Rule = "admin: an illegal redirect URI is refused"
	UnknownScopesDropped   Rule = "admin: unknown scopes are dropped silently on creation"
	UnknownMappersStored   Rule = "admin: an inline mapper of an unknown type is stored"
	ScopeListsIgnored      Rule = "admin: PUT ignores lists of scopes"
	MappersReplaced        Rule = "admin: PUT replaces the list of mappers"
	MapperIDsKept          Rule = "admin: PUT matches mappers by name and keeps their ids"
	AttributesMerge        Rule = "admin: PUT merges attributes"
	NullsAreKept           Rule = "admin: PUT keeps what is null"
	OriginsDerived         Rule = "admin: absent web origins come from the redirect URIs"
	AssignedScopesStay     Rule = "admin: a scope that is assigned one way is not assigned the other way"
	PublicDropsSecret      Rule = "admin: a client that becomes public loses its secret"
	TrustedHostsGuarded    Rule = "admin: Trusted Hosts cannot have both checks off"
)

// Rules lists all rules.
func Rules() []Rule {
	return []Rule{
		RedirectsAreRegistered, LoopbackPortsAreIgnored, WildcardsStayBelow, WildcardsKeepTheHost,
		PKCEIsEnforced, ScopesMustBeAssigned, FlowsCanBeDisabled, IssuerIsInRedirects,
		DisabledClientsAreShut, LoginsNeedTheirCookie,
		CodesWorkOnce, CodesAreBound, VerifiersAreChecked, OriginsMustBeListed, GrantsCanBeDisabled,
		OfflineNeedsARole, RefreshTokensAreBound, SessionsCanEnd,
		AudienceNeedsAMapper, SubjectNeedsBasic, NoGroupsNoClaim, GroupNamesAreLeaves, RolesNeedScope,
		OneMetadataForm, RegistrationIsRestricted,
		AdminsAreAuthenticated, AdminsNeedRoles, QueryShowsNothing, LookUpIsExact, ClientIDsAreUnique,
		UnknownFieldsRefused, RedirectsAreValidated, UnknownScopesDropped, UnknownMappersStored,
		ScopeListsIgnored, MappersReplaced, MapperIDsKept, AttributesMerge, NullsAreKept,
		OriginsDerived, AssignedScopesStay, PublicDropsSecret, TrustedHostsGuarded,
	}
}
