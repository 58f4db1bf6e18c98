package okta

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// PlanRemoval implements [idp.Provider]. With an app goes the access policy that mcpreg made for
// it, unless other clients are in it. The groups claim stays, because all clients of the authorization
// server share it. In an org that has no authorization server any more, the app goes.
func (p *Provider) PlanRemoval(ctx context.Context, spec idp.Spec) (*plan.Plan, error) {
	w, err := p.want(idp.Spec{Clients: spec.Clients})
	if err != nil {
		return nil, err
	}
	have := &observed{}
	have.server, err = p.readServer(ctx)
	var d difference
	switch {
	case noServers(err):
		d.note(failureNoServers, "%s has no custom authorization server, and so no access policy to remove", p.config.OrgURL)
	case err != nil:
		return nil, err
	default:
		policies, err := p.session.list(ctx, p.serverPath()+"/policies", "reading the access policies of "+p.serverName(), readServers)
		if err != nil {
			return nil, err
		}
		for _, doc := range policies {
			have.policies = append(have.policies, &observedPolicy{doc: doc})
		}
	}
	for _, app := range w.apps {
		doc, err := p.findApp(ctx, app.client)
		if err != nil {
			return nil, err
		}
		have.apps = append(have.apps, &observedApp{doc: doc})
		d.removal(w, have, len(have.apps)-1)
	}
	if have.server != nil && slices.ContainsFunc(d.steps, func(s step) bool { return s.Kind == kindApp }) {
		d.note("", "claim %s of authorization server %s stays: other clients may use it", claimName, w.server)
	}
	result := &plan.Plan{Target: p.target(), Notes: d.notes, OK: d.right}
	p.add(result, d.steps, have)
	return result, nil
}

// removal adds what goes away with one app.
func (d *difference) removal(w *wanted, have *observed, index int) {
	name, app := w.apps[index].client.Name, have.apps[index]
	switch {
	case app.doc == nil:
		d.ok("app %s is not there", name)
	case !marked(app.doc):
		d.note("", "app %s (%s) does not carry mcpreg's mark and stays; delete it in the Admin Console if it is not needed", name, app.id())
		return
	}
	if policy := policyNamed(have.policies, name); policy != nil {
		d.policyRemoval(app, policy)
	}
	if app.doc != nil {
		d.add(plan.Change{Kind: kindApp, Name: name, Action: plan.Delete, Summary: appSummary}, deleteApp{index})
	}
}

// policyRemoval adds what becomes of the policy of the app's name: it goes when mcpreg made it and
// nobody else uses it.
func (d *difference) policyRemoval(app *observedApp, policy *observedPolicy) {
	name := policy.doc.text("name")
	clients := policy.doc.list("conditions", "clients", "include")
	others := slices.DeleteFunc(slices.Clone(clients), func(id string) bool { return id == app.clientID() })
	switch {
	case policy.doc.text("description") != policyMark:
		d.note("", "access policy %s was not made by mcpreg and stays", name)
	case len(others) == 0:
		d.add(plan.Change{Kind: kindPolicy, Name: name, Action: plan.Delete, Summary: "with its rules"}, deletePolicy{policy})
	case app.doc != nil && len(others) < len(clients):
		d.add(plan.Change{
			Kind: kindPolicy, Name: name, Action: plan.Update, Confirm: "takes the app out of an access policy",
			Fields: []plan.Field{{Path: "clients", Before: clients, After: others}},
		}, releaseClient{policy, app.clientID()})
	default:
		d.note("", "access policy %s is for %s, and stays; delete it in the Admin Console if nothing needs it", name, strings.Join(others, ", "))
	}
}

// deletePolicy deletes an access policy if it is still as it was seen.
type deletePolicy struct{ policy *observedPolicy }

func (deletePolicy) needs() right { return manageServers }

func (x deletePolicy) exec(ctx context.Context, p *Provider, _ *observed) error {
	name := x.policy.doc.text("name")
	now, err := p.session.get(ctx, p.policyPath(x.policy), "looking up access policy "+name, readServers)
	clients := []string{"conditions", "clients", "include"}
	switch {
	case err != nil:
		return err
	case now == nil:
		return nil
	case now.text("description") != policyMark || !slices.Equal(now.list(clients...), x.policy.doc.list(clients...)):
		return fmt.Errorf("access policy %s: %w", name, plan.ErrMoved)
	}
	return p.remove(ctx, p.policyPath(x.policy), "deleting access policy "+name, manageServers)
}

// remove deletes an object; one that is gone already is no error.
func (p *Provider) remove(ctx context.Context, path, doing string, r right) error {
	_, err := p.session.write(ctx, http.MethodDelete, path, nil, doing, r)
	if isNotFound(err) {
		return nil
	}
	return err
}

// releaseClient takes an app out of the clients of a policy that others use too.
type releaseClient struct {
	policy *observedPolicy
	client string
}

func (releaseClient) needs() right { return manageServers }

func (x releaseClient) exec(ctx context.Context, p *Provider, _ *observed) error {
	return p.changeClients(ctx, x.policy, func(include []string) []string {
		return slices.DeleteFunc(include, func(id string) bool { return id == x.client })
	})
}

// deleteApp deletes an app if it is still ours. Okta deletes inactive apps only.
type deleteApp struct{ index int }

func (deleteApp) needs() right { return manageApps }

func (x deleteApp) exec(ctx context.Context, p *Provider, have *observed) error {
	seen := have.apps[x.index].doc
	label, path := seen.text("label"), appPath(seen.text("id"))
	now, err := p.session.get(ctx, path, "looking up app "+label, readApps)
	switch {
	case err != nil:
		return err
	case now == nil || now.text("status") == "DELETED":
		return nil
	case !marked(now) || now.text("label") != label:
		return fmt.Errorf("app %s: %w", label, plan.ErrMoved)
	}
	if now.text("status") != statusInactive {
		if _, err := p.session.write(ctx, http.MethodPost, path+"/lifecycle/deactivate", nil, "deactivating app "+label, manageApps); err != nil {
			return err
		}
	}
	return p.remove(ctx, path, "deleting app "+label, manageApps)
}
