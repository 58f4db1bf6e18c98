package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// wire carries the requests of a provider, counts them, and strikes one of them.
type wire struct {
	fault *fault

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
	n := len(w.sent)
	w.mu.Unlock()
	if w.fault != nil && n == w.fault.n {
		w.fault.struck = true
		return w.fault.strike(request)
	}
	return http.DefaultTransport.RoundTrip(request)
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

// fault does something to the n-th request, counted from 1.
type fault struct {
	n      int
	struck bool
	strike func(*http.Request) (*http.Response, error)
}

var errLost = errors.New("connection lost")

// strikes are the ways in which a request fails, by the words of a story. The vendor's refusals
// are those of dress.
func strikes(cancel context.CancelFunc, dress func(*http.Response)) map[string]func(*http.Request) (*http.Response, error) {
	answer := func(status int) func(*http.Request) (*http.Response, error) {
		return func(request *http.Request) (*http.Response, error) {
			response := &http.Response{
				StatusCode: status, Status: fmt.Sprint(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
				Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader("{}")),
			}
			if dress != nil {
				dress(response)
			}
			return response, nil
		}
	}
	// send has the request arrive, and its answer lost.
	send := func(request *http.Request, lost error) (*http.Response, error) {
		if response, err := http.DefaultTransport.RoundTrip(request); err == nil {
			response.Body.Close()
		}
		return nil, lost
	}
	return map[string]func(*http.Request) (*http.Response, error){
		"before it was sent": func(request *http.Request) (*http.Response, error) { return nil, lost(request) },
		"after it was sent":  func(request *http.Request) (*http.Response, error) { return send(request, lost(request)) },
		// Some clients send a request again when the connection ends like this.
		"with EOF after it was sent": func(request *http.Request) (*http.Response, error) { return send(request, io.EOF) },
		"with a cut body": func(request *http.Request) (*http.Response, error) {
			response, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				return nil, err
			}
			body, _ := io.ReadAll(response.Body)
			response.Body.Close()
			response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), brokenReader{}))
			return response, nil
		},
		"with 429": answer(http.StatusTooManyRequests),
		"with 500": answer(http.StatusInternalServerError),
		"with 503": answer(http.StatusServiceUnavailable),
		"by Ctrl-C": func(request *http.Request) (*http.Response, error) {
			cancel()
			return http.DefaultTransport.RoundTrip(request)
		},
	}
}

func lost(request *http.Request) error {
	return &url.Error{Op: request.Method, URL: request.URL.Redacted(), Err: errLost}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
