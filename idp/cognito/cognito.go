// Package cognito administers the app client of an Amazon Cognito user pool: it reads what is
// there, computes the difference from what must be, and applies it without resetting what is not
// ours.
//
// A provider is three parts. observe reads by natural key; diff is pure; exec makes one change.
// UpdateUserPoolClient resets every setting that a request leaves out, so an update is always the
// whole client as it was just read, with our settings laid over it.
//
// Credentials are those of the AWS default chain. Ambient overrides of the Cognito endpoint
// (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER, endpoint_url in a profile) are not
// followed: a client that was made in another place than the one that was named helps nobody. Use
// [Config.EndpointURL].
package cognito

import (
	"context"
	"net/http"
	"time"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// Config names a user pool, the credential that administers it, and what may be made in it.
type Config struct {
	// UserPoolID is the pool's id, such as us-east-1_Ab12Cd34E.
	UserPoolID string
	// Region is the AWS region; that of the pool's id when empty. Another one than that of the
	// pool's id is refused.
	Region string

	// Profile is one of the AWS configuration; the chain decides when empty.
	Profile string
	// AccessKeyID, SecretAccessKey and SessionToken, which only temporary keys have, are used
	// instead of the chain when both of the first two are set and Profile is empty.
	AccessKeyID     string
	SecretAccessKey idp.Credential
	SessionToken    idp.Credential

	// EndpointURL is the absolute base URL of the Cognito API where it is not the region's own: a
	// VPC endpoint, or an emulator on loopback.
	EndpointURL string
	// AllowHTTP accepts a plain http EndpointURL that is not loopback.
	AllowHTTP bool

	// CreateDomain is the prefix of the domain to make when the pool has none that a gateway can
	// name.
	CreateDomain string
	// GatewayDomain is the prefix that the gateway is told (COGNITO_DOMAIN), for comparison; empty
	// when not known.
	GatewayDomain string
	// CreateGroups makes the groups that the pool lacks.
	CreateGroups bool
	// IdentityProviders are those that the login page offers; when nil, the pool's own users
	// (COGNITO) and every provider of the pool.
	IdentityProviders []string

	// MaxBackoff is the longest wait before a request is tried again; 20 s when zero.
	MaxBackoff time.Duration
	// HTTP sends the requests to Cognito, and follows no redirect there; [http.DefaultClient] when nil. Requests for credentials
	// go through the SDK's own client, which bounds its wait for a metadata service that is not
	// there and knows AWS_CA_BUNDLE.
	HTTP *http.Client
}

// Provider administers the app clients of one user pool. It implements [idp.Provider].
type Provider struct {
	config  Config
	place   place
	session *session
}

var _ idp.Provider = (*Provider)(nil)

// New checks the configuration; it sends nothing and reads no credential. Errors are [*idp.Error]
// of [idp.CodeUsage].
func New(c Config) (*Provider, error) {
	where, err := newPlace(c)
	if err != nil {
		return nil, err
	}
	if err := checkPrefix(c.CreateDomain); err != nil {
		return nil, err
	}
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	return &Provider{config: c, place: where, session: newSession(c, where)}, nil
}

func usage(message, hint string) error {
	return &idp.Error{Code: idp.CodeUsage, Message: message, Hint: hint}
}

// Plan implements [idp.Provider]: one request for each 60 app clients of the pool and five more,
// one for each group and one for each user.
func (p *Provider) Plan(ctx context.Context, spec idp.Spec) (*plan.Plan, *idp.Registration, error) {
	result, registration, _, err := p.planned(ctx, spec)
	return result, registration, err
}

func (p *Provider) planned(ctx context.Context, spec idp.Spec) (*plan.Plan, *idp.Registration, *observed, error) {
	w, err := p.want(spec)
	if err != nil {
		return nil, nil, nil, err
	}
	have, err := p.observe(ctx, w)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := p.refusal(w, have); err != nil {
		return nil, nil, nil, err
	}
	result := &plan.Plan{Target: p.target()}
	registration := p.registration(w, have)
	d := diff(w, have)
	for _, s := range d.steps {
		do := func(ctx context.Context) error { return p.exec(ctx, s.op, have, registration) }
		if s.Action == plan.Manual {
			do = nil
		}
		result.Add(s.Change, do)
	}
	result.Notes, result.OK = append(result.Notes, d.notes...), append(result.OK, d.right...)
	return result, registration, have, nil
}

// want puts the spec and the configuration together. An error is about one that makes no sense.
func (p *Provider) want(spec idp.Spec) (wanted, error) {
	w := wanted{
		place: p.place, domain: p.config.CreateDomain, gatewayDomain: p.config.GatewayDomain,
		groups: spec.Groups, createGroups: p.config.CreateGroups, users: spec.AssignUsers,
	}
	if len(w.users) > 0 && len(w.groups) == 0 {
		return w, usage("users are to be put into groups, and no group is named", "name the groups with --group")
	}
	for _, client := range spec.Clients {
		c := wantedClient{Client: client, providers: p.config.IdentityProviders, prune: spec.Prune}
		if err := c.check(); err != nil {
			return w, err
		}
		w.clients = append(w.clients, c)
	}
	return w, nil
}

// registration tells what is known now; exec adds the ids of what it makes.
func (p *Provider) registration(w wanted, have *observed) *idp.Registration {
	r := &idp.Registration{Clients: map[string]string{}, Issuer: p.place.issuer(have.pool)}
	for _, c := range w.clients {
		found := have.clients[c.Name]
		if found.client != nil {
			r.Clients[c.Name] = *found.client.ClientId
		}
		if _, port := c.Settle(found.callbacks()); port != 0 {
			r.CallbackPort = port
		}
	}
	return r
}

func (p *Provider) target() string {
	target := "cognito  user pool " + p.config.UserPoolID + "  region " + p.place.region
	switch {
	case p.config.EndpointURL != "":
		target += "  at " + p.config.EndpointURL
	case p.config.Profile != "":
		target += "  (profile " + p.config.Profile + ")"
	}
	return target
}
