package registrytest

import (
	"net/http"
	"strings"
)

// Config describes a registry and its gateway. The zero value is one without servers, in front of
// a Keycloak that cannot be reached.
type Config struct {
	Provider string // keycloak (when empty), okta, cognito or entra
	// Issuer is that of the identity provider. Its discovery document and keys are read over HTTP
	// when they are first needed.
	Issuer string

	ClientID         string   // IDE_OAUTH_CLIENT_ID; none is advertised when empty
	CallbackPort     int      // IDE_OAUTH_CALLBACK_PORT; none is advertised when 0
	ConnectScope     string   // IDE_CONNECT_SCOPE
	AdvertisedScopes []string // MCP_ADVERTISED_SCOPES; openid email profile offline_access when nil
	GatewayClientID  string   // KEYCLOAK_CLIENT_ID and its likes; "mcp-gateway-web" when empty
	AllowedAudiences []string // OKTA_M2M_ALLOWED_AUDIENCES
	M2MClientIDs     []string // COGNITO_M2M_CLIENT_IDS
	PublicURL        string   // REGISTRY_URL; the listener's own when empty
	Version          string   // what the registry calls itself; "1.0.0" when empty, as a real 1.30 does

	AdminToken string // the static admin token; a random one when empty
	Keys       []Key  // named static keys
	Servers    []Server
	// Scopes are the scope documents. When nil there is one, registry-admins, which maps the
	// group of that name to everything.
	Scopes []Scope
	// Off names rules that do not hold, for tests of tests.
	Off map[Rule]bool
}

// Key is a named static key, whose groups go through the mapping.
type Key struct {
	Name, Token string
	Groups      []string
}

// Server is one registered server.
type Server struct {
	Path, Name, Description    string
	Tags                       []string
	ProxyPassURL, MCPEndpoint  string
	OAuthClientID              *string
	AppendMCPPath              *bool
	Disabled, Unhealthy        bool
	AuthScheme, AuthHeaderName string // "none" when the scheme is empty
	CustomHeaders              []Header
	EgressAuthMode             string       // "none" when empty
	Deployment                 string       // "remote" when empty
	RegisteredBy               string       // "network-user" when empty
	Tools                      []Tool       // as the registry saw them
	Upstream                   http.Handler // the MCP server, which is asked at /mcp
}

// Tool is a tool as the registry shows it.
type Tool struct{ Name, Description string }

// Header is a header that the server behind the gateway wants.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Scope is a scope document: who has it, and what it lets do.
type Scope struct {
	Name          string
	GroupMappings []string
	ServerAccess  []Access
	UIPermissions map[string][]string
}

// Access is one rule of a scope. A server, method or tool "*" or "all" stands for every one.
type Access struct {
	Server         string
	Methods, Tools []string
}

// key is the name of a server in rules: its path without slashes at its ends.
func (s Server) key() string { return strings.Trim(s.Path, "/") }

func (s Server) served() bool { return !s.Disabled && !s.Unhealthy }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// everything are the permissions of the seeded admin scopes.
func everything() map[string][]string {
	permissions := map[string][]string{}
	for _, name := range strings.Fields(`list_agents get_agent publish_agent modify_agent delete_agent toggle_agent
		list_skills publish_skill modify_skill delete_skill toggle_skill
		list_service register_service health_check_service toggle_service modify_service change_lifecycle_status delete_service
		list_virtual_server create_virtual_server modify_virtual_server delete_virtual_server`) {
		permissions[name] = []string{"all"}
	}
	return permissions
}

// adminGroup is the group of the static admin token; its scopes are always there.
const adminGroup = "mcp-registry-admin"

func builtInScopes() []Scope {
	all := []Access{{Server: "*", Methods: []string{"all"}, Tools: []string{"all"}}}
	return []Scope{
		{Name: adminGroup, GroupMappings: []string{adminGroup}, ServerAccess: all, UIPermissions: everything()},
		{Name: "mcp-servers-unrestricted/read", GroupMappings: []string{adminGroup}, ServerAccess: all},
		{Name: "mcp-servers-unrestricted/execute", GroupMappings: []string{adminGroup}, ServerAccess: all},
	}
}

func (c Config) withDefaults() Config {
	c.Provider = or(c.Provider, "keycloak")
	c.GatewayClientID = or(c.GatewayClientID, "mcp-gateway-web")
	c.Version = or(c.Version, "1.0.0")
	if c.AdvertisedScopes == nil {
		c.AdvertisedScopes = []string{"openid", "email", "profile", "offline_access"}
	}
	if c.Scopes == nil {
		c.Scopes = []Scope{{
			Name: "registry-admins", GroupMappings: []string{"registry-admins"}, UIPermissions: everything(),
			ServerAccess: []Access{{Server: "*", Methods: []string{"all"}, Tools: []string{"all"}}},
		}}
	}
	return c
}
