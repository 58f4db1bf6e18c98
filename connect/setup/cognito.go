package setup

// Cognito names a user pool. Its credentials are those of the AWS default chain.
type Cognito struct {
	UserPoolID string `yaml:"user_pool_id"`
	Region     string `yaml:"region,omitempty"`       // default: that of the pool's id
	Profile    string `yaml:"profile,omitempty"`      // of the AWS configuration
	Endpoint   string `yaml:"endpoint_url,omitempty"` // of the API, where it is not the region's own
	// Domain is the prefix of the pool's domain that the gateway is told (COGNITO_DOMAIN).
	Domain string `yaml:"domain,omitempty"`
	// CreateDomain is the prefix of a pool domain to make when the pool has none.
	CreateDomain string `yaml:"create_domain,omitempty"`
	// IdentityProviders are those that the login page offers; all of the pool when absent.
	IdentityProviders []string `yaml:"identity_providers,omitempty"`
	// CreateGroups makes the groups of the mappings that the pool does not have.
	CreateGroups bool `yaml:"create_groups,omitempty"`
	// AddUsers are names of users to put into the mapped groups.
	AddUsers []string `yaml:"add_users,omitempty"`
}
