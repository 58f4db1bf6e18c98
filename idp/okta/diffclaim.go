package okta

import (
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// claimTypeAccess is the type of a claim of access tokens.
const claimTypeAccess = "RESOURCE"

// claim adds what is to be done to the groups claim of the access token.
func (d *difference) claim(w *wanted, have *observed) {
	claims := groupsClaims(have.claims)
	if len(claims) == 0 {
		d.newClaim(w)
		return
	}
	claim := claims[0]
	if kind := claim.text("valueType"); kind != "GROUPS" {
		d.note("OK06", "claim %s is computed (%s %s): whether it carries the mapped groups cannot be told from here", claimName, kind, plain(claim.text("value")))
		return
	}
	current := filterOf(claim)
	fields := claimFields(w, claim)
	if len(fields) == 0 {
		d.ok("claim %s: in access tokens, %s", claimName, current)
	} else {
		c := plan.Change{Kind: kindClaim, Name: claimName, Action: plan.Update, Summary: "in access tokens", Fields: fields, Prevents: fields[0].Prevents}
		if w.filter != (groupFilter{}) && current != w.filter {
			c.Confirm = "replaces the filter of a claim that all clients of the authorization server share"
		} else if dropped := current.dropped(wantedFilter(w, current)); len(dropped) > 0 {
			c.Confirm = "takes " + strings.Join(dropped, ", ") + " out of the tokens of all clients of the authorization server"
		}
		d.add(c, repairClaim{claim, w})
	}
	d.filterNotes(w, wantedFilter(w, current))
}

// newClaim adds the claim, or says what must be known to make it.
func (d *difference) newClaim(w *wanted) {
	filter := wantedFilter(w, groupFilter{})
	c := plan.Change{Kind: kindClaim, Name: claimName, Action: plan.Create, Summary: "in access tokens", Prevents: "OK05"}
	if filter == (groupFilter{}) {
		c.Action = plan.Manual
		c.Summary = "which groups must tokens carry? run again with --group GROUP, or --groups-filter '.*' for all"
		d.add(c, nil)
		return
	}
	c.Fields = []plan.Field{{Path: "filter", After: []string{filter.String()}, Prevents: "OK05"}}
	d.add(c, createClaim{filter})
	d.filterNotes(w, filter)
}

// filterNotes warns of the limit of groups in a claim, and of an expression that cannot be judged.
func (d *difference) filterNotes(w *wanted, filter groupFilter) {
	switch {
	case filter.open():
		d.note("OK07", "claim %s lets every group through: a user in more than %d groups then gets no token", claimName, maxGroups)
	case len(filter.listed()) > maxGroups:
		d.note("OK07", "claim %s lists %d groups: a user who is in more than %d of them gets no token", claimName, len(filter.listed()), maxGroups)
	case slices.ContainsFunc(w.groups, func(g string) bool { return filter.matches(g) == unknown }):
		d.note("OK06", "whether claim %s (%s) carries the mapped groups cannot be told from here", claimName, plain(filter.String()))
	}
}

func filterOf(claim document) groupFilter {
	return groupFilter{claim.text("group_filter_type"), claim.text("value")}
}

// wantedFilter is the filter that the claim must have, given the one that it has. The zero filter
// means that nobody knows.
func wantedFilter(w *wanted, have groupFilter) groupFilter {
	switch {
	case w.filter != (groupFilter{}):
		return w.filter
	case len(w.groups) == 0:
		return have
	case have == (groupFilter{}), w.prune && have.listed() != nil:
		return filterFor(w.groups)
	}
	var missing []string
	for _, group := range w.groups {
		if have.matches(group) == no {
			missing = append(missing, group)
		}
	}
	if len(missing) == 0 {
		return have
	}
	return have.widened(missing)
}

// claimFields lists what of the claim is not as it must be.
func claimFields(w *wanted, claim document) []plan.Field {
	var list []plan.Field
	if have, must := filterOf(claim), wantedFilter(w, filterOf(claim)); have != must {
		list = append(list, plan.Field{Path: "filter", Before: []string{have.String()}, After: []string{must.String()}, Prevents: filterPrevents(w, have)})
	}
	if limited := claimScopes(w, claim); limited != nil {
		list = append(list, plan.Field{Path: "scopes", Before: limited, After: []string{"any"}, Prevents: "OK06"})
	}
	if claim.text("status") == statusInactive {
		list = append(list, plan.Field{Path: "status", Before: []string{"inactive"}, After: []string{"active"}, Prevents: "OK05"})
	}
	return list
}

// filterPrevents is the failure that changing a filter prevents: it leaves out a group that tokens
// must carry, or lets through so many that there is no token. There is none when a fitting filter is
// only made tighter.
func filterPrevents(w *wanted, have groupFilter) string {
	switch {
	case slices.ContainsFunc(w.groups, func(group string) bool { return have.matches(group) != yes }):
		return "OK06"
	case have.open():
		return "OK07"
	}
	return ""
}

// claimScopes returns the scopes that the claim is limited to, if assistants ask for none of them.
func claimScopes(w *wanted, claim document) []string {
	limited := claim.list("conditions", "scopes")
	if slices.ContainsFunc(limited, func(scope string) bool { return slices.Contains(w.scopes, scope) }) {
		return nil
	}
	return limited
}

// repairedClaim is the claim with what is ours right and all else as it was.
func repairedClaim(w *wanted, claim document) document {
	if have, must := filterOf(claim), wantedFilter(w, filterOf(claim)); have != must {
		claim = claim.set(must.kind, "group_filter_type").set(must.value, "value")
	}
	if claimScopes(w, claim) != nil {
		claim = claim.set([]string{}, "conditions", "scopes")
	}
	if claim.text("status") == statusInactive {
		claim = claim.set(statusActive, "status")
	}
	return claim
}
