package okta

import (
	"slices"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// assignments adds the groups and users that may not use the app yet.
func (d *difference) assignments(w *wanted, have *observed, index int) {
	app, name := have.apps[index], w.apps[index].client.Name
	if everybody, _ := app.doc.flag("settings", "implicitAssignment"); everybody {
		d.ok("app %s: everybody may use it (implicit assignment)", name)
		return
	}
	for _, group := range have.groups {
		if group.id != "" && slices.Contains(app.groups, group.id) {
			d.ok("app %s: group %s is assigned", name, group.name)
			continue
		}
		d.add(assignment(kindGroup, w.within(name, group.name), "its members may log in"), assignGroup{index, group})
	}
	for _, user := range have.users {
		if user.id != "" && slices.Contains(app.users, user.id) {
			d.ok("app %s: user %s is assigned", name, user.name)
			continue
		}
		d.add(assignment(kindUser, w.within(name, user.name), "may log in"), assignUser{index, user})
	}
	switch {
	case len(have.groups)+len(have.users) > 0:
	case len(app.groups) > 0:
		d.ok("app %s: %s assigned", name, counted(len(app.groups), "group"))
	default:
		d.add(plan.Change{
			Kind: kindGroup, Name: w.within(name, "(none)"), Action: plan.Manual, Prevents: "OK02",
			Summary: "no group may use the app: run again with --assign GROUP",
		}, nil)
	}
}

func assignment(kind, name, summary string) plan.Change {
	return plan.Change{Kind: kind, Name: name, Action: plan.Create, Summary: summary, Prevents: "OK02"}
}

// server notes what is wrong with the authorization server, which others may use too.
func (d *difference) server(w *wanted, have *observed) {
	if have.server.text("status") == statusInactive {
		d.add(plan.Change{
			Kind: "authorization server", Name: w.server, Action: plan.Manual, Prevents: "OK18",
			Summary: "it is inactive: activate it in the Admin Console under Security > API",
		}, nil)
	}
}

// missingScopes adds the scopes that the gateway advertises and the authorization server lacks.
func (d *difference) missingScopes(w *wanted, have *observed) {
	for _, name := range w.scopes {
		if slices.Contains(have.scopes, name) {
			continue
		}
		prevents := "OK04"
		if name == "offline_access" {
			prevents = "OK12"
		}
		d.add(plan.Change{
			Kind: kindScope, Name: name, Action: plan.Create, Summary: "of authorization server " + w.server, Prevents: prevents,
		}, createScope{name})
	}
}
