package registryclient

import (
	"context"
	"encoding/json"
)

// ConnectConfig is what an assistant needs to connect to a server, as the registry resolves it.
//
// Fields that older releases do not know are absent there: oauth_client_id,
// oauth_callback_port and append_mcp_path arrived in 1.24.5 to 1.24.7, connect_scope in 1.27.
type ConnectConfig struct {
	Path string `json:"path"` // as asked for, without a trailing slash
	Name string `json:"server_name"`

	// OAuthClientID is the server's own client id, else the registry's default, else null. The
	// answer does not tell which; compare [Server.OwnClientID].
	OAuthClientID Field[string] `json:"oauth_client_id,omitzero"`
	// OAuthCallbackPort is the port that every assistant should listen on, null for any.
	OAuthCallbackPort Field[int] `json:"oauth_callback_port,omitzero"`
	// ConnectScope is where Claude Code should keep the entry: local, project or user.
	ConnectScope Field[string] `json:"connect_scope,omitzero"`
	// AppendMCPPath is the stored value, not resolved.
	AppendMCPPath Field[bool] `json:"append_mcp_path,omitzero"`

	AuthScheme     string      `json:"auth_scheme"` // none, bearer or api_key
	AuthHeaderName string      `json:"auth_header_name"`
	CustomHeaders  HeaderNames `json:"custom_headers"`
	EgressAuthMode string      `json:"egress_auth_mode"` // none, oauth_user, obo_exchange or pat
	// DecryptFailures counts custom headers that are stored but could not be read.
	DecryptFailures int `json:"decrypt_failures"`
}

// HeaderNames are the names of custom headers. The registry sends their values too, in clear
// text; they are dropped as they are read.
type HeaderNames []string

// UnmarshalJSON implements [json.Unmarshaler]. It reads a list of objects with a name.
func (h *HeaderNames) UnmarshalJSON(text []byte) error {
	var headers []struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(text, &headers); err != nil {
		return err
	}
	*h = nil
	for _, header := range headers {
		*h = append(*h, header.Name)
	}
	return nil
}

// ConnectConfig reads how to connect to one server. Slashes at the ends of the path do not
// matter. Errors are those of [Client.Server]. Virtual servers (/virtual/…) are [ErrNotFound].
func (c *Client) ConnectConfig(ctx context.Context, path string) (*ConnectConfig, error) {
	escaped, err := escapeServerPath(path)
	if err != nil {
		return nil, err
	}
	var config ConnectConfig
	if err := c.readAPI(ctx, apiServer+escaped+"/connect-config", nil, &config); err != nil {
		return nil, err
	}
	if err := checkAnswered(path, config.Path); err != nil {
		return nil, err
	}
	return &config, nil
}
