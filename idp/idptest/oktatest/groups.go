package oktatest

import (
	"net/http"
	"slices"
)

// queryLimit bounds what a look-up by q returns; its answer has no further page.
const queryLimit = 300

// listGroups answers by q (the name begins with it), by filter or search, or with all.
func (o *Okta) listGroups(request *http.Request) answer {
	query := request.URL.Query()
	var list []document
	for _, g := range o.org.groups {
		list = append(list, o.groupRepresentation(request, g))
	}
	if q := query.Get("q"); q != "" {
		list = selected(list, func(d document) bool { return o.matches(text(d, "profile", "name"), q) })
		found := o.page(request, list, limits{queryLimit, queryLimit})
		if o.holds(QueriesHaveOnePage) {
			found.next = ""
		}
		return found
	}
	list, refusal, understood := filtered(request, list)
	if !understood {
		return refusal
	}
	return o.page(request, list, limits{10000, 10000})
}

// matches compares as q does: with the beginning.
func (o *Okta) matches(value, q string) bool {
	return beginsWith(value, q) || !o.holds(QueriesMatchPrefixes)
}

func (o *Okta) groupRepresentation(request *http.Request, g *group) document {
	d := clone(g.document)
	address := o.baseURL(request) + api + "/groups/" + g.id()
	d["_links"] = document{"users": href(address + "/users"), "apps": href(address + "/apps")}
	return d
}

// href is a link to another object.
func href(address string) document { return document{"href": address} }

// createGroup refuses a name that another group of Okta has; groups of other sources do not count.
func (o *Okta) createGroup(request *http.Request) answer {
	body, refusal, ok := read(request)
	if !ok {
		return refusal
	}
	name := text(body, "profile", "name")
	taken := slices.ContainsFunc(o.org.groups, func(g *group) bool { return g.name() == name && text(g.document, "type") != "APP_GROUP" })
	switch {
	case name == "":
		return invalid("name", blank)
	case taken:
		return invalid("name", "An object with this field already exists in the current organization")
	}
	added := o.org.addGroup(name, "OKTA_GROUP")
	added.document["profile"] = body["profile"]
	return answer{status: http.StatusOK, body: o.groupRepresentation(request, added)}
}

func (o *Okta) showGroup(request *http.Request) answer {
	g := o.org.group(request.PathValue("group"))
	if g == nil {
		return missing(request.PathValue("group"), "UserGroup")
	}
	return ok(o.groupRepresentation(request, g))
}

func (o *Okta) listMembers(request *http.Request) answer {
	g := o.org.group(request.PathValue("group"))
	if g == nil {
		return missing(request.PathValue("group"), "UserGroup")
	}
	var list []document
	for _, u := range o.org.users {
		if g.everyone || slices.Contains(g.members, u.id()) {
			list = append(list, o.userRepresentation(request, u))
		}
	}
	return o.page(request, list, limits{1000, 1000})
}
