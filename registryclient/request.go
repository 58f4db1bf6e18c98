package registryclient

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Sizes in bytes beyond which an answer is refused: a discovery document comes from a stranger,
// a page of servers may hold hundreds of them with 64 KiB of metadata each.
const (
	maxDocument = 1 << 20
	maxAnswer   = 16 << 20
)

// request is one request.
type request struct {
	method  string // GET when empty
	url     *url.URL
	body    []byte // none when nil
	ifMatch string // of the precondition; none when empty
	form    bool   // the body is a form, not JSON
	token   bool   // carry the credential
	limit   int64  // of the answer, in bytes
}

// readAPI reads a route of the registry with the credential. The path is escaped already.
func (c *Client) readAPI(ctx context.Context, path string, query url.Values, into any) error {
	target := c.at(path)
	target.RawQuery = query.Encode()
	return c.read(ctx, request{url: target, token: true, limit: maxAnswer}, into)
}

// writeAPI sends JSON to a route of the registry, once, and decodes a JSON answer.
func (c *Client) writeAPI(ctx context.Context, method, path, ifMatch string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.send(ctx, request{method: method, url: c.at(path), body: text, ifMatch: ifMatch, token: true, limit: maxAnswer}, into)
}

// writeForm sends a form to a route of the registry, once, and decodes a JSON answer.
func (c *Client) writeForm(ctx context.Context, path string, form url.Values, into any) error {
	return c.send(ctx, request{method: http.MethodPost, url: c.at(path), body: []byte(form.Encode()), form: true, token: true, limit: maxAnswer}, into)
}

// readPublic reads a document that needs no credential, and sends none.
func (c *Client) readPublic(ctx context.Context, path string, into any) error {
	return c.read(ctx, request{url: c.at(path), limit: maxDocument}, into)
}

// at returns the URL of an escaped path below the registry.
func (c *Client) at(path string) *url.URL {
	target := *c.base
	target.RawPath = c.base.EscapedPath() + path
	// The path was escaped here, so it always unescapes.
	target.Path, _ = url.PathUnescape(target.RawPath)
	return &target
}

// read sends the request, again where that may help, and decodes a JSON answer.
func (c *Client) read(ctx context.Context, r request, into any) error {
	var last error
	for attempt := range maxAttempts {
		if attempt > 0 {
			if err := c.wait(ctx, attempt, last); err != nil {
				return err
			}
		}
		if last = c.send(ctx, r, into); last == nil || !mayPass(last) || ctx.Err() != nil {
			break
		}
	}
	return last
}

// sendOnce sends the request once and decodes a JSON answer.
func (c *Client) sendOnce(ctx context.Context, r request, into any) error {
	req, err := http.NewRequestWithContext(ctx, r.method, r.url.String(), bytes.NewReader(r.body))
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	switch {
	case r.form:
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	case r.body != nil:
		req.Header.Set("Content-Type", "application/json")
	}
	if r.ifMatch != "" {
		req.Header.Set("If-Match", r.ifMatch)
	}
	if r.token && c.token != nil {
		token, err := c.token(ctx)
		if err != nil {
			return fmt.Errorf("registry token: %w", err)
		}
		req.Header.Set(c.tokenHeader, "Bearer "+token)
	}
	response, err := c.http.Do(req)
	if err != nil {
		return unreachable(req, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, r.limit+1))
	switch {
	case err != nil:
		return unreachable(req, fmt.Errorf("the answer broke off: %w", err))
	case int64(len(body)) > r.limit:
		return tooLong(response, r.limit)
	case response.StatusCode != http.StatusOK && response.StatusCode != http.StatusCreated:
		return answered(response, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return undecodable(response, body, err)
	}
	return nil
}

// unreachable is the error of a request that got no whole answer. What the standard library
// wraps it in repeats the URL, which adds nothing but the query.
func unreachable(req *http.Request, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return fmt.Errorf("%w: %s %s: %w", ErrUnreachable, req.Method, origin(req.URL)+req.URL.EscapedPath(), err)
}

// undecodable is the error of a good status whose body is not what was asked for: most often
// the login page of something in front of the registry.
func undecodable(response *http.Response, body []byte, err error) error {
	e := answered(response, body)
	if looksLikeHTML(response.Header, body) {
		e.Message = "a web page instead of the registry's API"
	} else {
		e.Message = "not the JSON of the registry's API: " + misfit(err)
	}
	e.kind = ErrNotRegistry
	return e
}

// misfit says what is wrong with JSON in words that know nothing of Go.
func misfit(err error) string {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err.Error()
	}
	return fmt.Sprintf("%s is %s", cmp.Or(wrong.Field, "the answer"), strings.Fields(wrong.Value)[0])
}

// tooLong is the error of an answer that is refused for its length in bytes.
func tooLong(response *http.Response, limit int64) error {
	e := answered(response, nil)
	e.Message = fmt.Sprintf("the answer is longer than %d bytes", limit)
	return e
}

func looksLikeHTML(header http.Header, body []byte) bool {
	return strings.HasPrefix(header.Get("Content-Type"), "text/html") || strings.HasPrefix(strings.TrimSpace(string(body)), "<")
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }
