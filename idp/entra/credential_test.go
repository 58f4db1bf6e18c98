package entra_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/entra"
)

func TestWithoutACredential(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Token, w.config.GraphURL = nil, ""
	_, _, err := w.provider(t).Plan(t.Context(), spec(t))
	if code, _ := told(err); code != idp.CodeUsage || !strings.Contains(err.Error(), "no credential") || w.sent.all.Load() != 0 {
		t.Errorf("error %v after %d requests", err, w.sent.all.Load())
	}
	if p := w.provider(t).Offline(spec(t)); len(p.Changes) != 6 {
		t.Errorf("offline: %v", changes(p))
	}
}

// A credential of another tenant changes nothing there.
func TestAnotherTenantsCredential(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := base64.RawURLEncoding.EncodeToString([]byte(`{}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"tid":"72f988bf-86f1-41af-91ab-2d7cd011db47"}`)) + ".x"
	for name, alter := range map[string]func(*entra.Config){
		"the token says so": func(c *entra.Config) { c.Token = secret(token) },
		"Graph says so":     func(c *entra.Config) { c.TenantID = "fabrikam.com" },
		"so, of a GUID":     func(c *entra.Config) { c.TenantID = "72f988bf-86f1-41af-91ab-2d7cd011db47" },
	} {
		altered := &world{Entra: w.Entra, sent: w.sent, config: w.config}
		alter(&altered.config)
		_, _, err := altered.provider(t).Plan(t.Context(), spec(t))
		if code, failure := told(err); code != idp.CodeAuth || failure != "EN27" || !strings.Contains(err.Error(), "is for tenant") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	w.config.TenantID = "CONTOSO.com"
	w.setUp(t, spec(t))
}

// secure makes the provider log in at the stand-in's own authority.
func (w *world) secure() {
	w.config.GraphURL, w.config.LoginURL, w.config.Token = w.SecureURL(), w.SecureURL(), nil
	w.config.HTTP = &http.Client{Transport: &http.Transport{TLSClientConfig: w.TLS()}}
}

func TestClientSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app := w.Register()
	w.secure()
	w.config.ClientID, w.config.ClientSecret = app.ClientID, secret(app.Secret)
	w.setUp(t, spec(t))

	for name, test := range map[string]struct {
		alter func(*entra.Config)
		says  string
	}{
		"wrong secret": {func(c *entra.Config) { c.ClientSecret = secret("canary-secret") }, "AADSTS7000215"},
		"wrong app":    {func(c *entra.Config) { c.ClientID = "72f988bf-86f1-41af-91ab-2d7cd011db47" }, "AADSTS700016"},
		"wrong tenant": {func(c *entra.Config) { c.TenantID = "72f988bf-86f1-41af-91ab-2d7cd011db47" }, "AADSTS90002"},
		"expired":      {func(*entra.Config) { w.ExpireSecret(app.ClientID) }, "AADSTS7000222"},
	} {
		if name == "expired" {
			continue // last, below: it cannot be undone
		}
		altered := &world{Entra: w.Entra, sent: w.sent, config: w.config}
		test.alter(&altered.config)
		_, _, err := altered.provider(t).Plan(t.Context(), spec(t))
		assertCredentialRefused(t, name, err, test.says)
	}
	w.ExpireSecret(app.ClientID)
	_, _, err := w.provider(t).Plan(t.Context(), spec(t))
	assertCredentialRefused(t, "expired", err, "has expired (AADSTS7000222)")
}

func assertCredentialRefused(t *testing.T, name string, err error, says string) {
	t.Helper()
	var e *idp.Error
	if !errors.As(err, &e) || e.Code != idp.CodeAuth || e.Failure != "EN27" || e.Hint == "" || !strings.Contains(e.Message, says) {
		t.Errorf("%s: error %v, want an authentication error with %s", name, err, says)
		return
	}
	if strings.Contains(e.Message+e.Hint, "canary") {
		t.Errorf("%s: the secret is told: %s", name, e.Message)
	}
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app := w.Register()
	text, certificate := selfSigned(t)
	w.Trust(app.ClientID, certificate)
	w.secure()
	w.config.ClientID, w.config.Certificate = app.ClientID, secret(text)
	w.setUp(t, spec(t))

	other, _ := selfSigned(t)
	w.config.Certificate = secret(other)
	_, _, err := w.provider(t).Plan(t.Context(), spec(t))
	assertCredentialRefused(t, "another certificate", err, "AADSTS700027")
	w.config.Certificate = secret("no certificate")
	_, _, err = w.provider(t).Plan(t.Context(), spec(t))
	if code, _ := told(err); code != idp.CodeUsage {
		t.Errorf("no certificate: error %v", err)
	}
}

func selfSigned(t *testing.T) (string, *x509.Certificate) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mcpreg"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return string(append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)), certificate
}

// The next page of an answer may be anywhere; the token is not sent there.
func TestTheTokenStaysAtGraph(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		t.Errorf("%s was asked with %q", request.Host, request.Header.Get("Authorization"))
	}))
	t.Cleanup(elsewhere.Close)
	for name, answer := range map[string]func(w http.ResponseWriter, request *http.Request){
		"another host": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"value":[],"@odata.nextLink":"%s/v1.0/applications?$skiptoken=x"}`, elsewhere.URL)
		},
		"another scheme": func(w http.ResponseWriter, request *http.Request) {
			fmt.Fprintf(w, `{"value":[],"@odata.nextLink":"https://%s/v1.0/applications?$skiptoken=x"}`, request.Host)
		},
		"a redirect": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
	} {
		graph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			answer(w, request)
		}))
		t.Cleanup(graph.Close)
		w := newWorld(t)
		w.config.GraphURL = graph.URL
		_, _, err := w.provider(t).Plan(t.Context(), spec(t))
		if err == nil || strings.HasPrefix(name, "another") && !strings.Contains(err.Error(), "another host") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// ParseCertificates of azidentity takes RSA keys only; another key is refused with words.
func TestAnECKeyIsRefused(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.secure()
	w.config.ClientID, w.config.Certificate = w.Register().ClientID, secret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	_, _, err = w.provider(t).Plan(t.Context(), spec(t))
	if code, _ := told(err); code != idp.CodeUsage {
		t.Errorf("error %v", err)
	}
}
