package cmd

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"golang.org/x/time/rate"
)

// pacer keeps under the limits of the registry's edge once it has met them: the edge refuses with
// 429 and does not say how long to wait. Until then nothing is slowed. A request that the edge
// refused never reached the registry, so that sending it again is safe.
type pacer struct {
	next   http.RoundTripper
	limits map[string]*pace
}

// pace is one limit of the edge.
type pace struct {
	limiter *rate.Limiter
	met     atomic.Bool
}

// maxRefusals bounds how often one request is refused before its 429 is told.
const maxRefusals = 5

// newPacer paces a little below what the edge of a registry admits from one address: 50 requests a
// second to its API, 5 registrations and 2 of discovery documents.
func newPacer(next http.RoundTripper) *pacer {
	if next == nil {
		next = http.DefaultTransport
	}
	return &pacer{next: next, limits: map[string]*pace{
		"api":       {limiter: rate.NewLimiter(48, 1)},
		"register":  {limiter: rate.NewLimiter(4, 1)},
		"discovery": {limiter: rate.NewLimiter(1.8, 1)},
	}}
}

// limit is the one that holds for a path, below whatever prefix the registry has.
func (p *pacer) limit(path string) *pace {
	switch {
	case strings.Contains(path, "/.well-known/"):
		return p.limits["discovery"]
	case strings.HasSuffix(path, "/api/servers/register"):
		return p.limits["register"]
	}
	return p.limits["api"]
}

// RoundTrip implements [http.RoundTripper].
func (p *pacer) RoundTrip(req *http.Request) (*http.Response, error) {
	limit := p.limit(req.URL.Path)
	for refused := 0; ; refused++ {
		if limit.met.Load() {
			if err := limit.limiter.Wait(req.Context()); err != nil {
				return nil, err
			}
		}
		response, err := p.next.RoundTrip(req)
		if err != nil || response.StatusCode != http.StatusTooManyRequests || response.Header.Get("Retry-After") != "" || refused == maxRefusals {
			return response, err
		}
		again := req.Clone(req.Context())
		if req.Body != nil && req.Body != http.NoBody {
			if req.GetBody == nil {
				return response, nil
			}
			if again.Body, err = req.GetBody(); err != nil {
				return response, nil //nolint:nilerr // the refusal is the answer
			}
		}
		limit.met.Store(true)
		_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16)) // so that the connection is used again
		response.Body.Close()
		req = again
	}
}
