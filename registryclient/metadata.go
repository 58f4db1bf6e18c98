package registryclient

import "context"

// ProtectedResourceMetadata tells assistants where to sign in and what to ask for (RFC 9728
// section 2).
type ProtectedResourceMetadata struct {
	Resource               string   `json:"resource"`
	AuthorizationServers   []string `json:"authorization_servers"` // issuers
	ScopesSupported        []string `json:"scopes_supported"`
	BearerMethodsSupported []string `json:"bearer_methods_supported"`
	ResourceDocumentation  string   `json:"resource_documentation"`
}

// AuthorizationServerMetadata are the endpoints of the identity provider as the gateway repeats
// them (RFC 8414 section 2).
type AuthorizationServerMetadata struct {
	Issuer                            string   `json:"issuer"`
	AuthorizationEndpoint             string   `json:"authorization_endpoint"`
	TokenEndpoint                     string   `json:"token_endpoint"`
	UserinfoEndpoint                  string   `json:"userinfo_endpoint"`
	JWKSURI                           string   `json:"jwks_uri"`
	EndSessionEndpoint                string   `json:"end_session_endpoint"`
	RegistrationEndpoint              string   `json:"registration_endpoint"` // Keycloak only
	ScopesSupported                   []string `json:"scopes_supported"`
	ResponseTypesSupported            []string `json:"response_types_supported"`
	GrantTypesSupported               []string `json:"grant_types_supported"`
	TokenEndpointAuthMethodsSupported []string `json:"token_endpoint_auth_methods_supported"`
	CodeChallengeMethodsSupported     []string `json:"code_challenge_methods_supported"`
	// AuthorizationResponseIssParameterSupported announces the iss parameter of RFC 9207.
	AuthorizationResponseIssParameterSupported bool `json:"authorization_response_iss_parameter_supported"`
}

const resourceMetadataPath = "/.well-known/oauth-protected-resource"

// ProtectedResourceMetadata reads the document of the whole gateway.
func (c *Client) ProtectedResourceMetadata(ctx context.Context) (*ProtectedResourceMetadata, error) {
	var metadata ProtectedResourceMetadata
	if err := c.readPublic(ctx, resourceMetadataPath, &metadata); err != nil {
		return nil, err
	}
	return &metadata, nil
}

// ServerResourceMetadata reads the document of one server, named by its path, with or without
// /mcp at the end. [ErrNotFound] reports that the server has none of its own, and that of the
// whole gateway applies: the rule on every identity provider but Entra. It is not told apart
// from a server that does not exist.
func (c *Client) ServerResourceMetadata(ctx context.Context, path string) (*ProtectedResourceMetadata, error) {
	escaped, err := escapeServerPath(path)
	if err != nil {
		return nil, err
	}
	var metadata ProtectedResourceMetadata
	if err := c.readPublic(ctx, resourceMetadataPath+escaped, &metadata); err != nil {
		return nil, err
	}
	return &metadata, nil
}

// AuthorizationServerMetadata reads what the gateway says of its identity provider. Assistants
// ask the issuer itself; differences between the two are worth a look.
func (c *Client) AuthorizationServerMetadata(ctx context.Context) (*AuthorizationServerMetadata, error) {
	var metadata AuthorizationServerMetadata
	if err := c.readPublic(ctx, "/.well-known/oauth-authorization-server", &metadata); err != nil {
		return nil, err
	}
	return &metadata, nil
}
