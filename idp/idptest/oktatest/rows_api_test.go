package oktatest_test

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

// follow reads a list page by page and tells the sizes of the pages.
func (w *world) follow(path string) string {
	var sizes []string
	for path != "" {
		r := w.must("GET", path, nil)
		sizes = append(sizes, fmt.Sprint(len(r.list())))
		path = ""
		for _, link := range r.header.Values("Link") {
			if address, ok := strings.CutSuffix(link, `>; rel="next"`); ok {
				path = strings.TrimPrefix(address, "<")
			}
		}
	}
	return strings.Join(sizes, " ")
}

// groups makes many groups of one beginning.
func groups(n int) func(*oktatest.Config) {
	return func(c *oktatest.Config) {
		for i := range n {
			c.Groups = append(c.Groups, fmt.Sprintf("registry-%03d", i))
		}
	}
}

func names(r reply, path ...string) string {
	var found []string
	for _, entry := range r.list() {
		var v any = entry
		for _, key := range path {
			v = v.(object)[key]
		}
		found = append(found, fmt.Sprint(v))
	}
	return strings.Join(found, ", ")
}

// apiRows are about lists, look-ups and limits.
func apiRows() []row {
	return []row{
		{name: "25 apps come in pages of 20", source: "Applications API, limit", shows: oktatest.ListsArePaged, want: "20 5", observe: func(w *world) string {
			for i := range 25 {
				w.okta.AddApp(nativeApp(fmt.Sprint("App ", i)))
			}
			return w.follow("/api/v1/apps")
		}},
		{name: "a page has the asked size", source: "core concepts, pagination", want: "2 2 1", observe: func(w *world) string {
			for i := range 5 {
				w.okta.AddApp(nativeApp(fmt.Sprint("App ", i)))
			}
			return w.follow("/api/v1/apps?limit=2")
		}},
		{name: "a cursor that was made up", source: "error codes", want: "400 E0000029 Invalid paging request.", observe: func(w *world) string {
			return w.send("GET", "/api/v1/apps?after=made-up", nil).String()
		}},
		{name: "q finds labels that begin with it, in any case", source: "Applications API, q", shows: oktatest.QueriesMatchPrefixes, want: "MCP Gateway, mcp gateway 2", observe: func(w *world) string {
			for _, label := range []string{"MCP Gateway", "The MCP Gateway", "mcp gateway 2"} {
				w.okta.AddApp(nativeApp(label))
			}
			return names(w.must("GET", "/api/v1/apps?q=MCP+G", nil), "label")
		}},
		{name: "q finds groups whose name begins with it", source: "openapi, listGroups", want: "registry-admins", observe: func(w *world) string {
			return names(w.must("GET", "/api/v1/groups?q=registry", nil), "profile", "name")
		}},
		{name: "a look-up of groups by q ends after 300", source: "Groups API, search groups", shows: oktatest.QueriesHaveOnePage, config: groups(310), want: "300", observe: func(w *world) string {
			return w.follow("/api/v1/groups?q=registry-")
		}},
		{name: "search finds a group by its exact name", source: "Groups API, search", config: groups(3), want: "registry-001", observe: func(w *world) string {
			return names(w.must("GET", `/api/v1/groups?search=profile.name+eq+"registry-001"`, nil), "profile", "name")
		}},
		{name: "search finds two groups, by names that hold the words of the language", source: "Groups API, search", config: func(c *oktatest.Config) {
			c.Groups = []string{"a or b", `the "best"`, "other"}
		}, want: `a or b, the "best"`, observe: func(w *world) string {
			expression := `profile.name eq "a or b" or profile.name sw "the \"b"`
			return names(w.must("GET", "/api/v1/groups?search="+url.QueryEscape(expression), nil), "profile", "name")
		}},
		{name: "search that is not understood", source: "error codes", want: "400 E0000031 Invalid search criteria.", observe: func(w *world) string {
			return w.send("GET", "/api/v1/groups?search=registry", nil).String()
		}},
		{name: "a group of Okta may have the name of a directory's group", source: "Groups API, group types", want: "twin, twin", observe: func(w *world) string {
			w.okta.AddGroup("twin", "APP_GROUP")
			w.must("POST", "/api/v1/groups", object{"profile": object{"name": "twin"}})
			return names(w.must("GET", "/api/v1/groups?q=twin", nil), "profile", "name")
		}},
		{name: "two groups of Okta may not have one name", source: "quoted", want: "400 E0000001 Api validation failed: name (name: An object with this field already exists in the current organization)", observe: func(w *world) string {
			return w.send("POST", "/api/v1/groups", object{"profile": object{"name": "registry-admins"}}).String()
		}},
		{name: "a group that is not there", source: "error codes", want: "404 E0000007 Not found: Resource not found: 00gnobody (UserGroup)", observe: func(w *world) string {
			return w.send("GET", "/api/v1/groups/00gnobody", nil).String()
		}},
		{name: "a user by login", source: "Users API, get a user", want: "bob@example.com", observe: func(w *world) string {
			return w.must("GET", "/api/v1/users/bob@example.com", nil).value("profile", "login")
		}},
		{name: "a path that is not there", source: "error codes", want: "404 E0000008 The requested path was not found", observe: func(w *world) string {
			return w.send("GET", "/api/v1/applications", nil).String()
		}},
		{name: "a method that is not there", source: "error codes", want: "405 E0000022 The endpoint does not support the provided HTTP method", observe: func(w *world) string {
			return w.send("PATCH", "/api/v1/apps", nil).String()
		}},
		{name: "limits are told with each answer", source: "rate limits", want: "3 1 false", config: func(c *oktatest.Config) { c.RateLimit = 3 }, observe: func(w *world) string {
			w.must("GET", "/api/v1/apps", nil)
			h := w.must("GET", "/api/v1/apps", nil).header
			return fmt.Sprint(h.Get("X-Rate-Limit-Limit"), " ", h.Get("X-Rate-Limit-Remaining"), " ", h.Get("X-Rate-Limit-Reset") == "" || h.Get("Date") == "" || h.Get("X-Okta-Request-Id") == "")
		}},
		{name: "limits are told with metadata as well", source: "rate limits", want: "false", observe: func(w *world) string {
			h := w.must("GET", "/oauth2/default/.well-known/openid-configuration", nil).header
			return fmt.Sprint(h.Get("X-Rate-Limit-Limit") == "" || h.Get("X-Okta-Request-Id") == "")
		}},
		{name: "a limit is for its group of endpoints", source: "rate limits", want: "429 E0000047 API call exceeded rate limit due to too many requests., then 200", config: func(c *oktatest.Config) { c.RateLimit = 1 }, observe: func(w *world) string {
			w.must("GET", "/api/v1/apps", nil)
			return fmt.Sprint(w.send("GET", "/api/v1/apps", nil), ", then ", w.send("GET", "/api/v1/groups", nil))
		}},
		{name: "too many requests at once have a limit of zero", source: "rate limits, concurrency", want: "429 0 0", observe: func(w *world) string {
			w.okta.Throttle(oktatest.Storm{Requests: 1, Concurrent: true})
			r := w.send("GET", "/api/v1/apps", nil)
			return fmt.Sprint(r.status, " ", r.header.Get("X-Rate-Limit-Limit"), " ", r.header.Get("X-Rate-Limit-Remaining"))
		}},
		{name: "the org tells who it is", source: "openapi, getWellknownOrgMetadata", want: "true idx", observe: func(w *world) string {
			r := w.must("GET", "/.well-known/okta-organization", nil)
			return fmt.Sprint(r.value("_links", "organization", "href") == w.okta.URL(), " ", r.value("pipeline"))
		}},
	}
}
