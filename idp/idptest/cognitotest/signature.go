package cognitotest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// authorizationHeader is the form of a request signed with Signature Version 4 (IAM User Guide,
// "Create a signed AWS API request").
var authorizationHeader = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$`)

const (
	signingTime  = "20060102T150405Z"
	maxClockSkew = 5 * time.Minute
)

// authenticate returns who signed the request.
func (c *Cognito) authenticate(request *http.Request, body []byte) (*caller, *failure) {
	header := request.Header.Get("Authorization")
	if header == "" {
		return nil, fail("MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	parts := authorizationHeader.FindStringSubmatch(header)
	if parts == nil {
		return nil, fail("IncompleteSignatureException", "Authorization header requires 'Credential' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires 'Signature' parameter.")
	}
	by, refused := c.callerOf(parts[1], request.Header.Get("X-Amz-Security-Token"))
	if refused != nil || !c.holds(SignaturesAreChecked) {
		return by, refused
	}
	switch {
	case parts[4] != "cognito-idp":
		return nil, fail("InvalidSignatureException", "Credential should be scoped to correct service: 'cognito-idp'.")
	case parts[3] != c.config.Region:
		return nil, fail("InvalidSignatureException", "Credential should be scoped to a valid region.")
	}
	date := request.Header.Get("X-Amz-Date")
	signed, err := time.Parse(signingTime, date)
	if err != nil || !strings.HasPrefix(date, parts[2]) {
		return nil, fail("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'.")
	}
	if skew := time.Since(signed).Abs(); skew > maxClockSkew {
		return nil, fail("InvalidSignatureException", fmt.Sprintf("Signature expired: %s is now earlier than %s", date, time.Now().UTC().Add(-maxClockSkew).Format(signingTime)))
	}
	scope := strings.Join([]string{parts[2], parts[3], parts[4], "aws4_request"}, "/")
	want := signature(by.SecretAccessKey, scope, date, canonical(request, strings.Split(parts[5], ";"), body))
	if !hmac.Equal([]byte(want), []byte(parts[6])) {
		return nil, fail("InvalidSignatureException", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	return by, nil
}

// callerOf finds the caller of an access key and session token.
func (c *Cognito) callerOf(accessKeyID, sessionToken string) (*caller, *failure) {
	for _, by := range c.callers {
		switch {
		case by.AccessKeyID != accessKeyID || by.SessionToken != sessionToken:
		case by.expired && c.holds(SessionsExpire):
			return nil, fail("ExpiredTokenException", "The security token included in the request is expired")
		default:
			return by, nil
		}
	}
	if !c.holds(CallersAreKnown) {
		return c.callers[0], nil
	}
	return nil, fail("UnrecognizedClientException", "The security token included in the request is invalid.")
}

// canonical writes the request as it was signed.
func canonical(request *http.Request, signedHeaders []string, body []byte) string {
	var headers strings.Builder
	for _, name := range signedHeaders {
		value := strings.Join(request.Header.Values(name), ",")
		switch name {
		case "host":
			value = request.Host
		case "content-length":
			value = strconv.FormatInt(request.ContentLength, 10)
		}
		fmt.Fprintf(&headers, "%s:%s\n", name, strings.Join(strings.Fields(value), " "))
	}
	path := (&url.URL{Path: request.URL.Path}).EscapedPath()
	hash := sha256.Sum256(body)
	return strings.Join([]string{
		request.Method, path, request.URL.Query().Encode(), headers.String(), strings.Join(signedHeaders, ";"), hex.EncodeToString(hash[:]),
	}, "\n")
}

// signature signs a canonical request.
func signature(secret, scope, date, canonical string) string {
	key := []byte("AWS4" + secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	hash := sha256.Sum256([]byte(canonical))
	text := strings.Join([]string{"AWS4-HMAC-SHA256", date, scope, hex.EncodeToString(hash[:])}, "\n")
	return hex.EncodeToString(mac(key, text))
}

func mac(key []byte, text string) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write([]byte(text))
	return hash.Sum(nil)
}
