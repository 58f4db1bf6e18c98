package registrytest

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits keeps nginx's limit_req with 2 requests per second, burst 10, no delay, per address.
type limits struct {
	now func() time.Time

	mu        sync.Mutex
	addresses map[string]*rate.Limiter
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, addresses: map[string]*rate.Limiter{}}
}

// allow counts a request. Eleven pass at once: one that is due, and the burst.
func (l *limits) allow(address string) bool {
	const perSecond, burst = 2, 10
	l.mu.Lock()
	defer l.mu.Unlock()
	limiter, ok := l.addresses[address]
	if !ok {
		limiter = rate.NewLimiter(perSecond, 1+burst)
		l.addresses[address] = limiter
	}
	return limiter.AllowN(l.now(), 1)
}
