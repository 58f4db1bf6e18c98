package entratest_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// Microsoft's own library signs in at the stand-in, as it does at Entra.
func TestMicrosoftsLibrarySignsIn(t *testing.T) {
	t.Parallel()
	b := start(t, entratest.Config{})
	c := b.Register()
	key, certificate := selfSigned(t)
	b.Trust(c.ClientID, certificate)
	workload := idptest.NewSigner()
	trusted := entratest.Federation{Issuer: "https://ci.example", Subject: "repo:x", Audience: "api://AzureADTokenExchange", Key: workload.Public()}
	b.Federate(c.ClientID, trusted)
	assertion := func(subject string) func(context.Context) (string, error) {
		return func(context.Context) (string, error) {
			return workload.Sign(map[string]any{"iss": trusted.Issuer, "sub": subject, "aud": trusted.Audience, "exp": time.Now().Add(time.Minute).Unix()}), nil
		}
	}
	options := b.azure()
	table := []struct {
		name, want string
		make       func() (azcore.TokenCredential, error)
	}{
		{"a secret", "token", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientSecretCredential(b.TenantID(), c.ClientID, c.Secret, &azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}},
		{"a wrong secret", "AADSTS7000215", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientSecretCredential(b.TenantID(), c.ClientID, "x", &azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}},
		{"another tenant", "AADSTS90002", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientSecretCredential(scopeID, c.ClientID, c.Secret, &azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}},
		{"another client", "AADSTS700016", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientSecretCredential(b.TenantID(), scopeID, c.Secret, &azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}},
		{"a certificate", "token", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientCertificateCredential(b.TenantID(), c.ClientID, []*x509.Certificate{certificate}, key, &azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}},
		{"another certificate", "AADSTS700027", func() (azcore.TokenCredential, error) {
			other, stranger := selfSigned(t)
			return azidentity.NewClientCertificateCredential(b.TenantID(), c.ClientID, []*x509.Certificate{stranger}, other, &azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}},
		{"a workload", "token", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientAssertionCredential(b.TenantID(), c.ClientID, assertion("repo:x"), &azidentity.ClientAssertionCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}},
		{"another workload", "AADSTS700213", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientAssertionCredential(b.TenantID(), c.ClientID, assertion("repo:y"), &azidentity.ClientAssertionCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}},
	}
	for _, test := range table {
		credential, err := test.make()
		if err != nil {
			t.Fatal(err)
		}
		if got := b.graphToken(credential); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// azure points Microsoft's library at the stand-in.
func (b *bench) azure() azcore.ClientOptions {
	return azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: b.SecureURL() + "/"},
		Transport: &http.Client{Transport: &http.Transport{TLSClientConfig: b.TLS(), DisableKeepAlives: true}},
		Retry:     policy.RetryOptions{MaxRetries: -1},
	}
}

// graphToken gets a token and asks Microsoft Graph with it.
func (b *bench) graphToken(credential azcore.TokenCredential) string {
	b.Helper()
	got, err := credential.GetToken(b.Context(), policy.TokenRequestOptions{Scopes: []string{"https://graph.microsoft.com/.default"}})
	var refused *azidentity.AuthenticationFailedError
	switch {
	case errors.As(err, &refused):
		return short(refused.Error())
	case err != nil:
		return err.Error()
	}
	return map[bool]string{true: "token"}[b.get("/applications", "Authorization", "Bearer "+got.Token).status == http.StatusOK]
}

func selfSigned(t *testing.T) (crypto.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ci"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return key, certificate
}

// What an assertion must say is checked without the library, which says it right.
func TestAssertionsAreBound(t *testing.T) {
	t.Parallel()
	b := start(t, entratest.Config{})
	c := b.Register()
	key, certificate := selfSigned(t)
	b.Trust(c.ClientID, certificate)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	endpoint := b.URL() + "/" + b.TenantID() + "/oauth2/v2.0/token"
	in, ago := jwt.NewNumericDate(time.Now().Add(time.Minute)), jwt.NewNumericDate(time.Now().Add(-time.Minute))
	for name, test := range map[string]struct {
		claims jwt.Claims
		want   string
	}{
		"right":            {jwt.Claims{Issuer: c.ClientID, Subject: c.ClientID, Audience: jwt.Audience{endpoint}, Expiry: in}, "tokens"},
		"another audience": {jwt.Claims{Issuer: c.ClientID, Subject: c.ClientID, Audience: jwt.Audience{"x"}, Expiry: in}, "AADSTS700023"},
		"expired":          {jwt.Claims{Issuer: c.ClientID, Subject: c.ClientID, Audience: jwt.Audience{endpoint}, Expiry: ago}, "AADSTS700024"},
		"a workload":       {jwt.Claims{Issuer: "x", Subject: c.ClientID, Audience: jwt.Audience{endpoint}, Expiry: in}, "AADSTS70025"},
	} {
		token, err := jwt.Signed(signer).Claims(test.claims).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		got := b.tokenOf(map[string][]string{
			"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "scope": {"https://graph.microsoft.com/.default"},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {token},
		})
		if got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// The library finds a managed identity by the environment, so this test cannot run beside others.
func TestManagedIdentitySignsIn(t *testing.T) {
	b := start(t, entratest.Config{})
	endpoint, header := b.ManagedIdentity(entratest.ApplicationReadAll)
	t.Setenv("IDENTITY_ENDPOINT", endpoint)
	// The library keeps a token for the whole process: the refusal must come first.
	for _, test := range []struct{ secret, want string }{{"x", "refused"}, {header, "token"}} {
		t.Setenv("IDENTITY_HEADER", test.secret)
		credential, err := azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ClientOptions: azcore.ClientOptions{Retry: policy.RetryOptions{MaxRetries: -1}}})
		if err != nil {
			t.Fatal(err)
		}
		got := b.graphToken(credential)
		if got != "token" {
			got = "refused"
		}
		if got != test.want {
			t.Errorf("header %q: %s, want %s", test.secret, got, test.want)
		}
	}
}

// Microsoft's own library plays the assistant: a public client with PKCE, then a refresh.
func TestMicrosoftsLibraryLogsIn(t *testing.T) {
	t.Parallel()
	b := start(t, entratest.Config{})
	w := b.world(nil, nil)
	client, err := public.New(w.clientApp, public.WithAuthority(b.SecureURL()+"/"+b.TenantID()), public.WithInstanceDiscovery(false),
		public.WithHTTPClient(&http.Client{Transport: &http.Transport{TLSClientConfig: b.TLS(), DisableKeepAlives: true}}))
	if err != nil {
		t.Fatal(err)
	}
	scopes, redirect := []string{finance + "/user_impersonation"}, "http://localhost:41234/callback"
	address, err := client.AuthCodeURL(t.Context(), w.clientApp, redirect, scopes)
	if err != nil {
		t.Fatal(err)
	}
	// The browser does not trust the https port; the login is the same on the other one.
	address = strings.Replace(address, b.SecureURL(), b.URL(), 1) + "&" + url.Values{"code_challenge": {challenge}, "code_challenge_method": {"S256"}}.Encode()
	answer, err := browser.Authorize(t.Context(), address, browser.Person{Username: bob, Password: password})
	if err != nil || answer.Code() == "" {
		t.Fatalf("no code: %v %s", err, answer.Error())
	}
	got, err := client.AcquireTokenByAuthCode(t.Context(), answer.Code(), redirect, scopes, public.WithChallenge(verifier))
	if err != nil {
		t.Fatal(err)
	}
	if got.IDToken.PreferredUsername != "bob@contoso.com" || got.AccessToken == "" || strings.Join(got.GrantedScopes, " ") != scopes[0] {
		t.Errorf("%s with %q, want bob@contoso.com with %q", got.IDToken.PreferredUsername, got.GrantedScopes, scopes)
	}
	other := []string{staff + "/user_impersonation"}
	again, err := client.AcquireTokenSilent(t.Context(), other, public.WithSilentAccount(got.Account))
	if err != nil || again.AccessToken == got.AccessToken {
		t.Errorf("silently for %q: %v", other, err)
	}
}

// The verifier and its challenge are those of RFC 7636 appendix B.
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)
