package okta

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// Lifetimes that our rule gives tokens, in minutes. A refresh token has no end of its own, and
// must be used within the window.
const (
	accessTokenLife    = 60
	refreshTokenLife   = 0
	refreshTokenWindow = 7 * 24 * 60
)

// createRule makes our rule of the policy of that name.
type createRule struct {
	policy string
	want   *wanted
}

func (createRule) needs() right { return manageServers }

func (c createRule) exec(ctx context.Context, p *Provider, have *observed) error {
	policy := policyNamed(have.policies, c.policy)
	if policy == nil {
		return notYet("access policy")
	}
	body := document{}.
		set("RESOURCE_ACCESS", "type").
		set(statusActive, "status").
		set(ruleName, "name").
		set(len(policy.rules)+1, "priority").
		set(accessTokenLife, "actions", "token", "accessTokenLifetimeMinutes").
		set(refreshTokenLife, "actions", "token", "refreshTokenLifetimeMinutes").
		set(refreshTokenWindow, "actions", "token", "refreshTokenWindowMinutes")
	body = ownRule(c.want, have, body)
	_, err := p.create(ctx, p.policyPath(policy)+"/rules", body, "rule "+ruleName, func(rule document) bool {
		return rule.text("name") == ruleName && len(ownRuleFields(c.want, have, rule)) == 0
	})
	return err
}

// repairRule corrects our rule in one request, which replaces all of it.
type repairRule struct {
	policy *observedPolicy
	seen   document
	want   *wanted
}

func (repairRule) needs() right { return manageServers }

func (r repairRule) exec(ctx context.Context, p *Provider, have *observed) error {
	path := p.rulePath(r.policy, r.seen)
	now, err := p.session.get(ctx, path, "looking up rule "+ruleName, readServers)
	if err != nil {
		return err
	}
	for _, conditions := range [][]string{peopleGroups(), peopleUsers(), grantTypes(), ruleScopes()} {
		if now == nil || !slices.Equal(now.list(conditions...), r.seen.list(conditions...)) {
			return fmt.Errorf("rule %s: %w", ruleName, plan.ErrMoved)
		}
	}
	after, err := p.session.write(ctx, http.MethodPut, path, ownRule(r.want, have, writable(now)), "changing rule "+ruleName, manageServers)
	if err != nil {
		return err
	}
	var wrong []string
	for _, field := range ownRuleFields(r.want, have, after) {
		wrong = append(wrong, field.Path)
	}
	return notAsAsked("rule "+ruleName, wrong)
}

func (p *Provider) rulePath(policy *observedPolicy, rule document) string {
	return p.policyPath(policy) + "/rules/" + url.PathEscape(rule.text("id"))
}

// activateRule activates a rule that was deactivated.
type activateRule struct {
	policy *observedPolicy
	rule   document
}

func (activateRule) needs() right { return manageServers }

func (a activateRule) exec(ctx context.Context, p *Provider, _ *observed) error {
	_, err := p.session.write(ctx, http.MethodPost, p.rulePath(a.policy, a.rule)+"/lifecycle/activate", nil, "activating rule "+ruleName, manageServers)
	return err
}
