package okta

import (
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mcpreg/mcpreg/idp"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

func answering(status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/json")
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

func sessionOver(transport http.RoundTripper, waiting func(time.Duration)) *session {
	return newSession(Config{
		Waiting: waiting,
		OrgURL:  "https://acme.okta.com", AuthorizationServer: "default", HTTP: &http.Client{Transport: transport},
		Token: func(context.Context) (string, error) { return "token", nil },
	})
}

// A refusal for too many requests is waited out for as long as its headers say; without headers,
// for a second.
func TestWaitsOf429(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header func() http.Header
		want   time.Duration
	}{
		"until the reset": {func() http.Header {
			now := time.Now().UTC()
			return http.Header{"Date": {now.Format(http.TimeFormat)}, "X-Rate-Limit-Reset": {itoa(now.Unix() + 40)}}
		}, 41 * time.Second},
		"never longer than the window": {func() http.Header {
			now := time.Now().UTC()
			return http.Header{"Date": {now.Format(http.TimeFormat)}, "X-Rate-Limit-Reset": {itoa(now.Unix() + 4000)}}
		}, 61 * time.Second},
		"without headers": {func() http.Header { return http.Header{} }, time.Second},
		"concurrent": {func() http.Header {
			return http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}, "X-Rate-Limit-Limit": {"0"}, "X-Rate-Limit-Remaining": {"0"}, "X-Rate-Limit-Reset": {"0"}}
		}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			n, told := 0, time.Duration(0)
			// The SDK's sender has a goroutine that outlives it, so it is made outside the bubble.
			s := sessionOver(roundTrip(func(*http.Request) (*http.Response, error) {
				if n++; n == 1 {
					return answering(429, test.header(), `{"errorCode":"E0000047"}`), nil
				}
				return answering(200, nil, `{"id":"default"}`), nil
			}), func(d time.Duration) { told = d })
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				if _, err := s.get(t.Context(), "/api/v1/x", "asking", readApps); err != nil {
					t.Fatal(err)
				}
				if waited := time.Since(start); waited != test.want || told != test.want || n != 2 {
					t.Errorf("waited %v, told %v, with %d requests, want %v with 2", waited, told, n, test.want)
				}
			})
		})
	}
}

// Links to the next page are found however they come; broken ones end no program.
func TestLinks(t *testing.T) {
	t.Parallel()
	const self, next = `<https://acme.okta.com/api/v1/apps?limit=1>; rel="self"`, `<https://acme.okta.com/api/v1/apps?after=2&limit=1>; rel="next"`
	for name, test := range map[string]struct {
		links []string
		want  int // requests
	}{
		"a line each":    {[]string{self, next}, 2},
		"joined":         {[]string{self + ", " + next}, 2},
		"no next":        {[]string{self}, 1},
		"none":           {nil, 1},
		"a broken one":   {[]string{`<https://[::1/x>; rel="next"`}, 1},
		"one among them": {[]string{`<https://[::1/x>; rel="self"`, next}, 2},
	} {
		n := 0
		s := sessionOver(roundTrip(func(request *http.Request) (*http.Response, error) {
			n++
			header := http.Header{}
			if request.URL.Query().Get("after") == "" {
				header["Link"] = test.links
			}
			return answering(200, header, `[{"id":"x"}]`), nil
		}), nil)
		all, err := s.list(t.Context(), "/api/v1/apps?limit=1", "listing", readApps)
		if err != nil || n != test.want || len(all) != test.want {
			t.Errorf("%s: %d requests, %d objects, %v; want %d", name, n, len(all), err, test.want)
		}
	}
}

func itoa(n int64) string { return string(encode(n)) }

// The SDK would send a request again, without end, when a connection ends with io.EOF: a creation
// too. Here it is sent once.
func TestNothingIsSentTwiceAfterEOF(t *testing.T) {
	t.Parallel()
	n := 0
	s := sessionOver(roundTrip(func(*http.Request) (*http.Response, error) {
		n++
		return nil, io.EOF
	}), nil)
	_, err := s.write(t.Context(), http.MethodPost, "/api/v1/apps", document{}, "creating", manageApps)
	if n != 1 || !lostAnswer(err) {
		t.Errorf("sent %d times: %v", n, err)
	}
}

// The SDK's own constructor reads files and variables into what it is not told. None of them
// reaches a request.
func TestAmbientConfigurationHasNoEffect(t *testing.T) {
	home := t.TempDir()
	const file = "okta:\n  client:\n    orgUrl: https://evil.example\n    token: ambient\n    authorizationMode: PrivateKey\n    clientId: x\n    proxy: {host: evil.example, port: 1}\n    cache: {enabled: true}\n    rateLimit: {maxRetries: 99}\n"
	if err := os.MkdirAll(home+"/.okta", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{home + "/.okta/okta.yaml", home + "/.okta.yaml"} {
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(home)
	for name, value := range map[string]string{
		"HOME": home, "OKTA_CLIENT_ORGURL": "https://evil.example", "OKTA_CLIENT_TOKEN": "ambient", "OKTA_CLIENT_AUTHORIZATIONMODE": "JWT",
		"OKTA_CLIENT_CACHE_ENABLED": "true", "OKTA_CLIENT_PROXY_HOST": "evil.example", "OKTA_CLIENT_RATE_LIMIT_MAX_RETRIES": "not a number",
		"OKTA_TESTING_DISABLE_HTTPS_CHECK": "true",
	} {
		t.Setenv(name, value)
	}
	var asked []string
	c := Config{OrgURL: "https://acme.okta.com", Token: func(context.Context) (string, error) { return "token", nil }}
	c.HTTP = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.String()+" "+r.Header.Get("Authorization"))
		return answering(404, nil, `{"errorCode":"E0000007"}`), nil
	})}
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a cache would spare the second
		if _, _, err := p.Plan(t.Context(), idp.Spec{}); err == nil {
			t.Fatal("a plan without an org")
		}
	}
	if len(asked) != 4 {
		t.Errorf("%d requests, want 4", len(asked))
	}
	for _, a := range asked {
		if !strings.HasPrefix(a, "https://acme.okta.com/") || !strings.HasSuffix(a, " SSWS token") {
			t.Errorf("asked %s", a)
		}
	}
}
