package registryclient

import "context"

// VersionInfo is what the registry says it is. Builds without a stamp say 1.0.0 whatever their
// release, and others give a development description, so it is a hint.
type VersionInfo struct {
	Version string `json:"version"`
	UITitle string `json:"ui_title"`
}

// Version reads the registry's version. It needs no credential and sends none.
func (c *Client) Version(ctx context.Context) (VersionInfo, error) {
	var version VersionInfo
	err := c.readPublic(ctx, "/api/version", &version)
	return version, err
}

// AuthProvider is the identity provider that the registry signs its users in with.
type AuthProvider struct {
	Name        string `json:"name"` // keycloak, okta, cognito, entra, auth0 or pingfederate
	DisplayName string `json:"display_name"`
}

// AuthProviders reads which identity providers the registry uses; there is one at most. It needs
// no credential and sends none.
func (c *Client) AuthProviders(ctx context.Context) ([]AuthProvider, error) {
	var answer struct {
		Providers []AuthProvider `json:"providers"`
	}
	err := c.readPublic(ctx, "/api/auth/providers", &answer)
	return answer.Providers, err
}

// Identity is whom the registry takes the caller for.
type Identity struct {
	Username string `json:"username"`
	// AuthMethod and Provider are "network-trusted" for a static token or key and "oauth2" for a
	// token of the identity provider. Neither names the provider: [Client.AuthProviders] does.
	AuthMethod string   `json:"auth_method"`
	Provider   string   `json:"provider"`
	Groups     []string `json:"groups"` // as the token names them
	// Scopes are the registry's scopes that the groups map to. Without any the gateway answers
	// 403 to every call.
	Scopes           []string            `json:"scopes"`
	Admin            bool                `json:"is_admin"`
	CanModifyServers bool                `json:"can_modify_servers"`
	UIPermissions    map[string][]string `json:"ui_permissions"`
	// AccessibleServers are the names that the scopes give access to through the gateway; "*" is
	// all. AccessibleServices are those the list shows; "all" is all.
	AccessibleServers  []string `json:"accessible_servers"`
	AccessibleServices []string `json:"accessible_services"`
	AccessibleAgents   []string `json:"accessible_agents"`
}

// Me reads whom the registry takes the caller for. [ErrUnauthorized] reports a token that it
// does not accept, or none.
func (c *Client) Me(ctx context.Context) (*Identity, error) {
	var me Identity
	if err := c.readAPI(ctx, "/api/auth/me", nil, &me); err != nil {
		return nil, err
	}
	return &me, nil
}
