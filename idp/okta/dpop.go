package okta

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// dpopScheme is the scheme of access tokens that are bound to a key (RFC 9449 section 7.1).
const dpopScheme = "DPoP"

// prover makes proofs of possession (RFC 9449) with a key of its own, which lives as long as the
// process. New service apps demand them.
type prover struct {
	key *ecdsa.PrivateKey

	mu    sync.Mutex
	nonce string // that the org wants in proofs
}

func newProver() (*prover, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key for proofs of possession: %w", err)
	}
	return &prover{key: key}, nil
}

// proofClaims are those of RFC 9449 section 4.2.
type proofClaims struct {
	ID       string           `json:"jti"`
	Method   string           `json:"htm"`
	URI      string           `json:"htu"` // without query and fragment
	IssuedAt *jwt.NumericDate `json:"iat"`
	Token    string           `json:"ath,omitempty"` // hash of the access token that goes along
	Nonce    string           `json:"nonce,omitempty"`
}

// prove puts a proof for the request into its header. The token is the access token that the
// request carries; empty at the token endpoint.
func (p *prover) prove(request *http.Request, token string) error {
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.ES256, Key: p.key},
		(&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt"),
	)
	if err != nil {
		return fmt.Errorf("proving possession: %w", err)
	}
	address := *request.URL
	address.RawQuery, address.Fragment, address.ForceQuery = "", "", false
	claims := proofClaims{ID: rand.Text(), Method: request.Method, URI: address.String(), IssuedAt: jwt.NewNumericDate(time.Now()), Nonce: p.lastNonce()}
	if token != "" {
		hash := sha256.Sum256([]byte(token))
		claims.Token = base64.RawURLEncoding.EncodeToString(hash[:])
	}
	proof, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		return fmt.Errorf("proving possession: %w", err)
	}
	request.Header.Set("DPoP", proof)
	return nil
}

func (p *prover) lastNonce() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nonce
}

// proving sends token requests with a proof, and keeps the nonce that an answer asks for.
type proving struct {
	base http.RoundTripper
	*prover
}

// RoundTrip implements [http.RoundTripper].
func (p proving) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	if err := p.prove(request, ""); err != nil {
		return nil, err
	}
	response, err := p.base.RoundTrip(request)
	if err == nil && response.Header.Get("DPoP-Nonce") != "" {
		p.mu.Lock()
		p.nonce = response.Header.Get("DPoP-Nonce")
		p.mu.Unlock()
	}
	return response, err
}
