package idptest

import (
	"net/url"
	"regexp"

	"golang.org/x/oauth2"
)

// Authorization is an authorize request (RFC 6749 section 4.1.1) with the parameters of PKCE (RFC
// 7636 section 4.3), OpenID Connect and resource indicators (RFC 8707).
type Authorization struct {
	ClientID, RedirectURI, ResponseType string
	Scope, State, Nonce, Prompt         string
	Challenge, ChallengeMethod          string
	Resource                            string
}

// ReadAuthorization reads the parameters of an authorize request; it judges none of them.
func ReadAuthorization(query url.Values) Authorization {
	return Authorization{
		ClientID: query.Get("client_id"), RedirectURI: query.Get("redirect_uri"), ResponseType: query.Get("response_type"),
		Scope: query.Get("scope"), State: query.Get("state"), Nonce: query.Get("nonce"), Prompt: query.Get("prompt"),
		Challenge: query.Get("code_challenge"), ChallengeMethod: query.Get("code_challenge_method"), Resource: query.Get("resource"),
	}
}

// Answer is the redirect that answers the request: its redirect URI with the parameters and the
// state added.
func (a Authorization) Answer(parameters url.Values) string {
	if a.State != "" {
		parameters.Set("state", a.State)
	}
	separator := "?"
	if target, err := url.Parse(a.RedirectURI); err == nil && target.RawQuery != "" {
		separator = "&"
	}
	return a.RedirectURI + separator + parameters.Encode()
}

// verifier is what RFC 7636 section 4.1 allows.
var verifier = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// Proves reports whether the verifier fits the request's challenge by S256 (RFC 7636 section 4.6).
// A request without a challenge is proved by an empty verifier only.
func (a Authorization) Proves(codeVerifier string) bool {
	if a.Challenge == "" {
		return codeVerifier == ""
	}
	return verifier.MatchString(codeVerifier) && oauth2.S256ChallengeFromVerifier(codeVerifier) == a.Challenge
}
