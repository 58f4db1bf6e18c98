package idp

import (
	"context"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// Credential yields a secret when it is needed: from the environment, a file, standard input or
// a keyring. Being a func it cannot be printed, marshalled or compared. It may return another
// value later, when the secret was rotated.
type Credential func(context.Context) (string, error)

// Client is one public client to be registered: no secret, authorization code with PKCE S256
// (RFC 7636, RFC 8252).
type Client struct {
	// Name is what the identity provider's console shows. On Keycloak it is the client id too.
	Name string
	// ID chooses an existing object where names are not unique; empty to find it by name.
	ID string
	// Assistant is the id of the only assistant that uses this client; empty when shared.
	Assistant string
	// Redirects are all that the client must admit.
	Redirects []RedirectURI
}

// Spec is what must be possible, in the same words for every kind.
type Spec struct {
	// Clients are the public clients: one, or one for each assistant.
	Clients []Client
	// Assign lists the groups that may use the clients, where the kind asks for it (Okta, Entra).
	Assign []string
	// AssignUsers lists single users who may use the clients (Okta, Cognito).
	AssignUsers []string
	// Groups are the group names that the groups claim must carry.
	Groups []string
	// Resources are the connect URLs of the servers (Entra), absolute.
	Resources []string
	// Audience is what the gateway accepts in the token's aud (Keycloak); empty when the kind
	// decides.
	Audience string
	// Prune makes lists exact: what is registered and not asked for is removed.
	Prune bool
}

// Registration is what logins need to know about what was set up. It is complete once the plan
// that came with it is applied.
type Registration struct {
	// Clients maps the name of each client to its OAuth client id.
	Clients map[string]string
	// Issuer is the absolute URL that tokens carry in iss.
	Issuer string
	// Audience is what tokens carry in aud; empty when they carry none.
	Audience string
}

// Provider administers one installation of a kind. Reads and writes fail with an [*Error].
type Provider interface {
	// Plan reads, and returns what differs from spec. It writes nothing.
	Plan(ctx context.Context, spec Spec) (*plan.Plan, *Registration, error)
	// PlanRemoval reads, and returns the deletions of those of spec's clients that carry
	// mcpreg's mark, with what hangs on them. Objects without the mark are named in notes.
	PlanRemoval(ctx context.Context, spec Spec) (*plan.Plan, error)
	// Offline returns the difference from nothing: all that spec needs, for somebody else to
	// make. It needs neither network nor credential, and the plan cannot be applied.
	Offline(spec Spec) *plan.Plan
}
