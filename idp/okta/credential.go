package okta

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/mcpreg/mcpreg/idp"
)

// credential authorizes requests.
type credential interface {
	// authorization returns the header for a request that needs the right. It fails when the
	// right is known to be missing.
	authorization(context.Context, right) (string, error)
	// may reports whether the right may be there, by what is known without a request.
	may(right) bool
}

// noCredential fails every request.
type noCredential struct{}

func (noCredential) authorization(context.Context, right) (string, error) {
	return "", usage("no credential for Okta", "set OKTA_API_TOKEN, or OKTA_SERVICE_CLIENT_ID and OKTA_PRIVATE_KEY_FILE")
}

func (noCredential) may(right) bool { return true }

// apiToken is a token in Okta's own scheme. What it may do is not known before it is tried.
type apiToken struct{ token idp.Credential }

func (a apiToken) authorization(ctx context.Context, _ right) (string, error) {
	token, err := a.token(ctx)
	if err != nil {
		return "", err
	}
	return "SSWS " + token, nil
}

func (apiToken) may(right) bool { return true }

// serviceApp gets tokens of the org authorization server with a signed assertion (RFC 7523
// section 2.2). The SDK could do so too, but puts the assertion into the URL, takes one form of
// key, and tells nobody which scopes were granted.
type serviceApp struct {
	config   Config
	http     *http.Client
	tokenURL string

	mu      sync.Mutex
	token   *oauth2.Token
	granted []right
}

func newServiceApp(c Config, client *http.Client) *serviceApp {
	return &serviceApp{config: c, http: client, tokenURL: c.OrgURL + "/oauth2/v1/token"}
}

func (s *serviceApp) authorization(ctx context.Context, needed right) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.token.Valid() {
		if err := s.login(ctx); err != nil {
			return "", err
		}
	}
	if !s.has(needed) {
		return "", &idp.Error{
			Code: idp.CodeForbidden, Failure: "OK28",
			Message: "the service app " + s.config.ClientID + " has no scope " + string(needed) + "; nothing was changed with it",
			Hint:    "grant it in the Admin Console: the service app, Okta API Scopes; it needs the role " + needed.role() + " too",
		}
	}
	return "Bearer " + s.token.AccessToken, nil
}

func (s *serviceApp) may(r right) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.has(r)
}

// has reports whether the token has the right. Before there is a token, nothing is known.
func (s *serviceApp) has(r right) bool {
	return s.granted == nil || slices.Contains(s.granted, r) || slices.Contains(s.granted, r.stronger())
}

// login gets a token for all that mcpreg does; when the org gives none because some scope is not
// granted, one to look.
func (s *serviceApp) login(ctx context.Context) error {
	token, err := s.request(ctx, rights())
	if isScopeRefusal(err) {
		if less, again := s.request(ctx, readRights()); again == nil {
			token, err = less, nil
		}
	}
	if err != nil {
		return s.loginError(ctx, err)
	}
	if token.Expiry.IsZero() {
		token.Expiry = time.Now().Add(time.Minute)
	}
	s.token = token
	return nil
}

func (s *serviceApp) request(ctx context.Context, wanted []right) (*oauth2.Token, error) {
	assertion, err := s.assertion(ctx)
	if err != nil {
		return nil, err
	}
	var scopes []string
	for _, r := range wanted {
		scopes = append(scopes, string(r))
	}
	grant := clientcredentials.Config{
		TokenURL: s.tokenURL, Scopes: scopes, AuthStyle: oauth2.AuthStyleInParams,
		EndpointParams: url.Values{
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
			"client_assertion":      {assertion},
		},
	}
	token, err := grant.Token(context.WithValue(ctx, oauth2.HTTPClient, s.http))
	if err != nil {
		return nil, err
	}
	// A server may leave scope out when it granted all (RFC 6749 section 5.1).
	s.granted = wanted
	if text, ok := token.Extra("scope").(string); ok && text != "" {
		s.granted = nil
		for _, scope := range strings.Fields(text) {
			s.granted = append(s.granted, right(scope))
		}
	}
	return token, nil
}

// assertionLife is how long an assertion is good; Okta takes up to an hour.
const assertionLife = 5 * time.Minute

// assertion signs the claims of RFC 7523 section 3 with the service app's key.
func (s *serviceApp) assertion(ctx context.Context) (string, error) {
	text, err := s.config.PrivateKey(ctx)
	if err != nil {
		return "", err
	}
	key, err := parseKey(text, s.config.PrivateKeyID)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", errors.Join(usage("the private key of the Okta service app cannot sign", "use an RSA or EC key"), err)
	}
	now := time.Now()
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: s.config.ClientID, Subject: s.config.ClientID, Audience: jwt.Audience{s.tokenURL}, ID: rand.Text(),
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(assertionLife)),
	}).Serialize()
}
