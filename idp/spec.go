package idp

import (
	"context"
	"slices"

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
	// Redirects are all that the client must admit, whatever is there.
	Redirects []RedirectURI
	// Movable are further redirect URIs whose port the assistants are told, so that one port
	// serves as well as another: see [Client.Settle]. Empty when the port was decided, or where
	// the kind ignores it.
	Movable []RedirectURI
}

// Settle returns all redirect URIs that the client must admit, and the port of the movable ones,
// given the redirect URIs that are registered now. A client that somebody set up at another port
// than ours keeps it: when the registered loopback URIs carry exactly one port besides that of the
// movable ones, they move there. The port is 0 when nothing is movable.
func (c Client) Settle(registered []string) (redirects []RedirectURI, port int) {
	if len(c.Movable) == 0 {
		return slices.Clone(c.Redirects), 0
	}
	own := c.Movable[0].Port()
	port = own
	if others := otherPorts(registered, own); len(others) == 1 {
		if c.admittedAt(others[0], registered) || !c.admittedAt(own, registered) {
			port = others[0]
		}
	}
	redirects = slices.Clone(c.Redirects)
	for _, uri := range c.Movable {
		if moved := uri.AtPort(port); !slices.Contains(redirects, moved) {
			redirects = append(redirects, moved)
		}
	}
	return redirects, port
}

// admittedAt reports whether all movable URIs are registered at that port.
func (c Client) admittedAt(port int, registered []string) bool {
	return !slices.ContainsFunc(c.Movable, func(uri RedirectURI) bool {
		return !slices.Contains(registered, uri.AtPort(port).String())
	})
}

// otherPorts lists the ports of registered loopback URIs but one.
func otherPorts(registered []string, own int) []int {
	var ports []int
	for _, s := range registered {
		uri, err := ParseRedirectURI(s)
		if err != nil {
			continue
		}
		if port := uri.Port(); port != 0 && port != own && !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	return ports
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
	// CallbackPort is the port that assistants must be told; 0 where the kind ignores it.
	CallbackPort int
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
