package entratest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// token is the token endpoint.
func (e *Entra) token(w http.ResponseWriter, request *http.Request) {
	w.Header().Set("Cache-Control", "no-store, no-cache")
	if origin := request.Header.Get("Origin"); origin != "" {
		w.Header().Set("Access-Control-Allow-Origin", origin)
	}
	_ = request.ParseForm() // what cannot be read is missing
	got, refused := e.answerFor(request)
	if refused != nil {
		refused.write(w)
		return
	}
	idptest.WriteJSON(w, http.StatusOK, got)
}

func (e *Entra) answerFor(request *http.Request) (fields, *refusal) {
	if tenant := request.PathValue("tenant"); !e.named(tenant) {
		return nil, unknownTenant(tenant)
	}
	form := request.PostForm
	if id, secret, ok := request.BasicAuth(); ok {
		form.Set("client_id", id)
		form.Set("client_secret", secret)
	}
	if form.Get("client_id") == "" {
		return nil, missing("client_id")
	}
	switch kind := form.Get("grant_type"); kind {
	case "":
		return nil, missing("grant_type")
	case "client_credentials":
		return e.clientCredentials(request)
	case "authorization_code":
		return e.redeem(request)
	case "refresh_token":
		return e.refresh(request)
	default:
		return nil, aadsts(70003, "unsupported_grant_type", "The app requested an unsupported grant type '%s'.", kind)
	}
}

// redeem trades a code for tokens.
func (e *Entra) redeem(request *http.Request) (fields, *refusal) {
	form := request.PostForm
	code := form.Get("code")
	if code == "" {
		return nil, missing("code")
	}
	if e.logins.redeemed[code] && e.holds(CodesWorkOnce) {
		return nil, aadsts(54005, "invalid_grant", "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.")
	}
	g, ok := e.logins.Redeem(code)
	if !ok {
		return nil, aadsts(70000, "invalid_grant", "The provided value for the 'code' parameter is not valid.")
	}
	e.logins.redeemed[code] = true
	if !e.holds(CodesWorkOnce) {
		defer e.logins.keep(code, g)
	}
	if e.holds(CodesAreBound) {
		switch {
		case g.ClientID != form.Get("client_id"):
			return nil, aadsts(700005, "invalid_grant", "Provided Authorization Code is intended to use against other application.")
		case form.Get("redirect_uri") != g.RedirectURI:
			return nil, aadsts(500112, "invalid_client", "The reply address '%s' does not match the reply address '%s' provided when requesting Authorization code.", form.Get("redirect_uri"), g.RedirectURI)
		}
	}
	client, refused := e.clientOf(g.Authorization)
	if refused == nil {
		refused = e.proved(request, client, g.RedirectURI)
	}
	if refused == nil {
		refused = e.proofOf(g.Authorization, form.Get("code_verifier"), e.platformOf(client, g.RedirectURI))
	}
	if refused != nil {
		return nil, refused
	}
	return e.tokensFor(base(request), client, g, form)
}

// proved checks how the client proves itself, which the platform of its redirect URI decides.
func (e *Entra) proved(request *http.Request, client fields, redirectURI string) *refusal {
	secret := request.PostForm.Has("client_secret") || request.PostForm.Has("client_assertion")
	origin := request.Header.Get("Origin")
	platform := e.platformOf(client, redirectURI)
	switch {
	case platform == publicClient && secret && e.holds(PublicHasNoSecret):
		return aadsts(700025, "invalid_client", "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.")
	case !e.holds(PlatformsDecide):
		return nil
	case platform == spa && origin == "":
		return aadsts(9002327, "invalid_request", "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.")
	case platform != spa && origin != "":
		return aadsts(9002326, "invalid_request", "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '%s'.", origin)
	case platform == web && !secret:
		return aadsts(7000218, "invalid_client", "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
	case platform == web:
		return aadsts(7000215, "invalid_client", "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'.", textOf(client, "appId"))
	}
	return nil
}

// proofOf checks the verifier of PKCE (RFC 7636 section 4.6). Entra demands PKCE of
// single-page applications and recommends it to native ones; this stand-in demands it of both.
func (e *Entra) proofOf(a idptest.Authorization, verifier, platform string) *refusal {
	switch {
	case a.Challenge == "" && platform != web && e.holds(PKCEIsRequired):
		return aadsts(9002325, "invalid_request", "Proof Key for Code Exchange is required for cross-origin authorization code redemption.")
	case a.Challenge == "" || !e.holds(VerifiersAreChecked):
		return nil
	case a.ChallengeMethod == "S256" && !a.Proves(verifier), a.ChallengeMethod != "S256" && a.Challenge != verifier:
		return aadsts(501481, "invalid_grant", "The Code_Verifier does not match the code_challenge supplied in the authorization request.")
	}
	return nil
}

// refresh trades a refresh token, which stays valid, for new tokens.
func (e *Entra) refresh(request *http.Request) (fields, *refusal) {
	form := request.PostForm
	g, ok := e.logins.Refreshed(form.Get("refresh_token"))
	if !ok && !e.holds(SessionsCanEnd) {
		g, ok = e.logins.ended[form.Get("refresh_token")]
	}
	if !ok {
		return nil, aadsts(50173, "invalid_grant", "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.")
	}
	if g.ClientID != form.Get("client_id") {
		return nil, aadsts(700005, "invalid_grant", "The refresh token was issued to another application.")
	}
	client, refused := e.clientOf(g.Authorization)
	if refused == nil {
		refused = e.proved(request, client, g.RedirectURI)
	}
	if refused != nil {
		return nil, refused
	}
	return e.tokensFor(base(request), client, g, form)
}

// tokensFor makes the tokens of a grant; a scope or resource in the form narrows what the
// authorize request asked for, and may not leave its API.
func (e *Entra) tokensFor(base string, client fields, g idptest.Grant, form url.Values) (fields, *refusal) {
	scope, resource := g.Scope, g.Resource
	if form.Get("scope") != "" {
		scope = form.Get("scope")
	}
	if form.Get("resource") != "" {
		resource = form.Get("resource")
	}
	t, refused := e.targetOf(scope, resource)
	if refused == nil {
		refused = e.exposed(t, client)
	}
	person := e.directory.user(g.User.Name)
	if refused == nil && person == nil {
		refused = aadsts(50034, "invalid_grant", "The user account does not exist in the directory.")
	}
	if refused == nil {
		refused = e.unconsented(t, client, person)
	}
	if refused != nil {
		return nil, refused
	}
	s := session{base: base, client: client, target: t, person: person, nonce: g.Nonce}
	made := fields{
		"token_type": "Bearer", "scope": t.shown(), "expires_in": int(tokenLife / time.Second), "ext_expires_in": int(tokenLife / time.Second),
		"access_token": e.signer.Sign(e.accessClaims(s)),
	}
	if form.Get("client_info") == "1" {
		made["client_info"] = base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"uid":%q,"utid":%q}`, person.id, e.config.Tenant))
	}
	if slices.Contains(t.openID, "openid") {
		made["id_token"] = e.signer.Sign(e.idClaims(s))
	}
	// Microsoft's library asks for offline_access at the token endpoint only, which is enough.
	if slices.Contains(strings.Fields(g.Scope+" "+scope), "offline_access") || !e.holds(RefreshNeedsOffline) {
		made["refresh_token"] = e.logins.again(g)
	}
	return made, nil
}

// shown are the scopes of an answer: those of the API as they were asked for, and OpenID
// Connect's own where Microsoft Graph is the API.
func (t *target) shown() string {
	var list []string
	for _, value := range t.permissions() {
		if t.named != "" && t.named != graphAppID {
			value = t.named + "/" + value
		}
		list = append(list, value)
	}
	if t.app == nil {
		list = append(list, t.openID...)
	}
	return strings.Join(list, " ")
}

// permissions are the values of the scp claim; .default stands for all that the API exposes.
func (t *target) permissions() []string {
	if !slices.Contains(t.values, ".default") {
		return t.values
	}
	var all []string
	for _, scope := range objectsOf(t.principal, "oauth2PermissionScopes") {
		if scope["isEnabled"] == true {
			all = append(all, textOf(scope, "value"))
		}
	}
	return all
}
