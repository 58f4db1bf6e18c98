package cmd

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

const unknownFault = "it is wrong or expired"

// tokenFault says what is wrong with a token that was refused, as far as the token itself tells.
func (r *registry) tokenFault() string {
	token, err := r.token(context.Background())
	if err != nil {
		return unknownFault
	}
	switch expiry, isJWT := expiryOf(token); {
	case !isJWT:
		return unknownFault
	case !expiry.IsZero() && time.Now().After(expiry):
		return "it expired at " + expiry.UTC().Format(time.RFC3339)
	}
	return "it is not expired, so the gateway does not know its issuer or audience"
}

// expiryOf reads the time after which a JSON Web Token is not accepted (RFC 7519 section 4.1.4), zero
// where it has none, without any look at its signature. It tells whether the text is such a token.
func expiryOf(token string) (time.Time, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}, false
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return time.Time{}, false
	}
	var claims struct {
		Expiry float64 `json:"exp"`
	}
	if json.Unmarshal(text, &claims) != nil {
		return time.Time{}, false
	}
	if claims.Expiry == 0 {
		return time.Time{}, true
	}
	return time.Unix(int64(claims.Expiry), 0), true
}
