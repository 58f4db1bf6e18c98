package keycloaktest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
)

// client is a client of the realm in the admin API's own form, ClientRepresentation; the fields
// that a body may hold are all here, so that an unknown one can be refused.
type client struct {
	ID                      string             `json:"id,omitempty"`
	ClientID                string             `json:"clientId,omitempty"`
	Name                    *string            `json:"name,omitempty"`
	Description             *string            `json:"description,omitempty"`
	Type                    *string            `json:"type,omitempty"`
	RootURL                 *string            `json:"rootUrl,omitempty"`
	AdminURL                *string            `json:"adminUrl,omitempty"`
	BaseURL                 *string            `json:"baseUrl,omitempty"`
	SurrogateAuthRequired   *bool              `json:"surrogateAuthRequired,omitempty"`
	Enabled                 *bool              `json:"enabled,omitempty"`
	AlwaysDisplayInConsole  *bool              `json:"alwaysDisplayInConsole,omitempty"`
	ClientAuthenticatorType *string            `json:"clientAuthenticatorType,omitempty"`
	Secret                  *string            `json:"secret,omitempty"`
	RegistrationAccessToken *string            `json:"registrationAccessToken,omitempty"`
	DefaultRoles            []string           `json:"defaultRoles,omitempty"`
	RedirectURIs            *[]string          `json:"redirectUris,omitempty"`
	WebOrigins              *[]string          `json:"webOrigins,omitempty"`
	NotBefore               *int               `json:"notBefore,omitempty"`
	BearerOnly              *bool              `json:"bearerOnly,omitempty"`
	ConsentRequired         *bool              `json:"consentRequired,omitempty"`
	StandardFlow            *bool              `json:"standardFlowEnabled,omitempty"`
	ImplicitFlow            *bool              `json:"implicitFlowEnabled,omitempty"`
	DirectAccessGrants      *bool              `json:"directAccessGrantsEnabled,omitempty"`
	ServiceAccounts         *bool              `json:"serviceAccountsEnabled,omitempty"`
	AuthorizationServices   *bool              `json:"authorizationServicesEnabled,omitempty"`
	DirectGrantsOnly        *bool              `json:"directGrantsOnly,omitempty"`
	PublicClient            *bool              `json:"publicClient,omitempty"`
	FrontchannelLogout      *bool              `json:"frontchannelLogout,omitempty"`
	Protocol                *string            `json:"protocol,omitempty"`
	Attributes              map[string]*string `json:"attributes,omitempty"`
	FlowOverrides           map[string]*string `json:"authenticationFlowBindingOverrides,omitempty"`
	FullScopeAllowed        *bool              `json:"fullScopeAllowed,omitempty"`
	NodeReRegistration      *int               `json:"nodeReRegistrationTimeout,omitempty"`
	RegisteredNodes         map[string]int     `json:"registeredNodes,omitempty"`
	ProtocolMappers         *[]mapper          `json:"protocolMappers,omitempty"`
	ClientTemplate          *string            `json:"clientTemplate,omitempty"`
	UseTemplateConfig       *bool              `json:"useTemplateConfig,omitempty"`
	UseTemplateScope        *bool              `json:"useTemplateScope,omitempty"`
	UseTemplateMappers      *bool              `json:"useTemplateMappers,omitempty"`
	DefaultClientScopes     *[]string          `json:"defaultClientScopes,omitempty"`
	OptionalClientScopes    *[]string          `json:"optionalClientScopes,omitempty"`
	AuthorizationSettings   *json.RawMessage   `json:"authorizationSettings,omitempty"`
	Access                  map[string]bool    `json:"access,omitempty"`
	Origin                  *string            `json:"origin,omitempty"`
}

// mapper is a protocol mapper, ProtocolMapperRepresentation.
type mapper struct {
	ID              string            `json:"id,omitempty"`
	Name            string            `json:"name,omitempty"`
	Protocol        string            `json:"protocol,omitempty"`
	Type            string            `json:"protocolMapper,omitempty"`
	ConsentRequired bool              `json:"consentRequired"`
	ConsentText     string            `json:"consentText,omitempty"`
	Config          map[string]string `json:"config"`
}

// UnmarshalJSON implements [json.Unmarshaler]. It refuses unknown fields in its own name.
func (m *mapper) UnmarshalJSON(text []byte) error {
	type plain mapper
	return decodeStrict("ProtocolMapperRepresentation", text, (*plain)(m))
}

const (
	pkceAttribute       = "pkce.code.challenge.method"
	deviceAttribute     = "oauth2.device.authorization.grant.enabled"
	issuerOutAttribute  = "exclude.issuer.from.auth.response"
	secretTimeAttribute = "client.secret.creation.time"
)

func is(flag *bool) bool { return flag != nil && *flag }

func list(l *[]string) []string {
	if l == nil {
		return nil
	}
	return *l
}

func (c *client) attribute(name string) string {
	if value := c.Attributes[name]; value != nil {
		return *value
	}
	return ""
}

func (c *client) mappers() []mapper {
	if c.ProtocolMappers == nil {
		return nil
	}
	return *c.ProtocolMappers
}

// has reports whether a client scope is assigned, either way.
func (c *client) has(scope string) bool {
	return slices.Contains(list(c.DefaultClientScopes), scope) || slices.Contains(list(c.OptionalClientScopes), scope)
}

// newClient is a client as the server makes it of an empty body.
func newClient() *client {
	return &client{
		ID: newID(), SurrogateAuthRequired: new(false), Enabled: new(true), AlwaysDisplayInConsole: new(false),
		ClientAuthenticatorType: new("client-secret"), RedirectURIs: &[]string{}, NotBefore: new(0),
		BearerOnly: new(false), ConsentRequired: new(false), StandardFlow: new(true), ImplicitFlow: new(false),
		DirectAccessGrants: new(false), ServiceAccounts: new(false), PublicClient: new(false),
		FrontchannelLogout: new(false), Protocol: new("openid-connect"),
		Attributes: map[string]*string{"realm_client": new("false")}, FlowOverrides: map[string]*string{},
		FullScopeAllowed: new(true), NodeReRegistration: new(-1),
	}
}

// newID returns a random UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// addBuiltInClients gives the realm the clients that every realm is born with.
func (r *realm) addBuiltInClients() {
	for _, name := range []string{"account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"} {
		c := newClient()
		c.ClientID = name
		c.StandardFlow, c.BearerOnly = new(false), new(name == "broker" || name == "realm-management")
		c.PublicClient, c.DirectAccessGrants = new(!is(c.BearerOnly)), new(name == "admin-cli")
		c.WebOrigins = &[]string{}
		r.assignRealmDefaults(c)
		r.clients = append(r.clients, c)
	}
}

// addServiceAccount makes a confidential client with a service account. Its secret holds
// characters that forms mangle.
func (r *realm) addServiceAccount(roles []string) (clientID, secret string) {
	c := newClient()
	c.ClientID, secret = "service-"+newID()[:8], "s+e&c%r "+rand.Text()
	c.Secret, c.ServiceAccounts, c.StandardFlow, c.WebOrigins = &secret, new(true), new(false), &[]string{}
	r.assignRealmDefaults(c)
	*c.DefaultClientScopes = append(*c.DefaultClientScopes, "service_account")
	r.clients = append(r.clients, c)
	r.roles[c.ClientID] = roles
	return c.ClientID, secret
}

// client returns a client by its client id, or nil.
func (r *realm) client(clientID string) *client {
	for _, c := range r.clients {
		if c.ClientID == clientID {
			return c
		}
	}
	return nil
}

func (r *realm) clientByID(id string) *client {
	for _, c := range r.clients {
		if c.ID == id {
			return c
		}
	}
	return nil
}
