package okta

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

const appSummary = "native app without a secret, PKCE"

// app adds what is to be done to one app.
func (d *difference) app(w *wanted, have *observed, index int) {
	app, found := w.apps[index], have.apps[index].doc
	name := app.client.Name
	if found == nil {
		d.add(plan.Change{
			Kind: kindApp, Name: name, Action: plan.Create, Summary: appSummary, Prevents: "OK10",
			Fields: fields(app, document{}),
		}, createApp{index, app})
		return
	}
	if c, needed := correction(app, found); needed {
		d.add(c, repairApp{index, app})
	} else {
		d.ok("app %s (%s): %s, %s", name, have.apps[index].id(), appSummary, counted(len(app.redirects), "redirect URI"))
	}
	if found.text("status") == statusInactive {
		d.add(plan.Change{
			Kind: kindAppStatus, Name: name, Action: plan.Update, Summary: "activate it", Prevents: "OK18",
			Confirm: "activates an app that was deactivated",
			Fields:  []plan.Field{{Path: "status", Before: []string{"inactive"}, After: []string{"active"}}},
		}, activateApp{index})
	}
	if labelled := found.text("label"); labelled != name {
		d.note("", "the app chosen by its id is labelled %q; the label stays", plain(labelled))
	}
	d.findings(app, found)
}

// fields lists what is not as it must be. Of an app that is yet to be made, all is.
func fields(w *wantedApp, app document) []plan.Field {
	var list []plan.Field
	for _, p := range properties(w) {
		switch {
		case p.right(app):
		case len(app) == 0:
			list = append(list, plan.Field{Path: p.path, After: p.must(app), Prevents: p.prevents})
		default:
			list = append(list, plan.Field{Path: p.path, Before: p.is(app), After: p.must(app), Prevents: p.prevents}.Excess(p.excess))
		}
	}
	return list
}

// correction is the change of all of an app that travels in one request.
func correction(w *wantedApp, app document) (plan.Change, bool) {
	list := fields(w, app)
	if len(list) == 0 {
		return plan.Change{}, false
	}
	c := plan.Change{
		Kind: kindApp, Name: w.client.Name, Action: plan.Update, Summary: appSummary,
		Fields: list, Kept: kept(w, app), Prevents: list[0].Prevents,
	}
	if !marked(app) {
		c.Summary += ", adopted"
	}
	if n := len(foreign(w, app)); n > 0 && w.prune {
		c.Confirm = "removes " + counted(n, "redirect URI")
	}
	return c, true
}

// foreign lists the app's redirect URIs that nobody asked for.
func foreign(w *wantedApp, app document) []string {
	var list []string
	for _, uri := range app.list(settings("redirect_uris")...) {
		if !slices.Contains(w.redirects, uri) {
			list = append(list, uri)
		}
	}
	slices.Sort(list)
	return list
}

// otherGrants lists the app's grants that no assistant uses.
func otherGrants(app document) []string {
	var list []string
	for _, grant := range app.list(settings("grant_types")...) {
		if grant != grantCode && grant != "refresh_token" {
			list = append(list, grant)
		}
	}
	slices.Sort(list)
	return list
}

// kept names what was found on the app, is not ours, and stays.
func kept(w *wantedApp, app document) []string {
	var list []string
	if n := len(foreign(w, app)); n > 0 && !w.prune {
		list = append(list, counted(n, "redirect"))
	}
	if n := len(otherGrants(app)); n > 0 {
		list = append(list, counted(n, "grant"))
	}
	if n := len(app.object("profile")); n > 0 {
		list = append(list, counted(n, "profile field"))
	}
	if app.text("settings", "notes", "admin") != "" && !marked(app) {
		list = append(list, "notes for administrators")
	}
	return list
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// findings notes what is wrong with the app and not ours to change unasked.
func (d *difference) findings(w *wantedApp, app document) {
	for _, uri := range foreign(w, app) {
		if _, err := idp.ParseRedirectURI(uri); err != nil && !w.prune {
			d.note("OK23", "app %s admits %s, which mcpreg did not ask for and which leaves the user's machine or is wider than a login needs; --prune removes it", w.client.Name, plain(uri))
		}
	}
	if grants := otherGrants(app); len(grants) > 0 {
		d.note("OK23", "app %s also allows the grants %s, which no assistant uses; take them away in the Admin Console unless something needs them", w.client.Name, strings.Join(grants, ", "))
	}
}

// compare returns the paths of an app that was read back that are not as wanted.
func compare(w *wantedApp, app document) []string {
	var wrong []string
	for _, p := range properties(w) {
		if !p.right(app) {
			wrong = append(wrong, p.path)
		}
	}
	return wrong
}
