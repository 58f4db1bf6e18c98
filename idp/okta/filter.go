package okta

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

// Kinds of the filter of a groups claim (Okta Management API, group_filter_type).
const (
	filterEquals     = "EQUALS"
	filterStartsWith = "STARTS_WITH"
	filterContains   = "CONTAINS"
	filterRegex      = "REGEX"
)

// maxGroups is how many groups a claim holds; a user in more that match gets no token (Okta
// support, limit of 100 groups).
const maxGroups = 100

// groupFilter decides which of a user's groups a claim carries. The zero filter is no filter.
type groupFilter struct{ kind, value string }

// answer is what a filter says of a group.
type answer string

const (
	yes     answer = "yes"
	no      answer = "no"
	unknown answer = "unknown" // Okta's regular expressions are Java's; not all of them compile here
)

// matches reports whether the filter lets the group through. All but REGEX ignore case; REGEX is
// held against the whole name.
func (f groupFilter) matches(group string) answer {
	name, value := strings.ToLower(group), strings.ToLower(f.value)
	var through bool
	switch f.kind {
	case filterEquals:
		through = name == value
	case filterStartsWith:
		through = strings.HasPrefix(name, value)
	case filterContains:
		through = strings.Contains(name, value)
	case filterRegex:
		pattern, err := compileFilter(f.value)
		if err != nil {
			return unknown
		}
		through = pattern.MatchString(group)
	default:
		return unknown
	}
	if through {
		return yes
	}
	return no
}

func compileFilter(pattern string) (*regexp.Regexp, error) {
	compiled, err := regexp.Compile("^(?:" + pattern + ")$")
	if err != nil {
		return nil, &idp.Error{
			Code: idp.CodeUsage, Err: err,
			Message: fmt.Sprintf("the groups filter %q is no regular expression: %v", pattern, innermost(err)),
			Hint:    "give one with --groups-filter, such as registry-.* or .*",
		}
	}
	return compiled, nil
}

// String shows the filter as the Admin Console words it.
func (f groupFilter) String() string {
	words := map[string]string{filterEquals: "equals", filterStartsWith: "starts with", filterContains: "contains", filterRegex: "matches regex"}
	if word, known := words[f.kind]; known {
		return word + " " + f.value
	}
	return strings.TrimSpace(f.kind + " " + f.value)
}

// open reports whether the filter lets any group through, so that a user's number of groups
// decides whether there is a token.
func (f groupFilter) open() bool {
	return f.matches("any group, whatever its name") == yes
}

// dropped lists the groups that f names and another filter leaves out.
func (f groupFilter) dropped(by groupFilter) []string {
	return slices.DeleteFunc(f.listed(), func(group string) bool { return by.matches(group) == yes })
}

// filterFor returns the tightest filter that lets just those groups through.
func filterFor(groups []string) groupFilter {
	if len(groups) == 1 {
		return groupFilter{filterEquals, groups[0]}
	}
	quoted := make([]string, len(groups))
	for i, group := range groups {
		quoted[i] = regexp.QuoteMeta(group)
	}
	slices.Sort(quoted)
	return groupFilter{filterRegex, "^(" + strings.Join(quoted, "|") + ")$"}
}

// widened returns a filter that lets through what f does, and the groups as well. Of a filter of
// ours the groups are listed together; any other becomes one alternative of several.
func (f groupFilter) widened(groups []string) groupFilter {
	if listed := f.listed(); listed != nil {
		return filterFor(sortedSet(union(listed, groups)))
	}
	quoted := []string{}
	for _, group := range groups {
		quoted = append(quoted, regexp.QuoteMeta(group))
	}
	value := regexp.QuoteMeta(f.value)
	switch f.kind {
	case filterStartsWith:
		value = "(?i:" + value + ".*)"
	case filterContains:
		value = "(?i:.*" + value + ".*)"
	case filterRegex:
		value = "(?:" + f.value + ")"
	}
	return groupFilter{filterRegex, "^(?:" + value + "|" + strings.Join(quoted, "|") + ")$"}
}

// listForm is the form of the expressions that filterFor writes: names between bars, with
// backslashes.
var listForm = regexp.MustCompile(`^\^\(((?:[^\\()|\[\]{}.*+?^$]|\\[^0-9A-Za-z]|\|)+)\)\$$`)

// listed returns the groups of a filter that lists them; nil for one of another form.
func (f groupFilter) listed() []string {
	if f.kind == filterEquals {
		return []string{f.value}
	}
	found := listForm.FindStringSubmatch(f.value)
	if f.kind != filterRegex || found == nil {
		return nil
	}
	var groups []string
	var name strings.Builder
	escaped := false
	for _, r := range found[1] {
		switch {
		case escaped:
			name.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '|':
			groups = append(groups, name.String())
			name.Reset()
		default:
			name.WriteRune(r)
		}
	}
	return append(groups, name.String())
}
