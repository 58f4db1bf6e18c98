package keycloaktest

import (
	"crypto/rand"
	"net/http"
)

// consent is what a person granted: to which client.
type consent struct {
	user   *user
	client *client
}

// admit finishes the login of a person, or sends the browser to the consent page where the
// client needs it.
func (k *Keycloak) admit(w http.ResponseWriter, waiting *login, person *user) {
	c := waiting.asked.client
	if !is(c.ConsentRequired) || k.realm.consents[consent{person, c}] {
		k.finish(w, waiting, person)
		return
	}
	id := rand.Text()
	waiting.user = person
	k.realm.logins[id] = waiting
	k.setCookie(w, loginCookie, id)
	w.Header().Set("Location", k.actionOf(waiting, "required-action"))
	w.WriteHeader(http.StatusFound)
}

// askConsent shows the consent page.
func (k *Keycloak) askConsent(w http.ResponseWriter, request *http.Request) {
	if waiting, ok := k.waiting(w, request); ok {
		k.show(w, http.StatusOK, "consent", page{Action: k.actionOf(waiting, "consent"), Client: waiting.asked.client.ClientID})
	}
}

// decideConsent takes what a person clicked on the consent page.
func (k *Keycloak) decideConsent(w http.ResponseWriter, request *http.Request) {
	waiting, ok := k.waiting(w, request)
	if !ok {
		return
	}
	if waiting.user == nil {
		k.sorry(w, http.StatusBadRequest, "Invalid Request")
		return
	}
	_ = request.ParseForm() // what cannot be read is missing
	if request.PostForm.Has("accept") {
		k.realm.consents[consent{waiting.user, waiting.asked.client}] = true
		k.finish(w, waiting, waiting.user)
		return
	}
	waiting.secret = "" // the page works once
	k.answer(w, waiting.asked, refusalParameters(waiting.asked, "access_denied", ""))
}
