package idptest

// KeycloakRule names something that Keycloak does and that set-ups run into.
type KeycloakRule string

// The rules of the authorization and token endpoints.
const (
	RedirectsAreRegistered   KeycloakRule = "authorize: a redirect URI must be registered"
	LoopbackPortsAreIgnored  KeycloakRule = "authorize: an http redirect URI on loopback may have any port when none is registered"
	WildcardsStayBelow       KeycloakRule = "authorize: dot segments do not climb out of a wildcard"
	WildcardsKeepTheHost     KeycloakRule = "authorize: a wildcard does not widen the host"
	PKCEIsEnforced           KeycloakRule = "authorize: the client's PKCE method must be used"
	ScopesMustBeAssigned     KeycloakRule = "authorize: a scope that the client does not have is refused"
	FlowsCanBeDisabled       KeycloakRule = "authorize: a flow that is off is refused"
	IssuerIsInRedirects      KeycloakRule = "authorize: redirects carry iss (RFC 9207)"
	DisabledClientsAreShut   KeycloakRule = "authorize: a disabled client is refused"
	LoginsNeedTheirCookie    KeycloakRule = "login: the form is bound to a cookie"
	CodesWorkOnce            KeycloakRule = "token: a code works once"
	CodesAreBound            KeycloakRule = "token: a code is bound to its client and redirect URI"
	VerifiersAreChecked      KeycloakRule = "token: the PKCE verifier is checked"
	OriginsMustBeListed      KeycloakRule = "token: an Origin that is not listed is refused"
	GrantsCanBeDisabled      KeycloakRule = "token: a grant that is off is refused"
	OfflineNeedsARole        KeycloakRule = "token: offline access needs the user's role"
	RefreshTokensAreBound    KeycloakRule = "token: a refresh token is bound to its client"
	SessionsCanEnd           KeycloakRule = "token: the refresh token of an ended session is refused"
	AudienceNeedsAMapper     KeycloakRule = "claims: only mappers fill aud"
	SubjectNeedsBasic        KeycloakRule = "claims: sub comes with the scope basic"
	NoGroupsNoClaim          KeycloakRule = "claims: who is in no group gets no groups claim"
	GroupNamesAreLeaves      KeycloakRule = "claims: without the full path only a group's last name counts"
	RolesNeedScope           KeycloakRule = "claims: roles need the scope roles and what the client may see"
	OneMetadataForm          KeycloakRule = "discovery: the OpenID document is not served with the path inserted"
	RegistrationIsRestricted KeycloakRule = "registration: policies refuse strangers"
)

// The rules of the admin API.
const (
	AdminsAreAuthenticated KeycloakRule = "admin: a token is required"
	AdminsNeedRoles        KeycloakRule = "admin: each right needs its role"
	QueryShowsNothing      KeycloakRule = "admin: query-clients alone shows empty lists"
	LookUpIsExact          KeycloakRule = "admin: a client is looked up by its exact id"
	ClientIDsAreUnique     KeycloakRule = "admin: a client id is taken once"
	UnknownFieldsRefused   KeycloakRule = "admin: an unknown field is refused"
	RedirectsAreValidated  KeycloakRule = "admin: an illegal redirect URI is refused"
	UnknownScopesDropped   KeycloakRule = "admin: unknown scopes are dropped silently on creation"
	UnknownMappersStored   KeycloakRule = "admin: an inline mapper of an unknown type is stored"
	ScopeListsIgnored      KeycloakRule = "admin: PUT ignores lists of scopes"
	MappersReplaced        KeycloakRule = "admin: PUT replaces the list of mappers"
	MapperIDsKept          KeycloakRule = "admin: PUT matches mappers by name and keeps their ids"
	AttributesMerge        KeycloakRule = "admin: PUT merges attributes"
	NullsAreKept           KeycloakRule = "admin: PUT keeps what is null"
	OriginsDerived         KeycloakRule = "admin: absent web origins come from the redirect URIs"
	AssignedScopesStay     KeycloakRule = "admin: a scope that is assigned one way is not assigned the other way"
	PublicDropsSecret      KeycloakRule = "admin: a client that becomes public loses its secret"
	TrustedHostsGuarded    KeycloakRule = "admin: Trusted Hosts cannot have both checks off"
)

// KeycloakRules lists all rules.
func KeycloakRules() []KeycloakRule {
	return []KeycloakRule{
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
