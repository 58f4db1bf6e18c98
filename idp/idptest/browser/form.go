package browser

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// form is a login form: where it goes and what it already holds.
type form struct {
	action             string
	fields             url.Values
	username, password string
}

// loginForm finds the first form with a password field; nil when there is none.
func loginForm(document *html.Node) *form {
	for n := range document.Descendants() {
		if n.DataAtom != atom.Form {
			continue
		}
		f := &form{action: attribute(n, "action"), fields: url.Values{}}
		for input := range n.Descendants() {
			if input.DataAtom == atom.Input {
				f.take(input)
			}
		}
		if f.password != "" {
			return f
		}
	}
	return nil
}

// consentForm finds the first form that asks for nothing but to be accepted; nil when there is none.
func consentForm(document *html.Node) *form {
	for n := range document.Descendants() {
		if n.DataAtom != atom.Form {
			continue
		}
		f, accepts := &form{action: attribute(n, "action"), fields: url.Values{}}, false
		for part := range n.Descendants() {
			switch part.DataAtom {
			case atom.Input:
				f.take(part)
			case atom.Button:
				if attribute(part, "name") == "accept" {
					accepts = true
					f.fields.Set("accept", attribute(part, "value"))
				}
			}
		}
		if accepts && f.password == "" && f.username == "" {
			return f
		}
	}
	return nil
}

func (f *form) take(input *html.Node) {
	name := attribute(input, "name")
	switch kind := strings.ToLower(attribute(input, "type")); {
	case name == "" || kind == "submit" || kind == "button" || kind == "checkbox":
	case kind == "password":
		f.password = name
	case kind == "text" || kind == "email" || kind == "":
		f.username = name
	default:
		f.fields.Set(name, attribute(input, "value"))
	}
}

// filled returns the request that submits the form.
func (f *form) filled(ctx context.Context, page *url.URL, person Person) (*http.Request, error) {
	f.fields.Set(f.username, person.Username)
	f.fields.Set(f.password, person.Password)
	return f.submitted(ctx, page)
}

// submitted returns the request that submits the form as it is.
func (f *form) submitted(ctx context.Context, page *url.URL) (*http.Request, error) {
	action, err := page.Parse(f.action)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, action.String(), strings.NewReader(f.fields.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return request, nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// visibleText returns the words of a page that a person sees, one space between them.
func visibleText(document *html.Node) string {
	var words []string
	for n := range document.Descendants() {
		if n.Type != html.TextNode || n.Parent == nil {
			continue
		}
		switch n.Parent.DataAtom {
		case atom.Script, atom.Style, atom.Title, atom.Noscript:
		default:
			words = append(words, strings.Fields(n.Data)...)
		}
	}
	return strings.Join(words, " ")
}
