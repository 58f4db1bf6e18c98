package okta

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// createScope makes a scope of the authorization server.
type createScope struct{ name string }

func (createScope) needs() right { return manageServers }

func (c createScope) exec(ctx context.Context, p *Provider, have *observed) error {
	body := document{}.set(c.name, "name").set("IMPLICIT", "consent").set("ALL_CLIENTS", "metadataPublish")
	path := p.serverPath() + "/scopes"
	_, err := p.create(ctx, path, body, "scope "+c.name, func(scope document) bool { return scope.text("name") == c.name })
	return err
}

// create makes an object of the authorization server and returns it. Whether it is as asked, is
// tells. When the answer was lost, the list of its like is searched for it: the request perhaps was
// not.
func (p *Provider) create(ctx context.Context, path string, body document, what string, is func(document) bool) (document, error) {
	made, err := p.session.write(ctx, http.MethodPost, path, body, "creating "+what, manageServers)
	switch {
	case err == nil && !is(made):
		return nil, notAsAsked(what, []string{"its settings"})
	case err == nil || !lostAnswer(err) || ctx.Err() != nil:
		return made, err
	}
	all, listErr := p.session.list(ctx, path, "looking whether it was made", readServers)
	if at := slices.IndexFunc(all, is); listErr == nil && at >= 0 {
		return all[at], nil
	}
	return nil, err
}

// createClaim makes the groups claim of access tokens.
type createClaim struct{ filter groupFilter }

func (createClaim) needs() right { return manageServers }

func (c createClaim) exec(ctx context.Context, p *Provider, have *observed) error {
	body := document{}.
		set(claimName, "name").
		set(statusActive, "status").
		set(claimTypeAccess, "claimType").
		set("GROUPS", "valueType").
		set(c.filter.kind, "group_filter_type").
		set(c.filter.value, "value").
		set(true, "alwaysIncludeInToken").
		set([]string{}, "conditions", "scopes")
	_, err := p.create(ctx, p.serverPath()+"/claims", body, "claim "+claimName, func(claim document) bool {
		return claim.text("name") == claimName && claim.text("claimType") == claimTypeAccess && filterOf(claim) == c.filter
	})
	return err
}

// repairClaim corrects the claim in one request, which replaces all of it.
type repairClaim struct {
	seen document
	want *wanted
}

func (repairClaim) needs() right { return manageServers }

func (r repairClaim) exec(ctx context.Context, p *Provider, _ *observed) error {
	path := p.serverPath() + "/claims/" + url.PathEscape(r.seen.text("id"))
	now, err := p.session.get(ctx, path, "looking up claim "+claimName, readServers)
	if err != nil {
		return err
	}
	if now == nil || filterOf(now) != filterOf(r.seen) || now.text("status") != r.seen.text("status") ||
		!slices.Equal(now.list("conditions", "scopes"), r.seen.list("conditions", "scopes")) {
		return fmt.Errorf("claim %s: %w", claimName, plan.ErrMoved)
	}
	after, err := p.session.write(ctx, http.MethodPut, path, repairedClaim(r.want, writable(now)), "changing claim "+claimName, manageServers)
	if err != nil {
		return err
	}
	var wrong []string
	for _, field := range claimFields(r.want, after) {
		wrong = append(wrong, field.Path)
	}
	return notAsAsked("claim "+claimName, wrong)
}

// createPolicy makes an access policy for one app. It is last in the order of policies, so that
// others are applied as they were.
type createPolicy struct {
	index int
	name  string
}

func (createPolicy) needs() right { return manageServers }

func (c createPolicy) exec(ctx context.Context, p *Provider, have *observed) error {
	app := have.apps[c.index]
	if app.doc == nil {
		return notYet("app")
	}
	last := 0
	for _, policy := range have.policies {
		if priority, told := policy.doc.number("priority"); told {
			last = max(last, priority)
		}
	}
	body := document{}.
		set("OAUTH_AUTHORIZATION_POLICY", "type").
		set(statusActive, "status").
		set(c.name, "name").
		set(policyMark, "description").
		set(last+1, "priority").
		set([]string{app.clientID()}, "conditions", "clients", "include")
	made, err := p.create(ctx, p.serverPath()+"/policies", body, "access policy "+c.name, func(policy document) bool {
		return policy.text("name") == c.name && (&observedPolicy{doc: policy}).admits(app.clientID())
	})
	if err != nil {
		return err
	}
	have.policies = append(have.policies, &observedPolicy{doc: made})
	return nil
}

// repairPolicy adds an app to the clients of the policy of its name.
type repairPolicy struct {
	index  int
	policy *observedPolicy
}

func (repairPolicy) needs() right { return manageServers }

func (r repairPolicy) exec(ctx context.Context, p *Provider, have *observed) error {
	app := have.apps[r.index]
	if app.doc == nil {
		return notYet("app")
	}
	return p.changeClients(ctx, r.policy, func(include []string) []string { return union(include, []string{app.clientID()}) })
}

// changeClients writes a policy's list of clients, if it is as it was seen.
func (p *Provider) changeClients(ctx context.Context, policy *observedPolicy, change func([]string) []string) error {
	name, path := policy.doc.text("name"), p.policyPath(policy)
	clients := []string{"conditions", "clients", "include"}
	now, err := p.session.get(ctx, path, "looking up access policy "+name, readServers)
	if err != nil {
		return err
	}
	if now == nil || !slices.Equal(now.list(clients...), policy.doc.list(clients...)) {
		return fmt.Errorf("access policy %s: %w", name, plan.ErrMoved)
	}
	_, err = p.session.write(ctx, http.MethodPut, path, writable(now).set(change(now.list(clients...)), clients...), "changing access policy "+name, manageServers)
	return err
}

func (p *Provider) policyPath(policy *observedPolicy) string {
	return p.serverPath() + "/policies/" + url.PathEscape(policy.doc.text("id"))
}

// activatePolicy activates an access policy that was deactivated.
type activatePolicy struct{ policy *observedPolicy }

func (activatePolicy) needs() right { return manageServers }

func (a activatePolicy) exec(ctx context.Context, p *Provider, _ *observed) error {
	_, err := p.session.write(ctx, http.MethodPost, p.policyPath(a.policy)+"/lifecycle/activate", nil, "activating access policy "+a.policy.doc.text("name"), manageServers)
	return err
}
