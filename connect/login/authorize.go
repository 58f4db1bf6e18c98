package login

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"golang.org/x/oauth2"

	"github.com/mcpreg/mcpreg/idp"
)

// authorize takes the person through the login page and redeems the code.
func (f *run) authorize(ctx context.Context) error {
	path, err := f.flow.path(f.URL, f.server.meta.AuthorizationResponseIssParameterSupported)
	if err != nil {
		return err
	}
	back, err := listen(ctx, f.flow.port, path)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		busy := fault(Client, "ID02", "port %d is in use on this machine, and the redirect URI needs it", f.flow.port)
		busy.Err = err
		return busy
	case err != nil:
		return fmt.Errorf("listening for the browser: %w", err)
	}
	defer back.close()

	redirect := fmt.Sprintf("http://%s:%d%s", f.flow.host, back.port, path)
	f.result.RedirectURI = redirect
	f.result.Scopes = f.flow.scopes(f.Scopes, f.asked, f.resource.ScopesSupported, f.server.meta.ScopesSupported)
	f.say(Client, fmt.Sprintf("%s, redirect %s", f.ClientID, redirect))

	config := oauth2.Config{ClientID: f.ClientID, RedirectURL: redirect, Scopes: f.result.Scopes, Endpoint: oauth2.Endpoint{
		AuthURL: f.server.meta.AuthorizationEndpoint, TokenURL: f.server.meta.TokenEndpoint, AuthStyle: oauth2.AuthStyleInParams,
	}}
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	resource := oauth2.SetAuthURLParam("resource", f.flow.resource(f.resource.Resource))
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier), resource}
	if at, err := url.Parse(config.Endpoint.AuthURL); err == nil && f.flow.prompts(f.result.Scopes, at.Hostname(), f.resource.ScopesSupported, f.server.meta.ScopesSupported) {
		options = append(options, oauth2.SetAuthURLParam("prompt", "consent"))
	}
	answer, err := f.browse(ctx, config.AuthCodeURL(state, options...), back)
	if err != nil {
		return err
	}
	if err := f.checkAnswer(answer, state); err != nil {
		return err
	}
	return f.redeem(ctx, config, answer.Get("code"), oauth2.VerifierOption(verifier), resource)
}

// browse shows the login page and waits for the browser to come back, or for the address at which
// it ended.
func (f *run) browse(ctx context.Context, authorizeURL string, back *listener) (url.Values, error) {
	if f.Progress != nil {
		f.Progress(Event{AuthorizeURL: authorizeURL})
	}
	// A browser may not return until it is closed.
	opened := make(chan error, 1)
	if f.Open != nil {
		go func() { opened <- f.Open(ctx, authorizeURL) }()
	}
	lines := f.pastedAnswers(ctx)
	for {
		select {
		case err := <-opened:
			if err != nil {
				f.say("", "no browser could be started: open the page yourself")
			}
		case answer := <-back.answer:
			return answer, nil
		case line := <-lines:
			answer, err := pasted(line, f.result.RedirectURI)
			if err == nil {
				return answer, nil
			}
			f.say("", err.Error())
		case <-ctx.Done():
			gone := fault(Client, "ID21", "the browser did not come back")
			gone.Code, gone.Err = idp.CodeUnreachable, context.Cause(ctx)
			return nil, gone
		}
	}
}

// pastedAnswers hands over lines of the reader, if there is one. A read cannot be interrupted, so
// it may outlive the login; what it reads is dropped then.
func (f *run) pastedAnswers(ctx context.Context) <-chan string {
	if f.Paste == nil {
		return nil
	}
	lines := make(chan string)
	go func() {
		scanner := bufio.NewScanner(f.Paste)
		for scanner.Scan() {
			if strings.TrimSpace(scanner.Text()) == "" {
				continue
			}
			select {
			case lines <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// checkAnswer checks state (RFC 6749 section 10.12), issuer (RFC 9207 section 2.4) and error.
func (f *run) checkAnswer(answer url.Values, state string) error {
	if subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(state)) != 1 {
		return fault(Client, "ID22", "the answer of the login page carries another state than the request")
	}
	meta := f.server.meta
	switch iss := answer.Get("iss"); {
	case iss == "" && meta.AuthorizationResponseIssParameterSupported:
		id := "ID08"
		if f.Kind == idp.Keycloak {
			id = "KC21" // a setting of the client leaves it out there
		}
		return fault(IdentityProvider, id, "it announces iss in its answers, and left it out")
	case iss != "" && iss != meta.Issuer:
		return fault(IdentityProvider, "ID22", "the answer of the login page comes from %q, not from %s", printable(iss), meta.Issuer)
	}
	if code := answer.Get("error"); code != "" {
		text := strings.TrimSpace(code + ": " + answer.Get("error_description"))
		otherwise := ""
		if code == "access_denied" {
			otherwise = "ID23"
		}
		return fault(Client, recognised(f.Kind, text, otherwise), "the login page answers %s", printable(text))
	}
	if answer.Get("code") == "" {
		return fault(IdentityProvider, "", "the answer of the login page has neither a code nor an error")
	}
	return nil
}

// redeem exchanges the code for tokens.
func (f *run) redeem(ctx context.Context, config oauth2.Config, code string, options ...oauth2.AuthCodeOption) error {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, unfollowed(f.HTTP))
	tokens, err := config.Exchange(ctx, code, options...)
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused):
		text := strings.TrimSpace(refused.ErrorCode + ": " + refused.ErrorDescription)
		if refused.ErrorCode == "" {
			text = "HTTP " + refused.Response.Status
			if refused.Response.StatusCode == http.StatusForbidden {
				text = "403 Invalid origin"
			}
		}
		return fault(Client, recognised(f.Kind, text, ""), "the token endpoint answers %s", printable(text))
	case err != nil:
		return unreachable(ctx, IdentityProvider, config.Endpoint.TokenURL, err)
	}
	f.token.raw = tokens.AccessToken
	f.result.Refresh = tokens.RefreshToken != ""
	f.result.ExpiresIn = int(tokens.ExpiresIn)
	return nil
}

// printable drops control characters from words of another machine, and cuts them short.
func printable(s string) string {
	return shortened(strings.Map(func(r rune) rune {
		if r < ' ' || (r >= 0x7f && r < 0xa0) {
			return ' '
		}
		return r
	}, s))
}
