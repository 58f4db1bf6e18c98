package setup

// Okta names an org and the credential that administers it: an API token, or a service app with
// a private key.
type Okta struct {
	OrgURL              string  `yaml:"org_url"`                        // absolute: https://acme.okta.com
	AuthorizationServer string  `yaml:"authorization_server,omitempty"` // id of a custom one; "default" when empty
	Token               *Secret `yaml:"token,omitempty"`                // an API token (SSWS)
	ClientID            string  `yaml:"client_id,omitempty"`            // of a service app, with PrivateKey
	PrivateKey          *Secret `yaml:"private_key,omitempty"`          // PEM or JWK
	PrivateKeyID        string  `yaml:"private_key_id,omitempty"`       // kid, where the app has several keys
	// GroupsFilter is a regular expression for the groups claim; empty derives one from the mapped
	// groups.
	GroupsFilter string `yaml:"groups_filter,omitempty"`
	// Scopes are the OAuth scopes that the gateway advertises; empty for those of the kind.
	Scopes []string `yaml:"scopes,omitempty"`
	// AssignUsers are logins of single users who may use the client.
	AssignUsers []string `yaml:"assign_users,omitempty"`
}
