package okta_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// fault does something to the n-th request, counted from 1.
type fault struct {
	n, seen int
	strike  func(*http.Request) (*http.Response, error)
}

// RoundTrip implements http.RoundTripper.
func (f *fault) RoundTrip(request *http.Request) (*http.Response, error) {
	f.seen++
	if f.seen == f.n {
		return f.strike(request)
	}
	return http.DefaultTransport.RoundTrip(request)
}

var errLost = errors.New("connection lost")

// answered is an answer of Okta's own: with its error body and the headers of its rate limit,
// which ends at once.
func answered(request *http.Request, status int, code, summary string) *http.Response {
	now := time.Now().UTC()
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Header: http.Header{
			"Content-Type": {"application/json"}, "Date": {now.Format(http.TimeFormat)},
			"X-Rate-Limit-Limit": {"100"}, "X-Rate-Limit-Remaining": {"0"}, "X-Rate-Limit-Reset": {strconv.FormatInt(now.Unix()-1, 10)},
		},
		Body: io.NopCloser(strings.NewReader(fmt.Sprintf(`{"errorCode":%q,"errorSummary":%q,"errorLink":%q,"errorId":"oae1","errorCauses":[]}`, code, summary, code))),
	}
}

// strikes are the ways in which a request fails.
func strikes(cancel context.CancelFunc) map[string]func(*http.Request) (*http.Response, error) {
	send := func(request *http.Request) {
		if response, err := http.DefaultTransport.RoundTrip(request); err == nil {
			response.Body.Close()
		}
	}
	return map[string]func(*http.Request) (*http.Response, error){
		"before it was sent": func(*http.Request) (*http.Response, error) { return nil, errLost },
		"after it was sent": func(request *http.Request) (*http.Response, error) {
			send(request)
			return nil, errLost
		},
		// The SDK sends a request again when the connection ends like this.
		"with EOF after it was sent": func(request *http.Request) (*http.Response, error) {
			send(request)
			return nil, io.EOF
		},
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
		"with 429": func(request *http.Request) (*http.Response, error) {
			return answered(request, 429, "E0000047", "API call exceeded rate limit due to too many requests."), nil
		},
		"with 503": func(request *http.Request) (*http.Response, error) {
			return answered(request, 503, "E0000010", "Service is in read only mode"), nil
		},
		"with 500": func(request *http.Request) (*http.Response, error) {
			return answered(request, 500, "E0000009", "Internal Server Error"), nil
		},
		"by Ctrl-C": func(request *http.Request) (*http.Response, error) {
			cancel()
			return http.DefaultTransport.RoundTrip(request)
		},
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// count counts the objects of a part of the snapshot that is sorted by what they belong to.
func (w *world) count(part, member, value string) int {
	n := 0
	for _, owned := range lists(w.Snapshot()[part]) {
		for _, object := range owned {
			if object[member] == value {
				n++
			}
		}
	}
	return n
}
