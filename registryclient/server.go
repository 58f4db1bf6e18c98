package registryclient

import "context"

// Server is the stored document of one server, as GET /api/servers/{path} shows it.
type Server struct {
	ID          string `json:"id"`
	Path        string `json:"path"` // as stored, with its trailing slash if it has one
	Name        string `json:"server_name"`
	Description string `json:"description"`

	// OAuthClientID is the server's own client id. Without one the registry's default applies,
	// which only [Client.ConnectConfig] shows; see [Server.OwnClientID].
	OAuthClientID Field[string] `json:"oauth_client_id,omitzero"`
	// AppendMCPPath tells whether the connect URL ends in /mcp. Without a value it does since
	// release 1.29.
	AppendMCPPath Field[bool] `json:"append_mcp_path,omitzero"`

	ProxyPassURL        string   `json:"proxy_pass_url"` // not shown to callers who are no admin
	MCPEndpoint         string   `json:"mcp_endpoint"`
	SSEEndpoint         string   `json:"sse_endpoint"`
	Transport           string   `json:"transport"`
	SupportedTransports []string `json:"supported_transports"`
	AuthProvider        string   `json:"auth_provider"`
	AuthScheme          string   `json:"auth_scheme"` // none, bearer or api_key
	AuthHeaderName      string   `json:"auth_header_name"`
	CustomHeaderNames   []string `json:"custom_header_names"`
	EgressAuthMode      string   `json:"egress_auth_mode"` // none, oauth_user, obo_exchange or pat

	Tags          []string       `json:"tags"`
	License       string         `json:"license"`
	NumTools      int            `json:"num_tools"`
	Tools         []Tool         `json:"tool_list"`
	Metadata      map[string]any `json:"metadata"`
	Visibility    string         `json:"visibility"`
	AllowedGroups []string       `json:"allowed_groups"`
	Status        string         `json:"status"` // active, deprecated, draft or beta
	Version       string         `json:"version"`
	Source        string         `json:"source"` // "builtin" on the registry's own server
	Enabled       bool           `json:"is_enabled"`

	Deployment   string        `json:"deployment"`    // remote or local
	LocalRuntime *LocalRuntime `json:"local_runtime"` // only where deployment is local
	SyncMetadata *SyncMetadata `json:"sync_metadata"` // only on servers of another registry

	RegisteredBy string    `json:"registered_by"`
	RegisteredAt Timestamp `json:"registered_at"`
	UpdatedAt    Timestamp `json:"updated_at"`

	MCPServerName    string `json:"mcp_server_name"`
	MCPServerVersion string `json:"mcp_server_version"`
}

// OwnClientID returns the client id that the server has of its own, and whether it has one. The
// registry takes absent, null and "" alike: its default applies.
func (s Server) OwnClientID() (string, bool) {
	id, ok := s.OAuthClientID.Value()
	return id, ok && id != ""
}

// Tool is a tool that the registry saw on a server.
type Tool struct {
	Name        string         `json:"name"`
	Description string         `json:"description"`
	InputSchema map[string]any `json:"schema"`
}

// LocalRuntime says how a local (stdio) server is started.
type LocalRuntime struct {
	Type        string            `json:"type"` // npx, uvx, docker or command
	Package     string            `json:"package"`
	Version     string            `json:"version"`
	Args        []string          `json:"args"`
	Env         map[string]string `json:"env"`
	RequiredEnv []string          `json:"required_env"`
	ImageDigest string            `json:"image_digest"`
}

// SyncMetadata marks a server that another registry owns.
type SyncMetadata struct {
	Federated bool `json:"is_federated"`
	ReadOnly  bool `json:"is_read_only"`
}

// Server reads the stored document of one server. Slashes at the ends of the path do not matter.
//
// [ErrNotFound] reports that there is none, [ErrForbidden] that the caller's groups give no
// access to it. [ErrServerPath] reports a path that cannot be asked for: some routes of the
// registry have names of their own (/api/servers/groups, …/health) or end in a word that a
// server's path may end in as well (…/connect-config, …/rating, …/versions, …/security-scan,
// …/server.json), and then they answer instead.
func (c *Client) Server(ctx context.Context, path string) (*Server, error) {
	escaped, err := escapeServerPath(path)
	if err != nil {
		return nil, err
	}
	var server Server
	if err := c.readAPI(ctx, apiServer+escaped, nil, &server); err != nil {
		return nil, err
	}
	if err := checkAnswered(path, server.Path); err != nil {
		return nil, err
	}
	return &server, nil
}
