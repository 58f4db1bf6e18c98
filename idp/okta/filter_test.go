package okta

import (
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// What each kind of filter lets through, as Okta's OpenAPI document describes group_filter_type.
func TestWhatAFilterLetsThrough(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		filter groupFilter
		group  string
		want   answer
	}{
		{groupFilter{filterStartsWith, "group1"}, "group123", yes},
		{groupFilter{filterStartsWith, "group1"}, "Group123", yes},
		{groupFilter{filterStartsWith, "group1"}, "mygroup1", no},
		{groupFilter{filterEquals, "group1"}, "Group1", yes},
		{groupFilter{filterEquals, "group1"}, "group123", no},
		{groupFilter{filterContains, "group1"}, "MyGroup123", yes},
		{groupFilter{filterContains, "group1"}, "mygroup", no},
		{groupFilter{filterRegex, "^[a-z0-9_-]{3,16}$"}, "abc-1", yes},
		{groupFilter{filterRegex, "^[a-z0-9_-]{3,16}$"}, "ABC-1", no}, // case counts
		{groupFilter{filterRegex, "registry"}, "registry-admins", no}, // the whole name
		{groupFilter{filterRegex, ".*"}, "anything", yes},
		{groupFilter{filterRegex, "(?<=x)y"}, "y", unknown}, // Java's, not Go's
		{groupFilter{"NEW_KIND", "x"}, "x", unknown},
		{groupFilter{}, "x", unknown},
	} {
		if got := test.filter.matches(test.group); got != test.want {
			t.Errorf("%s on %q: %s, want %s", test.filter, test.group, got, test.want)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		groups []string
		want   groupFilter
	}{
		{[]string{"registry-admins"}, groupFilter{"EQUALS", "registry-admins"}},
		{[]string{"mcp-users", "registry-admins"}, groupFilter{"REGEX", "^(mcp-users|registry-admins)$"}},
		{[]string{"a.b", "c(d)|e"}, groupFilter{"REGEX", `^(a\.b|c\(d\)\|e)$`}},
	} {
		got := filterFor(test.groups)
		if got != test.want {
			t.Errorf("%q: %+v, want %+v", test.groups, got, test.want)
		}
		if diff := cmp.Diff(test.groups, got.listed()); diff != "" {
			t.Errorf("%s reads back otherwise:\n%s", got, diff)
		}
	}
	for _, foreign := range []groupFilter{{"STARTS_WITH", "a"}, {"REGEX", ".*"}, {"REGEX", `^(\d+|x)$`}, {"REGEX", "^(a|b.*)$"}, {"REGEX", "^(a|(b))$"}, {"REGEX", "^()$"}} {
		if got := foreign.listed(); got != nil {
			t.Errorf("%s is taken for a list: %q", foreign, got)
		}
	}
}

// A filter that is widened lets through what it did, and the groups as well.
func TestWideningAFilter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		filter    groupFilter
		still     []string
		otherwise string
		want      groupFilter
	}{
		{groupFilter{"EQUALS", "registry-admins"}, []string{"registry-admins"}, "x", groupFilter{"REGEX", "^(new|registry-admins)$"}},
		{groupFilter{"REGEX", "^(a|b)$"}, []string{"a", "b"}, "c", groupFilter{"REGEX", "^(a|b|new)$"}},
		{groupFilter{"STARTS_WITH", "corp."}, []string{"corp.x", "Corp.y"}, "corpx", groupFilter{"REGEX", `^(?:(?i:corp\..*)|new)$`}},
		{groupFilter{"CONTAINS", "team"}, []string{"my-Team-a"}, "tea", groupFilter{"REGEX", "^(?:(?i:.*team.*)|new)$"}},
		{groupFilter{"REGEX", "a|b"}, []string{"a", "b"}, "ab", groupFilter{"REGEX", "^(?:(?:a|b)|new)$"}},
	} {
		got := test.filter.widened([]string{"new"})
		if got != test.want {
			t.Errorf("%s widened is %s, want %s", test.filter, got, test.want)
		}
		for _, group := range append(slices.Clone(test.still), "new") {
			if got.matches(group) != yes {
				t.Errorf("%s widened to %s leaves out %s", test.filter, got, group)
			}
		}
		if got.matches(test.otherwise) != no {
			t.Errorf("%s widened to %s lets %s through", test.filter, got, test.otherwise)
		}
	}
}

// FuzzFilter makes filters of any names: each name goes through, is read back, and nothing that is
// no name of the list does.
func FuzzFilter(f *testing.F) {
	f.Add("registry-admins", "mcp-users", "x")
	f.Add("a|b", `c\d`, "a")
	f.Add("^$", "(.*)", "anything")
	f.Fuzz(func(t *testing.T, one, two, other string) {
		// Names come as JSON, which holds no broken characters.
		if one == "" || two == "" || one == two || other == one || other == two || !utf8.ValidString(one) || !utf8.ValidString(two) {
			t.Skip()
		}
		filter := filterFor(sortedSet([]string{one, two}))
		for _, group := range []string{one, two} {
			if filter.matches(group) != yes {
				t.Fatalf("%s leaves out %q", filter, group)
			}
		}
		if filter.matches(other) != no {
			t.Fatalf("%s lets %q through", filter, other)
		}
		if diff := cmp.Diff(sortedSet([]string{one, two}), sortedSet(filter.listed())); diff != "" {
			t.Fatalf("%s reads back otherwise:\n%s", filter, diff)
		}
	})
}
