package entra

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

func (d *difference) note(id, format string, args ...any) {
	d.notes = append(d.notes, plan.Note{Failure: id, Owner: owner, Text: fmt.Sprintf(format, args...)})
}

// findings lists what is worth knowing and not ours to change unasked.
func (d *difference) findings(w wanted, have *observed) {
	if len(w.gateway.identifiers) == 0 {
		d.note("EN03", "no server is named, so no identifier URI was added: logins need one for each server; name them with --registry or --server, and run again")
	}
	for i, client := range have.clients {
		d.room(w, w.clients[i], client)
		if client.app != nil {
			d.clientFindings(w, w.clients[i], client)
		}
	}
	if gateway := have.gateway; gateway.app != nil {
		d.gatewayFindings(w, gateway)
	}
	for _, match := range have.groups {
		d.group(match)
	}
}

// room tells how much of an app registration will be in use, before it is full.
func (d *difference) room(w wanted, wanted wantedClient, have *registration) {
	now := have.app
	if now == nil {
		now = &application{}
	}
	after := wanted.edit(now, w.prune)
	if n := len(after.publicRedirects) + len(after.webRedirects) + len(after.spaRedirects); n > maxRedirects*9/10 {
		d.note("EN19", "%d of %d redirect URIs will be in use on client %s: each server takes one for Codex", n, maxRedirects, wanted.name)
	}
}

func (d *difference) clientFindings(w wanted, wanted wantedClient, have *registration) {
	a := have.app
	for _, uri := range foreign(a.publicRedirects, wanted.redirects) {
		if _, err := idp.ParseRedirectURI(uri); err != nil && !w.prune {
			d.note("EN32", "client %s admits %s, which mcpreg did not ask for and which leaves the user's machine or is wider than a login needs; --prune removes it", wanted.name, uri)
		}
	}
	for i, uri := range a.publicRedirects {
		if slices.ContainsFunc(a.publicRedirects[:i], func(other string) bool { return withoutPort(other) == withoutPort(uri) }) {
			d.note("EN01", "client %s admits %s twice, at different ports, which do not count on localhost: Entra picks either", wanted.name, withoutPort(uri))
		}
	}
	if a.fallbackPublicClient {
		d.note("EN30", "client %s may use the device code and password flows (allow public client flows): logins of assistants need neither", wanted.name)
	}
	if a.secrets > 0 {
		d.note("EN25", "client %s holds %s, which a public client has no use for", wanted.name, counted(a.secrets, "secret or certificate"))
	}
	if have.principal != nil && have.principal.assignmentRequired {
		d.note("EN07", "client %s requires assignment: only users and groups assigned to the enterprise application get in", wanted.name)
	}
}

func (d *difference) gatewayFindings(w wanted, have *registration) {
	a := have.app
	if old := obsolete(a.identifierURIs, w.gateway.identifiers); len(old) > 0 && !w.prune {
		d.note("", "%s of the gateway belong to no server that was named: %s; --prune removes them", counted(len(old), "identifier URI"), strings.Join(old, ", "))
	}
	if have.principal != nil && have.principal.assignmentRequired {
		d.note("EN07", "gateway app %s requires assignment: only users and groups assigned to the enterprise application get tokens", a.displayName)
	}
	if n := len(w.editIdentifiers(a).identifierURIs); n > maxIdentifiers*9/10 {
		d.note("EN19", "%d of %d identifier URIs will be in use on %s", n, maxIdentifiers, a.displayName)
	}
}

// group tells the id that the registry must map: tokens carry ids, not names.
func (d *difference) group(m groupMatch) {
	switch {
	case m.hidden:
		d.note("EN17", "group %s was not looked up: the credential lacks the permission GroupMember.Read.All; map the group's object id in the registry, not its name", m.asked)
	case len(m.found) == 0:
		d.note("GW02", "no group of the tenant is called %s", m.asked)
	default:
		g := m.found[0]
		d.notes = append(d.notes, plan.Note{Text: fmt.Sprintf("group %s has the object id %s, which is what the registry must map", g.displayName, g.id)})
		if !g.security {
			d.note("EN15", "group %s is no security group, and tokens list security groups only", g.displayName)
		}
	}
}

// overage tells of the bound on groups where tokens list all of a user's.
func overage(a *application) (plan.Note, bool) {
	if a == nil || !a.mayOverflow() {
		return plan.Note{}, false
	}
	return plan.Note{Failure: "EN16", Owner: owner, Text: fmt.Sprintf(
		"tokens list every security group of a user; with more than %d Entra leaves all of them out, and the user is let in nowhere: --group-claims ApplicationGroup with --assign lists only groups that are assigned to the gateway's application", groupsBeforeOverage)}, true
}

// refusal tells why an application that was found may not become a client of ours.
func refusal(w wanted, name string, a *application) error {
	if a == nil {
		return nil
	}
	refused := func(reason string) error {
		return &idp.Error{
			Code: idp.CodeUsage, Failure: "EN25",
			Message: fmt.Sprintf("application %q (client id %s) %s", name, a.appID, reason),
			Hint:    "choose another name with --name, or IDE_CLIENT_DISPLAY_NAME",
		}
	}
	switch {
	case strings.EqualFold(a.appID, w.gateway.appID):
		return refused("is the gateway's own: an application cannot be the client and the API at once")
	case a.secrets > 0 && !a.marked():
		return refused(fmt.Sprintf("is confidential: it holds %s, and something signs in with it", counted(a.secrets, "secret or certificate")))
	}
	return nil
}

// checkCaps refuses what an app registration does not take, or has no room for.
func checkCaps(w wanted, have *observed) error {
	for i, r := range have.clients {
		now := r.app
		if now == nil {
			now = &application{}
		}
		after := w.clients[i].edit(now, w.prune)
		if n := len(after.publicRedirects) + len(after.webRedirects) + len(after.spaRedirects); n > maxRedirects {
			return tooMany(fmt.Sprintf("client %s would hold %d redirect URIs, and an app registration holds %d", w.clients[i].name, n, maxRedirects))
		}
		if err := checkRedirects(w.clients[i].redirects); err != nil {
			return err
		}
	}
	now := have.gateway.app
	if now == nil {
		now = &application{}
	}
	if n := len(w.editIdentifiers(now).identifierURIs); n > maxIdentifiers {
		return tooMany(fmt.Sprintf("gateway app %s would hold %d identifier URIs, and an app registration holds %d", gatewayName(w, have), n, maxIdentifiers))
	}
	return nil
}

func tooMany(message string) error {
	return &idp.Error{
		Code: idp.CodeUsage, Failure: "EN19", Message: message + "; nothing was changed",
		Hint: "take URIs of servers that are gone out with --prune, or spread the servers over several app registrations",
	}
}
