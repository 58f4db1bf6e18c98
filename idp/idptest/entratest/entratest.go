// Package entratest stands in for one Microsoft Entra tenant on loopback: Microsoft Graph v1.0 as
// far as app registrations need it, and the v2.0 sign-in endpoints, with the rules that trip
// people. It was written from Microsoft's documents and reported answers, and no live tenant was
// asked; where a document and a report differ, it takes the stricter side.
package entratest

import (
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// Config describes a tenant. The zero value is a tenant without people.
type Config struct {
	// Tenant is the tenant's id, a GUID; made up when empty.
	Tenant string
	// Name is the tenant's display name; "Contoso" when empty.
	Name string
	// Domains are the verified domains, the initial one first; "contoso.onmicrosoft.com" when
	// empty. Sub-domains of them are verified as well.
	Domains []string
	// Users are the people of the tenant; their groups are made as needed.
	Users []idptest.User
	// Groups are display names of groups without members. A name that stands here twice is the
	// name of two groups: Entra does not keep names unique.
	Groups []string
	// PageSize is how many objects a list holds before @odata.nextLink; 100 when zero, as in Graph.
	PageSize int
	// NoUpsert tells that the cloud does not know uniqueName.
	NoUpsert bool
	// UserConsent tells that people may consent for themselves. Without it only an administrator's
	// grant or a pre-authorisation admits a client.
	UserConsent bool
	// VersionTwoIsExempt tells that single-tenant applications with tokens of version 2 may have
	// identifier URIs of any host, as Microsoft documents for tenants since 2024.
	VersionTwoIsExempt bool
	// Signer signs the tokens; a new one when nil. Tenants that share one start sooner.
	Signer *idptest.Signer
	// Off names rules that do not hold, for tests of tests.
	Off map[Rule]bool
}

// Entra is a running stand-in: plain http and https on two ports of 127.0.0.1, with the same
// content. Its methods may be called at any time.
type Entra struct {
	config        Config
	plain, secure *idptest.Server
	certificate   *idptest.Certificate
	signer        *idptest.Signer

	mu        sync.Mutex // held while a request is answered
	directory *directory
	callers   *callers
	logins    *logins
	faults    []Fault
	requests  []string
	policy    Restriction
}

// Start starts a tenant on two free ports of 127.0.0.1. The error tells a port that could not be
// had, or a configuration with two users of one name.
func Start(c Config) (*Entra, error) {
	c = c.withDefaults()
	d, err := newDirectory(c)
	if err != nil {
		return nil, err
	}
	e := &Entra{config: c, directory: d, callers: newCallers(), logins: newLogins(), signer: c.Signer}
	if e.signer == nil {
		e.signer = idptest.NewSigner()
	}
	if e.certificate, err = idptest.NewCertificate(); err != nil {
		return nil, err
	}
	if e.plain, err = idptest.Listen(nil); err != nil {
		return nil, err
	}
	if e.secure, err = idptest.Listen(e.certificate.Server()); err != nil {
		e.plain.Close()
		return nil, err
	}
	handler := e.oneAtATime(e.routes())
	e.plain.Serve(handler)
	e.secure.Serve(handler)
	return e, nil
}

func (c Config) withDefaults() Config {
	if c.Tenant == "" {
		c.Tenant = newID()
	}
	if c.Name == "" {
		c.Name = "Contoso"
	}
	if len(c.Domains) == 0 {
		c.Domains = []string{"contoso.onmicrosoft.com"}
	}
	if c.PageSize == 0 {
		c.PageSize = 100
	}
	return c
}

// oneAtATime answers one request at a time, on whichever port it comes, and remembers it.
func (e *Entra) oneAtATime(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.requests = append(e.requests, request.Method+" "+request.URL.Path)
		handler.ServeHTTP(w, request)
	})
}

// Close stops the stand-in and waits until nothing of it runs any more.
func (e *Entra) Close() {
	e.plain.Close()
	e.secure.Close()
}

// TenantID is the tenant's id, a GUID.
func (e *Entra) TenantID() string { return e.config.Tenant }

// URL is the base URL over plain http, without a trailing slash.
func (e *Entra) URL() string { return e.plain.URL() }

// SecureURL is the base URL over https, without a trailing slash; [Entra.CAPEM] is who signed its
// certificate.
func (e *Entra) SecureURL() string { return e.secure.URL() }

// GraphURL is where Microsoft Graph answers over plain http: an absolute URL that ends in /v1.0.
func (e *Entra) GraphURL() string { return e.URL() + "/v1.0" }

// Issuer is the issuer of tokens of version 2 over plain http, an absolute URL:
// <base>/<tenant>/v2.0, as https://login.microsoftonline.com/<tenant>/v2.0.
func (e *Entra) Issuer() string { return e.URL() + "/" + e.config.Tenant + "/v2.0" }

// Requests returns what was asked so far on both ports, in order, each as "METHOD /path" without
// the query.
func (e *Entra) Requests() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.requests)
}

// holds reports whether a rule is switched on.
func (e *Entra) holds(rule Rule) bool { return !e.config.Off[rule] }

// newID makes a random GUID (RFC 9562 section 5.4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// CAPEM is the authority that a client of the https port must trust, PEM.
func (e *Entra) CAPEM() []byte { return e.certificate.PEM() }

// TLS is a configuration for clients of the https port: it trusts the stand-in and nobody else.
func (e *Entra) TLS() *tls.Config { return e.certificate.Client() }
