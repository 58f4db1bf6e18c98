package entratest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// sessionCookie is how a browser is known that signed in before.
const sessionCookie = "ESTSAUTH"

// authorize is the authorization endpoint
// (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow). It shows a page
// where it cannot trust the redirect URI, and sends every other refusal there.
func (e *Entra) authorize(w http.ResponseWriter, request *http.Request) {
	_ = request.ParseForm() // what cannot be read is missing
	a := idptest.ReadAuthorization(request.Form)
	client, refused := e.clientOf(a)
	if refused != nil {
		refused.show(w)
		return
	}
	if refused := e.refusalOf(a, client); refused != nil {
		refused.redirect(w, a)
		return
	}
	prompts := strings.Fields(a.Prompt)
	known := e.logins.known(request)
	ticket := e.logins.Wait(a)
	switch {
	case known != nil && !slices.Contains(prompts, "login") && !slices.Contains(prompts, "select_account"):
		e.admit(w, request, ticket, known)
	case slices.Contains(prompts, "none"):
		aadsts(50058, "login_required", "A silent sign-in request was sent but no user is signed in.").redirect(w, a)
	default:
		e.loginPage(request, ticket, "", "").Show(w)
	}
}

func (e *Entra) loginPage(request *http.Request, ticket, username, message string) idptest.LoginPage {
	return idptest.LoginPage{
		Title: "Sign in to your account", Action: base(request) + "/" + e.config.Tenant + "/login", Ticket: ticket, Username: username, Message: message,
	}
}

// clientOf finds the application that a request comes from, whose redirect URI it may name.
func (e *Entra) clientOf(a idptest.Authorization) (fields, *refusal) {
	if a.ClientID == "" {
		return nil, missing("client_id")
	}
	app := e.directory.find(e.directory.applications, "appId", a.ClientID)
	switch {
	case app == nil, e.principalOf(app) == nil && e.holds(ClientsNeedAPrincipal):
		return nil, e.unknownClient(a.ClientID)
	case e.principalOf(app) != nil && e.principalOf(app).fields["accountEnabled"] == false:
		return nil, aadsts(7000112, "unauthorized_client", "Application '%s'(%s) is disabled.", a.ClientID, app.text("displayName"))
	case !registersRedirects(app.fields):
		return nil, aadsts(900971, "invalid_client", "No reply address provided.")
	case e.platformOf(app.fields, a.RedirectURI) == "":
		return nil, aadsts(50011, "invalid_request", "The redirect URI '%s' specified in the request does not match the redirect URIs configured for the application '%s'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this error.", a.RedirectURI, a.ClientID)
	}
	return app.fields, nil
}

// refusalOf tells what is wrong with a request before anybody signs in.
func (e *Entra) refusalOf(a idptest.Authorization, client fields) *refusal {
	switch {
	case a.ResponseType == "":
		return missing("response_type")
	case strings.TrimSpace(a.Scope) == "" && e.holds(ScopeIsRequired):
		return missing("scope")
	case a.ResponseType == "token" || a.ResponseType == "id_token":
		return aadsts(700051, "unsupported_response_type", "response_type '%s' is not enabled for the application.", a.ResponseType)
	case a.ResponseType != "code":
		return aadsts(70011, "unsupported_response_type", "The response type '%s' is not supported.", a.ResponseType)
	case a.ChallengeMethod != "" && a.ChallengeMethod != "S256" && a.ChallengeMethod != "plain":
		return aadsts(501491, "invalid_request", "Invalid code_challenge_method.")
	}
	_, refused := e.targetFor(a, client)
	return refused
}

// login takes what a person typed into the login form.
func (e *Entra) login(w http.ResponseWriter, request *http.Request) {
	_ = request.ParseForm() // what cannot be read is missing
	ticket, name := request.PostForm.Get("ticket"), request.PostForm.Get("username")
	if _, ok := e.logins.Waiting(ticket); !ok {
		aadsts(165900, "invalid_request", "Invalid request. The sign-in has expired or was finished.").show(w)
		return
	}
	person := e.directory.user(name)
	if person == nil || person.Password != request.PostForm.Get("password") {
		e.loginPage(request, ticket, name, "Your account or password is incorrect. AADSTS50126: Error validating credentials due to invalid username or password.").Show(w)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: e.logins.remember(person), Path: "/", HttpOnly: true, Secure: request.TLS != nil, SameSite: http.SameSiteLaxMode})
	e.admit(w, request, ticket, person)
}

// codeLife is how long a code can be redeemed.
const codeLife = 10 * time.Minute

// finish sends the browser back with a code.
func (e *Entra) finish(w http.ResponseWriter, ticket string, person *user) {
	a, _ := e.logins.Waiting(ticket)
	code := e.logins.Issue(ticket, person.User, codeLife)
	w.Header().Set("Location", a.Answer(url.Values{"code": {code}, "session_state": {newID()}}))
	w.WriteHeader(http.StatusFound)
}

// user finds a person by name; nil when there is none.
func (d *directory) user(name string) *user {
	for _, u := range d.users {
		if strings.EqualFold(u.Name, name) || u.Email != "" && strings.EqualFold(u.Email, name) {
			return u
		}
	}
	return nil
}
