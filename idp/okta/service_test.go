package okta_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest/contract"
	"github.com/mcpreg/mcpreg/idp/okta"
)

// The scopes that help names for a service app.
var allScopes = []string{"okta.apps.manage", "okta.groups.read", "okta.authorizationServers.manage"}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pemOf(t *testing.T, kind string, der []byte, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// service makes the world's credential a service app with these scopes.
func (w *world) service(t *testing.T, key *rsa.PrivateKey, alter func(*oktatest.ServiceApp)) {
	t.Helper()
	app := oktatest.ServiceApp{
		Key: &key.PublicKey, KeyID: "kid-1", Scopes: allScopes,
		Roles: []oktatest.Role{oktatest.AppAdmin, oktatest.APIAccessManagementAdmin},
	}
	if alter != nil {
		alter(&app)
	}
	w.config.Token = nil
	w.config.ClientID = w.AddServiceApp(app)
	w.config.PrivateKey = secret(pemOf(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), nil))
	w.config.PrivateKeyID = "kid-1"
}

// Every form of key that people have signs.
func TestSetupAsAServiceApp(t *testing.T) {
	t.Parallel()
	key := rsaKey(t)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	eight := pemOf(t, "PRIVATE KEY", pkcs8, err)
	jwk, err := json.Marshal(jose.JSONWebKey{Key: key, KeyID: "kid-1", Use: "sig", Algorithm: "RS256"})
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]struct{ text, id string }{
		"PKCS #1":             {"", "kid-1"},
		"PKCS #8":             {eight, "kid-1"},
		"on one line":         {strings.ReplaceAll(eight, "\n", `\n`), "kid-1"},
		"JWK with its own id": {string(jwk), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.service(t, key, nil)
			if form.text != "" {
				w.config.PrivateKey = secret(form.text)
			}
			w.config.PrivateKeyID = form.id
			w.underContract(t)
			p, _ := w.plan(t, spec(t))
			if all, writes := w.sent.counts(); all > 8+1 || writes != 0 {
				t.Errorf("the plan took %d requests with %d writes, want at most 9", all, writes)
			}
			if _, err := p.Apply(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if p, _ := w.plan(t, spec(t)); !p.InSync() {
				t.Errorf("not in sync: %+v", p.Changes)
			}
		})
	}
}

// What a service app lacks is told before anything is written, with a plan as far as it may look.
func TestServiceAppsThatLackSomething(t *testing.T) {
	t.Parallel()
	key := rsaKey(t)
	readers := []string{"okta.apps.read", "okta.groups.read", "okta.authorizationServers.read"}
	for name, test := range map[string]struct {
		alter  func(*oktatest.ServiceApp)
		config func(*okta.Config)
		code   idp.ErrorCode
		want   []string
	}{
		"only reading": {func(a *oktatest.ServiceApp) { a.Scopes = readers }, nil, idp.CodeForbidden, []string{"has no scope okta.apps.manage", "Okta API Scopes"}},
		"no managing of servers": {func(a *oktatest.ServiceApp) {
			a.Scopes = []string{"okta.apps.manage", "okta.groups.read", "okta.authorizationServers.read"}
		}, nil, idp.CodeForbidden, []string{"has no scope okta.authorizationServers.manage"}},
		"no groups": {func(a *oktatest.ServiceApp) {
			a.Scopes = []string{"okta.apps.manage", "okta.authorizationServers.manage"}
		}, nil, idp.CodeForbidden, []string{"okta.groups.read"}},
		"no scopes": {func(a *oktatest.ServiceApp) { a.Scopes = nil }, nil, idp.CodeForbidden, []string{"gets no token", "okta.apps.manage okta.groups.read", ".read"}},
		"no role":   {func(a *oktatest.ServiceApp) { a.Roles = nil }, nil, idp.CodeForbidden, []string{"lacks a right", "API Access Management Administrator"}},
		"DPoP":      {func(a *oktatest.ServiceApp) { a.DPoP = true }, nil, idp.CodeAuth, []string{"demands DPoP", "switch off"}},
		"wrong key": {nil, func(c *okta.Config) {
			c.PrivateKey = secret(pemOf(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey(t)), nil))
		}, idp.CodeAuth, []string{"does not accept the key"}},
		"wrong kid": {nil, func(c *okta.Config) { c.PrivateKeyID = "kid-2" }, idp.CodeAuth, []string{"does not accept the key"}},
		"wrong app": {nil, func(c *okta.Config) { c.ClientID = "0oanobody" }, idp.CodeAuth, []string{"0oanobody"}},
		"no key":    {nil, func(c *okta.Config) { c.PrivateKey = secret("canary-secret") }, idp.CodeUsage, []string{"neither PEM nor JWK"}},
		"a cert": {nil, func(c *okta.Config) {
			c.PrivateKey = secret("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
		}, idp.CodeUsage, []string{`"CERTIFICATE"`}},
		"public JWK": {nil, func(c *okta.Config) { c.PrivateKey = secret(`{"kty":"oct","k":"canary-secret"}`) }, idp.CodeUsage, []string{"private key"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.service(t, key, test.alter)
			if test.config != nil {
				test.config(&w.config)
			}
			p, err := w.provider(t), error(nil)
			change, _, err := p.Plan(t.Context(), spec(t))
			if err == nil {
				if note := change.Notes[len(change.Notes)-1]; note.Failure != "OK28" {
					t.Errorf("the plan's last note is %+v, want what is missing", note)
				}
				_, err = change.Apply(t.Context(), nil)
			}
			assertTold(t, name, err, test.code, test.want...)
			if strings.Contains(err.Error()+told(err).Hint, "canary") {
				t.Error("the secret is in the error")
			}
			if _, writes := w.sent.counts(); writes != 0 || len(w.apps(label)) != 0 {
				t.Errorf("%d writes", writes)
			}
		})
	}
}

// An EC key is as good as an RSA key; Okta takes ES256 (Okta documentation, client authentication
// methods). The stand-in knows RSA only, so the request is looked at.
func TestAnECKeySigns(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	seen := &assertions{}
	p, err := okta.New(okta.Config{
		OrgURL: "https://acme.okta.com", ClientID: "0oaservice", PrivateKey: secret(pemOf(t, "EC PRIVATE KEY", der, err)), PrivateKeyID: "k1",
		HTTP: &http.Client{Transport: seen},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Plan(t.Context(), spec(t)); err == nil {
		t.Fatal("a plan without an org")
	}
	parsed, err := jose.ParseSigned(seen.assertion, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	text, err := parsed.Verify(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatal(err)
	}
	// RFC 7523 section 3, and the audience that Okta documents.
	if claims["iss"] != "0oaservice" || claims["sub"] != "0oaservice" || claims["aud"] != "https://acme.okta.com/oauth2/v1/token" || claims["jti"] == nil {
		t.Errorf("claims %v", claims)
	}
	if life := claims["exp"].(float64) - claims["iat"].(float64); life <= 0 || life > 3600 {
		t.Errorf("the assertion lives for %v seconds", life)
	}
	if seen.query != "" || parsed.Signatures[0].Header.KeyID != "k1" {
		t.Errorf("query %q, kid %q", seen.query, parsed.Signatures[0].Header.KeyID)
	}
}

// assertions keeps the assertion of a token request and refuses it.
type assertions struct{ assertion, query string }

// RoundTrip implements http.RoundTripper.
func (a *assertions) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := request.ParseForm(); err != nil {
		return nil, err
	}
	a.assertion, a.query = request.PostForm.Get("client_assertion"), request.URL.RawQuery
	return answered(request, 401, "invalid_client", "refused"), nil
}

// Each request declares the right that it needs: it is the scope that Okta's own document demands
// for it, or the one that includes it.
func TestRightsAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	document := contract.Load(t)
	w := newWorld(t, nil)
	key := rsaKey(t)
	w.service(t, key, nil)
	demanded := map[string]bool{}
	w.sent.base = roundTrip(func(request *http.Request) (*http.Response, error) {
		if strings.HasPrefix(request.URL.Path, "/api/") {
			scopes, err := document.Scopes(request)
			if err != nil {
				t.Errorf("%s %s: %v", request.Method, request.URL.Path, err)
			}
			for _, scope := range scopes {
				demanded[scope] = true
			}
		}
		return http.DefaultTransport.RoundTrip(request)
	})
	w.setUp(t, spec(t))
	w.plan(t, spec(t))
	granted := strings.Join(allScopes, " ")
	for scope := range demanded {
		if !strings.Contains(granted, scope) && !strings.Contains(granted, strings.Replace(scope, ".read", ".manage", 1)) {
			t.Errorf("%s is needed, and help does not name it", scope)
		}
	}
	for _, scope := range allScopes {
		if !demanded[scope] {
			t.Errorf("%s is asked for and never needed", scope)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }
