package keycloaktest

import (
	"html/template"
	"net/http"
)

var pages = template.Must(template.New("").Parse(`
{{define "top"}}<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in to {{.Realm}}</title></head>
<body>
<header id="kc-header">{{.Realm}}</header>
<main>{{end}}
{{define "login"}}{{template "top" .}}
<h1 id="kc-page-title">Sign in to your account</h1>
<form id="kc-form-login" action="{{.Action}}" method="post" novalidate="novalidate">
<label for="username">Username or email</label>
<input id="username" name="username" value="{{.Username}}" type="text" autocomplete="username" autofocus/>
{{with .Message}}<span id="input-error-username">{{.}}</span>{{end}}
<label for="password">Password</label>
<input id="password" name="password" value="" type="password" autocomplete="current-password"/>
<input type="hidden" id="id-hidden-input" name="credentialId"/>
<button name="login" id="kc-login" type="submit">Sign In</button>
</form>
</main></body></html>{{end}}
{{define "consent"}}{{template "top" .}}
<h1 id="kc-page-title">Grant Access to {{.Client}}</h1>
<p>Do you grant these access privileges?</p>
<form action="{{.Action}}" method="post">
<button name="accept" id="kc-login" type="submit">Yes</button>
<button name="cancel" id="kc-cancel" type="submit">No</button>
</form>
</main></body></html>{{end}}
{{define "error"}}{{template "top" .}}
<h1 id="kc-page-title">We are sorry...</h1>
<div id="kc-error-message"><p class="instruction">{{.Message}}</p></div>
</main></body></html>{{end}}
`))

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
	_ = pages.ExecuteTemplate(w, name, p)
}

func (k *Keycloak) sorry(w http.ResponseWriter, status int, message string) {
	k.show(w, status, "error", page{Message: message})
}
