package entratest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// admit lets a person who signed in go on: to the code, to a question or to a refusal.
func (e *Entra) admit(w http.ResponseWriter, request *http.Request, ticket string, person *user) {
	a, _ := e.logins.Waiting(ticket)
	client, refused := e.clientOf(a)
	if refused != nil {
		refused.show(w)
		return
	}
	t, refused := e.targetFor(a, client)
	if refused != nil {
		refused.redirect(w, a)
		return
	}
	if refused = e.unassigned(t, client, person); refused != nil {
		refused.show(w)
		return
	}
	asks := slices.Contains(strings.Fields(a.Prompt), "consent") && e.holds(PromptConsentAsksAgain)
	unconsented := e.unconsented(t, client, person)
	switch {
	case !asks && unconsented == nil:
		e.finish(w, ticket, person)
	case unconsented != nil && slices.Contains(strings.Fields(a.Prompt), "none"):
		unconsented.redirect(w, a)
	case e.config.UserConsent && !t.adminOnly():
		e.logins.asked[ticket] = person
		consentPage{Client: textOf(client, "displayName"), Action: base(request) + "/" + e.config.Tenant + "/consent", Ticket: ticket}.show(w)
	case asks || t.adminOnly():
		aadsts(90094, "access_denied", "%s needs permission to access resources in your organization that only an admin can grant. Request an admin to grant permission to this app before you can use it.", textOf(client, "displayName")).show(w)
	default:
		unconsented.show(w)
	}
}

// unassigned refuses a person who is not assigned to an application that requires it: directly,
// or as a direct member of an assigned group.
func (e *Entra) unassigned(t *target, client fields, person *user) *refusal {
	for _, appID := range []string{textOf(client, "appId"), textOf(t.principal, "appId")} {
		sp := e.directory.find(e.directory.principals, "appId", appID)
		if sp == nil || sp.fields["appRoleAssignmentRequired"] != true || !e.holds(AssignmentCanBeRequired) {
			continue
		}
		assigned := slices.ContainsFunc(e.assignedTo(sp), func(a *object) bool {
			id := a.text("principalId")
			return id == person.id || slices.ContainsFunc(person.groups, func(g *object) bool { return g.text("id") == id })
		})
		if !assigned {
			return aadsts(50105, "access_denied", "Your administrator has configured the application %s ('%s') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '%s' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator. Please contact your administrator to assign access to this application.", sp.text("displayName"), appID, person.Name)
		}
	}
	return nil
}

// adminOnly reports whether only an administrator may consent to one of the permissions.
func (t *target) adminOnly() bool {
	return slices.ContainsFunc(t.values, func(value string) bool { return textOf(t.scope(value), "type") == "Admin" })
}

// unconsented refuses a client that was granted one of the permissions neither by
// pre-authorisation nor by a grant for all people or for this one.
func (e *Entra) unconsented(t *target, client fields, person *user) *refusal {
	for _, value := range t.values {
		if value == ".default" || e.preAuthorised(t, client, value) || e.granted(t, client, value, person) || !e.holds(ConsentIsNeeded) {
			continue
		}
		return aadsts(65001, "consent_required", "The user or administrator has not consented to use the application with ID '%s' named '%s'. Send an interactive authorization request for this user and resource.", textOf(client, "appId"), textOf(client, "displayName"))
	}
	return nil
}

func (e *Entra) preAuthorised(t *target, client fields, value string) bool {
	id := textOf(t.scope(value), "id")
	return slices.ContainsFunc(objectsOf(inner(t.app, "api"), "preAuthorizedApplications"), func(p fields) bool {
		return textOf(p, "appId") == textOf(client, "appId") && slices.Contains(textsOf(p, "delegatedPermissionIds"), id)
	})
}

func (e *Entra) granted(t *target, client fields, value string, person *user) bool {
	sp := e.directory.find(e.directory.principals, "appId", textOf(client, "appId"))
	return slices.ContainsFunc(e.directory.grants, func(g *object) bool {
		whom := g.text("consentType") == everyone || g.text("principalId") == person.id
		return whom && sp != nil && g.text("clientId") == sp.text("id") && g.text("resourceId") == textOf(t.principal, "id") &&
			slices.Contains(strings.Fields(g.text("scope")), value)
	})
}

// consent takes what a person clicked on the consent page.
func (e *Entra) consent(w http.ResponseWriter, request *http.Request) {
	_ = request.ParseForm() // what cannot be read is missing
	ticket := request.PostForm.Get("ticket")
	a, waiting := e.logins.Waiting(ticket)
	person := e.logins.asked[ticket]
	if !waiting || person == nil {
		aadsts(165900, "invalid_request", "Invalid request. The sign-in has expired or was finished.").show(w)
		return
	}
	delete(e.logins.asked, ticket)
	if !request.PostForm.Has("accept") {
		aadsts(65004, "access_denied", "User declined to consent to access the app.").redirect(w, a)
		return
	}
	e.keepConsent(a, person)
	e.finish(w, ticket, person)
}

// keepConsent stores the grant of a person.
func (e *Entra) keepConsent(a idptest.Authorization, person *user) {
	t, refused := e.targetOf(a.Scope, a.Resource)
	sp := e.directory.find(e.directory.principals, "appId", a.ClientID)
	if refused != nil || sp == nil {
		return
	}
	e.directory.grants = append(e.directory.grants, &object{fields: fields{
		"id": "g" + newID(), "clientId": sp.text("id"), "consentType": "Principal", "principalId": person.id,
		"resourceId": t.principal["id"], "scope": strings.Join(t.values, " "),
	}})
}

// consentPage asks a person.
type consentPage struct{ Client, Action, Ticket string }

const consentText = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Permissions requested</title></head>
<body>
<h1>Permissions requested</h1>
<p>{{client}}</p>
<form action="{{action}}" method="post">
<input type="hidden" name="ticket" value="{{ticket}}">
<button type="submit" name="cancel" value="1">Cancel</button>
<button type="submit" name="accept" value="1">Accept</button>
</form>
</body></html>`

func (p consentPage) show(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(idptest.Fill(consentText, "client", p.Client, "action", p.Action, "ticket", p.Ticket)))
}
