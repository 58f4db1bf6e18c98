package setup

// Entra names a tenant and the credential that administers it, which is chosen by Auth.
type Entra struct {
	TenantID string `yaml:"tenant_id"`       // GUID or domain
	Cloud    string `yaml:"cloud,omitempty"` // public, usgov or china; public when empty
	// Auth is one of token, client-secret, certificate, workload-identity, managed-identity and
	// az; empty takes the one that is given.
	Auth         string  `yaml:"auth,omitempty"`
	ClientID     string  `yaml:"client_id,omitempty"`     // of the administering app
	ClientSecret *Secret `yaml:"client_secret,omitempty"` // of ClientID
	Certificate  *Secret `yaml:"certificate,omitempty"`   // of ClientID: PEM with its key, or PKCS #12
	Token        *Secret `yaml:"token,omitempty"`         // a ready token for Microsoft Graph
	// GatewayApp is the client id of the gateway's own app registration; it is made when empty,
	// and called GatewayAppName.
	GatewayApp     string `yaml:"gateway_app,omitempty"`
	GatewayAppName string `yaml:"gateway_app_name,omitempty"`
	// GroupClaims is SecurityGroup or ApplicationGroup; empty leaves what is there, and takes
	// SecurityGroup where nothing is.
	GroupClaims string `yaml:"group_claims,omitempty"`
	Consent     string `yaml:"consent,omitempty"` // pre-authorize, which is what empty means, or grant
	// AllowUnverifiedDomain leaves it to Entra to judge identifier URIs of other hosts.
	AllowUnverifiedDomain bool `yaml:"allow_unverified_domain,omitempty"`
	// GraphURL and LoginURL replace the cloud's endpoints, for a stand-in.
	GraphURL string `yaml:"graph_url,omitempty"`
	LoginURL string `yaml:"login_url,omitempty"`
}
