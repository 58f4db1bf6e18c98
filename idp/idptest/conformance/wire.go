package conformance

import (
	"net/http"
	"slices"
	"strings"
	"sync"
)

// wire carries the requests of a provider and remembers them.
type wire struct {
	base http.RoundTripper

	mu     sync.Mutex
	sent   []string
	tokens []string
}

// RoundTrip implements [http.RoundTripper].
func (w *wire) RoundTrip(request *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.sent = append(w.sent, request.Method+" "+request.URL.Path+" "+request.Header.Get("X-Amz-Target"))
	if scheme, token, ok := strings.Cut(request.Header.Get("Authorization"), " "); ok && !strings.HasPrefix(scheme, "AWS4") {
		w.tokens = append(w.tokens, token)
	} else if ok {
		_, signature, _ := strings.Cut(token, "Signature=")
		w.tokens = append(w.tokens, signature)
	}
	w.mu.Unlock()
	return w.base.RoundTrip(request)
}

func (w *wire) count() int { return len(w.log()) }

func (w *wire) log() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.sent)
}

func (w *wire) credentials() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.tokens)
}
