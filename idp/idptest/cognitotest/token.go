package cognitotest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// tokenAnswer is a success of the token endpoint (RFC 6749 section 5.1).
type tokenAnswer struct {
	IDToken      string `json:"id_token,omitempty"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	ExpiresIn    int    `json:"expires_in"`
	TokenType    string `json:"token_type"`
}

// tokenRefusal is an error of the token endpoint; it seldom describes itself.
type tokenRefusal struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

func badGrant() *tokenRefusal { return &tokenRefusal{Error: "invalid_grant"} }

// token is the token endpoint (developer guide, "The token issuer endpoint").
func (c *Cognito) token(w http.ResponseWriter, request *http.Request) {
	_ = request.ParseForm() // what cannot be read is missing
	form := request.PostForm
	var answer *tokenAnswer
	p, refused := c.authenticateClient(request)
	if refused == nil {
		switch form.Get("grant_type") {
		case "authorization_code":
			answer, refused = c.redeem(p, form)
		case "refresh_token":
			answer, refused = c.refresh(p, form)
		case "client_credentials":
			answer, refused = c.clientCredentials(p, form)
		default:
			refused = &tokenRefusal{Error: "unsupported_grant_type"}
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	if refused != nil {
		idptest.WriteJSON(w, http.StatusBadRequest, refused)
		return
	}
	idptest.WriteJSON(w, http.StatusOK, answer)
}

// authenticateClient finds the client, which must send its secret if it has one.
func (c *Cognito) authenticateClient(request *http.Request) (*client, *tokenRefusal) {
	id, secret, basic := request.BasicAuth()
	if !basic {
		id, secret = request.PostForm.Get("client_id"), request.PostForm.Get("client_secret")
	}
	p := c.pool.client(id)
	switch {
	case p == nil:
		return nil, &tokenRefusal{Error: "invalid_client"}
	case p.secret != secret && c.holds(SecretsAreRequired):
		return nil, &tokenRefusal{"invalid_client", "invalid_client_secret"}
	}
	return p, nil
}

// redeem answers the authorization code grant (RFC 6749 section 4.1.3).
func (c *Cognito) redeem(p *client, form url.Values) (*tokenAnswer, *tokenRefusal) {
	if !form.Has("code") {
		return nil, &tokenRefusal{Error: "invalid_request"}
	}
	g, known := c.take(form.Get("code"))
	switch {
	case !known:
		return nil, badGrant()
	case g.ClientID != p.id && c.holds(CodesAreBound):
		return nil, badGrant()
	case g.RedirectURI != form.Get("redirect_uri") && c.holds(CodesAreBound):
		return nil, &tokenRefusal{Error: "unauthorized_client"}
	case !g.Proves(form.Get("code_verifier")) && c.holds(VerifiersAreChecked):
		return nil, badGrant()
	case g.Scope == "" && c.holds(CodesNeedScope):
		return nil, badGrant()
	}
	answer := c.tokens(p, g)
	answer.RefreshToken = c.ledger.Refresh(g)
	return answer, nil
}

// take redeems a code.
func (c *Cognito) take(code string) (idptest.Grant, bool) {
	if g, spent := c.spent[code]; spent && !c.holds(CodesWorkOnce) {
		return g, true
	}
	g, known := c.ledger.Redeem(code)
	if known {
		c.spent[code] = g
	}
	return g, known
}

// refresh answers the refresh token grant (RFC 6749 section 6). The token stays valid and is not
// sent again, unless the client rotates tokens.
func (c *Cognito) refresh(p *client, form url.Values) (*tokenAnswer, *tokenRefusal) {
	token := form.Get("refresh_token")
	if token == "" {
		return nil, &tokenRefusal{Error: "invalid_request"}
	}
	g, known := c.ledger.Refreshed(token)
	if !known || g.ClientID != p.id && c.holds(RefreshIsBound) {
		return nil, badGrant()
	}
	answer := c.tokens(p, g)
	rotation, _ := p.settings["RefreshTokenRotation"].(object)
	if rotation["Feature"] == "ENABLED" || !c.holds(RefreshRotates) {
		answer.RefreshToken = c.ledger.Refresh(g)
		if grace, _ := rotation["RetryGracePeriodSeconds"].(float64); grace == 0 {
			c.ledger.Revoke(token)
		}
	}
	return answer, nil
}

// clientCredentials answers for a machine (RFC 6749 section 4.4).
func (c *Cognito) clientCredentials(p *client, form url.Values) (*tokenAnswer, *tokenRefusal) {
	if !slices.Contains(p.list("AllowedOAuthFlows"), "client_credentials") {
		return nil, &tokenRefusal{Error: "unauthorized_client"}
	}
	scopes := strings.Fields(form.Get("scope"))
	if len(scopes) == 0 {
		scopes = p.list("AllowedOAuthScopes")
	}
	if slices.ContainsFunc(scopes, func(scope string) bool { return !slices.Contains(p.list("AllowedOAuthScopes"), scope) }) {
		return nil, &tokenRefusal{Error: "invalid_scope"}
	}
	return c.machineToken(p, strings.Join(scopes, " ")), nil
}

// revoke takes a refresh token back (RFC 7009).
func (c *Cognito) revoke(w http.ResponseWriter, request *http.Request) {
	_ = request.ParseForm() // what cannot be read is missing
	p, refused := c.authenticateClient(request)
	if refused != nil {
		idptest.WriteJSON(w, http.StatusBadRequest, refused)
		return
	}
	token := request.PostForm.Get("token")
	if g, known := c.ledger.Refreshed(token); known && g.ClientID == p.id {
		c.ledger.Revoke(token)
	}
	w.WriteHeader(http.StatusOK)
}
