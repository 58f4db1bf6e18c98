package okta_test

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

// verifier stands before the stand-in and holds proofs of possession against RFC 9449: with a
// nonce, as Okta wants it, at the token endpoint, and bound to the token elsewhere.
type verifier struct {
	t          *testing.T
	thumbprint string // of the key that the token is bound to
	seen       []string
	proofs     int
}

const nonce = "eyJ7S_zG.eyJH0-Z.HX4w-7v"

// RoundTrip implements http.RoundTripper.
func (v *verifier) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	if strings.HasSuffix(request.URL.Path, "/oauth2/v1/token") {
		return v.token(request)
	}
	token, bound := strings.CutPrefix(request.Header.Get("Authorization"), "DPoP ")
	if !bound {
		v.t.Errorf("%s: authorization %q", request.URL.Path, strings.SplitN(request.Header.Get("Authorization"), " ", 2)[0])
	}
	hash := sha256.Sum256([]byte(token))
	if claims, key := v.claims(request); claims["ath"] != base64.RawURLEncoding.EncodeToString(hash[:]) || key != v.thumbprint {
		v.t.Errorf("%s: the proof is for another token or by another key: %v", request.URL.Path, claims)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	return http.DefaultTransport.RoundTrip(request)
}

// token answers as Okta does: first that a proof is needed, then that it needs a nonce.
func (v *verifier) token(request *http.Request) (*http.Response, error) {
	if request.Header.Get("DPoP") == "" {
		return http.DefaultTransport.RoundTrip(request)
	}
	claims, key := v.claims(request)
	if claims["nonce"] != nonce {
		response := answered(request, 400, "", "")
		response.Header.Set("DPoP-Nonce", nonce)
		response.Body = io.NopCloser(strings.NewReader(`{"error":"use_dpop_nonce","error_description":"Authorization server requires nonce in DPoP proof."}`))
		return response, nil
	}
	v.thumbprint = key
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(bytes.Replace(body, []byte(`"Bearer"`), []byte(`"DPoP"`), 1)))
	response.ContentLength = -1
	return response, nil
}

// claims reads the proof of a request (RFC 9449 section 4.3) and returns its claims and the
// thumbprint of its key.
func (v *verifier) claims(request *http.Request) (claims map[string]any, thumbprint string) {
	v.t.Helper()
	v.proofs++
	proof, err := jose.ParseSignedCompact(request.Header.Get("DPoP"), []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		v.t.Errorf("%s: %v", request.URL.Path, err)
		return nil, ""
	}
	header := proof.Signatures[0].Header
	key := header.JSONWebKey
	if header.ExtraHeaders[jose.HeaderType] != "dpop+jwt" || key == nil || !key.IsPublic() {
		v.t.Errorf("%s: header %+v", request.URL.Path, header)
		return nil, ""
	}
	text, err := proof.Verify(key)
	if err == nil {
		err = json.Unmarshal(text, &claims)
	}
	sum, sumErr := key.Thumbprint(crypto.SHA256)
	if err != nil || sumErr != nil {
		v.t.Errorf("%s: %v, %v", request.URL.Path, err, sumErr)
		return nil, ""
	}
	address := *request.URL
	address.RawQuery = ""
	id, _ := claims["jti"].(string)
	made, _ := claims["iat"].(float64)
	if claims["htm"] != request.Method || claims["htu"] != address.String() || id == "" || slices.Contains(v.seen, id) || time.Since(time.Unix(int64(made), 0)).Abs() > time.Minute {
		v.t.Errorf("%s %s: claims %v", request.Method, request.URL, claims)
	}
	v.seen = append(v.seen, id)
	return claims, base64.RawURLEncoding.EncodeToString(sum)
}

// A service app that demands proofs of possession, as new ones do, sets up like any other.
func TestAServiceAppThatDemandsDPoP(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.service(t, rsaKey(t), func(a *oktatest.ServiceApp) { a.DPoP = true })
	v := &verifier{t: t}
	w.sent.base = v
	w.Throttle(oktatest.Storm{Requests: 1, Reset: -time.Second}) // a second attempt needs a proof of its own
	w.setUp(t, spec(t))
	if p, _ := w.plan(t, spec(t)); !p.InSync() {
		t.Errorf("not in sync: %+v", p.Changes)
	}
	if v.proofs < 15 {
		t.Errorf("%d proofs", v.proofs)
	}
}

// Where no proof will do, it is said so once.
func TestAProofThatIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.service(t, rsaKey(t), nil)
	n := 0
	w.sent.base = roundTrip(func(request *http.Request) (*http.Response, error) {
		n++
		response := answered(request, 400, "", "")
		response.Body = io.NopCloser(strings.NewReader(`{"error":"invalid_dpop_proof","error_description":"The DPoP proof JWT is too old."}`))
		return response, nil
	})
	_, _, err := w.provider(t).Plan(t.Context(), spec(t))
	assertTold(t, "refused", err, idp.CodeAuth, "demands DPoP", "too old", "clock")
	if n != 2 || told(err).Failure != "OK14" {
		t.Errorf("%d requests, failure %s", n, told(err).Failure)
	}
}
