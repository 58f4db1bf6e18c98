package registrytest

// Rule is one way of the real registry or gateway that surprises those who use it.
type Rule string

// The rules of the gateway.
const (
	// RedirectWithoutSlash answers /<server> with a 301 to /<server>/ before any authentication.
	RedirectWithoutSlash Rule = "redirect-without-slash"
	// RepeatedChallenges sends two WWW-Authenticate lines with a JSON 401.
	RepeatedChallenges Rule = "repeated-challenges"
	// RepeatedContentTypes sends two Content-Type lines with a JSON 401 and 403, before release 1.32.
	RepeatedContentTypes Rule = "repeated-content-types"
	// StaticTokensForAPIOnly refuses the admin token and named keys on servers.
	StaticTokensForAPIOnly Rule = "static-tokens-for-api-only"
	// XAuthorizationFirst reads X-Authorization before Authorization.
	XAuthorizationFirst Rule = "x-authorization-first"
	// NoLocationUnlessHealthy answers 404 without a challenge for a disabled or unhealthy server.
	NoLocationUnlessHealthy Rule = "no-location-unless-healthy"
	// PostOnly answers other methods on a server with 405.
	PostOnly Rule = "post-only"
	// MethodsChecked wants a method to be in the rule, if the rule has no wildcard of tools.
	MethodsChecked Rule = "methods-checked"
	// ToolsChecked wants a tool to be in the rule.
	ToolsChecked Rule = "tools-checked"
	// ToolsListKeyedByURL filters tools/list by the rule for <server>/mcp when the request went to
	// /<server>/mcp, though access is decided by the rule for <server>.
	ToolsListKeyedByURL Rule = "tools-list-keyed-by-url"
	// ToolsWildcardAllowsMethods lets every method pass a rule whose tools are a wildcard.
	ToolsWildcardAllowsMethods Rule = "tools-wildcard-allows-methods"
	// ToolsCallNeedsToolOnly lets tools/call pass a rule that names the tool, whatever its methods.
	ToolsCallNeedsToolOnly Rule = "tools-call-needs-tool-only"
	// HintSkipsMCP leaves /mcp out of the metadata URL of the challenge for a path that ends in the
	// letters mcp, though the resource has it.
	HintSkipsMCP Rule = "hint-skips-mcp"
)

// The rules of tokens.
const (
	// GroupsLetterByLetter maps a group only if it equals the mapping; /devs is not devs.
	GroupsLetterByLetter Rule = "groups-letter-by-letter"
	// AudienceChecked wants an audience, on Cognito a client, that the gateway knows.
	AudienceChecked Rule = "audience-checked"
	// AccountAudienceRefused refuses the audience account on Keycloak, since release 1.28.
	AccountAudienceRefused Rule = "account-audience-refused"
	// OktaAudienceChecked wants a known audience also of a token with cid, since release 1.27.
	OktaAudienceChecked Rule = "okta-audience-checked"
	// IssuerChecked wants the configured issuer.
	IssuerChecked Rule = "issuer-checked"
	// TimesChecked refuses tokens that are expired or not yet valid, without leeway.
	TimesChecked Rule = "times-checked"
	// ClientWildcardForMachinesOnly keeps a * in COGNITO_M2M_CLIENT_IDS from admitting users' tokens.
	ClientWildcardForMachinesOnly Rule = "client-wildcard-for-machines-only"
	// IDTokensRefused refuses ID tokens, known by a nonce, on Entra.
	IDTokensRefused Rule = "id-tokens-refused"
	// ServerAudienceForServerOnly refuses a token for a server's URL on /api/ and on other servers.
	ServerAudienceForServerOnly Rule = "server-audience-for-server-only"
)

// The rules of the API and of the discovery documents.
const (
	// HTMLChallenge answers /api/ without a good token with nginx's HTML page and a bare challenge.
	HTMLChallenge Rule = "html-challenge"
	// BrowserSessionsOnly refuses tokens on the routes that show the configuration.
	BrowserSessionsOnly Rule = "browser-sessions-only"
	// ConfigForSessionsOnly keeps the configuration from who has no session, since release 1.26.
	ConfigForSessionsOnly Rule = "config-for-sessions-only"
	// ConnectSettingsRead reads IDE_OAUTH_CLIENT_ID, IDE_OAUTH_CALLBACK_PORT and
	// MCP_ADVERTISED_SCOPES, since release 1.24.5.
	ConnectSettingsRead Rule = "connect-settings-read"
	// OverridesKnown takes and shows oauth_client_id and append_mcp_path of a server, since release
	// 1.24.7.
	OverridesKnown Rule = "overrides-known"
	// ConnectScopeKnown has connect_scope in connect-config, since release 1.27.
	ConnectScopeKnown Rule = "connect-scope-known"
	// ListByPathName compares list_service with the name in the path, not with the display name.
	ListByPathName Rule = "list-by-path-name"
	// ListOmitsOverrides leaves oauth_client_id and append_mcp_path out of lists.
	ListOmitsOverrides Rule = "list-omits-overrides"
	// UnsetOverridesAbsent leaves overrides that were never set out of a server's document.
	UnsetOverridesAbsent Rule = "unset-overrides-absent"
	// URLsForAdminsOnly hides the addresses of servers from others.
	URLsForAdminsOnly Rule = "urls-for-admins-only"
	// NotFoundBeforeForbidden tells everybody which servers exist.
	NotFoundBeforeForbidden Rule = "not-found-before-forbidden"
	// SlashTolerance finds a server with or without its trailing slash.
	SlashTolerance Rule = "slash-tolerance"
	// EmptyClientIDFallsBack advertises the global client for a server whose own id is empty.
	EmptyClientIDFallsBack Rule = "empty-client-id-falls-back"
	// SlashedPathsStay refuses to save a server that is stored with a slash at its end, before release
	// 1.32.
	SlashedPathsStay Rule = "slashed-paths-stay"
	// MetadataPerServerIfNeeded gives a server a metadata document of its own only on Entra, or
	// when its egress mode is obo_exchange.
	MetadataPerServerIfNeeded Rule = "metadata-per-server-if-needed"
	// MetadataPerServerOnEntra gives each server a metadata document on Entra, and takes its URL for an
	// audience, since release 1.29.
	MetadataPerServerOnEntra Rule = "metadata-per-server-on-entra"
	// DiscoveryRateLimit allows each address two requests per second and ten more below
	// /.well-known/; the next is answered 429, as HTML and without Retry-After.
	DiscoveryRateLimit Rule = "discovery-rate-limit"
)

// The rules of writes.
const (
	// ScopeWritesWipe empties the rules and permissions that a write of a scope leaves out.
	ScopeWritesWipe Rule = "scope-writes-wipe"
	// WholeDocumentsWritten writes a changed server's document as it was when the request came in, with
	// the change, so that parallel changes are lost, and checks If-Match before it. Before release 1.32.
	WholeDocumentsWritten Rule = "whole-documents-written"
	// StrictScopeConfig refuses keys and shapes of rules that the routes for scopes do not know, since
	// release 1.28.
	StrictScopeConfig Rule = "strict-scope-config"
	// WildcardRulesRefused refuses to write a scope with a rule for every server, since release 1.27.1.
	WildcardRulesRefused Rule = "wildcard-rules-refused"
	// ScopesForAdminsOnly refuses others on every route about scopes.
	ScopesForAdminsOnly Rule = "scopes-for-admins-only"
	// HealthChecksGrowScopes adds a rule of the grouped shape for each server, once it is enabled, to
	// the scopes mcp-servers-unrestricted/read and /execute.
	HealthChecksGrowScopes Rule = "health-checks-grow-scopes"
	// RegisterRefusesSilently answers 500 without a reason to paths and addresses that the policy
	// forbids.
	RegisterRefusesSilently Rule = "register-refuses-silently"
	// RegisterKeepsOverrides keeps the overrides of a server that is registered again.
	RegisterKeepsOverrides Rule = "register-keeps-overrides"
	// RegisterRateLimit allows each address five registrations per second and ten more; the next is
	// answered 429, as HTML and without Retry-After.
	RegisterRateLimit Rule = "register-rate-limit"
	// APIRateLimit allows each address fifty requests per second and a hundred more below /api/.
	APIRateLimit Rule = "api-rate-limit"
)

// Rules returns all rules, in the order of their declaration.
func Rules() []Rule {
	return []Rule{
		RedirectWithoutSlash, RepeatedChallenges, RepeatedContentTypes, StaticTokensForAPIOnly, XAuthorizationFirst,
		NoLocationUnlessHealthy, PostOnly, MethodsChecked, ToolsChecked, ToolsListKeyedByURL,
		ToolsWildcardAllowsMethods, ToolsCallNeedsToolOnly, HintSkipsMCP,
		GroupsLetterByLetter, AudienceChecked, AccountAudienceRefused, OktaAudienceChecked, IssuerChecked, TimesChecked,
		ClientWildcardForMachinesOnly, IDTokensRefused, ServerAudienceForServerOnly,
		HTMLChallenge, BrowserSessionsOnly, ConfigForSessionsOnly, ConnectSettingsRead, OverridesKnown,
		ConnectScopeKnown, ListByPathName, ListOmitsOverrides,
		UnsetOverridesAbsent, URLsForAdminsOnly, NotFoundBeforeForbidden, SlashTolerance,
		EmptyClientIDFallsBack, SlashedPathsStay, MetadataPerServerIfNeeded,
		MetadataPerServerOnEntra, DiscoveryRateLimit,
		WholeDocumentsWritten, StrictScopeConfig, ScopeWritesWipe, WildcardRulesRefused, ScopesForAdminsOnly,
		HealthChecksGrowScopes, RegisterRefusesSilently,
		RegisterKeepsOverrides, RegisterRateLimit, APIRateLimit,
	}
}
