package idptest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// Signer signs tokens with RS256 and a key of its own. The key is made when it is first needed: it
// takes a good part of a second, and most tests see no token.
type Signer struct {
	id      string
	keyPair func() signingKey
}

// signingKey is a private key and what signs with it.
type signingKey struct {
	private *rsa.PrivateKey
	signer  jose.Signer
}

const keySize = 2048

// NewSigner names a key of its own. It may be used by several goroutines.
func NewSigner() *Signer {
	id := rand.Text()
	return &Signer{id: id, keyPair: sync.OnceValue(func() signingKey { return newSigningKey(id) })}
}

func newSigningKey(id string) signingKey {
	private, err := rsa.GenerateKey(rand.Reader, keySize)
	if err != nil {
		panic("idptest: making the signing key: " + err.Error()) // its size is allowed
	}
	key := jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: id}}
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		panic("idptest: making a signer: " + err.Error()) // the algorithm fits the key
	}
	return signingKey{private, signer}
}

// Sign writes claims as a compact JWT. It panics when they are no JSON.
func (s *Signer) Sign(claims map[string]any) string { return Compact(s.keyPair().signer, claims) }

// Public is the key that checks the signatures.
func (s *Signer) Public() *rsa.PublicKey { return &s.keyPair().private.PublicKey }

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
