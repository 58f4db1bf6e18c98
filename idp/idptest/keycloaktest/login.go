package keycloaktest

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// login is a login form that waits for a person.
type login struct {
	asked  *authorization
	user   *user // who logged in and is asked for consent
	secret string
}

// session is what a login left: refresh tokens live as long as it does.
type session struct {
	id            string
	client        *client
	user          *user
	offline       bool
	authenticated time.Time
}

// code is an authorization code that was issued.
type code struct {
	asked   *authorization
	session *session
	expires time.Time
}

const (
	loginCookie    = "AUTH_SESSION_ID"
	identityCookie = "KEYCLOAK_IDENTITY"
)

// askToLogIn shows the login form, unless the browser is known from an earlier login.
func (k *Keycloak) askToLogIn(w http.ResponseWriter, request *http.Request, a *authorization) {
	var known *user
	if cookie, err := request.Cookie(identityCookie); err == nil {
		known = k.realm.browsers[cookie.Value]
	}
	waiting := &login{asked: a, secret: rand.Text()}
	switch {
	case known != nil && !slices.Contains(a.prompt, "login"):
		k.admit(w, waiting, known)
	case slices.Contains(a.prompt, "none"):
		k.answer(w, a, refusalParameters(a, "login_required", ""))
	default:
		id := rand.Text()
		k.realm.logins[id] = waiting
		k.setCookie(w, loginCookie, id)
		k.show(w, http.StatusOK, "login", page{Action: k.actionOf(waiting, "authenticate")})
	}
}

func (k *Keycloak) setCookie(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/realms/" + k.config.Realm + "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode})
}

// actionOf is the address of a step of the login.
func (k *Keycloak) actionOf(waiting *login, step string) string {
	query := url.Values{"session_code": {waiting.secret}, "client_id": {waiting.asked.client.ClientID}}
	return k.Issuer() + "/login-actions/" + step + "?" + query.Encode()
}

// waiting finds the login that a request goes on with, by the cookie and the secret in the
// address; it answers when there is none.
func (k *Keycloak) waiting(w http.ResponseWriter, request *http.Request) (*login, bool) {
	var found *login
	if cookie, err := request.Cookie(loginCookie); err == nil {
		found = k.realm.logins[cookie.Value]
	}
	secret := request.URL.Query().Get("session_code")
	for _, other := range k.realm.logins {
		if !k.holds(LoginsNeedTheirCookie) && other.secret == secret {
			found = other
		}
	}
	if found == nil || found.secret != secret {
		k.sorry(w, http.StatusBadRequest, "Restart login cookie not found. It may have expired; it may have been deleted or cookies are disabled in your browser. If cookies are disabled then enable them. Click Back to Application to login again.")
		return nil, false
	}
	return found, true
}

// authenticate takes what a person typed into the login form.
func (k *Keycloak) authenticate(w http.ResponseWriter, request *http.Request) {
	waiting, ok := k.waiting(w, request)
	if !ok {
		return
	}
	_ = request.ParseForm() // what cannot be read is missing
	name := request.PostForm.Get("username")
	person := k.realm.userNamed(name)
	if person == nil || person.Password != request.PostForm.Get("password") {
		k.show(w, http.StatusOK, "login", page{Action: k.actionOf(waiting, "authenticate"), Username: name, Message: "Invalid username or password."})
		return
	}
	identity := rand.Text()
	k.realm.browsers[identity] = person
	k.setCookie(w, identityCookie, identity)
	k.admit(w, waiting, person)
}

// finish sends the browser back with a code, or with tokens in the implicit flow.
func (k *Keycloak) finish(w http.ResponseWriter, waiting *login, person *user) {
	a := waiting.asked
	waiting.secret = "" // the form works once
	started := k.startSession(a.client, person)
	parameters := []parameter{{"state", a.state}, {"session_state", started.id}, {"iss", ""}}
	if slices.Contains(a.responseType, "code") {
		value := newID() + "." + started.id + "." + a.client.ID
		k.realm.codes[value] = &code{asked: a, session: started, expires: time.Now().Add(codeLife)}
		parameters = append(parameters, parameter{"code", value})
	}
	tokens := k.tokensFor(started, a.scope, a.nonce)
	if slices.Contains(a.responseType, "id_token") {
		parameters = append(parameters, parameter{"id_token", tokens.IDToken})
	}
	if slices.Contains(a.responseType, "token") {
		parameters = append(parameters, parameter{"access_token", tokens.AccessToken}, parameter{"token_type", "Bearer"})
	}
	k.answer(w, a, parameters)
}
