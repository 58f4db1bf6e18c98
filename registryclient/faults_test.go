package registryclient_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mcpreg/mcpreg/registryclient"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(r *http.Request, status int, body string, header ...string) *http.Response {
	w := httptest.NewRecorder()
	for i := 0; i+1 < len(header); i += 2 {
		w.Header().Set(header[i], header[i+1])
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
	response := w.Result()
	response.Request = r
	return response
}

// The edge refuses a burst with a web page and no Retry-After; a second later it is fine.
func TestReadsAgainWhenTheEdgeIsBusy(t *testing.T) {
	t.Parallel()
	var recording struct{ Exchanges []exchange }
	readRecording(t, "51-wellknown-rate-limit", &recording)
	for name, fail := range map[string]roundTrip{
		"429 without Retry-After": func(r *http.Request) (*http.Response, error) {
			return answer(r, 429, recording.Exchanges[0].Response.BodyText, "Content-Type", "text/html"), nil
		},
		"429 with Retry-After": func(r *http.Request) (*http.Response, error) {
			return answer(r, 429, `{"error":"rate_limit_exceeded"}`, "Retry-After", "3"), nil
		},
		"503 with Retry-After": func(r *http.Request) (*http.Response, error) { return answer(r, 503, "", "Retry-After", "3"), nil },
		"503":                  func(r *http.Request) (*http.Response, error) { return answer(r, 503, "no healthy upstream"), nil },
		"broken connection":    func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset by peer") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				client, err := registryclient.New("https://gw.example.com", registryclient.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					if sent++; sent <= 2 {
						return fail(r)
					}
					return answer(r, 200, `{"resource":"https://gw.example.com"}`), nil
				})}))
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				metadata, err := client.ProtectedResourceMetadata(t.Context())
				if err != nil || metadata.Resource != "https://gw.example.com" || sent != 3 {
					t.Errorf("%+v %v after %d requests", metadata, err, sent)
				}
				if waited := time.Since(start); strings.HasSuffix(name, " with Retry-After") && waited != 6*time.Second {
					t.Errorf("waited %v, was asked for 3 s each time", waited)
				}
			})
		})
	}
}

func TestGivesUpInTheEnd(t *testing.T) {
	t.Parallel()
	for status, is := range map[int]error{429: registryclient.ErrRateLimited, 502: registryclient.ErrUnavailable} {
		want := map[int]int{429: 6, 502: 4}[status]
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			client, err := registryclient.New("https://gw.example.com", registryclient.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				sent++
				return answer(r, status, ""), nil
			})}))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.Version(t.Context()); !errors.Is(err, is) || sent != want {
				t.Errorf("%d: error %v after %d requests", status, err, sent)
			}
		})
	}
}

func TestDoesNotAskAgainInVain(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 500} {
		var sent atomic.Int32
		client, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { sent.Add(1); w.WriteHeader(status) })
		if _, err := client.Me(t.Context()); err == nil || sent.Load() != 1 {
			t.Errorf("%d: error %v after %d requests", status, err, sent.Load())
		}
	}
}

func TestStopsWaitingWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, err := registryclient.New("https://gw.example.com", registryclient.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return answer(r, 503, "", "Retry-After", "9"), nil
		})}))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = client.Version(ctx)
		if !errors.Is(err, registryclient.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}

// A proxy in front of the registry that wants a login shows a page, or redirects to one.
func TestSomethingElseAnswers(t *testing.T) {
	t.Parallel()
	var followed atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	t.Cleanup(elsewhere.Close)
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"a page": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<!doctype html><title>Sign in</title>")
		}, "a web page"},
		"a redirect away": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/login?next=secret", http.StatusFound)
		}, "redirected to " + elsewhere.URL + "/login"},
		"other JSON": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `["x"]`) }, "not the JSON of the registry's API: the answer is array"},
		"a number":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"groups":4711}`) }, "not the JSON of the registry's API: groups is number"},
	} {
		client, _ := answering(t, test.handler)
		_, err := client.Me(t.Context())
		if !errors.Is(err, registryclient.ErrNotRegistry) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v", name, err)
			continue
		}
		mustNotHold(t, err, "next=secret", "secret-token")
	}
	if followed.Load() {
		t.Error("the token was carried to another host")
	}
}

func TestAnswerTooLongOrCutOff(t *testing.T) {
	t.Parallel()
	long, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"resource":"`+strings.Repeat("x", 1<<20)+`"}`)
	})
	if _, err := long.ProtectedResourceMetadata(t.Context()); !errors.Is(err, registryclient.ErrNotRegistry) || !strings.Contains(err.Error(), "longer than 1048576 bytes") {
		t.Errorf("error %v", err)
	}
	synctest.Test(t, func(t *testing.T) {
		client, err := registryclient.New("https://gw.example.com", registryclient.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			response := answer(r, 200, "")
			response.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"user`), failing{}))
			return response, nil
		})}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Version(t.Context()); !errors.Is(err, registryclient.ErrUnreachable) || !strings.Contains(err.Error(), "broke off") {
			t.Errorf("error %v", err)
		}
	})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Control characters from another machine must not reach a terminal.
func TestMessagesArePrintable(t *testing.T) {
	t.Parallel()
	client, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"detail":"no\u001b[2J\nway"}`)
	})
	if _, err := client.Me(t.Context()); err == nil || strings.ContainsAny(err.Error(), "\x1b\n") || !strings.Contains(err.Error(), "no[2Jway") {
		t.Errorf("error %q", err)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"gw.example.com":                "absolute",
		"ftp://gw.example.com":          "absolute",
		"https://user:pw@gw.example":    "user information",
		"http://gw.example.com":         "loopback",
		"https://gw.example.com?x=1":    "query",
		"https://gw.example.com/#top":   "fragment",
		"https://gw.example.com/%zz":    "valid",
		"https:///api":                  "absolute",
		"http://127.0.0.1.evil.example": "loopback",
	} {
		_, err := registryclient.New(url)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", url, err, want)
			continue
		}
		mustNotHold(t, err, "pw")
	}
	for _, url := range []string{"https://gw.example.com", "http://localhost:7860", "http://127.0.0.1:80/", "http://[::1]:1"} {
		if _, err := registryclient.New(url); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	if _, err := registryclient.New("http://gateway:8080", registryclient.WithAllowHTTP()); err != nil {
		t.Error(err)
	}
}

func TestPathsStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	var asked atomic.Value
	client, base := answering(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.EscapedPath())
		_, _ = io.WriteString(w, `{"path":"/groups","server_name":"x"}`)
	})
	for _, path := range []string{"", "/", "/a//b", "/../auth/me", "/a/./b"} {
		if _, err := client.Server(t.Context(), path); !errors.Is(err, registryclient.ErrServerPath) {
			t.Errorf("%q: error %v", path, err)
		}
	}
	if asked.Load() != nil {
		t.Errorf("asked for %v", asked.Load())
	}
	// A route of the registry answers in the server's place.
	if _, err := client.Server(t.Context(), "/other"); !errors.Is(err, registryclient.ErrServerPath) {
		t.Errorf("error %v", err)
	}
	prefixed, err := registryclient.New(base + "/mcp-registry/")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := prefixed.Server(t.Context(), "/a b?c#d%2e/e"); err == nil || asked.Load() != "/mcp-registry/api/servers/a%20b%3Fc%23d%252e/e" {
		t.Errorf("asked for %v, %v", asked.Load(), err)
	}
	if got := prefixed.BaseURL(); got != base+"/mcp-registry" {
		t.Errorf("base URL %s", got)
	}
}

// A bearer travels to /api only, in the header that was chosen, and never beside a cookie.
func TestCredential(t *testing.T) {
	t.Parallel()
	headers := make(chan http.Header, 4)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers <- r.Header
		http.SetCookie(w, &http.Cookie{Name: "mcp_gateway_session", Value: "s", Path: "/"})
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	token := "first"
	client, err := registryclient.New(server.URL,
		registryclient.WithToken(func(context.Context) (string, error) { return token, nil }),
		registryclient.WithTokenHeader("X-Authorization"),
		registryclient.WithHTTPClient(&http.Client{Jar: jar}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Bearer first", "Bearer second", ""} {
		if want == "" {
			_, err = client.ProtectedResourceMetadata(t.Context())
		} else {
			_, err = client.Me(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		got := <-headers
		if got.Get("X-Authorization") != want || got.Get("Authorization") != "" || got.Get("Cookie") != "" {
			t.Errorf("headers %v, want %q", got, want)
		}
		token = "second"
	}
	refusing, err := registryclient.New(server.URL, registryclient.WithToken(func(context.Context) (string, error) { return "", errors.New("no such file") }))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := refusing.Me(t.Context()); err == nil || !strings.Contains(err.Error(), "registry token: no such file") {
		t.Errorf("error %v", err)
	}
}

// A redirect with 301 to 303 would turn a change into a reading of the same document.
func TestNoRedirectTurnsAChangeIntoAReading(t *testing.T) {
	t.Parallel()
	for status, followed := range map[int]bool{301: false, 302: false, 303: false, 307: true, 308: true} {
		client, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/api/servers/x" {
				http.Redirect(w, r, "/moved", status)
				return
			}
			_, _ = io.WriteString(w, `{"path":"/x"}`)
		})
		_, err := client.PatchServer(t.Context(), "/x", registryclient.ServerPatch{OAuthClientID: registryclient.Value("y")}, "")
		if errors.Is(err, registryclient.ErrNotRegistry) == followed || (err == nil) != followed {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// JSON without the list that was asked for is not an empty list.
func TestAnswersWithoutTheirList(t *testing.T) {
	t.Parallel()
	client, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"status":"ok"}`) })
	if _, err := client.Scopes(t.Context()); !errors.Is(err, registryclient.ErrNotRegistry) {
		t.Errorf("scopes: %v", err)
	}
	if _, err := client.Scope(t.Context(), "s"); !errors.Is(err, registryclient.ErrNotRegistry) {
		t.Errorf("scope: %v", err)
	}
	for _, err := range client.Servers(t.Context(), registryclient.ListOptions{}) {
		if !errors.Is(err, registryclient.ErrNotRegistry) {
			t.Errorf("servers: %v", err)
		}
		return
	}
	t.Error("no server, and no error")
}
