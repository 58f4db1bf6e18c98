package contract

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Transport sends requests through next and reports to the test what of a request or of its answer
// breaks the model. What is no call of the admin API passes unjudged. A nil next is
// [http.DefaultTransport].
func (m *Model) Transport(t testing.TB, next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return &transport{m, t, next}
}

type transport struct {
	model *Model
	t     testing.TB
	next  http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (j *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	target := request.Header.Get("X-Amz-Target")
	if target == "" {
		return j.next.RoundTrip(request)
	}
	name, ours := strings.CutPrefix(target, j.model.Metadata.TargetPrefix+".")
	if !ours {
		j.t.Errorf("X-Amz-Target %q is not of the service", target)
	}
	sent, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, errors.Join(err, request.Body.Close())
	}
	request = request.Clone(request.Context())
	request.Body = io.NopCloser(bytes.NewReader(sent))
	j.judgeForm(name, request)
	j.report(name+" request", j.model.CheckRequest(name, sent))
	response, err := j.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	received, err := io.ReadAll(response.Body)
	response.Body.Close()
	// An answer that breaks off reaches its reader as it came.
	response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(received), &broken{err}))
	if err == nil {
		j.report(name+" answer", j.model.CheckAnswer(name, response.StatusCode, received))
	}
	return response, nil
}

// judgeForm judges how a call travels (AWS JSON 1.1).
func (j *transport) judgeForm(name string, request *http.Request) {
	if request.Method != http.MethodPost || request.URL.Path != "/" && request.URL.Path != "" {
		j.t.Errorf("%s travels as %s %s, want POST /", name, request.Method, request.URL.Path)
	}
	if got, want := request.Header.Get("Content-Type"), "application/x-amz-json-"+j.model.Metadata.JSONVersion; got != want {
		j.t.Errorf("%s has the content type %q, want %q", name, got, want)
	}
}

func (j *transport) report(what string, wrong []string) {
	for _, one := range wrong {
		j.t.Errorf("%s: %s", what, one)
	}
}

// broken ends a body with the error that ended the original.
type broken struct{ err error }

// Read implements [io.Reader].
func (b *broken) Read([]byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	return 0, io.EOF
}
