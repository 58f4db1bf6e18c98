package cognitotest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// codeLife is how long an authorization code lives.
const codeLife = 5 * time.Minute

// What the pages say, as people report it.
const (
	noLoginPages  = "Login pages unavailable. Please contact an administrator."
	noLoginOption = "Login option is not available. Please try another one"
	wrongPassword = "Incorrect username or password."
)

// askToLogIn shows the login page of managed login or the classic one, with the parameters of the
// authorize request.
func (c *Cognito) askToLogIn(w http.ResponseWriter, request *http.Request) {
	query := request.URL.Query()
	a := idptest.ReadAuthorization(query)
	p := c.pool.client(a.ClientID)
	if p == nil || !c.admits(p, a.RedirectURI) {
		c.toErrorPage(w, "redirect_mismatch", a.ClientID)
		return
	}
	if _, styled := c.pool.brandings[p.id]; !styled && c.managedLogin() && c.holds(LoginNeedsBranding) {
		idptest.ErrorPage{Title: "Login pages unavailable", Message: noLoginPages}.Show(w, http.StatusForbidden)
		return
	}
	provider, offered := c.providerFor(p, query.Get("identity_provider"))
	if !offered {
		c.toErrorPage(w, noLoginOption, a.ClientID)
		return
	}
	ticket := c.ledger.Wait(a)
	if provider != "COGNITO" {
		c.federated[ticket] = provider
	}
	idptest.LoginPage{Title: "Sign in with " + provider, Action: c.loginBase() + "/login", Ticket: ticket}.Show(w)
}

// providerFor chooses where a person logs in: at the provider that the request asks for, in the
// pool's own directory, or at the only other provider that the client has.
func (c *Cognito) providerFor(p *client, wanted string) (provider string, offered bool) {
	has := p.list("SupportedIdentityProviders")
	if !c.holds(DirectoryIsAProvider) {
		return "COGNITO", true
	}
	switch {
	case wanted != "":
		return wanted, slices.Contains(has, wanted)
	case slices.Contains(has, "COGNITO"):
		return "COGNITO", true
	case len(has) == 1:
		return has[0], true
	}
	return "", false
}

// logIn takes what a person typed into the login page.
func (c *Cognito) logIn(w http.ResponseWriter, request *http.Request) {
	_ = request.ParseForm() // what cannot be read is missing
	ticket, name := request.PostForm.Get("ticket"), request.PostForm.Get("username")
	a, waiting := c.ledger.Waiting(ticket)
	p := c.pool.client(a.ClientID)
	if !waiting || p == nil {
		c.toErrorPage(w, "invalid_request", a.ClientID)
		return
	}
	person := c.pool.user(name)
	if person == nil || person.Password != request.PostForm.Get("password") {
		idptest.LoginPage{Title: "Sign in", Action: c.loginBase() + "/login", Ticket: ticket, Username: name, Message: wrongPassword}.Show(w)
		return
	}
	who := c.linked(person.User, c.federated[ticket])
	delete(c.federated, ticket)
	if a.ResponseType == "token" {
		c.finishImplicitly(w, p, idptest.Grant{Authorization: a, User: who})
		return
	}
	redirect(w, a.Answer(url.Values{"code": {c.ledger.Issue(ticket, who, codeLife)}}))
}

// linked is the user of the pool that a federated person becomes: one of its own, named by the
// provider, and in the group only that the pool makes for the provider.
func (c *Cognito) linked(person idptest.User, provider string) idptest.User {
	if provider == "" || !c.holds(FederationHasItsUser) {
		return person
	}
	person.Name = provider + "_" + person.Name
	person.Groups = []string{c.config.PoolID + "_" + provider}
	if c.pool.user(person.Name) == nil {
		c.pool.addUser(c.config, person)
	}
	return person
}

// finishImplicitly answers the implicit flow: the tokens travel in the fragment.
func (c *Cognito) finishImplicitly(w http.ResponseWriter, p *client, g idptest.Grant) {
	tokens := c.tokens(p, g)
	values := url.Values{"access_token": {tokens.AccessToken}, "expires_in": {strconv.Itoa(tokens.ExpiresIn)}, "token_type": {"Bearer"}}
	if tokens.IDToken != "" {
		values.Set("id_token", tokens.IDToken)
	}
	if g.State != "" {
		values.Set("state", g.State)
	}
	redirect(w, g.RedirectURI+"#"+values.Encode())
}
