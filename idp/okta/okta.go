// Package okta administers what the logins of AI coding assistants need in an Okta org: a native
// app, its assignments, and on the custom authorization server the groups claim, scopes, access
// policy and rule. It reads what is there, computes the difference from what must be, and applies
// it without touching what is not ours.
//
// A provider is three parts. observe reads by natural key; diff is pure; each operation makes one
// change. Objects are handled as JSON documents, so that settings which no version of the SDK
// knows survive a write. No live org was ever used: the rules come from Okta's OpenAPI document,
// its documentation and its SDK.
package okta

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// Config names an org, one of its authorization servers, and the credential that administers
// them: Token if set, else ClientID with PrivateKey.
type Config struct {
	// OrgURL is the absolute base URL of the org, as in https://acme.okta.com.
	OrgURL string
	// AuthorizationServer is the id of the custom authorization server whose tokens the gateway
	// accepts; "default" when empty.
	AuthorizationServer string

	// Token is an API token (SSWS). It has the rights of the administrator who made it.
	Token idp.Credential
	// ClientID and PrivateKey are those of a service app (RFC 7523). The key is a PEM block or a
	// JWK, RSA or EC; PrivateKeyID is its kid, where the JWK does not say and the app has several.
	ClientID     string
	PrivateKey   idp.Credential
	PrivateKeyID string

	// GroupsFilter is the regular expression that groups in the token must match as a whole; when
	// empty, it is derived from the groups of the spec.
	GroupsFilter string
	// Scopes are the OAuth scopes that the gateway advertises; those of the kind when empty.
	Scopes []string
	// AllowHTTP accepts plain http to a host that is not loopback.
	AllowHTTP bool
	// HTTP sends every request; [http.DefaultClient] when nil. Only status 429 is retried, after
	// the time that the answer names.
	HTTP *http.Client
	// Waiting is told how long a refusal for too many requests is waited out; it may be nil.
	Waiting func(time.Duration)
}

// Provider administers one org. It implements [idp.Provider].
type Provider struct {
	config  Config
	session *session
}

var _ idp.Provider = (*Provider)(nil)

// New checks the configuration; it sends nothing. Errors are [*idp.Error] of [idp.CodeUsage].
// Without a credential only Offline works.
func New(c Config) (*Provider, error) {
	var err error
	if c.OrgURL, err = checkOrgURL(c.OrgURL, c.AllowHTTP); err != nil {
		return nil, err
	}
	if c.AuthorizationServer == "" {
		c.AuthorizationServer = "default"
	}
	if err := checkAuthorizationServer(c.AuthorizationServer); err != nil {
		return nil, err
	}
	if c.Scopes, err = checkScopes(c.Scopes); err != nil {
		return nil, err
	}
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	if c.Waiting == nil {
		c.Waiting = func(time.Duration) {}
	}
	if c.Token == nil && c.PrivateKey != nil && c.ClientID == "" {
		return nil, usage("a private key is given, but no service app to use it with", "set --service-client-id or OKTA_SERVICE_CLIENT_ID")
	}
	if c.GroupsFilter != "" {
		if _, err := compileFilter(c.GroupsFilter); err != nil {
			return nil, err
		}
	}
	return &Provider{config: c, session: newSession(c)}, nil
}

func usage(message, hint string) error {
	return &idp.Error{Code: idp.CodeUsage, Message: message, Hint: hint}
}

// Plan implements [idp.Provider]. It takes at most 8 requests, one more for each group that is
// assigned and each access policy that applies, two more for each user, and for each client but
// the first two more.
func (p *Provider) Plan(ctx context.Context, spec idp.Spec) (*plan.Plan, *idp.Registration, error) {
	w, err := p.want(spec)
	if err != nil {
		return nil, nil, err
	}
	have, err := p.observe(ctx, w)
	if err != nil {
		return nil, nil, err
	}
	if err := refusals(w, have); err != nil {
		return nil, nil, err
	}
	settle(w, have)
	d := diff(w, have)
	result := &plan.Plan{Target: p.target(), Notes: d.notes, OK: d.right}
	p.add(result, d.steps, have)
	for _, note := range p.session.lacking(d.rights()) {
		result.Note(note)
	}
	return result, have.registration(w), nil
}

// add appends the changes with what makes them. Whoever lacks a right for one of them is told so
// before the first is made.
func (p *Provider) add(result *plan.Plan, steps []step, have *observed) {
	needed := difference{steps: steps}.rights()
	for _, s := range steps {
		if s.op == nil {
			result.Add(s.Change, nil)
			continue
		}
		result.Add(s.Change, func(ctx context.Context) error {
			if err := p.session.demand(ctx, needed); err != nil {
				return err
			}
			return s.op.exec(ctx, p, have)
		})
	}
}

// Offline implements [idp.Provider]. Its changes say how they are made in the Admin Console.
func (p *Provider) Offline(spec idp.Spec) *plan.Plan {
	result := &plan.Plan{Target: p.place()}
	w, err := p.want(spec)
	if err != nil {
		result.Note(plan.Note{Owner: owner, Text: err.Error()})
		return result
	}
	have := nothing(w)
	settle(w, have)
	d := diff(w, have)
	for _, s := range d.steps {
		s.Steps = consoleSteps(w, s.Change)
		result.Add(s.Change, nil)
	}
	result.Notes = d.notes
	return result
}

// want computes what must be true. It fails when the filter of the groups claim would leave out a
// group that must be in it.
func (p *Provider) want(spec idp.Spec) (*wanted, error) {
	w := &wanted{
		orgURL: p.config.OrgURL,
		server: p.config.AuthorizationServer,
		scopes: p.config.Scopes,
		groups: sortedSet(spec.Groups),
		assign: sortedSet(spec.Assign),
		users:  sortedSet(spec.AssignUsers),
		prune:  spec.Prune,
	}
	if p.config.GroupsFilter != "" {
		w.filter = groupFilter{filterRegex, p.config.GroupsFilter}
		for _, group := range w.groups {
			if w.filter.matches(group) == no {
				return nil, &idp.Error{
					Code: idp.CodeUsage, Failure: "OK06",
					Message: "the groups filter " + p.config.GroupsFilter + " leaves out group " + group + ", which the token must be able to carry",
					Hint:    "widen --groups-filter, or leave it out: it is then derived from the groups",
				}
			}
		}
	}
	for _, c := range spec.Clients {
		w.apps = append(w.apps, &wantedApp{client: c, prune: spec.Prune})
	}
	return w, nil
}

func sortedSet(list []string) []string {
	sorted := slices.Sorted(slices.Values(list))
	return slices.Compact(sorted)
}

// place names what is administered, without the credential.
func (p *Provider) place() string {
	return "okta  " + p.config.OrgURL + "  authorization server " + p.config.AuthorizationServer
}

func (p *Provider) target() string {
	switch {
	case p.config.Token != nil:
		return p.place() + "  (API token)"
	case p.config.PrivateKey != nil:
		return p.place() + "  (service app " + p.config.ClientID + ")"
	}
	return p.place()
}
