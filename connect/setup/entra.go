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
	// GatewayApp is the client id of the gateway's own app registration; it is made when empty.
	GatewayApp string `yaml:"gateway_app,omitempty"`
}
