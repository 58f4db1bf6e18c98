package keycloaktest

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// authorization is an authorize request (RFC 6749 section 4.1.1) that names a client and a
// redirect URI that it has.
type authorization struct {
	client       *client
	redirectURI  string
	responseType []string
	fragment     bool // the answer travels in the fragment
	scope        string
	state        string
	nonce        string
	challenge    string
	method       string // of PKCE
	prompt       []string
}

// authorize is the authorization endpoint. It shows a page where it cannot trust the redirect
// URI, and sends every other refusal there.
func (k *Keycloak) authorize(w http.ResponseWriter, request *http.Request) {
	query := request.URL.Query()
	if request.Method == http.MethodPost {
		_ = request.ParseForm() // what cannot be read is missing
		query = request.PostForm
	}
	c := k.realm.client(query.Get("client_id"))
	switch {
	case query.Get("client_id") == "" || query.Has("request"):
		k.sorry(w, http.StatusBadRequest, "Invalid Request")
	case c == nil:
		k.sorry(w, http.StatusBadRequest, "Client not found.")
	case !is(c.Enabled) && k.holds(DisabledClientsAreShut):
		k.sorry(w, http.StatusBadRequest, "Client disabled.")
	case is(c.BearerOnly):
		k.sorry(w, http.StatusForbidden, "Bearer-only applications are not allowed to initiate browser login")
	case !query.Has("redirect_uri") || !k.admits(list(c.RedirectURIs), query.Get("redirect_uri")):
		k.sorry(w, http.StatusBadRequest, "Invalid parameter: redirect_uri")
	default:
		a := newAuthorization(c, query)
		if code, description := k.refusal(a, query); code != "" {
			k.answer(w, a, refusalParameters(a, code, description))
			return
		}
		k.askToLogIn(w, request, a)
	}
}

func newAuthorization(c *client, query url.Values) *authorization {
	a := &authorization{
		client: c, redirectURI: query.Get("redirect_uri"), responseType: strings.Fields(query.Get("response_type")),
		scope: query.Get("scope"), state: query.Get("state"), nonce: query.Get("nonce"),
		challenge: query.Get("code_challenge"), method: query.Get("code_challenge_method"), prompt: strings.Fields(query.Get("prompt")),
	}
	a.fragment = slices.Contains(a.responseType, "token") || slices.Contains(a.responseType, "id_token")
	switch query.Get("response_mode") {
	case "fragment":
		a.fragment = true
	case "query":
		a.fragment = false
	}
	return a
}

// refusal returns the error that the request earns and its description; none when it is right.
// The order of the checks is the server's own.
func (k *Keycloak) refusal(a *authorization, query url.Values) (code, description string) {
	const disabled = "Client is not allowed to initiate browser login with given response_type. "
	implicit := slices.Contains(a.responseType, "token") || slices.Contains(a.responseType, "id_token")
	known := func(word string) bool { return slices.Contains([]string{"code", "token", "id_token", "none"}, word) }
	unknown := slices.ContainsFunc(a.responseType, func(word string) bool { return !known(word) })
	switch {
	case len(a.responseType) == 0:
		return "invalid_request", "Missing parameter: response_type"
	case unknown:
		return "unsupported_response_type", ""
	case slices.Contains(a.responseType, "code") && !is(a.client.StandardFlow) && k.holds(FlowsCanBeDisabled):
		return "unauthorized_client", disabled + "Standard flow is disabled for the client."
	case implicit && !is(a.client.ImplicitFlow) && k.holds(FlowsCanBeDisabled):
		return "unauthorized_client", disabled + "Implicit flow is disabled for the client."
	case k.holds(ScopesMustBeAssigned) && !validScope(a.client, query):
		return "invalid_scope", "Invalid scopes: " + a.scope
	}
	if k.holds(PKCEIsEnforced) {
		if wrong := wrongChallenge(a); wrong != "" {
			return "invalid_request", wrong
		}
	}
	return "", ""
}

// validScope reports whether the client has every scope that is asked for; openid is everybody's.
func validScope(c *client, query url.Values) bool {
	asked := strings.Fields(query.Get("scope"))
	if len(asked) == 0 {
		return !query.Has("scope")
	}
	return !slices.ContainsFunc(asked, func(scope string) bool { return scope != "openid" && !c.has(scope) })
}

var challengePattern = regexp.MustCompile(`^[0-9a-zA-Z\-.~_]{43,128}$`)

// wrongChallenge says what is wrong with the PKCE parameters (RFC 7636 section 4.4.1). A client
// that names a method must be sent that method; others may leave PKCE out.
func wrongChallenge(a *authorization) string {
	enforced := a.client.attribute(pkceAttribute)
	switch {
	case enforced != "" && a.method == "":
		return "Missing parameter: code_challenge_method"
	case enforced != "" && a.method != enforced:
		return "Invalid parameter: code challenge method is not matching the configured one"
	case a.method != "" && a.method != "S256" && a.method != "plain":
		return "Invalid parameter: code_challenge_method"
	case a.method != "" && a.challenge == "":
		return "Missing parameter: code_challenge"
	case a.challenge != "" && !challengePattern.MatchString(a.challenge):
		return "Invalid parameter: code_challenge"
	}
	return ""
}

// parameter is one of an answer; their order is the server's.
type parameter struct{ name, value string }

func refusalParameters(a *authorization, code, description string) []parameter {
	return []parameter{{"error", code}, {"error_description", description}, {"state", a.state}, {"iss", ""}}
}

// answer redirects with parameters; those without a value are left out, and iss (RFC 9207) gets
// its own unless the client has it left out.
func (k *Keycloak) answer(w http.ResponseWriter, a *authorization, parameters []parameter) {
	var pairs []string
	for _, p := range parameters {
		if p.name == "iss" && k.holds(IssuerIsInRedirects) && a.client.attribute(issuerOutAttribute) != "true" {
			p.value = k.Issuer()
		}
		if p.value != "" {
			pairs = append(pairs, p.name+"="+url.QueryEscape(p.value))
		}
	}
	separator := "?"
	switch {
	case a.fragment:
		separator = "#"
	case strings.Contains(a.redirectURI, "?"):
		separator = "&"
	}
	w.Header().Set("Cache-Control", "no-store, must-revalidate, max-age=0")
	w.Header().Set("Location", a.redirectURI+separator+strings.Join(pairs, "&"))
	w.WriteHeader(http.StatusFound)
}
