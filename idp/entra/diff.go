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
	d.assignments(w, have)
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
	op := operation{verb: updateApp, target: theGateway}
	if before == nil {
		before = &application{}
		op.verb, c.Action = createApp, plan.Create
	}
	after := w.gateway.edit(before)
	c.Fields, c.Confirm = gatewayFields(before, after), gatewayConfirmation(before, after)
	switch {
	case len(c.Fields) > 0:
		d.add(op, c)
	default:
		d.ok("gateway app %s: token version 2, scope %s, groups %s", name, scopeValue, after.groupMembershipClaims)
	}
	d.principal(have.gateway, operation{verb: createPrincipal, target: theGateway}, principalName(w, have), "EN03")
}

// principalName keeps the gateway's service principal apart from a client's of the same name.
func principalName(w wanted, have *observed) string {
	name := gatewayName(w, have)
	if slices.ContainsFunc(w.clients, func(c wantedClient) bool { return c.name == name }) {
		return name + " (gateway)"
	}
	return name
}

// gatewayConfirmation says what of the change should not happen unasked: what else takes or gets
// tokens for the application sees them change.
func gatewayConfirmation(before, after *application) string {
	var reasons []string
	if used := len(before.identifierURIs)+len(before.scopes)+len(before.preAuthorized) > 0; used && !before.marked() && before.tokenVersion != after.tokenVersion {
		reasons = append(reasons, "changes issuer and audience of all tokens for an application that mcpreg did not make")
	}
	if before.mayOverflow() && !after.mayOverflow() {
		reasons = append(reasons, "leaves groups out of all tokens that are not assigned to the application")
	}
	return strings.Join(reasons, "; ")
}

func gatewayFields(before, after *application) []plan.Field {
	var list []plan.Field
	exposed := func(a *application) []string {
		if s, ok := a.permission(); ok && s.enabled {
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
	switch {
	case len(before.identifierURIs) == 0:
		c.Action, c.Prevents = plan.Create, "EN03"
	case len(added) == 0:
		c.Prevents = "" // nothing fails because of the URI of a server that is gone
	}
	c.Fields = []plan.Field{{Path: "URIs", Before: before.identifierURIs, After: after.identifierURIs, Prevents: c.Prevents}}
	if len(added) > 0 {
		c.Fields = append(c.Fields, plan.Field{Path: "scopes", After: scopesOf(added)})
	}
	if removed := len(before.identifierURIs) + len(added) - len(after.identifierURIs); removed > 0 {
		c.Confirm = "removes " + counted(removed, "identifier URI")
	}
	d.add(operation{verb: addIdentifiers, target: theGateway}, c)
}

// scopesOf are the scopes that assistants ask for at the servers with these URLs.
func scopesOf(uris []string) []string {
	list := make([]string, len(uris))
	for i, uri := range uris {
		list[i] = uri + "/" + scopeValue
	}
	return list
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
