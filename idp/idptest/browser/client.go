package browser

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"
)

// Client plays an assistant: a public client with PKCE.
type Client struct {
	Issuer      string // absolute URL; its discovery document names the endpoints
	ID          string
	RedirectURI string
	Scopes      []string // "openid email profile offline_access" when nil
	// Challenge is the PKCE method (RFC 7636 section 4.2): "S256" when empty, "plain", or "none"
	// for a request without PKCE.
	Challenge string
	// Parameters are added to the authorize request, or replace one of its own.
	Parameters url.Values
}

// Metadata are the endpoints that the issuer announces (RFC 8414).
type Metadata struct {
	Issuer                string `json:"issuer"`
	AuthorizationEndpoint string `json:"authorization_endpoint"`
	TokenEndpoint         string `json:"token_endpoint"`
	JWKSURI               string `json:"jwks_uri"`
}

// Discover reads the issuer's OpenID configuration.
func (c Client) Discover(ctx context.Context) (Metadata, error) {
	var m Metadata
	return m, getJSON(ctx, strings.TrimRight(c.Issuer, "/")+"/.well-known/openid-configuration", &m)
}

// Tokens are what the token endpoint gave, and the claims of the access token, its signature
// checked with the issuer's keys.
type Tokens struct {
	AccessToken  string
	RefreshToken string
	Claims       map[string]any
}

// Refusal is an error answer of the token endpoint (RFC 6749 section 5.2).
type Refusal struct {
	Status      int
	Code        string // the error
	Description string
}

// Error implements error.
func (r *Refusal) Error() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s %s", r.Status, r.Code, r.Description))
}

// Authorize logs in as person as far as the redirect, and returns the PKCE verifier with the
// answer.
func (c Client) Authorize(ctx context.Context, person Person) (answer Answer, verifier string, err error) {
	m, err := c.Discover(ctx)
	if err != nil {
		return Answer{}, "", err
	}
	verifier = oauth2.GenerateVerifier()
	scopes := c.Scopes
	if scopes == nil {
		scopes = []string{"openid", "email", "profile", "offline_access"}
	}
	query := url.Values{
		"response_type": {"code"}, "client_id": {c.ID}, "redirect_uri": {c.RedirectURI},
		"scope": {strings.Join(scopes, " ")}, "state": {rand.Text()},
	}
	switch c.Challenge {
	case "none":
	case "plain":
		query.Set("code_challenge", verifier)
		query.Set("code_challenge_method", "plain")
	default:
		query.Set("code_challenge", oauth2.S256ChallengeFromVerifier(verifier))
		query.Set("code_challenge_method", "S256")
	}
	for name, values := range c.Parameters {
		query[name] = values
	}
	answer, err = Authorize(ctx, m.AuthorizationEndpoint+"?"+query.Encode(), person)
	if err == nil && answer.Query != nil && answer.Query.Get("state") != query.Get("state") {
		err = errors.New("the answer carries another state")
	}
	return answer, verifier, err
}

// Login logs in as person and redeems the code. The error is a [*Refusal] when the token endpoint
// refuses, and says what the page or redirect said when no code came.
func (c Client) Login(ctx context.Context, person Person) (*Tokens, error) {
	answer, verifier, err := c.Authorize(ctx, person)
	if err != nil {
		return nil, err
	}
	if answer.Code() == "" {
		return nil, errors.New(answer.Error())
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {answer.Code()}, "redirect_uri": {c.RedirectURI}}
	if c.Challenge != "none" {
		form.Set("code_verifier", verifier)
	}
	return c.Token(ctx, form)
}

// Refresh redeems a refresh token.
func (c Client) Refresh(ctx context.Context, refreshToken string) (*Tokens, error) {
	return c.Token(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refreshToken}})
}

// Token sends any request to the token endpoint as this public client.
func (c Client) Token(ctx context.Context, form url.Values) (*Tokens, error) {
	m, err := c.Discover(ctx)
	if err != nil {
		return nil, err
	}
	form.Set("client_id", c.ID)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.TokenEndpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{Timeout: patience}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
		Error        string `json:"error"`
		Description  string `json:"error_description"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxPage)).Decode(&answer); err != nil {
		return nil, fmt.Errorf("token endpoint answered %s: %w", response.Status, err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, &Refusal{response.StatusCode, answer.Error, answer.Description}
	}
	claims, err := verify(ctx, m, answer.AccessToken)
	return &Tokens{answer.AccessToken, answer.RefreshToken, claims}, err
}

// verify checks the token's signature with the issuer's keys and returns its claims.
func verify(ctx context.Context, m Metadata, token string) (map[string]any, error) {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256, jose.ES256, jose.EdDSA, jose.PS256})
	if err != nil {
		return nil, fmt.Errorf("access token: %w", err)
	}
	var keys jose.JSONWebKeySet
	if err := getJSON(ctx, m.JWKSURI, &keys); err != nil {
		return nil, err
	}
	for _, key := range keys.Key(parsed.Headers[0].KeyID) {
		claims := map[string]any{}
		if err := parsed.Claims(key, &claims); err == nil {
			return claims, nil
		}
	}
	return nil, errors.New("access token: no key of the issuer fits its signature")
}

func getJSON(ctx context.Context, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: patience}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", address, response.Status)
	}
	return json.NewDecoder(io.LimitReader(response.Body, maxPage)).Decode(into)
}
