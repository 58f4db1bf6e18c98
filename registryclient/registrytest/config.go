package registrytest

import (
	"net/http"
	"time"
)

// Config describes a registry and the gateway in front of it. The zero value is a registry on
// Keycloak without servers. Names in capitals are the settings of the real one.
type Config struct {
	// Provider is AUTH_PROVIDER: "keycloak" (when empty), "okta", "cognito" or "entra". It decides
	// the metadata documents and which tokens of users are accepted.
	Provider string
	// Issuer is the issuer of the identity provider. Its keys are read over HTTP through
	// <Issuer>/.well-known/openid-configuration when they are first needed.
	Issuer string
	// CognitoDomain is the base URL of the pool's domain (COGNITO_DOMAIN), which the authorization
	// server metadata names. When empty, it is read from the issuer's discovery document.
	CognitoDomain string

	ClientID         string   // IDE_OAUTH_CLIENT_ID; none is advertised when empty
	CallbackPort     int      // IDE_OAUTH_CALLBACK_PORT; none is advertised when 0
	ConnectScope     string   // IDE_CONNECT_SCOPE; other values than local, project, user are dropped
	AdvertisedScopes []string // MCP_ADVERTISED_SCOPES; openid email profile offline_access when nil

	// GatewayClientID is the gateway's own client: KEYCLOAK_CLIENT_ID, OKTA_CLIENT_ID,
	// COGNITO_CLIENT_ID, ENTRA_CLIENT_ID; "mcp-gateway-web" when empty.
	GatewayClientID string
	// M2MClientID is KEYCLOAK_M2M_CLIENT_ID or OKTA_M2M_CLIENT_ID; GatewayClientID when empty.
	M2MClientID string
	// AllowedAudiences is OKTA_M2M_ALLOWED_AUDIENCES; on Entra, ENTRA_APPLICATION_ID_URI.
	AllowedAudiences []string
	// M2MClientIDs is COGNITO_M2M_CLIENT_IDS.
	M2MClientIDs []string

	// PublicURL is REGISTRY_URL, without a trailing slash, where it is not the address that is
	// listened on.
	PublicURL string
	// DeploymentMode is DEPLOYMENT_MODE, which /api/stats shows; "with-gateway" when empty.
	DeploymentMode string
	// Version is what /api/version says; when empty it is Release, and without one "1.0.0", as a real
	// release 1.30 says that was built without a stamp.
	Version string
	// Release makes the registry behave as that release does, such as "1.24.7". Release 1.30.0, the
	// one when empty, was recorded; what others do differently is from their release notes, and each
	// such [Rule] names the release. The oldest is 1.24.4.
	Release string
	// AdminToken is REGISTRY_API_TOKEN; random when empty.
	AdminToken string
	Keys       []Key // REGISTRY_API_KEYS

	Servers []Server
	// MachineClients are OAuth clients of machines and their groups, where the token names none.
	MachineClients []MachineClient
	// Scopes are the scope documents. When nil, there is one, registry-admins, that gives the
	// group of this name everything.
	Scopes []Scope

	// Off names rules that do not hold, for tests of tests.
	Off map[Rule]bool
}

// MachineClient gives the tokens of an OAuth client groups that they do not carry.
type MachineClient struct {
	ID, Name  string
	Groups    []string
	CreatedBy string

	created time.Time
}

// Key is a static API key. It is good for /api/ only, as the admin token.
type Key struct {
	Name, Token string
	Groups      []string
}

// Server is one entry of the registry, a server behind the gateway.
type Server struct {
	// Path is where it is stored: one leading slash, perhaps a trailing one.
	Path              string
	Name, Description string
	Tags              []string
	// ProxyPassURL is what the registry says the server's address is. Nothing is ever sent there.
	ProxyPassURL, MCPEndpoint string
	OAuthClientID             *string // never set when nil
	AppendMCPPath             *bool   // never set when nil
	// Disabled and Unhealthy servers are listed; the gateway has no location for them.
	Disabled, Unhealthy bool
	AuthScheme          string // "none" when empty
	AuthHeaderName      string
	CustomHeaders       []Header
	EgressAuthMode      string // "none" when empty
	Deployment          string // "remote" when empty, or "local"
	RegisteredBy        string // "network-user" when empty
	// BuiltIn tells an entry that the registry made itself: it has no owner, deployment or version.
	BuiltIn bool
	// Tools are what the registry found when it last checked the server. They are shown by its
	// API only; what may be called is up to Upstream.
	Tools []Tool
	// Stored are further fields of the stored document; they replace what the fields above make.
	Stored map[string]any
	// Upstream is the MCP server. It sees requests at the path /mcp, without the user's token.
	// When nil, it is a small server with one tool, echo.
	Upstream http.Handler
}

// Tool is one tool of a server.
type Tool struct{ Name, Description string }

// Header is a custom header of a server, in clear text.
type Header struct{ Name, Value string }

// Scope is a scope document: who is in it, and what it gives.
type Scope struct {
	Name          string
	GroupMappings []string // groups of the token, letter by letter
	ServerAccess  []Access // what may be called through the gateway
	// UIPermissions maps a permission, such as list_service, to names or to "all".
	UIPermissions map[string][]string
	Description   string
	// OtherRules are further rules as they are stored: on agents, or of the grouped shape. They let
	// nobody through the gateway here.
	OtherRules []any
	// Unmanaged tells that the identity provider has no group of this name.
	Unmanaged bool
	// Seeded tells that the registry made it at its first start, without the fields that its own
	// routes write: scope_type, description, agent_access and created_at.
	Seeded bool

	written time.Time
	bare    bool // made empty by its own route, which leaves agent_access out
}

// Access is a rule of a scope on one server.
type Access struct {
	Server  string // the path without slashes around it, or "*"
	Methods []string
	Tools   []string // names; "*" or "all" is a wildcard; nil leaves the key out
	// AnyTool stores tools as the bare word "*" instead of a list.
	AnyTool bool
}

// tools are the names of the rule, the bare word among them.
func (a Access) tools() []string {
	if a.AnyTool {
		return []string{"*"}
	}
	return a.Tools
}
