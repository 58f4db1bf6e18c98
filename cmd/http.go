package cmd

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// httpClient makes the one HTTP client of an invocation, and the count of what it sent. Proxies
// come from the environment. It follows no redirect to another host or scheme, because what is
// sent may hold a credential.
func (a *app) httpClient() (*http.Client, *atomic.Int64, error) {
	base := a.Transport
	if base == nil {
		transport, err := newTransport(a.global.caFile)
		if err != nil {
			return nil, nil, err
		}
		base = transport
	}
	observed := &observedTransport{base: base, userAgent: "mcpreg/" + a.Build.Version}
	if a.global.debug {
		observed.log = func(format string, args ...any) { fmt.Fprintf(a.Stderr, format, args...) }
	}
	return &http.Client{Transport: observed, CheckRedirect: sameOrigin}, &observed.sent, nil
}

func newTransport(caFile string) (*http.Transport, error) {
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, errors.New("the default HTTP transport was replaced")
	}
	transport = transport.Clone()
	transport.ResponseHeaderTimeout = time.Minute
	transport.MaxIdleConnsPerHost = maxConcurrent // or most requests of bulk work open a connection of their own
	if caFile == "" {
		return transport, nil
	}
	text, err := os.ReadFile(caFile)
	if err != nil {
		return nil, usageError(fmt.Sprintf("--ca-file: %v", err), "")
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("reading the system's certificates: %w", err)
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, usageError(fmt.Sprintf("--ca-file: %s holds no PEM certificate", caFile), "")
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return transport, nil
}

func sameOrigin(next *http.Request, sent []*http.Request) error {
	first := sent[0].URL
	if next.URL.Scheme != first.Scheme || next.URL.Host != first.Host {
		return fmt.Errorf("the server redirects to %s://%s, which is not followed: give that address instead", next.URL.Scheme, next.URL.Host)
	}
	if len(sent) >= 5 {
		return errors.New("too many redirects")
	}
	return nil
}

// observedTransport names the program, counts requests and tells of them.
type observedTransport struct {
	base      http.RoundTripper
	userAgent string
	sent      atomic.Int64
	log       func(format string, args ...any)
}

// RoundTrip implements [http.RoundTripper].
func (t *observedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("User-Agent", t.userAgent)
	t.sent.Add(1)
	start := time.Now()
	response, err := t.base.RoundTrip(request)
	if t.log == nil {
		return response, err
	}
	took := time.Since(start).Milliseconds()
	if err != nil {
		t.log("debug: %s %s failed after %d ms\n", request.Method, asked(request), took)
		return response, err
	}
	t.log("debug: %s %s %d %d ms %s\n", request.Method, asked(request), response.StatusCode, took, requestID(response.Header))
	return response, err
}

// requestID is what the vendor's support asks for: the id of a request in its own logs.
func requestID(h http.Header) string {
	return cmp.Or(h.Get("X-Request-Id"), h.Get("X-Okta-Request-Id"), h.Get("X-Amzn-Requestid"), h.Get("Request-Id"))
}

// asked is the path of a request. AWS has one path for everything, and a header for what is asked.
func asked(request *http.Request) string {
	path := request.URL.EscapedPath()
	if _, operation, ok := strings.Cut(request.Header.Get("X-Amz-Target"), "."); ok {
		path += operation
	}
	return path
}
