package contract

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
)

// Checker is an [http.RoundTripper] that holds each exchange against the contract and reports
// violations as errors of the test. Requests that the document does not describe pass unjudged.
type Checker struct {
	t        reporter
	contract *Contract
	next     http.RoundTripper

	mu   sync.Mutex
	seen map[string]bool
}

// reporter is the part of [testing.TB] that a checker needs.
type reporter interface {
	Helper()
	Errorf(format string, arguments ...any)
}

// Transport returns a checker in front of next, [http.DefaultTransport] when nil. The test is
// skipped when the document cannot be had, see [Load].
func Transport(t testing.TB, next http.RoundTripper) *Checker {
	t.Helper()
	return newChecker(t, Load(t), next)
}

func newChecker(t reporter, c *Contract, next http.RoundTripper) *Checker {
	if next == nil {
		next = http.DefaultTransport
	}
	return &Checker{t: t, contract: c, next: next, seen: map[string]bool{}}
}

// Operations returns the operation ids of the document that were seen, sorted.
func (c *Checker) Operations() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []string
	for id := range c.seen {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// RoundTrip implements [http.RoundTripper].
func (c *Checker) RoundTrip(request *http.Request) (*http.Response, error) {
	c.t.Helper()
	var sent []byte
	if request.Body != nil {
		var err error
		sent, err = io.ReadAll(request.Body)
		request.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("reading the request: %w", err)
		}
	}
	forwarded := request.Clone(request.Context())
	forwarded.Body = http.NoBody
	if len(sent) > 0 {
		forwarded.Body = io.NopCloser(bytes.NewReader(sent))
	}
	response, err := c.next.RoundTrip(forwarded)
	if err != nil {
		return nil, err
	}
	received, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	response.Body = io.NopCloser(bytes.NewReader(received))
	c.report(exchange{request, sent, response, received})
	return response, nil
}

func (c *Checker) report(e exchange) {
	c.t.Helper()
	operation, found := c.contract.violations(e)
	c.mu.Lock()
	defer c.mu.Unlock()
	if operation != "" {
		c.seen[operation] = true
	}
	slices.Sort(found)
	for _, violation := range slices.Compact(found) {
		c.t.Errorf("%s %s breaks Okta's contract: %s", e.request.Method, e.request.URL.Path, violation)
	}
}
