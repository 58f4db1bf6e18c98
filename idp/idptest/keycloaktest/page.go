package keycloaktest

import (
	"net/http"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// The pages, by name, between what all have.
const (
	pageTop = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in to {{realm}}</title></head>
<body>
<header id="kc-header">{{realm}}</header>
<main>
`
	loginBody = `<h1 id="kc-page-title">Sign in to your account</h1>
<form id="kc-form-login" action="{{action}}" method="post" novalidate="novalidate">
<label for="username">Username or email</label>
<input id="username" name="username" value="{{username}}" type="text" autocomplete="username" autofocus/>
<span id="input-error-username">{{message}}</span>
<label for="password">Password</label>
<input id="password" name="password" value="" type="password" autocomplete="current-password"/>
<input type="hidden" id="id-hidden-input" name="credentialId"/>
<button name="login" id="kc-login" type="submit">Sign In</button>
</form>
`
	consentBody = `<h1 id="kc-page-title">Grant Access to {{client}}</h1>
<p>Do you grant these access privileges?</p>
<form action="{{action}}" method="post">
<button name="accept" id="kc-login" type="submit">Yes</button>
<button name="cancel" id="kc-cancel" type="submit">No</button>
</form>
`
	errorBody = `<h1 id="kc-page-title">We are sorry...</h1>
<div id="kc-error-message"><p class="instruction">{{message}}</p></div>
`
	pageEnd = `</main></body></html>
`
)

// page is what a page shows.
type page struct {
	Realm, Action, Username, Message, Client string
}

func (k *Keycloak) show(w http.ResponseWriter, status int, name string, p page) {
	p.Realm = k.config.Realm
	header := w.Header()
	header.Set("Content-Type", "text/html;charset=utf-8")
	header.Set("Cache-Control", "no-store, must-revalidate, max-age=0")
	header.Set("Content-Security-Policy", "frame-src 'self'; frame-ancestors 'self'; object-src 'none';")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Frame-Options", "SAMEORIGIN")
	w.WriteHeader(status)
	body := map[string]string{"login": loginBody, "consent": consentBody, "error": errorBody}[name]
	page := idptest.Fill(pageTop+body+pageEnd, "realm", p.Realm, "action", p.Action, "username", p.Username, "message", p.Message, "client", p.Client)
	_, _ = w.Write([]byte(page)) // whoever went away does not read it
}

func (k *Keycloak) sorry(w http.ResponseWriter, status int, message string) {
	k.show(w, status, "error", page{Message: message})
}
