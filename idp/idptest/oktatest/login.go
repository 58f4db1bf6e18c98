package oktatest

import (
	"net/http"
	"net/url"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// codeLife is how long an authorization code can be redeemed (Okta: OpenID Connect & OAuth 2.0
// API, token lifetimes).
const codeLife = 5 * time.Minute

func (o *Okta) askToLogIn(w http.ResponseWriter, request *http.Request, s *authorizationServer, page idptest.LoginPage) {
	page.Title = "Sign In"
	page.Action = o.baseURL(request) + "/login/" + s.id()
	page.Show(w)
}

// logIn takes what a person typed. Only now it is known who asks, and so whether the app is
// assigned to the person and whether a policy admits the request.
func (o *Okta) logIn(w http.ResponseWriter, request *http.Request, s *authorizationServer) {
	_ = request.ParseForm() // what cannot be read is missing
	ticket, name := request.PostForm.Get("ticket"), request.PostForm.Get("username")
	a, waits := s.ledger.Waiting(ticket)
	if !waits {
		sorry(w, "The login has expired.")
		return
	}
	u := o.org.userNamed(name)
	if u == nil || u.password != request.PostForm.Get("password") || text(u.document, "status") != "ACTIVE" {
		o.askToLogIn(w, request, s, idptest.LoginPage{Ticket: ticket, Username: name, Message: "Unable to sign in"})
		return
	}
	code := s.ledger.Issue(ticket, idptest.User{Name: u.login()}, codeLife)
	client := o.org.client(a.ClientID)
	if client == nil {
		sorry(w, "Invalid value for 'client_id' parameter.")
		return
	}
	if why := o.denial(s, client, u, s.scopesOf(a.Scope)); why != "" {
		s.ledger.Redeem(code)
		o.answer(w, request, s, a, url.Values{"error": {"access_denied"}, "error_description": {why}})
		return
	}
	o.answer(w, request, s, a, url.Values{"code": {code}})
}

// denial tells why a person may not have the tokens that are asked for; "" when they may.
func (o *Okta) denial(s *authorizationServer, client *app, u *user, scopes []string) string {
	if o.holds(AssignmentsAreRequired) && !o.org.assigned(client, u) && at(client.document, "settings", "implicitAssignment") != true {
		return "User is not assigned to the client application."
	}
	if _, admitted := o.evaluate(s, asking{client, u, "authorization_code", scopes}); !admitted {
		return "Policy evaluation failed for this request, please check the policy configurations."
	}
	return ""
}
