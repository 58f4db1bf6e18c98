package oktatest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// authorize is the authorization endpoint. It shows a page where it cannot trust the redirect URI,
// and sends every other refusal there.
func (o *Okta) authorize(w http.ResponseWriter, request *http.Request, s *authorizationServer) {
	_ = request.ParseForm() // what cannot be read is missing
	a := idptest.ReadAuthorization(request.Form)
	client := o.org.client(a.ClientID)
	switch {
	case client == nil, text(client.document, "status") != "ACTIVE" && o.holds(InactiveAppsAreShut):
		sorry(w, "Invalid value for 'client_id' parameter.")
	case !o.admits(client, a.RedirectURI):
		sorry(w, "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings: "+
			strings.Replace(o.URL(), "://", "://admin.", 1)+"/admin/app/oidc_client/instance/"+client.id()+"#tab-general")
	default:
		if code, description := o.refusal(s, client, a); code != "" {
			o.answer(w, request, s, a, url.Values{"error": {code}, "error_description": {description}})
			return
		}
		o.askToLogIn(w, request, s, idptest.LoginPage{Ticket: s.ledger.Wait(a)})
	}
}

func sorry(w http.ResponseWriter, message string) {
	idptest.ErrorPage{Title: "400 Bad Request", Message: "Your request resulted in an error. " + message}.Show(w, http.StatusBadRequest)
}

// refusal returns the error that a request earns before anybody logs in, and its description; none
// when it is right.
func (o *Okta) refusal(s *authorizationServer, client *app, a idptest.Authorization) (code, description string) {
	grants := words(client.document, "settings", "oauthClient", "grant_types")
	switch {
	case a.ResponseType != "code":
		return "unsupported_response_type", "The response type is not supported by the authorization server. Configured response types: [code]"
	case !slices.Contains(grants, "authorization_code") && o.holds(GrantsAreConfigured):
		return "unauthorized_client", notConfigured(grants)
	case a.State == "" && o.holds(StateIsRequired):
		return "invalid_request", "The authentication request has an invalid 'state' parameter."
	}
	if code, description := o.refusalOfScopes(s, a); code != "" {
		return code, description
	}
	if code, description := o.refusalOfPKCE(client, a); code != "" {
		return code, description
	}
	if a.Prompt == "none" {
		return "login_required", "The client specified not to prompt, but the user is not logged in."
	}
	return "", ""
}

func notConfigured(grants []string) string {
	return "The client is not authorized to use the provided grant type. Configured grant types: [" + strings.Join(grants, ", ") + "]."
}

// refusalOfScopes refuses a scope that the authorization server does not have. Whether the client
// may have it is for the policies to say.
func (o *Okta) refusalOfScopes(s *authorizationServer, a idptest.Authorization) (code, description string) {
	asked := strings.Fields(a.Scope)
	defaults := slices.ContainsFunc(s.scopes, func(scope document) bool { return scope["default"] == true })
	switch {
	case len(asked) == 0 && !defaults:
		return "invalid_scope", "The authorization server resource does not have any configured default scopes, 'scope' must be provided."
	case o.holds(ScopesAreConfigured) && slices.ContainsFunc(asked, func(name string) bool { return s.scope(name) == nil }):
		return "invalid_scope", "One or more scopes are not configured for the authorization server resource."
	}
	return "", ""
}

// refusalOfPKCE demands a challenge (RFC 7636) of public clients and of those that are set to it;
// its method can only be S256.
func (o *Okta) refusalOfPKCE(client *app, a idptest.Authorization) (code, description string) {
	settings := within(client.document, "credentials", "oauthClient")
	if !o.holds(PKCEIsRequired) {
		return "", ""
	}
	switch {
	case a.Challenge == "" && text(settings, "token_endpoint_auth_method") == "none":
		return "invalid_request", "PKCE code challenge is required when the token endpoint authentication method is 'NONE'."
	case a.Challenge == "" && settings["pkce_required"] == true:
		return "invalid_request", "PKCE code challenge is required by the application."
	case a.Challenge != "" && a.ChallengeMethod != "S256":
		return "invalid_request", "Invalid value for 'code_challenge_method' parameter. Supported methods are: [S256]."
	}
	return "", ""
}

// answer redirects with parameters, and with iss (RFC 9207) where the metadata promises it.
func (o *Okta) answer(w http.ResponseWriter, request *http.Request, s *authorizationServer, a idptest.Authorization, parameters url.Values) {
	if o.config.IssuerInRedirects && o.holds(IssuerIsInRedirects) {
		parameters.Set("iss", o.issuer(s, request))
	}
	w.Header().Set("Cache-Control", "no-cache, no-store")
	w.Header().Set("Location", a.Answer(parameters))
	w.WriteHeader(http.StatusFound)
}
