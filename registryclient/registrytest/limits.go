package registrytest

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits keeps nginx's limit_req without delay, per address.
type limits struct {
	perSecond rate.Limit
	burst     int
	now       func() time.Time

	mu        sync.Mutex
	addresses map[string]*rate.Limiter
}

func newLimits(perSecond rate.Limit, burst int, now func() time.Time) *limits {
	return &limits{perSecond: perSecond, burst: burst, now: now, addresses: map[string]*rate.Limiter{}}
}

// allow counts a request. With a burst of ten, eleven pass at once: one that is due, and the burst.
func (l *limits) allow(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	limiter, ok := l.addresses[address]
	if !ok {
		limiter = rate.NewLimiter(l.perSecond, 1+l.burst)
		l.addresses[address] = limiter
	}
	return limiter.AllowN(l.now(), 1)
}
