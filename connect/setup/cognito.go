package setup

// Cognito names a user pool. Its credentials are those of the AWS default chain.
type Cognito struct {
	UserPoolID string `yaml:"user_pool_id"`
	Region     string `yaml:"region,omitempty"`  // default: that of the pool's id
	Profile    string `yaml:"profile,omitempty"` // of the AWS configuration
	// CreateDomain is the prefix of a pool domain to make when the pool has none.
	CreateDomain string `yaml:"create_domain,omitempty"`
	// CreateGroups makes the groups of the mappings that the pool does not have.
	CreateGroups bool `yaml:"create_groups,omitempty"`
	// AddUsers are names of users to put into the mapped groups.
	AddUsers []string `yaml:"add_users,omitempty"`
}
