// Package keycloak administers the public client of a Keycloak realm: it reads what is there,
// computes the difference from what must be, and applies it without touching what is not ours.
//
// A provider is three parts. observe reads by natural key; diff is pure; exec makes one change.
// The rules of the server that they rest on were measured on Keycloak 26.7.5, 26.2.5 and 24.0.5.
package keycloak

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// Config names a realm and the credential that administers it: Token if set, else ClientSecret,
// else Password.
type Config struct {
	// URL is the server's absolute base URL, with its path prefix such as /auth if it has one.
	URL string
	// Realm is the realm whose users log in.
	Realm string
	// AdminRealm is the realm that the credential belongs to; "master" when empty.
	AdminRealm string

	// Username and Password are those of an administrator. Each login is tried once, because a
	// realm may lock a user after failed attempts.
	Username string
	Password idp.Credential
	// ClientID and ClientSecret are those of a service account. The role manage-clients of the
	// client realm-management suffices for everything but parts of Inspect.
	ClientID     string
	ClientSecret idp.Credential
	// Token yields a ready access token.
	Token idp.Credential

	// FullGroupPath puts /team/dev in the groups claim instead of dev.
	FullGroupPath bool
	// ConfirmAbsent spends one more request, when a client is not found, on a client that every
	// realm has, to tell "absent" from "not allowed to see".
	ConfirmAbsent bool
	// AllowHTTP accepts plain http to a host that is not loopback.
	AllowHTTP bool
	// HTTP sends every request; [http.DefaultClient] when nil. Only GETs are retried.
	HTTP *http.Client
}

// Provider administers the clients of one realm. It implements [idp.Provider].
type Provider struct {
	config  Config
	session *session
}

var _ idp.Provider = (*Provider)(nil)

// New checks the configuration; it sends nothing. Errors are [*idp.Error] of [idp.CodeUsage].
// Without a credential only Offline works.
func New(c Config) (*Provider, error) {
	c.URL = strings.TrimRight(c.URL, "/")
	if c.AdminRealm == "" {
		c.AdminRealm = "master"
	}
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	base, err := url.Parse(c.URL)
	switch {
	case err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || base.RawQuery != "" || base.Fragment != "":
		return nil, usage("the Keycloak URL must be an absolute http or https URL, as in https://sso.example.com", "set --url or KEYCLOAK_ADMIN_URL")
	case base.User != nil:
		return nil, usage("the Keycloak URL must not carry a user or password", "give credentials through the environment or a file")
	case base.Scheme == "http" && !c.AllowHTTP && !slices.Contains(idp.LoopbackHosts(), base.Hostname()):
		return nil, usage("the Keycloak URL is plain http to "+base.Hostname()+": the credential would travel in clear text", "use https, or --allow-http where the network is trusted")
	case c.Realm == "" || strings.ContainsAny(c.Realm+c.AdminRealm, "/\\"):
		return nil, usage("the realm has no name, or one with a slash", "set --realm or KEYCLOAK_REALM")
	case c.Token == nil && c.ClientSecret != nil && c.ClientID == "":
		return nil, usage("a client secret is given, but no service account to use it with", "set KEYCLOAK_ADMIN_CLIENT_ID")
	}
	return &Provider{config: c, session: newSession(c)}, nil
}

func usage(message, hint string) error {
	return &idp.Error{Code: idp.CodeUsage, Message: message, Hint: hint}
}

// Plan implements [idp.Provider]: one token, one look-up for each client, and one list of client
// scopes if some scope is not as it must be.
func (p *Provider) Plan(ctx context.Context, spec idp.Spec) (*plan.Plan, *idp.Registration, error) {
	result := &plan.Plan{Target: p.target()}
	for _, client := range spec.Clients {
		found, err := p.observe(ctx, client.Name)
		if err != nil {
			return nil, nil, err
		}
		if err := p.planClient(result, p.want(client, spec), found); err != nil {
			return nil, nil, err
		}
	}
	return result, p.registration(spec), nil
}

// Offline implements [idp.Provider].
func (p *Provider) Offline(spec idp.Spec) *plan.Plan {
	result := &plan.Plan{Target: p.target()}
	for _, client := range spec.Clients {
		for _, c := range diff(p.want(client, spec), observed{}).changes {
			result.Add(c.Change, nil)
		}
	}
	return result
}

// PlanRemoval implements [idp.Provider].
func (p *Provider) PlanRemoval(ctx context.Context, spec idp.Spec) (*plan.Plan, error) {
	result := &plan.Plan{Target: p.target()}
	for _, client := range spec.Clients {
		found, err := p.observe(ctx, client.Name)
		switch {
		case err != nil:
			return nil, err
		case found.client == nil:
			result.Right("client %s is not there", client.Name)
		case !marked(found.client):
			result.Note(plan.Note{
				Owner: owner,
				Text:  "client " + client.Name + " does not carry mcpreg's mark and stays; delete it in the admin console if it is not needed",
			})
		default:
			result.Add(plan.Change{System: system, Kind: "client", Name: client.Name, Action: plan.Delete, Summary: "public"},
				func(ctx context.Context) error { return p.deleteClient(ctx, client.Name, *found.client.ID) })
		}
	}
	return result, nil
}

func (p *Provider) planClient(result *plan.Plan, w wanted, found observed) error {
	if err := refusal(p.config.Realm, w.clientID, found.client); err != nil {
		return err
	}
	d := diff(w, found)
	for _, c := range d.changes {
		do := func(ctx context.Context) error { return p.exec(ctx, c.op, w, found) }
		if c.Action == plan.Manual {
			do = nil
		}
		result.Add(c.Change, do)
	}
	for _, note := range d.notes {
		result.Note(note)
	}
	result.OK = append(result.OK, d.right...)
	return nil
}

func (p *Provider) want(client idp.Client, spec idp.Spec) wanted {
	return wanted{
		clientID:  client.Name,
		redirects: idp.Strings(client.Redirects),
		audience:  spec.Audience,
		fullPath:  p.config.FullGroupPath,
		prune:     spec.Prune,
	}
}

func (p *Provider) registration(spec idp.Spec) *idp.Registration {
	r := &idp.Registration{
		Clients:  map[string]string{},
		Issuer:   p.config.URL + "/realms/" + p.realmPath(),
		Audience: spec.Audience,
	}
	for _, c := range spec.Clients {
		r.Clients[c.Name] = c.Name
	}
	return r
}

// realmPath is the realm as it stands in paths, which gocloak does not escape.
func (p *Provider) realmPath() string { return url.PathEscape(p.config.Realm) }

func (p *Provider) target() string {
	target := "keycloak  " + p.config.URL + "  realm " + p.config.Realm
	switch {
	case p.config.Token != nil:
		return target + "  (ready token)"
	case p.config.ClientSecret != nil:
		return target + "  (service account " + p.config.ClientID + ")"
	case p.config.Password != nil:
		return target + "  (user " + p.config.Username + ")"
	}
	return target
}
