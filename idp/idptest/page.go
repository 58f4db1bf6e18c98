package idptest

import (
	"html"
	"net/http"
	"strings"
)

// LoginPage is the page where a person logs in.
type LoginPage struct {
	Title  string
	Action string // address of the form
	Ticket string // comes back in the field "ticket"
	// Username and Message are those of an attempt that failed.
	Username, Message string
}

const loginPage = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{{title}}</title></head>
<body>
<h1>{{title}}</h1>
<p role="alert">{{message}}</p>
<form action="{{action}}" method="post">
<input type="hidden" name="ticket" value="{{ticket}}">
<label>User name <input name="username" value="{{username}}" type="text" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button type="submit">Sign in</button>
</form>
</body></html>`

// Show answers 200 with the page.
func (p LoginPage) Show(w http.ResponseWriter) {
	show(w, http.StatusOK, Fill(loginPage, "title", p.Title, "action", p.Action, "ticket", p.Ticket, "username", p.Username, "message", p.Message))
}

// ErrorPage is the page where a login ends that may not be answered at its redirect URI.
type ErrorPage struct{ Title, Message string }

const errorPage = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{{title}}</title></head>
<body>
<h1>{{title}}</h1>
<p>{{message}}</p>
</body></html>`

// Show answers with the status and the page.
func (p ErrorPage) Show(w http.ResponseWriter, status int) {
	show(w, status, Fill(errorPage, "title", p.Title, "message", p.Message))
}

func show(w http.ResponseWriter, status int, page string) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(page)) // whoever went away does not read it
}

// Fill puts values, escaped for text and quoted attributes, where a page has {{name}}: pairs of name
// and value. The stand-ins are part of the program, and html/template would keep the linker from
// dropping what the program never calls, which makes it a fifth larger.
func Fill(page string, pairs ...string) string {
	var with []string
	for i := 0; i+1 < len(pairs); i += 2 {
		with = append(with, "{{"+pairs[i]+"}}", html.EscapeString(pairs[i+1]))
	}
	return strings.NewReplacer(with...).Replace(page)
}
