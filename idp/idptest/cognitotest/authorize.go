package cognitotest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// authorize is the authorization endpoint. It sends the browser to the error page where it cannot
// trust the redirect URI, to the redirect URI with every other refusal, and else to the login page
// with the same parameters (developer guide, "The redirect and authorization endpoint").
func (c *Cognito) authorize(w http.ResponseWriter, request *http.Request) {
	a := idptest.ReadAuthorization(request.URL.Query())
	p := c.pool.client(a.ClientID)
	switch {
	case p == nil:
		c.toErrorPage(w, "invalid_request", a.ClientID)
	case !c.admits(p, a.RedirectURI):
		c.toErrorPage(w, "redirect_mismatch", a.ClientID)
	default:
		if refused := c.refusal(p, a); refused != nil {
			redirect(w, a.Answer(refused))
			return
		}
		redirect(w, c.loginBase()+"/login?"+request.URL.RawQuery)
	}
}

// admits reports whether the client has the redirect URI: letter for letter, its port included.
func (c *Cognito) admits(p *client, uri string) bool {
	callbacks := p.list("CallbackURLs")
	if c.holds(CallbacksAreLiteral) {
		return uri != "" && slices.Contains(callbacks, uri)
	}
	return slices.ContainsFunc(callbacks, func(callback string) bool { return withoutPort(callback) == withoutPort(uri) })
}

func withoutPort(uri string) string {
	parsed, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	parsed.Host = parsed.Hostname()
	return parsed.String()
}

// refusal returns the parameters of the answer that the request earns; nil when it is right. A
// scope or a flow that the client does not have is an invalid_request that is described by the
// error's name, as live pools answer.
func (c *Cognito) refusal(p *client, a idptest.Authorization) url.Values {
	flow := map[string]string{"code": "code", "token": "implicit"}[a.ResponseType]
	allowed := p.is("AllowedOAuthFlowsUserPoolClient") && slices.Contains(p.list("AllowedOAuthFlows"), flow)
	refused := func(description string) url.Values {
		values := url.Values{"error": {"invalid_request"}}
		if description != "" {
			values.Set("error_description", description)
		}
		return values
	}
	switch {
	case flow == "", a.Challenge != "" && a.ChallengeMethod == "":
		return refused("")
	case a.ChallengeMethod != "" && a.ChallengeMethod != "S256" && c.holds(OnlyS256):
		return refused("")
	case a.Challenge == "" && !c.holds(PKCEIsOptional):
		return refused("")
	case !allowed && c.holds(OAuthMustBeOn):
		return refused("unauthorized_client")
	}
	for _, scope := range strings.Fields(a.Scope) {
		if !slices.Contains(p.list("AllowedOAuthScopes"), scope) && c.holds(ScopesMustBeAllowed) {
			return refused("invalid_scope")
		}
	}
	if a.Resource != "" && c.bindsResources() && !isResource(a.Resource) {
		return refused("")
	}
	if a.Prompt == "none" {
		return url.Values{"error": {"login_required"}}
	}
	return nil
}

func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusFound)
}

func (c *Cognito) toErrorPage(w http.ResponseWriter, code, clientID string) {
	redirect(w, c.loginBase()+"/error?error="+url.QueryEscape(code)+"&client_id="+url.QueryEscape(clientID))
}

// showError answers 400 with the page that a person is left at.
func (c *Cognito) showError(w http.ResponseWriter, request *http.Request) {
	idptest.ErrorPage{Title: "Error", Message: "An error was encountered with the requested page. " + request.URL.Query().Get("error")}.Show(w, http.StatusBadRequest)
}

// logOut sends the browser to a logout URL of the client.
func (c *Cognito) logOut(w http.ResponseWriter, request *http.Request) {
	query := request.URL.Query()
	p := c.pool.client(query.Get("client_id"))
	if p == nil || !slices.Contains(p.list("LogoutURLs"), query.Get("logout_uri")) {
		c.toErrorPage(w, "invalid_request", query.Get("client_id"))
		return
	}
	redirect(w, query.Get("logout_uri"))
}
