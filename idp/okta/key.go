package okta

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

const keyHint = "give the service app's private key as PEM (RSA or EC, without a passphrase) or as JWK"

// parseKey reads a private key, a PEM block or a JWK, and finds the algorithm to sign with. A kid
// that is given wins over the JWK's. Errors never hold the text.
func parseKey(text, id string) (jose.SigningKey, error) {
	var key any
	// Variables of CI systems often hold the line ends of a PEM block as \n.
	text = strings.TrimSpace(strings.ReplaceAll(text, `\n`, "\n"))
	if strings.HasPrefix(text, "{") {
		var jwk jose.JSONWebKey
		if err := json.Unmarshal([]byte(text), &jwk); err != nil || jwk.IsPublic() || !jwk.Valid() {
			return jose.SigningKey{}, usage("the private key of the Okta service app is no private JWK", keyHint)
		}
		key = jwk.Key
		if id == "" {
			id = jwk.KeyID
		}
	} else {
		block, _ := pem.Decode([]byte(text))
		if block == nil {
			return jose.SigningKey{}, usage("the private key of the Okta service app is neither PEM nor JWK", keyHint)
		}
		var err error
		if key, err = parseBlock(block); err != nil {
			return jose.SigningKey{}, err
		}
	}
	algorithm, err := algorithmOf(key)
	if err != nil {
		return jose.SigningKey{}, err
	}
	return jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: id}}, nil
}

func parseBlock(block *pem.Block) (key any, err error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	default:
		return nil, usage(fmt.Sprintf("the private key of the Okta service app is a PEM block %q", block.Type), keyHint)
	}
	if err != nil {
		return nil, usage("the private key of the Okta service app does not parse", keyHint)
	}
	return key, nil
}

// algorithmOf picks the algorithm of RFC 7518 section 3.1 that fits the key.
func algorithmOf(key any) (jose.SignatureAlgorithm, error) {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return jose.RS256, nil
	case *ecdsa.PrivateKey:
		switch key.Curve.Params().BitSize {
		case 256:
			return jose.ES256, nil
		case 384:
			return jose.ES384, nil
		case 521:
			return jose.ES512, nil
		}
	}
	return "", usage("the private key of the Okta service app is neither RSA nor EC", keyHint)
}
