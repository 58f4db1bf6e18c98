package keycloak

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// errNotJSON reports an answer that is no answer of Keycloak: a proxy's login page, say, which
// would otherwise read as an empty list.
var errNotJSON = errors.New("the answer is a web page, not Keycloak's API")

// transport sends GETs with retries and everything else once, refuses web pages where JSON is
// due, and keeps the cause of a failure: gocloak turns causes into text.
type transport struct {
	once    http.RoundTripper
	retried http.RoundTripper
}

// Retries of a GET, with waits that double from retryWait.
const (
	maxRetries   = 3
	retryWait    = 200 * time.Millisecond
	maxRetryWait = 5 * time.Second
)

func newTransport(base http.RoundTripper) *transport {
	if base == nil {
		base = http.DefaultTransport
	}
	retry := retryablehttp.NewClient()
	retry.HTTPClient = &http.Client{Transport: base, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	retry.Logger = nil
	retry.RetryMax, retry.RetryWaitMin, retry.RetryWaitMax = maxRetries, retryWait, maxRetryWait
	retry.ErrorHandler = retryablehttp.PassthroughErrorHandler
	retry.CheckRetry = retryTransient
	return &transport{once: base, retried: &retryablehttp.RoundTripper{Client: retry}}
}

// retryTransient retries what may go away by itself: no connection, too many requests, and a
// gateway's complaint about the server behind it. A 500 is an answer.
func retryTransient(ctx context.Context, response *http.Response, err error) (bool, error) {
	if err == nil && response != nil && response.StatusCode == http.StatusInternalServerError {
		return false, nil
	}
	return retryablehttp.DefaultRetryPolicy(ctx, response, err)
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	send := t.once.RoundTrip
	if request.Method == http.MethodGet {
		send = t.retried.RoundTrip
	}
	response, err := send(request)
	if err == nil && response.StatusCode < http.StatusBadRequest && isPage(response) {
		response.Body.Close()
		err = fmt.Errorf("%w (%s)", errNotJSON, response.Status)
	}
	if err != nil {
		if cause, ok := request.Context().Value(causeKey{}).(*error); ok {
			*cause = err
		}
		return nil, err
	}
	return response, nil
}

func isPage(response *http.Response) bool {
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return err == nil && (kind == "text/html" || kind == "application/xhtml+xml")
}

type causeKey struct{}

// withCause makes the transport leave the cause of a failure in *cause.
func withCause(ctx context.Context, cause *error) context.Context {
	return context.WithValue(ctx, causeKey{}, cause)
}
