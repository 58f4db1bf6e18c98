package okta

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// errNotJSON reports an answer that is no answer of Okta's API: a login page, say, or a proxy's.
var errNotJSON = errors.New("the answer is a web page, not Okta's API")

// errNoAnswer reports a connection that ended before an answer. The SDK would send any request
// again, a creation too, and without end, if it saw io.EOF.
var errNoAnswer = errors.New("the connection ended before an answer came")

// transport stands between the SDK and the network: it refuses web pages where JSON is due, hides
// what the SDK would retry wrongly, and remembers the last answer.
type transport struct {
	base    http.RoundTripper
	waiting func(time.Duration)
	// prove adds what goes with one attempt to send; nil for nothing.
	prove func(*http.Request) error
}

func newTransport(base http.RoundTripper, waiting func(time.Duration)) *transport {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{base: base, waiting: waiting}
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	last, seen := request.Context().Value(sightKey{}).(*sight)
	if seen {
		*last = sight{tries: last.tries + 1}
	}
	if t.prove != nil {
		request = request.Clone(request.Context())
		if err := t.prove(request); err != nil {
			return nil, err
		}
	}
	response, err := t.base.RoundTrip(request)
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = errNoAnswer
		}
		return nil, err
	}
	if seen {
		last.status, last.requestID = response.StatusCode, response.Header.Get("X-Okta-Request-Id")
	}
	separateLinks(response.Header)
	if isPage(response) {
		response.Body.Close()
		return nil, fmt.Errorf("%w (%s)", errNotJSON, response.Status)
	}
	if response.StatusCode == http.StatusTooManyRequests {
		wait := completeRateLimit(response.Header)
		if seen && last.tries <= maxRetries { // after the last one, nobody waits
			t.waiting(wait)
		}
	}
	response.Body = unfinished{response.Body}
	return response, nil
}

// separateLinks gives each link (RFC 8288) a line of its own and drops those that are no URL: of
// several in a line, as a proxy may join them, the SDK sees the first, and of a broken one it panics.
func separateLinks(header http.Header) {
	var links []string
	for _, line := range header.Values("Link") {
		for link := range strings.SplitSeq(line, ", <") {
			target, parameters, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
			if _, err := url.Parse(target); err == nil {
				links = append(links, "<"+target+">"+parameters)
			}
		}
	}
	header["Link"] = links
}

// completeRateLimit fills in the headers from which the SDK computes its wait, and returns that. A
// limit on concurrent requests comes without a time, as does the answer of a proxy: a second is a
// start.
func completeRateLimit(header http.Header) time.Duration {
	sent, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		sent = time.Now().UTC()
		header.Set("Date", sent.Format(http.TimeFormat))
	}
	reset, err := strconv.ParseInt(header.Get("X-Rate-Limit-Reset"), 10, 64)
	if err != nil || reset < sent.Unix()-1 {
		reset = sent.Unix()
		header.Set("X-Rate-Limit-Reset", strconv.FormatInt(reset, 10))
	}
	return time.Duration(min(reset-sent.Unix()+1, maxWaitSeconds)) * time.Second
}

// unfinished is a body whose early end is told as an error of its own.
type unfinished struct{ io.ReadCloser }

// Read implements [io.Reader].
func (u unfinished) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errNoAnswer
	}
	return n, err
}

func isPage(response *http.Response) bool {
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return err == nil && (kind == "text/html" || kind == "application/xhtml+xml")
}

// sight is the last that was seen of the org during one call: the SDK's errors have no status.
type sight struct {
	tries     int
	status    int
	requestID string
}

type sightKey struct{}

func withSight(ctx context.Context, last *sight) context.Context {
	return context.WithValue(ctx, sightKey{}, last)
}
