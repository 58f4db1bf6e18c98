package contract

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Transport is an [http.RoundTripper] that holds each request to Microsoft Graph and its answer
// against the declarations. Requests to other addresses pass unseen.
type Transport struct {
	// Base does the round trips.
	Base http.RoundTripper
	// Types are the declarations.
	Types *Types
	// Report is told each violation: "request PATCH /v1.0/applications/…: Application.x: unknown
	// property of Application".
	Report func(violation string)
}

// New returns a transport over base that reports violations as errors of the test.
func New(t testing.TB, base http.RoundTripper) *Transport {
	t.Helper()
	return &Transport{Base: base, Types: Load(t), Report: func(violation string) {
		t.Helper()
		t.Error(violation)
	}}
}

// RoundTrip implements [http.RoundTripper].
func (c *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	path, isGraph := graphPath(request)
	if !isGraph {
		return c.Base.RoundTrip(request)
	}
	exchange := request.Method + " " + request.URL.Path
	expected, known := shapeOf(request.Method, path)
	if !known {
		c.Report(exchange + ": no type is known for this address")
		return c.Base.RoundTrip(request)
	}
	for _, violation := range c.Types.selected(expected, request.URL.Query().Get("$select")) {
		c.Report("request " + exchange + ": " + violation)
	}
	sent, err := body(&request.Body, request.Header)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(sent)) > 0 {
		c.judge("request "+exchange, sent, func(value any) []string { return c.Types.request(expected, value) })
	}
	response, err := c.Base.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	got, err := body(&response.Body, response.Header)
	if err != nil {
		return nil, err
	}
	if len(got) > 0 {
		c.judge("answer "+exchange, got, func(value any) []string { return c.Types.answer(expected, response.StatusCode, value) })
	}
	return response, nil
}

func (c *Transport) judge(what string, text []byte, wrong func(any) []string) {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		c.Report(fmt.Sprintf("%s: no JSON: %v", what, err))
		return
	}
	for _, violation := range wrong(value) {
		c.Report(what + ": " + violation)
	}
}

// graphPath is the path behind the version of Microsoft Graph.
func graphPath(request *http.Request) (string, bool) {
	return strings.CutPrefix(request.URL.Path, "/v1.0/")
}

// body reads a body, puts an unread one in its place, and returns it unpacked.
func body(of *io.ReadCloser, header http.Header) ([]byte, error) {
	if *of == nil {
		return nil, nil
	}
	text, err := io.ReadAll(*of)
	if closed := (*of).Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	*of = io.NopCloser(bytes.NewReader(text))
	if header.Get("Content-Encoding") != "gzip" {
		return text, nil
	}
	packed, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	return io.ReadAll(packed)
}
