// Package entra administers what logins need in a tenant of Microsoft Entra ID, through Microsoft
// Graph v1.0: the gateway's own application, whose permission tokens are for, the public client of
// the assistants, and what binds the two. It reads what is there, computes the difference from what
// must be, and applies it without touching what is not ours.
//
// A provider is three parts. observe reads by natural key; diff is pure and knows only plain
// structs; exec makes one change. What is known of the SDK is in builders.go, client.go, graph.go,
// group.go, assign.go and translate.go.
//
// No tenant of Microsoft's was at hand: the rules come from Microsoft's documentation and from
// reports of others, and were checked against a stand-in and the types that Microsoft publishes.
package entra

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp"
)

// Config names a tenant and the credential that administers it.
type Config struct {
	// TenantID is the tenant's GUID, or one of its verified domains.
	TenantID string
	Cloud    Cloud // [Public] when empty
	// Auth chooses the credential. Empty takes the one that is given: Token, then ClientSecret,
	// then Certificate.
	Auth Auth
	// ClientID is the application of a secret, certificate or federated token, or the
	// user-assigned managed identity.
	ClientID     string
	ClientSecret idp.Credential
	Certificate  idp.Credential // PEM with its key, or PKCS #12 without a password
	Token        idp.Credential // for Microsoft Graph

	// GatewayApp is the client id of the gateway's own app registration. When it is empty one is
	// made and looked after, called GatewayAppName.
	GatewayApp     string
	GatewayAppName string // [DefaultGatewayAppName] when empty
	GroupClaims    GroupClaims
	Consent        Consent // [PreAuthorize] when empty

	// AllowUnverifiedDomain leaves it to Entra to judge identifier URIs outside the verified domains:
	// some tenants exempt applications whose tokens are of version 2 (Microsoft, identifier URI
	// restrictions).
	AllowUnverifiedDomain bool

	// GraphURL replaces the cloud's Microsoft Graph, without /v1.0, and LoginURL its authority, for a
	// stand-in. GraphURL is https, or http on loopback; LoginURL is https. Where only GraphURL is
	// given, only a ready Token may go there.
	GraphURL, LoginURL string
	// Waiting is told, once for each wait, what the directory does not know yet; may be nil.
	Waiting func(what string)
	// HTTP sends every request; [http.DefaultClient] when nil.
	HTTP *http.Client
}

// DefaultGatewayAppName is the name of an application that is made for the gateway.
const DefaultGatewayAppName = "MCP Gateway API"

// GroupClaims is which groups of a user the tokens list.
type GroupClaims string

// The groups that tokens list.
const (
	AnyGroups         GroupClaims = ""                 // as found; all security groups where none are
	SecurityGroups    GroupClaims = "SecurityGroup"    // all security groups of the user
	ApplicationGroups GroupClaims = "ApplicationGroup" // only those assigned to the gateway's application
)

// Consent is how the client may use the gateway's permission without asking each user.
type Consent string

// The ways to consent.
const (
	PreAuthorize Consent = "pre-authorize" // an entry of the gateway's application
	GrantConsent Consent = "grant"         // an administrator's consent for the whole tenant
)

// Provider administers one tenant. It implements [idp.Provider].
type Provider struct {
	config    Config
	endpoints endpoints
	graph     graphClient
	// pause waits between two looks at the directory.
	pause func(context.Context, time.Duration) error
}

var _ idp.Provider = (*Provider)(nil)

// New checks the configuration; it sends nothing and reads no secret. Errors are [*idp.Error] of
// [idp.CodeUsage]. Without a credential only Offline works.
func New(c Config) (*Provider, error) {
	c = c.withDefaults()
	e, err := c.check()
	if err != nil {
		return nil, err
	}
	base, scope := e.graph, e.graph+"/.default"
	if c.GraphURL != "" {
		base = c.GraphURL
	}
	target, err := url.Parse(base)
	if err != nil {
		return nil, usage("the address of Microsoft Graph is no URL", "set --graph-url as in http://127.0.0.1:8080")
	}
	graph, err := newGraphClient(base, &bearer{credential: c.credential(), scope: scope, scheme: target.Scheme, host: target.Host}, c.HTTP)
	if err != nil {
		return nil, err
	}
	return &Provider{config: c, endpoints: e, graph: graph, pause: sleep}, nil
}

func (c Config) withDefaults() Config {
	c.TenantID = strings.TrimSpace(c.TenantID)
	c.GraphURL, c.LoginURL = strings.TrimRight(c.GraphURL, "/"), strings.TrimRight(c.LoginURL, "/")
	if c.Cloud == "" {
		c.Cloud = Public
	}
	if c.GatewayAppName == "" {
		c.GatewayAppName = DefaultGatewayAppName
	}
	if c.Consent == "" {
		c.Consent = PreAuthorize
	}
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	switch {
	case c.Auth != "":
	case c.Token != nil:
		c.Auth = AuthToken
	case c.ClientSecret != nil:
		c.Auth = AuthClientSecret
	case c.Certificate != nil:
		c.Auth = AuthCertificate
	}
	return c
}

var (
	guid   = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	domain = regexp.MustCompile(`^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+$`)
)

func (c Config) check() (endpoints, error) {
	e, known := c.Cloud.endpoints()
	switch {
	case !known:
		return e, usage("unknown cloud "+string(c.Cloud), "use one of "+words(Clouds()))
	case !guid.MatchString(c.TenantID) && !domain.MatchString(c.TenantID):
		return e, usage("the tenant is neither a GUID nor a domain", "set --tenant or ENTRA_TENANT_ID; the Entra admin center shows it as Tenant ID")
	case slices.Contains([]string{"common", "organizations", "consumers"}, strings.ToLower(c.TenantID)):
		return e, usage("the tenant must be one tenant, not "+c.TenantID, "set --tenant or ENTRA_TENANT_ID to its id")
	case c.GatewayApp != "" && !guid.MatchString(c.GatewayApp):
		return e, usage("the gateway's app is named by its application (client) id, a GUID", "it is ENTRA_CLIENT_ID in the gateway's environment; set --gateway-app")
	case !slices.Contains([]GroupClaims{AnyGroups, SecurityGroups, ApplicationGroups}, c.GroupClaims):
		return e, usage("unknown group claims "+string(c.GroupClaims), "use SecurityGroup or ApplicationGroup")
	case !slices.Contains([]Consent{PreAuthorize, GrantConsent}, c.Consent):
		return e, usage("unknown consent "+string(c.Consent), "use pre-authorize or grant")
	}
	if err := c.checkCredential(); err != nil {
		return e, err
	}
	return e, c.checkGraphURL()
}

func (c Config) checkCredential() error {
	switch c.Auth {
	case "", AuthWorkloadIdentity, AuthManagedIdentity, AuthAzureCLI:
		return nil
	case AuthToken:
		if c.Token == nil {
			return usage("a token is to be used, and none is given", "set ENTRA_TOKEN, or name a file with --token-file")
		}
		return nil
	case AuthClientSecret, AuthCertificate:
		if !guid.MatchString(c.ClientID) {
			return usage("the app that administers the tenant has no client id, or one that is no GUID", "set --graph-client-id or ENTRA_GRAPH_CLIENT_ID")
		}
		if c.Auth == AuthClientSecret && c.ClientSecret == nil {
			return usage("a client secret is to be used, and none is given", "set ENTRA_GRAPH_CLIENT_SECRET, or name a file with --client-secret-file")
		}
		if c.Auth == AuthCertificate && c.Certificate == nil {
			return usage("a certificate is to be used, and none is given", "set ENTRA_GRAPH_CERTIFICATE_FILE, or name a file with --certificate-file")
		}
		return nil
	}
	return usage("unknown way to authenticate "+string(c.Auth), "use one of "+words(Auths()))
}

func (c Config) checkGraphURL() error {
	if c.GraphURL == "" {
		if c.LoginURL != "" {
			return usage("another authority is named, and no Microsoft Graph that takes its tokens", "set --graph-url too")
		}
		return nil
	}
	u, err := url.Parse(c.GraphURL)
	loopback := err == nil && slices.Contains(idp.LoopbackHosts(), u.Hostname())
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || (u.Scheme != "https" && (u.Scheme != "http" || !loopback)):
		return usage("another Microsoft Graph must be at an https URL, or at http on loopback", "set --graph-url as in http://127.0.0.1:8080")
	case c.LoginURL != "" && !strings.HasPrefix(c.LoginURL, "https://"):
		return usage("another authority must be at an https URL", "set --login-url as in https://127.0.0.1:8443")
	case c.Auth != "" && c.Auth != AuthToken && c.LoginURL == "":
		return usage("another Microsoft Graph is named: only a ready token may be sent there", "set ENTRA_TOKEN, name its authority with --login-url, or leave --graph-url out")
	}
	return nil
}

func usage(message, hint string) error {
	return &idp.Error{Code: idp.CodeUsage, Message: message, Hint: hint}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
