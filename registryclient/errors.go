package registryclient

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// What an error is, for [errors.Is].
var (
	ErrUnreachable        = errors.New("no answer from the registry")
	ErrUnauthorized       = errors.New("the registry does not accept the token")   // 401
	ErrForbidden          = errors.New("the registry refuses this to the caller")  // 403
	ErrNotFound           = errors.New("the registry does not know it")            // 404
	ErrConflict           = errors.New("it exists already")                        // 409
	ErrPreconditionFailed = errors.New("it changed meanwhile")                     // 412
	ErrInvalid            = errors.New("the registry does not accept the request") // 400, 405, 422
	ErrRateLimited        = errors.New("too many requests")                        // 429
	ErrUnavailable        = errors.New("the registry failed")                      // 5xx
	// ErrNotRegistry reports an answer that no registry gives: a redirect elsewhere, a web page,
	// JSON of another shape.
	ErrNotRegistry = errors.New("this is not the API of a registry")
	// ErrServerPath reports the path of a server that cannot be asked for.
	ErrServerPath = errors.New("no such path can be asked for")
)

// Error is an answer that is not the one asked for.
type Error struct {
	Method string
	URL    string // absolute, without query
	Status int
	// Message is the body's own words, whatever shape they came in; empty when it has none.
	Message string
	// Fields are the parts of the request that failed validation (422).
	Fields []FieldError
	// RequestID is the X-Request-Id of the answer, if it has one.
	RequestID string
	// RetryAfter is how long the answer asks to wait; 0 when it does not say.
	RetryAfter time.Duration
	// Location is where the answer redirects to, an absolute URL.
	Location string

	kind error
}

// FieldError is one reason why a request was not accepted.
type FieldError struct {
	Path    string // dotted: "body.append_mcp_path"
	Message string
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %d", e.Method, e.URL, e.Status)
	if text := http.StatusText(e.Status); text != "" && e.Message == "" && len(e.Fields) == 0 {
		b.WriteString(" " + text)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, ": %s: %s", f.Path, f.Message)
	}
	if e.Location != "" {
		b.WriteString(", redirected to " + e.Location)
	}
	return b.String()
}

// Unwrap returns the one of this package's errors that says what the answer is.
func (e *Error) Unwrap() error { return e.kind }

// answered makes the error of an answer.
func answered(response *http.Response, body []byte) *Error {
	request := response.Request
	e := &Error{
		Method:     request.Method,
		URL:        origin(request.URL) + request.URL.EscapedPath(),
		Status:     response.StatusCode,
		RequestID:  response.Header.Get("X-Request-Id"),
		RetryAfter: retryAfter(response.Header.Get("Retry-After")),
		kind:       kindOf(response.StatusCode),
	}
	if target, err := response.Location(); err == nil && response.StatusCode < 400 {
		e.Location = withoutQuery(target)
	}
	// Labels cannot be trusted: the edge sends two types with one answer.
	e.Message, e.Fields = messageOf(body)
	return e
}

func kindOf(status int) error {
	switch status {
	case http.StatusUnauthorized:
		return ErrUnauthorized
	case http.StatusForbidden:
		return ErrForbidden
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusConflict:
		return ErrConflict
	case http.StatusPreconditionFailed:
		return ErrPreconditionFailed
	case http.StatusTooManyRequests:
		return ErrRateLimited
	}
	switch {
	case status >= 500:
		return ErrUnavailable
	case status >= 400:
		return ErrInvalid
	}
	return ErrNotRegistry
}

// retryAfter reads seconds or an HTTP date (RFC 9110 section 10.2.3).
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}

// messageOf reads the shapes in which the registry and its edge put an error: detail as text or
// as a list of validation errors, or error with reason, detail and suggestion. A web page has no
// message.
func messageOf(body []byte) (string, []FieldError) {
	var shape struct {
		Detail     json.RawMessage `json:"detail"`
		Error      string          `json:"error"`
		Reason     string          `json:"reason"`
		Suggestion string          `json:"suggestion"`
	}
	if json.Unmarshal(body, &shape) != nil {
		return "", nil
	}
	var detail string
	if json.Unmarshal(shape.Detail, &detail) != nil {
		detail = ""
	}
	var parts []string
	for _, part := range []string{shape.Error, shape.Reason, detail, shape.Suggestion} {
		if part != "" && (len(parts) == 0 || parts[len(parts)-1] != part) {
			parts = append(parts, printable(part))
		}
	}
	return strings.Join(parts, ": "), fieldErrors(shape.Detail)
}

func fieldErrors(detail json.RawMessage) []FieldError {
	var list []struct {
		Loc []any  `json:"loc"`
		Msg string `json:"msg"`
	}
	if json.Unmarshal(detail, &list) != nil {
		return nil
	}
	var fields []FieldError
	for _, item := range list {
		path := make([]string, 0, len(item.Loc))
		for _, part := range item.Loc {
			path = append(path, fmt.Sprint(part))
		}
		fields = append(fields, FieldError{Path: printable(strings.Join(path, ".")), Message: printable(item.Msg)})
	}
	return fields
}

// printable drops control characters: the words come from another machine and go to a terminal.
func printable(s string) string {
	const longest = 500
	s = strings.Map(func(r rune) rune {
		if r < ' ' || (r >= 0x7f && r < 0xa0) {
			return -1
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > longest {
		s = string(runes[:longest]) + "…"
	}
	return s
}

func withoutQuery(u *url.URL) string {
	bare := *u
	bare.RawQuery, bare.Fragment, bare.User = "", "", nil
	return bare.String()
}
