package registryclient

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The edge of a registry admits from one address 50 requests a second to its API, 5 registrations and
// 2 of discovery documents, each after a burst. It refuses more with 429, mostly without saying how
// long to wait. A client keeps a little below these rates once it was refused; until then it does
// not slow down.
const (
	apiInterval       = time.Second / 48
	registerInterval  = time.Second / 4
	discoveryInterval = time.Second * 10 / 18
)

// maxRefusals bounds how often one request is refused before its 429 is told. A request that the
// edge refused never reached the registry, so that even a change may be sent again.
const maxRefusals = 5

// paces are the limits of the edge that one client keeps.
type paces struct{ api, register, discovery pace }

func newPaces() *paces {
	p := &paces{}
	p.api.interval, p.register.interval, p.discovery.interval = apiInterval, registerInterval, discoveryInterval
	return p
}

// of is the one that holds for the path of a URL, below whatever prefix the registry has.
func (p *paces) of(path string) *pace {
	switch {
	case strings.Contains(path, "/.well-known/"):
		return &p.discovery
	case strings.HasSuffix(path, registerRoute):
		return &p.register
	}
	return &p.api
}

// pace is one limit: a turn each interval, once it was met.
type pace struct {
	interval time.Duration
	met      atomic.Bool

	mu   sync.Mutex
	next time.Time
}

// turn waits until the next request may be sent.
func (p *pace) turn(ctx context.Context) error {
	if !p.met.Load() {
		return nil
	}
	p.mu.Lock()
	at := time.Now()
	if at.Before(p.next) {
		at = p.next
	}
	p.next = at.Add(p.interval)
	p.mu.Unlock()
	return pause(ctx, time.Until(at))
}

// refused waits after a 429, and reports whether the request should be sent again: as long as the
// answer asks for, else for the next turn, and longer each time, because others share the address.
func (p *pace) refused(ctx context.Context, answer *Error, times int) bool {
	wait := answer.RetryAfter
	switch {
	case times > maxRefusals || wait > maxPause:
		return false
	case wait == 0:
		p.met.Store(true)
		if times > 1 {
			wait = firstPause/2<<(times-2) + rand.N(firstPause/4)
		}
	}
	return pause(ctx, wait) == nil
}

// pause waits, unless the context ends before.
func pause(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// send sends the request, again where the edge refused it, and decodes a JSON answer.
func (c *Client) send(ctx context.Context, r request, into any) error {
	limit := c.paces.of(r.url.Path)
	for times := 1; ; times++ {
		if err := limit.turn(ctx); err != nil {
			return err
		}
		err := c.sendOnce(ctx, r, into)
		var answer *Error
		if !errors.Is(err, ErrRateLimited) || !errors.As(err, &answer) || !limit.refused(ctx, answer, times) {
			return err
		}
	}
}
