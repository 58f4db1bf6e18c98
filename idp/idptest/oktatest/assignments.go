package oktatest

import (
	"encoding/json"
	"net/http"
	"slices"
)

func (o *Okta) assignmentRepresentation(request *http.Request, a *app, assignment document) document {
	d, base := clone(assignment), o.baseURL(request)
	d["_links"] = document{
		"app": href(base + apps + "/" + a.id()), "group": href(base + api + "/groups/" + text(d, "id")),
		"self": href(base + apps + "/" + a.id() + "/groups/" + text(d, "id")),
	}
	return d
}

func (o *Okta) listAppGroups(request *http.Request) answer {
	return o.onApp(request, func(a *app) answer {
		var list []document
		for _, assignment := range a.groups {
			list = append(list, o.assignmentRepresentation(request, a, assignment))
		}
		if q := request.URL.Query().Get("q"); q != "" {
			list = selected(list, func(d document) bool {
				g := o.org.group(text(d, "id"))
				return g != nil && o.matches(g.name(), q)
			})
		}
		return o.page(request, list, limits{20, 200})
	})
}

func (o *Okta) showAppGroup(request *http.Request) answer {
	return o.onApp(request, func(a *app) answer {
		id := request.PathValue("group")
		assignment, _ := find(a.groups, "id", id)
		if assignment == nil {
			return missing(id, "ApplicationGroupAssignment")
		}
		return ok(o.assignmentRepresentation(request, a, assignment))
	})
}

// assignGroup assigns a group, or replaces what its assignment says; the body may be left out.
func (o *Okta) assignGroup(request *http.Request) answer {
	return o.onApp(request, func(a *app) answer {
		id := request.PathValue("group")
		if o.org.group(id) == nil {
			return missing(id, "UserGroup")
		}
		body := document{}
		if request.ContentLength != 0 {
			given, refusal, understood := read(request)
			if !understood {
				return refusal
			}
			body = given
		}
		assignment := document{"id": id, "lastUpdated": now(), "priority": json.Number("0"), "profile": document{}}
		for _, field := range []string{"priority", "profile"} {
			if body[field] != nil {
				assignment[field] = body[field]
			}
		}
		if _, i := find(a.groups, "id", id); i >= 0 {
			a.groups[i] = assignment
		} else {
			a.groups = append(a.groups, assignment)
		}
		return ok(o.assignmentRepresentation(request, a, assignment))
	})
}

func (o *Okta) unassignGroup(request *http.Request) answer {
	return o.onApp(request, func(a *app) answer {
		id := request.PathValue("group")
		_, i := find(a.groups, "id", id)
		if i < 0 {
			return missing(id, "ApplicationGroupAssignment")
		}
		a.groups = slices.Delete(a.groups, i, i+1)
		return nothing()
	})
}

// appUsers lists who may use an app: those assigned by hand, and those of its groups.
func (o *org) appUsers(a *app) []document {
	list := slices.Clone(a.users)
	for _, u := range o.users {
		if _, i := find(a.users, "id", u.id()); i < 0 && o.assignedByGroup(a, u) {
			list = append(list, appUser(u, "GROUP"))
		}
	}
	return list
}

func (o *org) assignedByGroup(a *app, u *user) bool {
	return slices.ContainsFunc(o.groupsOf(u), func(g *group) bool {
		_, i := find(a.groups, "id", g.id())
		return i >= 0
	})
}

func (o *org) assigned(a *app, u *user) bool {
	_, i := find(a.users, "id", u.id())
	return i >= 0 || o.assignedByGroup(a, u)
}

func appUser(u *user, scope string) document {
	t := now()
	return document{
		"id": u.id(), "scope": scope, "status": "ACTIVE", "syncState": "DISABLED", "created": t, "lastUpdated": t, "statusChanged": t,
		"credentials": document{"userName": u.login()}, "profile": document{"email": text(u.document, "profile", "email")},
	}
}

func (o *Okta) appUserRepresentation(request *http.Request, a *app, assignment document) document {
	d, base := clone(assignment), o.baseURL(request)
	d["_links"] = document{"app": href(base + apps + "/" + a.id()), "user": href(base + api + "/users/" + text(d, "id"))}
	return d
}

func (o *Okta) listAppUsers(request *http.Request) answer {
	return o.onApp(request, func(a *app) answer {
		var list []document
		for _, assignment := range o.org.appUsers(a) {
			list = append(list, o.appUserRepresentation(request, a, assignment))
		}
		if q := request.URL.Query().Get("q"); q != "" {
			list = selected(list, func(d document) bool {
				return o.matches(text(d, "credentials", "userName"), q) || o.matches(text(d, "profile", "email"), q)
			})
		}
		return o.page(request, list, limits{50, 500})
	})
}

func (o *Okta) showAppUser(request *http.Request) answer {
	return o.onApp(request, func(a *app) answer {
		id := request.PathValue("user")
		assignment, _ := find(o.org.appUsers(a), "id", id)
		if assignment == nil {
			return missing(id, "AppUser")
		}
		return ok(o.appUserRepresentation(request, a, assignment))
	})
}

func (o *Okta) assignUser(request *http.Request) answer {
	return o.onApp(request, func(a *app) answer {
		body, refusal, understood := read(request)
		if !understood {
			return refusal
		}
		u := o.org.user(text(body, "id"))
		switch {
		case text(body, "id") == "":
			return invalid("id", blank)
		case u == nil || u.id() != text(body, "id"):
			return missing(text(body, "id"), "User")
		}
		if _, i := find(a.users, "id", u.id()); i >= 0 {
			return fail(http.StatusConflict, "E0000062", "The user is already assigned to the application.")
		}
		assignment := appUser(u, "USER")
		for _, field := range []string{"credentials", "profile"} {
			if body[field] != nil {
				assignment[field] = body[field]
			}
		}
		a.users = append(a.users, assignment)
		return ok(o.appUserRepresentation(request, a, assignment))
	})
}

func (o *Okta) unassignUser(request *http.Request) answer {
	return o.onApp(request, func(a *app) answer {
		id := request.PathValue("user")
		_, i := find(a.users, "id", id)
		if i < 0 {
			return missing(id, "AppUser")
		}
		a.users = slices.Delete(a.users, i, i+1)
		return nothing()
	})
}
