package oktatest_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

// serviceKey is the key of all service apps: making one takes long.
var serviceKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// service is a service app with its key.
func (w *world) service(s oktatest.ServiceApp) (clientID string) {
	s.Key = &serviceKey().PublicKey
	if s.Roles == nil {
		s.Roles = []oktatest.Role{oktatest.SuperAdmin}
	}
	return w.okta.AddServiceApp(s)
}

// assertion signs a client assertion (RFC 7523 section 3) after a change.
func (w *world) assertion(clientID string, changes ...func(*jwt.Claims)) string {
	claims := jwt.Claims{
		Issuer: clientID, Subject: clientID, Audience: jwt.Audience{w.okta.URL() + "/oauth2/v1/token"}, ID: rand.Text(),
		Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour)), IssuedAt: jwt.NewNumericDate(time.Now()),
	}
	for _, change := range changes {
		change(&claims)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: serviceKey()}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	signed, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		w.t.Fatal(err)
	}
	return signed
}

func serviceForm(assertion string, scopes ...string) url.Values {
	return url.Values{
		"grant_type": {"client_credentials"}, "scope": {strings.Join(scopes, " ")}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}
}

// bearer gets an access token of the management API with that scope, which the app was granted. The
// parameters travel in the query, as Okta's second Go SDK sends them.
func bearer(w *world, scope string, roles ...oktatest.Role) string {
	client := w.service(oktatest.ServiceApp{Scopes: []string{scope}, Roles: roles})
	query := serviceForm(w.assertion(client), scope).Encode()
	response, err := http.Post(w.okta.URL()+"/oauth2/v1/token?"+query, "application/x-www-form-urlencoded", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		panic(stop("no token: " + response.Status))
	}
	return answer.AccessToken
}
