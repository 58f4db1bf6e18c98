package entra

import (
	"slices"
	"strings"
)

// groupClaims is what groupMembershipClaims must say, given what it says: words that have nothing
// to do with groups stay.
func (w wantedGateway) groupClaims(a *application) string {
	have := a.groupClaims()
	is := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(have, word) })
	}
	without := func(words ...string) []string {
		return slices.DeleteFunc(have, func(word string) bool { return slices.Contains(words, word) })
	}
	const all, security, assigned = "All", string(SecurityGroups), string(ApplicationGroups)
	switch {
	case w.groups == AnyGroups && is(all, security, assigned),
		w.groups == SecurityGroups && is(all, security) && !is(assigned),
		w.groups == ApplicationGroups && is(assigned) && !is(all, security):
		return a.groupMembershipClaims
	case w.groups == ApplicationGroups:
		have = append(without(all, security, assigned), assigned)
	default:
		have = append(without(security, assigned), security)
	}
	return strings.Join(have, ", ")
}

// mayOverflow reports whether tokens list all groups of a user, so that there may be too many.
func (a *application) mayOverflow() bool {
	return slices.ContainsFunc(a.groupClaims(), func(word string) bool { return word != string(ApplicationGroups) && word != "DirectoryRole" })
}
