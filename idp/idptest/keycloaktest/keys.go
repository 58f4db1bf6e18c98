package keycloaktest

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/mcpreg/mcpreg/idp/idptest"
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
	access *idptest.Signer
	own    jose.Signer
	secret []byte
}

func newKeys() (*keys, error) {
	made := &keys{access: idptest.NewSigner(), secret: []byte(rand.Text() + rand.Text() + rand.Text())}
	var err error
	made.own, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.HS512, Key: made.secret}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("making a signer: %w", err)
	}
	return made, nil
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
	idptest.WriteJSON(w, http.StatusOK, k.keys.access.KeySet())
}

// realmKey answers at the realm's own address.
func (k *Keycloak) realmKey(w http.ResponseWriter, request *http.Request) {
	name := request.PathValue("realm")
	public, err := x509.MarshalPKIXPublicKey(k.keys.access.Public())
	if err != nil {
		panic("keycloaktest: a public key that cannot be written: " + err.Error())
	}
	writeRepresentation(w, map[string]any{
		"realm": name, "public_key": base64.StdEncoding.EncodeToString(public),
		"token-service": k.issuer(name) + "/protocol/openid-connect", "account-service": k.issuer(name) + "/account", "tokens-not-before": 0,
	})
}
