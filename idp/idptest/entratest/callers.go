package entratest

import (
	"crypto/rsa"
	"crypto/x509"
	"slices"
	"time"
)

// The application permissions that the stand-in knows
// (https://learn.microsoft.com/graph/permissions-reference).
const (
	ApplicationReadWriteOwnedBy  = "Application.ReadWrite.OwnedBy"
	ApplicationReadWriteAll      = "Application.ReadWrite.All"
	ApplicationReadAll           = "Application.Read.All"
	DelegatedGrantReadWriteAll   = "DelegatedPermissionGrant.ReadWrite.All"
	DelegatedGrantReadAll        = "DelegatedPermissionGrant.Read.All"
	AppRoleAssignmentReadWrite   = "AppRoleAssignment.ReadWrite.All"
	GroupReadAll                 = "Group.Read.All"
	GroupMemberReadAll           = "GroupMember.Read.All"
	DirectoryReadAll             = "Directory.Read.All"
	DirectoryReadWriteAll        = "Directory.ReadWrite.All"
	UserReadAll                  = "User.Read.All"
	UserReadBasicAll             = "User.ReadBasic.All"
	OrganizationReadAll          = "Organization.Read.All"
	DomainReadAll                = "Domain.Read.All"
	PolicyReadAll                = "Policy.Read.All"
	PolicyReadApplicationMethods = "Policy.Read.ApplicationConfiguration"
)

// everything is what an administrator without a list of permissions holds: what a set-up needs,
// and no more.
func everything() []string {
	return []string{
		ApplicationReadWriteAll, DelegatedGrantReadWriteAll, AppRoleAssignmentReadWrite,
		GroupReadAll, OrganizationReadAll, DomainReadAll, PolicyReadAll,
	}
}

// Credential is how an administration app signs in. Such an app is at home in another tenant: it
// is not among this tenant's applications.
type Credential struct {
	TenantID, ClientID, Secret string
}

// Federation is a trust in tokens of another issuer (workload identity federation).
type Federation struct {
	Issuer, Subject, Audience string
	Key                       *rsa.PublicKey
}

// caller is an administration app.
type caller struct {
	Credential

	principal   string // id of its service principal
	permissions []string
	expired     bool
	certificate *x509.Certificate
	federation  Federation
}

// callers are the administration apps, and the tokens they hold.
type callers struct {
	apps   []*caller
	tokens map[string]bearer
}

// bearer is who holds a token.
type bearer struct {
	*caller

	expires time.Time
}

func newCallers() *callers { return &callers{tokens: map[string]bearer{}} }

// Register makes an administration app with a client secret and those application permissions;
// with none, all that a set-up needs.
func (e *Entra) Register(permissions ...string) Credential {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.register(permissions).Credential
}

func (e *Entra) register(permissions []string) *caller {
	if len(permissions) == 0 {
		permissions = everything()
	}
	c := &caller{
		Credential: Credential{TenantID: e.config.Tenant, ClientID: newID(), Secret: "secret~" + newID()},
		principal:  newID(), permissions: permissions,
	}
	e.callers.apps = append(e.callers.apps, c)
	return c
}

// AdminToken is an access token for Microsoft Graph of a new administration app with those
// application permissions; with none, all that a set-up needs. It works over http and https.
func (e *Entra) AdminToken(permissions ...string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.graphToken(e.register(permissions), e.SecureURL())
}

// ExpireSecret makes the app's client secret one whose time is over (AADSTS7000222).
func (e *Entra) ExpireSecret(clientID string) {
	e.change(clientID, func(c *caller) { c.expired = true })
}

// Trust lets the app sign in with that certificate.
func (e *Entra) Trust(clientID string, certificate *x509.Certificate) {
	e.change(clientID, func(c *caller) { c.certificate = certificate })
}

// Federate lets the app sign in with tokens of another issuer, such as a workload's.
func (e *Entra) Federate(clientID string, f Federation) {
	e.change(clientID, func(c *caller) { c.federation = f })
}

func (e *Entra) change(clientID string, change func(*caller)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.callers.named(clientID)
	if c == nil {
		panic("entratest: no administration app " + clientID)
	}
	change(c)
}

func (c *callers) named(clientID string) *caller {
	for _, app := range c.apps {
		if app.ClientID == clientID {
			return app
		}
	}
	return nil
}

// may reports whether the caller holds one of the permissions.
func (c *caller) may(permissions ...string) bool {
	return slices.ContainsFunc(permissions, func(p string) bool { return slices.Contains(c.permissions, p) })
}

// ownedOnly reports whether the caller may change only what it owns.
func (c *caller) ownedOnly() bool {
	return c.may(ApplicationReadWriteOwnedBy) && !c.may(ApplicationReadWriteAll, DirectoryReadWriteAll)
}
