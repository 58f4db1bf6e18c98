package oktatest_test

import (
	"fmt"

	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

// filtered adds a groups claim and tells the groups in bob's access token. He is in the groups
// Everyone, registry-admins and Team.
func filtered(filter, value string, changes ...func(claim object)) func(*world) string {
	return func(w *world) string {
		w.setUp()
		claim := groupsClaim(filter, value)
		for _, change := range changes {
			change(claim)
		}
		w.must("POST", server+"/claims", claim)
		return w.claim("groups")
	}
}

func claimOf(name string) func(*world) string {
	return func(w *world) string {
		w.setUp()
		return w.claim(name)
	}
}

// manyGroups puts bob in more groups than a claim holds.
func manyGroups(c *oktatest.Config) {
	var names []string
	for i := range 101 {
		names = append(names, fmt.Sprint("registry-", i))
	}
	c.Users = []idptest.User{{Name: "bob", Password: "secret", Groups: names}}
}

// claimRows are about the claims of access tokens.
func claimRows() []row {
	return []row{
		{name: "audience of the server", source: "authorization servers, access tokens", want: "api://default", observe: claimOf("aud")},
		{name: "subject is the login", source: "authorization servers, access tokens", want: "bob@example.com", observe: claimOf("sub")},
		{name: "scopes are a list", source: "authorization servers, access tokens", want: "[openid email profile offline_access]", observe: claimOf("scp")},
		{name: "the client", source: "authorization servers, access tokens", want: "true", observe: func(w *world) string {
			w.setUp()
			return fmt.Sprint(w.claim("cid") == w.app)
		}},
		{name: "no groups without a claim", source: "customize tokens", want: "absent", observe: claimOf("groups")},
		{name: "all groups", source: "openapi, group_filter_type", want: "[Everyone registry-admins Team]", observe: filtered("REGEX", ".*")},
		{name: "a beginning, in any case", source: "openapi, group_filter_type", want: "[registry-admins]", observe: filtered("STARTS_WITH", "REGISTRY-")},
		{name: "a part, in any case", source: "openapi, group_filter_type", want: "[Team]", observe: filtered("CONTAINS", "EA")},
		{name: "a whole name, in any case", source: "openapi, group_filter_type", want: "[Team]", observe: filtered("EQUALS", "team")},
		{name: "an expression in the right case", source: "openapi, group_filter_type", want: "[Team]", observe: filtered("REGEX", "T.*")},
		{name: "an expression in the wrong case", source: "openapi, group_filter_type", shows: oktatest.RegexKeepsCase, want: "absent", observe: filtered("REGEX", "team")},
		{name: "an expression for a part of the name", source: "assumed", shows: oktatest.RegexMatchesWhole, want: "absent", observe: filtered("REGEX", "registry")},
		{name: "a filter that misses all", source: "assumed", shows: oktatest.NoGroupsNoClaim, want: "absent", observe: filtered("EQUALS", "nobody")},
		{name: "a claim for ID tokens", source: "openapi, claimType", shows: oktatest.ClaimsAreForTokens, want: "absent", observe: filtered("REGEX", ".*", func(c object) { c["claimType"] = "IDENTITY" })},
		{name: "a claim for a scope that is not asked for", source: "customize tokens, include in", shows: oktatest.ClaimsAreForScopes, want: "absent", observe: filtered("REGEX", ".*", func(c object) { c["conditions"] = object{"scopes": []string{"phone"}} })},
		{name: "a claim for a scope that is asked for", source: "customize tokens, include in", want: "[Team]", observe: filtered("EQUALS", "Team", func(c object) { c["conditions"] = object{"scopes": []string{"phone", "profile"}} })},
		{name: "an inactive claim", source: "openapi, status", want: "absent", observe: filtered("REGEX", ".*", func(c object) { c["status"] = "INACTIVE" })},
		{name: "more than 100 groups", source: "quoted", config: manyGroups, shows: oktatest.GroupsAreCapped, want: "400 access_denied The groups claim matched too many groups and must be configured to match fewer groups.", observe: filtered("REGEX", ".*")},
		{name: "100 groups", source: "quoted", config: manyGroups, want: "[registry-7 registry-70 registry-71 registry-72 registry-73 registry-74 registry-75 registry-76 registry-77 registry-78 registry-79]", observe: filtered("STARTS_WITH", "registry-7")},
	}
}
