package registrytest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// issuer reads what the identity provider publishes, and keeps its keys.
type issuer struct {
	client http.Client

	mu   sync.Mutex
	url  string // whose keys they are
	keys jose.JSONWebKeySet
}

func newIssuer() *issuer {
	return &issuer{client: http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}}
}

func (i *issuer) close() { i.client.CloseIdleConnections() }

// metadata is the issuer's discovery document (OpenID Connect Discovery 1.0), as it is now.
func (i *issuer) metadata(ctx context.Context, url string) (json.RawMessage, error) {
	return i.read(ctx, url+"/.well-known/openid-configuration")
}

// verify checks the signature of a token and returns what it claims, unchecked.
func (i *issuer) verify(ctx context.Context, url, token string) (*claims, error) {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, fmt.Errorf("reading the token: %w", err)
	}
	key, err := i.key(ctx, url, parsed.Headers[0].KeyID)
	if err != nil {
		return nil, err
	}
	var c claims
	if err := parsed.Claims(key, &c); err != nil {
		return nil, fmt.Errorf("verifying the token: %w", err)
	}
	return &c, nil
}

// key finds a key of the issuer. It reads the keys again when it does not know the id.
func (i *issuer) key(ctx context.Context, url, id string) (*jose.JSONWebKey, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if known := i.keys.Key(id); i.url == url && len(known) > 0 {
		return &known[0], nil
	}
	keys, err := i.readKeys(ctx, url)
	if err != nil {
		return nil, err
	}
	i.url, i.keys = url, keys
	known := keys.Key(id)
	if len(known) == 0 {
		return nil, errors.New("the token is signed with a key that the issuer does not publish")
	}
	return &known[0], nil
}

func (i *issuer) readKeys(ctx context.Context, url string) (jose.JSONWebKeySet, error) {
	var keys jose.JSONWebKeySet
	text, err := i.metadata(ctx, url)
	if err != nil {
		return keys, err
	}
	var published struct {
		JWKSURI string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(text, &published); err != nil {
		return keys, fmt.Errorf("reading the discovery document of %s: %w", url, err)
	}
	if text, err = i.read(ctx, published.JWKSURI); err != nil {
		return keys, err
	}
	if err := json.Unmarshal(text, &keys); err != nil {
		return keys, fmt.Errorf("reading the keys of %s: %w", url, err)
	}
	return keys, nil
}

func (i *issuer) read(ctx context.Context, url string) (json.RawMessage, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("asking the identity provider: %w", err)
	}
	resp, err := i.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the identity provider: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", url, err)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("reading %s: status %d", url, resp.StatusCode)
	case !json.Valid(text):
		return nil, fmt.Errorf("reading %s: the answer is not JSON", url)
	}
	return text, nil
}
