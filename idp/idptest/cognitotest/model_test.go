package cognitotest_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest/contract"
)

// answers judges the answers of the admin API, and no requests: rows send wrong ones on purpose.
type answers struct {
	t     *testing.T
	model *contract.Model
	count int
}

// RoundTrip implements [http.RoundTripper].
func (a *answers) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	operation, ours := strings.CutPrefix(request.Header.Get("X-Amz-Target"), "AWSCognitoIdentityProviderService.")
	if err != nil || !ours || a.model.Operations[operation] == nil {
		return response, err
	}
	text, err := io.ReadAll(response.Body)
	response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(text))
	for _, wrong := range a.model.CheckAnswer(operation, response.StatusCode, text) {
		a.t.Errorf("%s answers %d %s: %s", operation, response.StatusCode, text, wrong)
	}
	a.count++
	return response, err
}

// Whatever the stand-in answers to the table keeps to the vendor's model.
func TestAnswersKeepToTheModel(t *testing.T) {
	t.Parallel()
	judge := &answers{t: t, model: contract.Load(t)}
	b := newBench(t, config(nil))
	b.client.Transport = judge
	for _, r := range slices.Concat(apiRows(), calling()) {
		b.clear()
		r.observe(b)
	}
	if judge.count < 200 {
		t.Errorf("%d answers were judged", judge.count)
	}
}

// judged is the address of the stand-in behind a judge of each request and answer.
func judged(t *testing.T, address string) string {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // it is signed
		},
		Transport: contract.Load(t).Transport(t, nil),
	})
	t.Cleanup(proxy.Close)
	return proxy.URL
}
