package oktatest

import (
	"regexp"
	"strings"
)

// mostGroups is how many groups a claim can hold; a token with more is not issued. One of Okta's
// support articles names the limit for claims of access tokens as well, another excepts the
// authorization code flow; this is the stricter reading.
const mostGroups = 100

// groups lists the names of the user's groups that the claim's filter admits, Everyone included.
func (b tokenBuilder) groups(claim document) (value any, why string) {
	var names []string
	for _, g := range b.okta.org.groupsOf(b.user) {
		if b.okta.admitsGroup(text(claim, "group_filter_type"), text(claim, "value"), g.name()) {
			names = append(names, g.name())
		}
	}
	switch {
	case len(names) > mostGroups && b.okta.holds(GroupsAreCapped):
		return nil, "The groups claim matched too many groups and must be configured to match fewer groups."
	case len(names) == 0 && b.okta.holds(NoGroupsNoClaim):
		return nil, ""
	case len(names) == 0:
		return []string{}, ""
	}
	return names, ""
}

// admitsGroup compares a name with a filter: without regard to case, except for REGEX, which must
// match the whole name.
func (o *Okta) admitsGroup(filter, value, name string) bool {
	low, wanted := strings.ToLower(name), strings.ToLower(value)
	switch filter {
	case "EQUALS":
		return low == wanted
	case "STARTS_WITH":
		return strings.HasPrefix(low, wanted)
	case "CONTAINS":
		return strings.Contains(low, wanted)
	case "REGEX":
		return o.matchesWhole(value, name)
	}
	return false
}

func (o *Okta) matchesWhole(expression, name string) bool {
	expression = "(?:" + expression + ")"
	if o.holds(RegexMatchesWhole) {
		expression = "^" + expression + "$"
	}
	if !o.holds(RegexKeepsCase) {
		expression = "(?i)" + expression
	}
	compiled, err := regexp.Compile(expression)
	return err == nil && compiled.MatchString(name)
}
