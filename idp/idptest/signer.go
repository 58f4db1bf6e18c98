package idptest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// Signer signs tokens with RS256 and a key of its own.
type Signer struct {
	id      string
	private *rsa.PrivateKey
	signer  jose.Signer
}

const keySize = 2048

// NewSigner makes a key.
func NewSigner() (*Signer, error) {
	private, err := rsa.GenerateKey(rand.Reader, keySize)
	if err != nil {
		return nil, fmt.Errorf("making the signing key: %w", err)
	}
	s := &Signer{id: rand.Text(), private: private}
	key := jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: s.id}}
	if s.signer, err = jose.NewSigner(key, (&jose.SignerOptions{}).WithType("JWT")); err != nil {
		return nil, fmt.Errorf("making a signer: %w", err)
	}
	return s, nil
}

// Sign writes claims as a compact JWT. It panics when they are no JSON.
func (s *Signer) Sign(claims map[string]any) string { return Compact(s.signer, claims) }

// Public is the key that checks the signatures.
func (s *Signer) Public() *rsa.PublicKey { return &s.private.PublicKey }

// KeySet is the document that a jwks_uri answers (RFC 7517).
func (s *Signer) KeySet() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: s.Public(), KeyID: s.id, Algorithm: string(jose.RS256), Use: "sig"}}}
}

// Compact writes claims as a compact JWT, signed by signer. It panics when they are no JSON.
func Compact(signer jose.Signer, claims map[string]any) string {
	text, err := json.Marshal(claims)
	if err != nil {
		panic("idptest: claims that are no JSON: " + err.Error())
	}
	signed, err := signer.Sign(text)
	if err != nil {
		panic("idptest: signing: " + err.Error())
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		panic("idptest: signing: " + err.Error())
	}
	return compact
}
