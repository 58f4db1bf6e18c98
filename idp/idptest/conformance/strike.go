package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
)

// Strike is what becomes of a request that fails; it stands in for sending it.
type Strike func(*http.Request) (*http.Response, error)

// Fault sends requests, and strikes one of them. It implements [http.RoundTripper].
type Fault struct {
	// N is the request that is struck, counted from 1.
	N      int
	Strike Strike

	sent atomic.Int64
}

// RoundTrip implements [http.RoundTripper].
func (f *Fault) RoundTrip(request *http.Request) (*http.Response, error) {
	if f.sent.Add(1) == int64(f.N) {
		return f.Strike(request)
	}
	return http.DefaultTransport.RoundTrip(request)
}

// Struck reports whether there was such a request.
func (f *Fault) Struck() bool { return f.sent.Load() >= int64(f.N) }

// Interrupted is the strike of an operator who gives up: the context ends when the request is on its
// way.
const Interrupted = "by Ctrl-C"

var errLost = errors.New("connection lost")

// Strikes are the ways in which a request fails, by the words that end a story ("request 3 fails
// with a cut body"). The one that is [Interrupted] calls cancel, which ends the context of the run.
// Answers with an error status have an empty JSON object, unless refuse makes them the vendor's own.
func Strikes(cancel context.CancelFunc, refuse func(*http.Response)) map[string]Strike {
	answer := func(status int) Strike {
		return func(request *http.Request) (*http.Response, error) {
			response := &http.Response{
				StatusCode: status, Status: fmt.Sprint(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
				Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader("{}")),
			}
			if refuse != nil {
				refuse(response)
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
	return map[string]Strike{
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
		Interrupted: func(request *http.Request) (*http.Response, error) {
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
