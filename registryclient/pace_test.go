package registryclient_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"github.com/mcpreg/mcpreg/registryclient"
)

// edge admits so many requests a second after a burst, and refuses others as it was recorded:
// with a web page and no Retry-After.
func edge(t *testing.T, perSecond rate.Limit, burst int, answers string, count *counts) roundTrip {
	t.Helper()
	var recording struct{ Exchanges []exchange }
	readRecording(t, "14-register-paths", &recording)
	page := recording.Exchanges[13].Response.BodyText
	limiter := rate.NewLimiter(perSecond, 1+burst)
	return func(r *http.Request) (*http.Response, error) {
		count.mu.Lock()
		defer count.mu.Unlock()
		if !limiter.AllowN(time.Now(), 1) {
			count.refused++
			return answer(r, 429, page, "Content-Type", "text/html"), nil
		}
		count.passed++
		return answer(r, 200, answers), nil
	}
}

type counts struct {
	mu              sync.Mutex
	passed, refused int
}

func over(t *testing.T, transport http.RoundTripper) *registryclient.Client {
	t.Helper()
	client, err := registryclient.New("https://gw.example.com/prefix", registryclient.WithHTTPClient(&http.Client{Transport: transport}),
		registryclient.WithToken(func(context.Context) (string, error) { return "t", nil }))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// The edge admits five registrations a second after a burst of ten: many are paced, none fails.
func TestRegistrationsArePaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var count counts
		client := over(t, edge(t, 5, 10, `{"path":"/x"}`, &count))
		start := time.Now()
		for n := range 100 {
			server := registryclient.NewServer{Name: "X", Path: fmt.Sprintf("/x%d", n), Description: "d", ProxyPassURL: "http://s:1/"}
			if _, err := client.Register(t.Context(), server); err != nil {
				t.Fatal(err)
			}
		}
		if count.passed != 100 || count.refused > 3 {
			t.Errorf("%d registered, %d refused", count.passed, count.refused)
		}
		if took := time.Since(start); took > 25*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// Eight readers at once share the API's fifty a second; what is far below it is not slowed.
func TestReadsArePaced(t *testing.T) {
	t.Parallel()
	for _, n := range []int{100, 1000} {
		synctest.Test(t, func(t *testing.T) {
			var count counts
			client := over(t, edge(t, 50, 100, `{"path":"/x"}`, &count))
			start := time.Now()
			var readers sync.WaitGroup
			for range 8 {
				readers.Go(func() {
					for range n / 8 {
						if _, err := client.Server(t.Context(), "/x"); err != nil {
							t.Error(err)
						}
					}
				})
			}
			readers.Wait()
			took, bound := time.Since(start), time.Duration(n/50+2)*time.Second
			if n == 100 {
				bound = 0
			}
			if count.passed != n/8*8 || count.refused > 40 || took > bound {
				t.Errorf("%d read, %d refused in %v", count.passed, count.refused, took)
			}
		})
	}
}

// A change that the edge refused never reached the registry, so that it is sent again.
func TestChangesThatTheEdgeRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		retryAfter string
		sent       int
		waited     time.Duration
		want       error
	}{
		"a time to wait":    {"3", 3, 6 * time.Second, nil},
		"too long to wait":  {"60", 1, 0, registryclient.ErrRateLimited},
		"no time to wait":   {"", 3, 0, nil},
		"never let through": {"1", 6, 5 * time.Second, registryclient.ErrRateLimited},
	} {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			client := over(t, roundTrip(func(r *http.Request) (*http.Response, error) {
				if sent++; sent <= 2 || c.retryAfter == "1" {
					return answer(r, 429, `{"error":"rate_limit_exceeded"}`, "Retry-After", c.retryAfter), nil
				}
				return answer(r, 200, `{"path":"/x"}`), nil
			}))
			start := time.Now()
			_, err := client.PatchServer(t.Context(), "/x", registryclient.ServerPatch{AppendMCPPath: registryclient.Value(false)}, "")
			if !errors.Is(err, c.want) || sent != c.sent {
				t.Errorf("%s: %v after %d requests", name, err, sent)
			}
			if waited := time.Since(start); c.retryAfter != "" && waited != c.waited {
				t.Errorf("%s: waited %v", name, waited)
			}
		})
	}
}
