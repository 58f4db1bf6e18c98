package oktatest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Storm is a burst of refusals for too many requests.
type Storm struct {
	// Requests is how many requests of the management API are refused.
	Requests int
	// Reset is when the limit ends, from now, as X-Rate-Limit-Reset says in whole seconds.
	Reset time.Duration
	// Concurrent is the refusal for too many requests at once: its limit and rest are zero.
	Concurrent bool
}

// Throttle refuses the next requests of the management API with 429, E0000047.
func (o *Okta) Throttle(s Storm) { o.Locked(func() { o.org.storm = s }) }

// bucket counts the requests of one group of endpoints in the current minute.
type bucket struct {
	used int
	ends time.Time
}

// bucketOf names the rate limit that a path counts against: /api/v1/apps, and /api/v1/apps/{id}
// with all that is below it, and so on for each kind of object.
func bucketOf(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	const kindOfObject = 3
	if len(parts) > kindOfObject {
		return strings.Join(parts[:kindOfObject], "/") + "/{id}"
	}
	return strings.Join(parts, "/")
}

// throttled counts a request, writes the headers that tell about the limit, and refuses it when
// there were too many.
func (o *Okta) throttled(w http.ResponseWriter, request *http.Request) (answer, bool) {
	name, t := bucketOf(request.URL.Path), time.Now()
	b := o.org.buckets[name]
	if b == nil || t.After(b.ends) {
		b = &bucket{ends: t.Add(time.Minute)}
		o.org.buckets[name] = b
	}
	limit, rest, ends := o.config.RateLimit, o.config.RateLimit-b.used-1, b.ends
	refused := rest < 0
	if refused {
		rest = 0
	} else {
		b.used++
	}
	if o.org.storm.Requests > 0 && strings.HasPrefix(request.URL.Path, api+"/") {
		o.org.storm.Requests--
		refused, rest, ends = true, 0, t.Add(o.org.storm.Reset)
		if o.org.storm.Concurrent {
			limit = 0
		}
	}
	header := w.Header()
	header.Set("X-Rate-Limit-Limit", strconv.Itoa(limit))
	header.Set("X-Rate-Limit-Remaining", strconv.Itoa(rest))
	header.Set("X-Rate-Limit-Reset", strconv.FormatInt(ends.Unix(), 10))
	if !refused {
		return answer{}, false
	}
	return fail(http.StatusTooManyRequests, "E0000047", "API call exceeded rate limit due to too many requests."), true
}
