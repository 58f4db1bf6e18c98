// Package cognitotest stands in for Amazon Cognito user pools on loopback: the admin API as the
// AWS JSON 1.1 protocol serves it, the pool's issuer at the same origin, and the pool's domain,
// with its OAuth endpoints and login pages, at another one. The rules that trip people are in it.
//
// It was written from the service model of the AWS SDKs and the developer guide, and never
// compared with a live pool.
package cognitotest

import (
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// Config describes a region with one user pool. The zero value is a pool of the Essentials plan
// without users, whose domain has managed login.
type Config struct {
	// Region is the AWS region; "us-east-1" when empty.
	Region string
	// PoolID is the id of the pool; REGION_Mcp4Gateway when empty.
	PoolID string
	// Tier is the pool's feature plan: LITE, ESSENTIALS or PLUS; ESSENTIALS when empty.
	Tier string
	// Domain is the prefix of the pool's domain, "acme-login" when empty. NoDomain leaves the pool
	// without one; the admin API can make it then.
	Domain   string
	NoDomain bool
	// CustomDomain is a host name of the customer's own that the pool has as well, such as
	// login.example.com; none when empty. It is described, and not served at that name.
	CustomDomain string
	// ManagedLoginVersion is that of the domain: 1 has the classic pages, 2 has managed login.
	// Zero is 2, or 1 in the plan LITE, which has no managed login.
	ManagedLoginVersion int
	// Users are the people of the pool. Groups are groups that exist besides those of the users.
	Users  []idptest.User
	Groups []string
	// IdentityProviders are those of the pool besides its own directory, which is called COGNITO.
	IdentityProviders []IdentityProvider
	// ResourceServers define scopes of their own.
	ResourceServers []ResourceServer
	// HTTPS serves all of it over https, with a certificate whose authority [Cognito.CAPEM]
	// returns. Some assistants judge https endpoints more strictly.
	HTTPS bool
	// Off names rules that do not hold, for tests of tests.
	Off map[Rule]bool
}

// IdentityProvider is a SAML, OIDC or social provider of the pool.
type IdentityProvider struct {
	Name string
	Type string // SAML, OIDC, Google, Facebook, LoginWithAmazon or SignInWithApple
}

// ResourceServer defines scopes, each requested as IDENTIFIER/SCOPE.
type ResourceServer struct {
	Identifier string
	Scopes     []string
}

// accountID is the AWS account that owns the pool.
const accountID = "123456789012"

// Cognito is a running stand-in. Its embedded server is the regional endpoint: the admin API at
// [Cognito.URL], and below it the pool's issuer. Its methods may be called at any time.
type Cognito struct {
	*idptest.Server

	config Config
	domain *idptest.Server
	caPEM  []byte

	// What follows is changed only while the embedded server is locked.
	pool     *pool
	signer   *idptest.Signer // of the pool's tokens
	callers  []*caller
	refusals []refusal
	calls    []string
	ledger   idptest.Ledger
	// federated names the identity provider of a login that goes there, by the form's ticket.
	federated map[string]string
	spent     map[string]idptest.Grant // codes that were redeemed
}

// Start starts a stand-in on two free ports of 127.0.0.1. The error tells a port that could
// not be had, or a configuration that no pool can have.
func Start(c Config) (*Cognito, error) {
	c = c.withDefaults()
	p, err := newPool(c)
	if err != nil {
		return nil, err
	}
	s := &Cognito{config: c, pool: p, signer: idptest.NewSigner(), federated: map[string]string{}, spent: map[string]idptest.Grant{}}
	s.callers = []*caller{s.newCaller("administrator", "AKIA", nil)}
	var secure *tls.Config
	if c.HTTPS {
		certificate, err := idptest.NewCertificate()
		if err != nil {
			return nil, err
		}
		secure, s.caPEM = certificate.Server(), certificate.PEM()
	}
	if s.Server, err = idptest.Listen(secure); err != nil {
		return nil, err
	}
	s.Serve(s.regionalRoutes())
	if s.domain, err = idptest.Listen(secure); err != nil {
		s.Server.Close()
		return nil, err
	}
	s.domain.Serve(s.domainRoutes())
	return s, nil
}

func (c Config) withDefaults() Config {
	for field, value := range map[*string]string{&c.Region: "us-east-1", &c.Tier: "ESSENTIALS", &c.Domain: "acme-login"} {
		if *field == "" {
			*field = value
		}
	}
	if c.PoolID == "" {
		c.PoolID = c.Region + "_Mcp4Gateway"
	}
	if c.ManagedLoginVersion == 0 {
		c.ManagedLoginVersion = 2
		if c.Tier == "LITE" {
			c.ManagedLoginVersion = 1
		}
	}
	if c.NoDomain {
		c.Domain = ""
	}
	return c
}

// Close stops both servers and waits until nothing of them runs any more.
func (c *Cognito) Close() {
	c.domain.Close()
	c.Server.Close()
}

// Issuer is the pool's issuer, an absolute URL. Live pools have
// https://cognito-idp.REGION.amazonaws.com/POOL.
func (c *Cognito) Issuer() string { return c.URL() + "/" + c.config.PoolID }

// DomainURL is the base URL of the pool's domain, without a trailing slash. Live pools have
// https://PREFIX.auth.REGION.amazoncognito.com.
func (c *Cognito) DomainURL() string { return c.domain.URL() }

// DomainRequests returns what the domain was asked so far, as [idptest.Server.Requests] does.
func (c *Cognito) DomainRequests() []string { return c.domain.Requests() }

// Region is the AWS region.
func (c *Cognito) Region() string { return c.config.Region }

// PoolID is the id of the pool.
func (c *Cognito) PoolID() string { return c.config.PoolID }

// CAPEM is the certificate, in PEM, of the authority that signed the servers' own; nil without
// https.
func (c *Cognito) CAPEM() []byte { return slices.Clone(c.caPEM) }

// Calls returns the operations of the admin API that were asked so far, in order, such as
// DescribeUserPool; refused ones as well.
func (c *Cognito) Calls() []string {
	var calls []string
	c.Locked(func() { calls = slices.Clone(c.calls) })
	return calls
}

// RevokeSessions takes all refresh tokens back; the token endpoint answers invalid_grant then.
func (c *Cognito) RevokeSessions() { c.Locked(func() { c.ledger.RevokeAll() }) }

// holds reports whether a rule is switched on.
func (c *Cognito) holds(rule Rule) bool { return !c.config.Off[rule] }

// arn is the pool's Amazon Resource Name.
func (c *Cognito) arn() string {
	return fmt.Sprintf("arn:aws:cognito-idp:%s:%s:userpool/%s", c.config.Region, accountID, c.config.PoolID)
}

// newUUID returns a random UUID of version 4 (RFC 9562).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// newID returns an id as app clients have: 26 lower-case letters and digits.
func newID() string { return strings.ToLower(rand.Text()) }
