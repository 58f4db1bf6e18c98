package oktatest

import "slices"

// asking is what policies judge: a client that asks for scopes by a grant, for a person.
type asking struct {
	client *app
	user   *user
	grant  string
	scopes []string
}

// lifetimes are those that a rule gives to tokens, in minutes.
type lifetimes struct {
	access  int
	refresh int // 0 for ever
	window  int // in which a refresh token must be used
}

// evaluate finds the first policy and rule that match, by their priorities. The org authorization
// server has none and admits everything.
func (o *Okta) evaluate(s *authorizationServer, r asking) (lifetimes, bool) {
	usual := lifetimes{access: 60, window: 7 * 24 * 60}
	if s.isOrg() || !o.holds(PoliciesDecide) {
		return usual, true
	}
	var found document
	for _, p := range s.policies {
		if text(p.document, "status") != "ACTIVE" || !o.covers(p, r.client) {
			continue
		}
		for _, rule := range p.rules {
			if (found == nil || !o.holds(FirstRuleWins)) && o.applies(rule, r) {
				found = rule
			}
		}
	}
	if found == nil {
		return lifetimes{}, false
	}
	token := within(found, "actions", "token")
	return lifetimes{
		access:  number(token, usual.access, "accessTokenLifetimeMinutes"),
		refresh: number(token, usual.refresh, "refreshTokenLifetimeMinutes"),
		window:  number(token, usual.window, "refreshTokenWindowMinutes"),
	}, true
}

func (o *Okta) covers(p *policy, client *app) bool {
	included := words(p.document, "conditions", "clients", "include")
	return slices.Contains(included, "ALL_CLIENTS") || slices.Contains(included, client.clientID()) || !o.holds(PoliciesNameClients)
}

// applies reports whether a rule is active and admits the grant, the person and every scope.
func (o *Okta) applies(rule document, r asking) bool {
	scopes := words(rule, "conditions", "scopes", "include")
	uncovered := func(scope string) bool { return !slices.Contains(scopes, scope) }
	covered := slices.Contains(scopes, "*") || !slices.ContainsFunc(r.scopes, uncovered)
	if !o.holds(RulesCoverAllScopes) {
		covered = true
	}
	return text(rule, "status") == "ACTIVE" && covered &&
		slices.Contains(words(rule, "conditions", "grantTypes", "include"), r.grant) && o.admitsPerson(rule, r.user)
}

func (o *Okta) admitsPerson(rule document, u *user) bool {
	if !o.holds(RulesNamePeople) {
		return true
	}
	people := within(rule, "conditions", "people")
	included, excluded := slices.Contains(words(people, "users", "include"), u.id()), slices.Contains(words(people, "users", "exclude"), u.id())
	for _, g := range o.org.groupsOf(u) {
		named := words(people, "groups", "include")
		included = included || slices.Contains(named, g.id()) || g.everyone && slices.Contains(named, "EVERYONE")
		excluded = excluded || slices.Contains(words(people, "groups", "exclude"), g.id())
	}
	return included && !excluded
}
