package oktatest

import "net/http"

// listUsers answers by q (first name, last name or email begin with it), by filter or search, or
// with all.
func (o *Okta) listUsers(request *http.Request) answer {
	query := request.URL.Query()
	var list []document
	for _, u := range o.org.users {
		list = append(list, o.userRepresentation(request, u))
	}
	if q := query.Get("q"); q != "" {
		const usual = 10
		list = selected(list, func(d document) bool {
			return o.matches(text(d, "profile", "firstName"), q) || o.matches(text(d, "profile", "lastName"), q) || o.matches(text(d, "profile", "email"), q)
		})
		return o.page(request, list, limits{usual, 200})
	}
	list, refusal, understood := filtered(request, list)
	if !understood {
		return refusal
	}
	return o.page(request, list, limits{200, 200})
}

func (o *Okta) userRepresentation(request *http.Request, u *user) document {
	d := clone(u.document)
	d["_links"] = document{"self": href(o.baseURL(request) + api + "/users/" + u.id())}
	return d
}

// showUser finds a user by id or login.
func (o *Okta) showUser(request *http.Request) answer {
	u := o.org.user(request.PathValue("user"))
	if u == nil {
		return missing(request.PathValue("user"), "User")
	}
	return ok(o.userRepresentation(request, u))
}

func (o *Okta) listGroupsOfUser(request *http.Request) answer {
	u := o.org.user(request.PathValue("user"))
	if u == nil {
		return missing(request.PathValue("user"), "User")
	}
	list := []document{}
	for _, g := range o.org.groupsOf(u) {
		list = append(list, o.groupRepresentation(request, g))
	}
	return ok(list)
}
