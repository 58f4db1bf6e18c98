package entratest

import (
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

func algorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.RS256, jose.PS256}
}

// unverified reads the claims of a JWT, whoever signed it.
func unverified(token string) (jwt.Claims, bool) {
	var claims jwt.Claims
	parsed, err := jwt.ParseSigned(token, algorithms())
	if err != nil {
		return claims, false
	}
	return claims, parsed.UnsafeClaimsWithoutVerification(&claims) == nil
}

func signedBy(token string, key any) bool {
	parsed, err := jwt.ParseSigned(token, algorithms())
	return err == nil && parsed.Claims(key) == nil
}

func expired(claims jwt.Claims) *refusal {
	if claims.Expiry == nil || time.Now().After(claims.Expiry.Time()) {
		return aadsts(700024, "invalid_client", "Client assertion is not within its valid time range.")
	}
	return nil
}
