package idptest

import (
	"html/template"
	"net/http"
)

// LoginPage is the page where a person logs in.
type LoginPage struct {
	Title  string
	Action string // address of the form
	Ticket string // comes back in the field "ticket"
	// Username and Message are those of an attempt that failed.
	Username, Message string
}

var loginPage = template.Must(template.New("login").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{{.Title}}</title></head>
<body>
<h1>{{.Title}}</h1>
{{with .Message}}<p role="alert">{{.}}</p>{{end}}
<form action="{{.Action}}" method="post">
<input type="hidden" name="ticket" value="{{.Ticket}}">
<label>User name <input name="username" value="{{.Username}}" type="text" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button type="submit">Sign in</button>
</form>
</body></html>`))

// Show answers 200 with the page.
func (p LoginPage) Show(w http.ResponseWriter) { show(w, http.StatusOK, loginPage, p) }

// ErrorPage is the page where a login ends that may not be answered at its redirect URI.
type ErrorPage struct{ Title, Message string }

var errorPage = template.Must(template.New("error").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{{.Title}}</title></head>
<body>
<h1>{{.Title}}</h1>
<p>{{.Message}}</p>
</body></html>`))

// Show answers with the status and the page.
func (p ErrorPage) Show(w http.ResponseWriter, status int) { show(w, status, errorPage, p) }

func show(w http.ResponseWriter, status int, page *template.Template, content any) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = page.Execute(w, content)
}
