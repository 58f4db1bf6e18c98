package okta

import (
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// access adds the access policy and rule that let an app's users have tokens, unless another
// policy does so already.
func (d *difference) access(w *wanted, have *observed, index int) {
	name := w.apps[index].client.Name
	if policy, rule := covering(w, have, index); policy != nil {
		d.ok("access policy %s, rule %s: lets %s have all of %s", policy.doc.text("name"), rule.text("name"), name, strings.Join(w.scopes, " "))
		if !have.isEveryone(rule.list(peopleGroups()...)) {
			d.note("OK03", "rule %s of access policy %s is for some groups or users only: others who may use app %s get no token", rule.text("name"), policy.doc.text("name"), name)
		}
		return
	}
	policy := policyNamed(have.policies, name)
	if policy == nil {
		d.add(plan.Change{
			Kind: kindPolicy, Name: name, Action: plan.Create, Summary: "of authorization server " + w.server, Prevents: "OK03",
			Fields: []plan.Field{{Path: "clients", After: have.clientOf(w, index), Prevents: "OK03"}},
		}, createPolicy{index, name})
		d.newRule(w, have, name)
		return
	}
	d.policy(w, have, index, policy)
	d.rule(w, have, policy)
}

func (o *observed) clientOf(w *wanted, index int) []string {
	if id := o.apps[index].clientID(); id != "" {
		return []string{id}
	}
	if o.offline {
		return []string{"the client id of app " + w.apps[index].client.Name}
	}
	return []string{plan.KnownAfterApply}
}

// covering finds the policy and rule that give an app's users a token with all scopes. Whichever
// matches first is applied, and none refuses, so that one is enough.
func covering(w *wanted, have *observed, index int) (*observedPolicy, document) {
	for _, policy := range byPriority(have.policies) {
		if policy.doc.text("status") == statusInactive || !policy.admits(have.apps[index].clientID()) {
			continue
		}
		for _, rule := range policy.rules {
			if rule.text("status") != statusInactive && len(ruleFields(w, have, index, rule)) == 0 {
				return policy, rule
			}
		}
	}
	return nil, nil
}

func byPriority(policies []*observedPolicy) []*observedPolicy {
	sorted := slices.Clone(policies)
	slices.SortStableFunc(sorted, func(a, b *observedPolicy) int {
		x, _ := a.doc.number("priority")
		y, _ := b.doc.number("priority")
		return x - y
	})
	return sorted
}

func policyNamed(policies []*observedPolicy, name string) *observedPolicy {
	for _, policy := range policies {
		if policy.doc.text("name") == name {
			return policy
		}
	}
	return nil
}

// policy adds what is to be done to the policy of our name.
func (d *difference) policy(w *wanted, have *observed, index int, policy *observedPolicy) {
	name, app := policy.doc.text("name"), have.apps[index]
	if !policy.admits(app.clientID()) {
		include := policy.doc.list("conditions", "clients", "include")
		d.add(plan.Change{
			Kind: kindPolicy, Name: name, Action: plan.Update, Prevents: "OK03",
			Fields: []plan.Field{{Path: "clients", Before: include, After: union(include, have.clientOf(w, index)), Prevents: "OK03"}},
		}, repairPolicy{index, policy})
	}
	if policy.doc.text("status") == statusInactive {
		d.add(plan.Change{
			Kind: kindPolicy + " status", Name: name, Action: plan.Update, Summary: "activate it", Prevents: "OK03",
			Confirm: "activates an access policy that was deactivated",
			Fields:  []plan.Field{{Path: "status", Before: []string{"inactive"}, After: []string{"active"}}},
		}, activatePolicy{policy})
	}
}

// rule adds what is to be done to our rule of the policy of our name.
func (d *difference) rule(w *wanted, have *observed, policy *observedPolicy) {
	name := policy.doc.text("name")
	at := slices.IndexFunc(policy.rules, func(r document) bool { return r.text("name") == ruleName })
	if at < 0 {
		d.newRule(w, have, name)
		return
	}
	rule := policy.rules[at]
	if fields := ownRuleFields(w, have, rule); len(fields) > 0 {
		d.add(plan.Change{
			Kind: kindRule, Name: w.within(name, ruleName), Action: plan.Update, Fields: fields, Prevents: fields[0].Prevents,
		}, repairRule{policy, rule, w})
	}
	if excluded := have.excluded(rule); len(excluded) > 0 {
		d.add(plan.Change{
			Kind: kindRule + " exclusion", Name: w.within(name, ruleName), Action: plan.Manual, Prevents: "OK03",
			Summary: "it excludes " + strings.Join(excluded, ", ") + ": somebody meant that, or take them out of the rule's exceptions",
		}, nil)
	}
	if rule.text("status") == statusInactive {
		d.add(plan.Change{
			Kind: kindRule + " status", Name: w.within(name, ruleName), Action: plan.Update, Summary: "activate it", Prevents: "OK03",
			Confirm: "activates a rule that was deactivated",
			Fields:  []plan.Field{{Path: "status", Before: []string{"inactive"}, After: []string{"active"}}},
		}, activateRule{policy, rule})
	}
}

// newRule adds our rule to the policy of that name, which may be yet to be made.
func (d *difference) newRule(w *wanted, have *observed, name string) {
	d.add(plan.Change{
		Kind: kindRule, Name: w.within(name, ruleName), Action: plan.Create,
		Summary: "tokens for 1 hour, refresh tokens while used within 7 days", Prevents: "OK03",
		Fields: ownRuleFields(w, have, document{}),
	}, createRule{name, w})
}

// ruleFields lists what keeps a rule of anybody's from giving an app's users a token.
func ruleFields(w *wanted, have *observed, index int, rule document) []string {
	var wrong []string
	if !slices.Contains(rule.list(grantTypes()...), grantCode) {
		wrong = append(wrong, "grant types")
	}
	if scopes := rule.list(ruleScopes()...); !slices.Contains(scopes, "*") && !covers(scopes, w.scopes) {
		wrong = append(wrong, "scopes")
	}
	if !admitsPeople(have, index, rule) {
		wrong = append(wrong, "people")
	}
	return wrong
}

// admitsPeople reports whether a rule is for everybody, or at least for the groups that are
// assigned: all of those wanted, or one of those found when none is wanted.
func admitsPeople(have *observed, index int, rule document) bool {
	groups, users := rule.list(peopleGroups()...), rule.list(peopleUsers()...)
	switch {
	case len(have.excluded(rule)) > 0:
		return false
	case have.isEveryone(groups):
		return true
	case len(have.groups)+len(have.users) == 0:
		return slices.ContainsFunc(groups, func(id string) bool { return slices.Contains(have.apps[index].groups, id) })
	}
	return covers(groups, ids(have.groups)) && covers(users, ids(have.users))
}

// excluded names those of the groups and users to be assigned whom a rule is expressly not for.
func (o *observed) excluded(rule document) []string {
	out := slices.Concat(rule.list("conditions", "people", "groups", "exclude"), rule.list("conditions", "people", "users", "exclude"))
	var named []string
	for _, n := range slices.Concat(o.groups, o.users) {
		if slices.Contains(out, n.id) {
			named = append(named, n.name)
		}
	}
	return named
}

// isEveryone reports whether groups of a rule are all people.
func (o *observed) isEveryone(groups []string) bool {
	return slices.Contains(groups, everyone) || (o.everyone != "" && slices.Contains(groups, o.everyone))
}

// Where a rule has its conditions.
func peopleGroups() []string { return []string{"conditions", "people", "groups", "include"} }
func peopleUsers() []string  { return []string{"conditions", "people", "users", "include"} }
func grantTypes() []string   { return []string{"conditions", "grantTypes", "include"} }
func ruleScopes() []string   { return []string{"conditions", "scopes", "include"} }

// ownRuleFields lists what of our rule is not as it must be.
func ownRuleFields(w *wanted, have *observed, rule document) []plan.Field {
	var list []plan.Field
	must := ownRule(w, have, rule)
	for _, f := range []struct {
		name string
		path []string
	}{{"people", peopleGroups()}, {"users", peopleUsers()}, {"grant types", grantTypes()}, {"scopes", ruleScopes()}} {
		before, after := rule.list(f.path...), must.list(f.path...)
		if !slices.Equal(before, after) {
			list = append(list, plan.Field{Path: f.name, Before: have.names(before), After: have.names(after), Prevents: "OK03"})
		}
	}
	return list
}

// ownRule is our rule with what is ours right and all else as it was. It is for everybody, who is
// everybody that may use the app; when an administrator narrowed it to some, those are added who
// are to be assigned.
func ownRule(w *wanted, have *observed, rule document) document {
	include := func(items []string, path ...string) {
		if listed := rule.list(path...); !covers(listed, items) {
			rule = rule.set(union(listed, items), path...)
		}
	}
	groups := rule.list(peopleGroups()...)
	narrowed := !have.isEveryone(groups) && len(groups)+len(rule.list(peopleUsers()...)) > 0
	if narrowed && len(have.groups)+len(have.users) > 0 {
		include(ids(have.groups), peopleGroups()...)
		include(ids(have.users), peopleUsers()...)
	} else if !have.isEveryone(groups) {
		include([]string{everyone}, peopleGroups()...)
	}
	include([]string{grantCode}, grantTypes()...)
	if !slices.Contains(rule.list(ruleScopes()...), "*") {
		include(w.scopes, ruleScopes()...)
	}
	return rule
}

func ids(list []named) []string {
	var all []string
	for _, n := range list {
		all = append(all, n.id)
	}
	return all
}

// names shows ids of groups and users by their names, where those are known.
func (o *observed) names(list []string) []string {
	var shown []string
	for _, id := range list {
		for _, n := range slices.Concat(o.groups, o.users) {
			if n.id == id && id != "" {
				id = n.name
			}
		}
		shown = append(shown, id)
	}
	return shown
}
