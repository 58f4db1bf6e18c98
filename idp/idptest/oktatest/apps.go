package oktatest

import (
	"net/http"
	"slices"
)

// listApps answers by q (name or label begin with it), by filter, or with all.
func (o *Okta) listApps(request *http.Request) answer {
	var list []document
	for _, a := range o.org.apps {
		list = append(list, o.appRepresentation(request, a))
	}
	if q := request.URL.Query().Get("q"); q != "" {
		list = selected(list, func(d document) bool { return o.matches(text(d, "label"), q) || o.matches(text(d, "name"), q) })
	}
	list, refusal, understood := filtered(request, list)
	if !understood {
		return refusal
	}
	return o.page(request, list, limits{20, 200})
}

// appRepresentation shows an app with its links.
func (o *Okta) appRepresentation(request *http.Request, a *app) document {
	d := clone(a.document)
	address := o.baseURL(request) + apps + "/" + a.id()
	links := document{"users": href(address + "/users"), "groups": href(address + "/groups"), "self": href(address)}
	if text(d, "status") == "ACTIVE" {
		links["deactivate"] = href(address + "/lifecycle/deactivate")
	} else {
		links["activate"] = href(address + "/lifecycle/activate")
	}
	d["_links"] = links
	return d
}

// onApp answers for an app that is not there.
func (o *Okta) onApp(request *http.Request, handle func(*app) answer) answer {
	a := o.org.app(request.PathValue("app"))
	if a == nil {
		return missing(request.PathValue("app"), "AppInstance")
	}
	return handle(a)
}

func (o *Okta) showApp(request *http.Request) answer {
	return o.onApp(request, func(a *app) answer { return ok(o.appRepresentation(request, a)) })
}

// createApp takes any label, also one that another app has, and a client id of the caller's choice
// unless another client has it.
func (o *Okta) createApp(request *http.Request) answer {
	body, refusal, understood := read(request)
	if !understood {
		return refusal
	}
	a := &app{document: body}
	body["id"], body["created"], body["status"] = newID("0oa"), now(), "ACTIVE"
	if request.URL.Query().Get("activate") == "false" {
		body["status"] = "INACTIVE"
	}
	if refusal, refused := o.settle(a); refused {
		return refusal
	}
	if client := a.clientID(); o.org.client(client) != nil {
		return invalid("client_id", "The client id is already in use")
	}
	o.org.apps = append(o.org.apps, a)
	return ok(o.appRepresentation(request, a))
}

// replaceApp replaces the document: what the body does not say takes its default, and what has no
// default goes.
func (o *Okta) replaceApp(request *http.Request) answer {
	return o.onApp(request, func(stored *app) answer {
		body, refusal, understood := read(request)
		if !understood {
			return refusal
		}
		for _, fixed := range []string{"name", "signOnMode"} {
			if body[fixed] != nil && body[fixed] != stored.document[fixed] {
				return invalid(fixed, "cannot be changed")
			}
		}
		keep(body, stored.document, "id", "created", "status", "name")
		if !o.holds(PutReplaces) {
			fill(body, clone(stored.document))
		}
		if client := within(body, "credentials", "oauthClient"); text(stored.document, "signOnMode") == openIDConnect {
			switch given := text(client, "client_id"); given {
			case "", stored.clientID():
				client["client_id"] = stored.clientID()
			default:
				return invalid("client_id", "cannot be changed")
			}
			if secret := at(stored.document, "credentials", "oauthClient", "client_secret"); secret != nil && client["client_secret"] == nil {
				client["client_secret"] = secret
			}
		}
		replaced := &app{document: body}
		if refusal, refused := o.settle(replaced); refused {
			return refusal
		}
		stored.document = replaced.document
		return ok(o.appRepresentation(request, stored))
	})
}

// setAppStatus answers the two steps of an app's life.
func (o *Okta) setAppStatus(status string) func(*http.Request) answer {
	return func(request *http.Request) answer {
		return o.onApp(request, func(a *app) answer {
			a.document["status"], a.document["lastUpdated"] = status, now()
			return ok(document{})
		})
	}
}

func (o *Okta) deleteApp(request *http.Request) answer {
	return o.onApp(request, func(a *app) answer {
		if text(a.document, "status") == "ACTIVE" && o.holds(ActiveAppsStay) {
			return fail(http.StatusForbidden, "E0000056", "Delete application forbidden.", "The application must be deactivated before deletion.")
		}
		o.org.apps = slices.DeleteFunc(o.org.apps, func(other *app) bool { return other == a })
		return nothing()
	})
}
