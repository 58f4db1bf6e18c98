package entra

import (
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/plan"
)

func (d *difference) client(w wanted, have *observed, i int) {
	wanted, before := w.clients[i], have.clients[i].app
	c := plan.Change{Kind: "client", Name: wanted.name, Action: plan.Update, Summary: "public, PKCE S256, mobile and desktop platform"}
	op := operation{verb: updateApp, target: i}
	if before == nil {
		before = &application{}
		op.verb, c.Action = createApp, plan.Create
	}
	after := wanted.edit(before, w.prune)
	c.Fields = clientFields(before, after)
	if len(c.Fields) == 0 {
		d.ok("client %s: public, %s", wanted.name, counted(len(after.publicRedirects), "redirect URI"))
	} else {
		if op.verb == updateApp {
			c.Confirm, c.Kept = confirmation(before, after), kept(wanted, before, after)
			if !before.marked() {
				c.Summary += ", adopted"
			}
		}
		d.add(op, c)
	}
	d.principal(have.clients[i], operation{verb: createPrincipal, target: i}, wanted.name, "EN06")
}

func clientFields(before, after *application) []plan.Field {
	var list []plan.Field
	redirects := plan.Field{Before: before.publicRedirects, After: after.publicRedirects, Prevents: "EN01"}.Excess("EN32")
	if len(before.publicRedirects)+len(before.webRedirects)+len(before.spaRedirects) == 0 && before.appID != "" {
		redirects.Prevents = "EN11"
	}
	list = differing(list, "redirects", redirects.Prevents, redirects.Before, redirects.After)
	list = differing(list, "web redirects", "EN08", before.webRedirects, after.webRedirects)
	list = differing(list, "single-page redirects", "EN08", before.spaRedirects, after.spaRedirects)
	list = differing(list, "accounts", "EN21", optional(before.signInAudience), optional(after.signInAudience))
	list = differing(list, "implicit grant", "EN22", implicit(before), implicit(after))
	return differing(list, "mark", "", marks(before), marks(after))
}

func optional(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func implicit(a *application) []string {
	var list []string
	if a.implicitAccessToken {
		list = append(list, "access tokens")
	}
	if a.implicitIDToken {
		list = append(list, "ID tokens")
	}
	return list
}

// confirmation says what of the change should not happen unasked.
func confirmation(before, after *application) string {
	var reasons []string
	if n := len(foreign(before.publicRedirects, after.publicRedirects)); n > 0 {
		reasons = append(reasons, "removes "+counted(n, "redirect URI"))
	}
	if n := len(before.webRedirects) - len(after.webRedirects) + len(before.spaRedirects) - len(after.spaRedirects); n > 0 {
		reasons = append(reasons, "moves "+counted(n, "redirect URI")+" to another platform")
	}
	if !before.marked() {
		if before.signInAudience != after.signInAudience {
			reasons = append(reasons, "locks accounts of other tenants out of an application that mcpreg did not make")
		}
		if len(implicit(before)) > 0 {
			reasons = append(reasons, "turns the implicit grant off on an application that mcpreg did not make")
		}
	}
	return strings.Join(reasons, "; ")
}

// kept counts what was found, is not ours, and stays.
func kept(w wantedClient, before, after *application) []string {
	var list []string
	count := func(n int, one string) {
		if n > 0 {
			list = append(list, counted(n, one))
		}
	}
	count(len(foreign(after.publicRedirects, w.redirects)), "redirect")
	count(len(after.webRedirects), "web redirect")
	count(len(after.spaRedirects), "single-page redirect")
	count(before.secrets, "secret")
	return list
}

// consent lets the client use the gateway's permission without asking each user.
func (d *difference) consent(w wanted, have *observed, i int) {
	client, name := have.clients[i], w.clients[i].name
	if w.consent == GrantConsent {
		if client.grant != nil && slices.Contains(client.grant.scopes, scopeValue) {
			d.ok("admin consent %s: for %s", name, scopeValue)
			return
		}
		d.add(operation{verb: grantConsent, target: i}, plan.Change{
			Kind: "admin consent", Name: name, Action: plan.Create, Summary: "for everybody of the tenant",
			Fields: []plan.Field{{Path: "permission", After: []string{gatewayName(w, have) + "/" + scopeValue}, Prevents: "EN05"}},
		})
		return
	}
	if gateway := have.gateway.app; gateway != nil && client.app != nil {
		if scope, exposed := gateway.permission(); exposed && gateway.permits(client.app.appID, scope.id) {
			d.ok("pre-authorization %s: for %s", name, scopeValue)
			return
		}
	}
	id := plan.KnownAfterApply
	if client.app != nil {
		id = client.app.appID
	}
	d.add(operation{verb: preAuthorize, target: i}, plan.Change{
		Kind: "pre-authorization", Name: name, Action: plan.Create, Summary: "on " + gatewayName(w, have),
		Fields: []plan.Field{
			{Path: "client id", After: []string{id}, Prevents: "EN05"},
			{Path: "permission", After: []string{scopeValue}},
		},
	})
}
