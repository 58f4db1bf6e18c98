package idptest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// How long tokens live: access tokens of the realm, the administrator's, and what waits for a
// person.
const (
	tokenLife   = 300 * time.Second
	masterLife  = 60 * time.Second
	codeLife    = 60 * time.Second
	refreshLife = 1800 * time.Second
)

// keys sign tokens: those for others with RSA, those for the server itself with a secret.
type keys struct {
	id      string
	private *rsa.PrivateKey
	access  jose.Signer
	own     jose.Signer
	secret  []byte
}

const keySize = 2048

func newKeys() (*keys, error) {
	private, err := rsa.GenerateKey(rand.Reader, keySize)
	if err != nil {
		return nil, fmt.Errorf("making the signing key: %w", err)
	}
	made := &keys{id: rand.Text(), private: private, secret: []byte(rand.Text() + rand.Text() + rand.Text())}
	options := (&jose.SignerOptions{}).WithType("JWT")
	made.access, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: made.id}}, options)
	if err == nil {
		made.own, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.HS512, Key: made.secret}, options)
	}
	if err != nil {
		return nil, fmt.Errorf("making a signer: %w", err)
	}
	return made, nil
}

// sign writes claims as a compact JWT.
func sign(signer jose.Signer, claims map[string]any) string {
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

// ownClaims reads a token that the server gave to itself; nil when it did not.
func (s *keys) ownClaims(token string) map[string]any {
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.HS512})
	if err != nil {
		return nil
	}
	text, err := parsed.Verify(s.secret)
	if err != nil {
		return nil
	}
	claims := map[string]any{}
	if json.Unmarshal(text, &claims) != nil {
		return nil
	}
	return claims
}

// certs answers with the realm's public keys.
func (k *Keycloak) certs(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	writeJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: k.keys.private.Public(), KeyID: k.keys.id, Algorithm: string(jose.RS256), Use: "sig"},
	}})
}

// realmKey answers at the realm's own address.
func (k *Keycloak) realmKey(w http.ResponseWriter, request *http.Request) {
	name := request.PathValue("realm")
	public, err := x509.MarshalPKIXPublicKey(k.keys.private.Public())
	if err != nil {
		panic("idptest: a public key that cannot be written: " + err.Error())
	}
	writeRepresentation(w, map[string]any{
		"realm": name, "public_key": base64.StdEncoding.EncodeToString(public),
		"token-service": k.issuer(name) + "/protocol/openid-connect", "account-service": k.issuer(name) + "/account", "tokens-not-before": 0,
	})
}
