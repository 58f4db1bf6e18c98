package behaviour

import (
	"errors"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// window is a browser window: it keeps cookies.
type window struct {
	*Bench
	jar *cookiejar.Jar
}

func (b *Bench) window() *window {
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.fail(err)
	}
	client := *b.http
	client.Jar = jar
	copied := *b
	copied.http = &client
	return &window{&copied, jar}
}

var action = regexp.MustCompile(`<form[^>]* action="([^"]*)"`)

// submit fills in the login form of a page.
func (b *Bench) submit(form answer, name, secret string) answer {
	found := action.FindStringSubmatch(form.body)
	if found == nil {
		b.fail(errors.New("no form: " + seen(form)))
		return answer{}
	}
	return b.post(html.UnescapeString(found[1]), url.Values{"username": {name}, "password": {secret}, "credentialId": {""}})
}

// loggingIn tells what the login form does.
func loggingIn() []Row {
	open := func(w *window, p parameters) answer { return w.send(http.MethodGet, w.authorizeURL(p), "") }
	const done = "302 " + redirectURI + "?state=st&session_state=…&iss={issuer}&code=…"
	in := func(changes fields, p parameters, name, secret string) func(*Bench) string {
		return func(b *Bench) string {
			b.must(measured().with(changes))
			w := b.window()
			return seen(w.submit(open(w, p), name, secret))
		}
	}
	again := func(p parameters) func(*Bench) string {
		return func(b *Bench) string {
			b.must(measured())
			w := b.window()
			w.submit(open(w, nil), bob, password)
			return seen(open(w, p))
		}
	}
	return []Row{
		{"login", done, in(nil, nil, bob, password)},
		{"login by email address", done, in(nil, nil, bob+"@example.com", password)},
		{"login without state", "302 " + redirectURI + "?session_state=…&iss={issuer}&code=…", in(nil, parameters{"state": nil}, bob, password)},
		{"login, iss left out", "302 " + redirectURI + "?state=st&session_state=…&code=…",
			in(fields{"attributes": map[string]string{"exclude.issuer.from.auth.response": "true"}}, nil, bob, password)},
		{"login, implicit flow on", "302 " + redirectURI + "#state=st&session_state=…&iss={issuer}&access_token=…",
			func(b *Bench) string {
				b.must(measured().with(fields{"implicitFlowEnabled": true}))
				w := b.window()
				got := seen(w.submit(open(w, parameters{"response_type": {"token"}}), bob, password))
				before, _, _ := strings.Cut(got, "access_token=…")
				return before + "access_token=…"
			}},
		{"wrong password", "200 login form", in(nil, nil, bob, "wrong")},
		{"wrong password, the words", "true", func(b *Bench) string {
			b.must(measured())
			w := b.window()
			if strings.Contains(w.submit(open(w, nil), bob, "wrong").body, "Invalid username or password.") {
				return "true"
			}
			return "false"
		}},
		{"unknown user", "200 login form", in(nil, nil, "nobody", password)},
		{"wrong password, then right", done, func(b *Bench) string {
			b.must(measured())
			w := b.window()
			return seen(w.submit(w.submit(open(w, nil), bob, "wrong"), bob, password))
		}},
		{"form without cookies", "400 Restart login cookie not found. It may have expired; it may have been deleted or cookies are disabled in your browser. If cookies are disabled then enable them. Click Back to Application to login again.",
			func(b *Bench) string {
				b.must(measured())
				return seen(b.submit(open(b.window(), nil), bob, password))
			}},
		{"cookies of the form", "path=/realms/{realm}/ secure httponly", func(b *Bench) string {
			b.must(measured())
			for _, line := range open(b.window(), nil).header.Values("Set-Cookie") {
				if strings.HasPrefix(line, "AUTH_SESSION_ID=") {
					cookie, err := http.ParseSetCookie(line)
					if err != nil {
						b.fail(err)
						return ""
					}
					return "path=" + cookie.Path + when(cookie.Secure, " secure") + when(cookie.HttpOnly, " httponly")
				}
			}
			return "none"
		}},
		{"consent needed", "302 {issuer}/login-actions/required-action", func(b *Bench) string {
			b.must(measured().with(fields{"consentRequired": true}))
			w := b.window()
			before, _, _ := strings.Cut(seen(w.submit(open(w, nil), bob, password)), "?")
			return before
		}},
		{"consent given", done, func(b *Bench) string { return b.consent("accept") }},
		{"consent denied", refused + "access_denied&state=st&iss={issuer}", func(b *Bench) string { return b.consent("cancel") }},
		{"known from an earlier login", done, again(nil)},
		{"known, prompt=none", done, again(parameters{"prompt": {"none"}})},
		{"known, prompt=consent", done, again(parameters{"prompt": {"consent"}})},
		{"known, prompt=login", "200 login form", again(parameters{"prompt": {"login"}})},
	}
}

var hiddenCode = regexp.MustCompile(`<input type="hidden" name="code" value="([^"]*)"`)

// consent logs in at a client that needs consent, and clicks a button of the page that asks for
// it.
func (b *Bench) consent(button string) string {
	b.must(measured().with(fields{"consentRequired": true}))
	w := b.window()
	sent := w.submit(w.send(http.MethodGet, w.authorizeURL(nil), ""), bob, password)
	asked := w.send(http.MethodGet, sent.header.Get("Location"), "")
	found := action.FindStringSubmatch(asked.body)
	if found == nil {
		return "no form: " + seen(asked)
	}
	target := html.UnescapeString(found[1])
	if strings.HasPrefix(target, "/") {
		target = b.keycloak.URL() + target
	}
	form := url.Values{button: {""}}
	if code := hiddenCode.FindStringSubmatch(asked.body); code != nil {
		form.Set("code", code[1])
	}
	return seen(w.post(target, form))
}

func when(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}
