package entra

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mcpreg/mcpreg/idp/plan"
)

type step struct {
	plan.Change
	op operation
}

type difference struct {
	steps []step
	notes []plan.Note
	right []string
}

// diff compares what must be with what is. It is pure. The gateway's application comes first,
// because the clients' rights are entries of it.
func diff(w wanted, have *observed) difference {
	var d difference
	d.gateway(w, have)
	d.identifiers(w, have)
	for i := range w.clients {
		d.client(w, have, i)
	}
	for i := range w.clients {
		d.consent(w, have, i)
	}
	d.findings(w, have)
	return d
}

func (d *difference) add(op operation, c plan.Change) {
	c.System = system
	if c.Prevents == "" && len(c.Fields) > 0 {
		c.Prevents = c.Fields[0].Prevents
	}
	if op.verb == byHand {
		c.Action = plan.Manual
	}
	d.steps = append(d.steps, step{c, op})
}

func (d *difference) ok(format string, args ...any) {
	d.right = append(d.right, fmt.Sprintf(format, args...))
}

// gatewayName is what the gateway's application is called.
func gatewayName(w wanted, have *observed) string {
	if have.gateway.app != nil {
		return have.gateway.app.displayName
	}
	return w.gateway.name
}

func (d *difference) gateway(w wanted, have *observed) {
	name, before := gatewayName(w, have), have.gateway.app
	c := plan.Change{Kind: "gateway app", Name: name, Action: plan.Update, Summary: "the API that tokens are for"}
	op := operation{updateApp, theGateway}
	if before == nil {
		before = &application{}
		op.verb, c.Action = createApp, plan.Create
	}
	after := w.gateway.edit(before)
	c.Fields = gatewayFields(before, after)
	switch {
	case len(c.Fields) > 0:
		d.add(op, c)
	default:
		d.ok("gateway app %s: token version 2, scope %s, groups %s", name, scopeValue, after.groupMembershipClaims)
	}
	d.principal(have.gateway, operation{createPrincipal, theGateway}, principalName(w, have), "EN03")
}

// principalName keeps the gateway's service principal apart from a client's of the same name.
func principalName(w wanted, have *observed) string {
	name := gatewayName(w, have)
	if slices.ContainsFunc(w.clients, func(c wantedClient) bool { return c.name == name }) {
		return name + " (gateway)"
	}
	return name
}

func gatewayFields(before, after *application) []plan.Field {
	var list []plan.Field
	exposed := func(a *application) []string {
		if s, ok := a.scope(scopeValue); ok && s.enabled {
			return []string{scopeValue}
		} else if ok {
			return []string{scopeValue + " (disabled)"}
		}
		return nil
	}
	list = differing(list, "scope", "EN04", exposed(before), exposed(after))
	list = differing(list, "token version", "EN31", version(before), version(after))
	list = differing(list, "group claims", "EN15", before.groupClaims(), after.groupClaims())
	return differing(list, "mark", "", marks(before), marks(after))
}

// differing appends a field if its value changes.
func differing(list []plan.Field, path, prevents string, before, after []string) []plan.Field {
	if slices.Equal(before, after) {
		return list
	}
	return append(list, plan.Field{Path: path, Before: before, After: after, Prevents: prevents})
}

func version(a *application) []string {
	if a.tokenVersion == 0 {
		return nil
	}
	return []string{strconv.Itoa(a.tokenVersion)}
}

func marks(a *application) []string {
	if a.marked() {
		return []string{"tag " + mark}
	}
	return nil
}

func (d *difference) principal(r *registration, op operation, name, prevents string) {
	switch {
	case r.principal == nil:
		d.add(op, plan.Change{Kind: "service principal", Name: name, Action: plan.Create, Summary: "the enterprise application of the tenant", Prevents: prevents})
	case r.principal.disabled:
		d.add(operation{}, plan.Change{Kind: "service principal", Name: name, Prevents: "EN29",
			Summary: "users may not sign in to it: an administrator switched it off, and may switch it on"})
	default:
		d.ok("service principal %s: there, and enabled", name)
	}
}

// identifiers adds the URLs of servers that tokens cannot be asked for yet.
func (d *difference) identifiers(w wanted, have *observed) {
	before := have.gateway.app
	if before == nil {
		before = &application{}
	}
	after := w.editIdentifiers(before)
	added := slices.DeleteFunc(slices.Clone(after.identifierURIs), func(uri string) bool { return slices.Contains(before.identifierURIs, uri) })
	if len(added) == 0 && len(after.identifierURIs) == len(before.identifierURIs) {
		if n := len(w.gateway.identifiers); n > 0 {
			d.ok("identifier URIs: %s of the gateway's servers", counted(n, "URL"))
		}
		return
	}
	c := plan.Change{Kind: "identifier URIs", Name: gatewayName(w, have), Action: plan.Update, Prevents: "EN18"}
	if len(before.identifierURIs) == 0 {
		c.Action, c.Prevents = plan.Create, "EN03"
	}
	c.Fields = []plan.Field{{Path: "URIs", Before: before.identifierURIs, After: after.identifierURIs, Prevents: c.Prevents}}
	if len(added) > 0 {
		c.Fields = append(c.Fields, plan.Field{Path: "scopes", After: scopesOf(added)})
	}
	if removed := len(before.identifierURIs) + len(added) - len(after.identifierURIs); removed > 0 {
		c.Confirm = "removes " + counted(removed, "identifier URI")
	}
	d.add(operation{addIdentifiers, theGateway}, c)
}

// scopesOf are the scopes that assistants ask for at the servers with these URLs.
func scopesOf(uris []string) []string {
	list := make([]string, len(uris))
	for i, uri := range uris {
		list[i] = uri + "/" + scopeValue
	}
	return list
}

func (d *difference) client(w wanted, have *observed, i int) {
	wanted, before := w.clients[i], have.clients[i].app
	c := plan.Change{Kind: "client", Name: wanted.name, Action: plan.Update, Summary: "public, PKCE S256, mobile and desktop platform"}
	op := operation{updateApp, i}
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
	d.principal(have.clients[i], operation{createPrincipal, i}, wanted.name, "EN06")
}

func clientFields(before, after *application) []plan.Field {
	var list []plan.Field
	redirects := "EN01"
	if len(before.publicRedirects)+len(before.webRedirects)+len(before.spaRedirects) == 0 && before.appID != "" {
		redirects = "EN11"
	}
	list = differing(list, "redirects", redirects, before.publicRedirects, after.publicRedirects)
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

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// consent lets the client use the gateway's permission without asking each user.
func (d *difference) consent(w wanted, have *observed, i int) {
	client, name := have.clients[i], w.clients[i].name
	if w.consent == GrantConsent {
		if client.grant != nil && slices.Contains(client.grant.scopes, scopeValue) {
			d.ok("admin consent %s: for %s", name, scopeValue)
			return
		}
		d.add(operation{grantConsent, i}, plan.Change{
			Kind: "admin consent", Name: name, Action: plan.Create, Summary: "for everybody of the tenant",
			Fields: []plan.Field{{Path: "permission", After: []string{gatewayName(w, have) + "/" + scopeValue}, Prevents: "EN05"}},
		})
		return
	}
	if gateway := have.gateway.app; gateway != nil && client.app != nil {
		if scope, exposed := gateway.scope(scopeValue); exposed && gateway.permits(client.app.appID, scope.id) {
			d.ok("pre-authorization %s: for %s", name, scopeValue)
			return
		}
	}
	id := plan.KnownAfterApply
	if client.app != nil {
		id = client.app.appID
	}
	d.add(operation{preAuthorize, i}, plan.Change{
		Kind: "pre-authorization", Name: name, Action: plan.Create, Summary: "on " + gatewayName(w, have),
		Fields: []plan.Field{
			{Path: "client id", After: []string{id}, Prevents: "EN05"},
			{Path: "permission", After: []string{scopeValue}},
		},
	})
}
