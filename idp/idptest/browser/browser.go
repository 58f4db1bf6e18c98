// Package browser logs in as a person with a browser does: it opens an authorize URL, fills the
// login form that it finds, and stops at the redirect to the assistant's own machine. It also
// plays the assistant at the token endpoint. It knows no identity provider's SDK and judges what
// others set up.
package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Person is who logs in.
type Person struct {
	Username, Password string
	// Consents tells that the person accepts what a page asks to be accepted, instead of stopping
	// there.
	Consents bool
}

// Answer is where an authorize request ended: at the redirect URI with a code or an OAuth error,
// or at a page of the identity provider.
type Answer struct {
	// Query is the query of the redirect; nil when no redirect to the redirect URI came.
	Query url.Values
	// Status and Page are those of the last page when no redirect came: its HTTP status and its
	// visible text, white space folded.
	Status int
	Page   string
}

// Code returns the authorization code, or "".
func (a Answer) Code() string { return a.Query.Get("code") }

// Error returns the OAuth error and its description (RFC 6749 section 4.1.2.1), or what the page
// says; "" when a code came.
func (a Answer) Error() string {
	switch {
	case a.Code() != "":
		return ""
	case a.Query != nil:
		return strings.TrimSpace(a.Query.Get("error") + " " + a.Query.Get("error_description"))
	}
	return fmt.Sprintf("%d %s", a.Status, a.Page)
}

// session is one browser window: its cookies and the address that ends the trip.
type session struct {
	client *http.Client
	stop   string
}

const (
	patience = 30 * time.Second
	maxPage  = 4 << 20
	maxSteps = 10
)

// Authorize opens the authorize URL, logs in as person when a form asks for it, and returns where
// that ended. It never opens the redirect URI itself.
func Authorize(ctx context.Context, authorizeURL string, person Person) (Answer, error) {
	return AuthorizeThrough(ctx, nil, authorizeURL, person)
}

// AuthorizeThrough is [Authorize] through a transport of the caller's, such as one that trusts the
// authority of a stand-in. A nil transport is [http.DefaultTransport].
func AuthorizeThrough(ctx context.Context, transport http.RoundTripper, authorizeURL string, person Person) (Answer, error) {
	address, err := url.Parse(authorizeURL)
	if err != nil {
		return Answer{}, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return Answer{}, err
	}
	s := &session{
		client: &http.Client{Transport: transport, Jar: jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		stop:   address.Query().Get("redirect_uri"),
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, authorizeURL, nil)
	if err != nil {
		return Answer{}, err
	}
	return s.follow(ctx, request, person)
}

// follow sends requests until the redirect URI or a page without a login form is reached.
func (s *session) follow(ctx context.Context, request *http.Request, person Person) (Answer, error) {
	for range maxSteps {
		response, err := s.client.Do(request)
		if err != nil {
			return Answer{}, err
		}
		page, err := io.ReadAll(io.LimitReader(response.Body, maxPage))
		response.Body.Close()
		if err != nil {
			return Answer{}, err
		}
		next, answer, err := s.step(ctx, response, page, person)
		if err != nil || next == nil {
			return answer, err
		}
		request = next
	}
	return Answer{}, errors.New("too many pages on the way to a login")
}

// step decides what a browser does with one answer: the next request, or the end.
func (s *session) step(ctx context.Context, response *http.Response, page []byte, person Person) (*http.Request, Answer, error) {
	if location := response.Header.Get("Location"); location != "" {
		target, err := response.Request.URL.Parse(location)
		if err != nil {
			return nil, Answer{}, err
		}
		if s.stop != "" && strings.HasPrefix(target.String(), s.stop) {
			return nil, Answer{Query: answerOf(target)}, nil
		}
		next, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
		return next, Answer{}, err
	}
	document, err := html.Parse(strings.NewReader(string(page)))
	if err != nil {
		return nil, Answer{}, err
	}
	end := Answer{Status: response.StatusCode, Page: visibleText(document)}
	if consent := consentForm(document); consent != nil && response.StatusCode == http.StatusOK && person.Consents {
		next, err := consent.submitted(ctx, response.Request.URL)
		return next, Answer{}, err
	}
	form := loginForm(document)
	if response.StatusCode != http.StatusOK || form == nil || person.Username == "" {
		return nil, end, nil
	}
	if response.Request.Method == http.MethodPost {
		return nil, end, nil // the form came back: the login was refused
	}
	next, err := form.filled(ctx, response.Request.URL, person)
	return next, Answer{}, err
}

// answerOf returns the parameters of a redirect: those of the query, or of the fragment, where
// the answers to an implicit request stand.
func answerOf(target *url.URL) url.Values {
	if fragment, err := url.ParseQuery(target.EscapedFragment()); err == nil && len(fragment) > 0 {
		return fragment
	}
	return target.Query()
}
