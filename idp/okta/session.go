package okta

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v2/okta/cache"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// Limits of the SDK's retries on status 429. Okta counts requests by the minute, so the wait that
// an answer names ends within one.
const (
	maxRetries     = 2
	maxWaitSeconds = 61
	callSeconds    = 300 // one call with its waits
)

// maxPages bounds how far a list is followed.
const maxPages = 50

// session sends requests to one org with its credential.
type session struct {
	config     Config
	executor   *okta.RequestExecutor
	credential credential
}

func newSession(c Config) *session {
	client := *c.HTTP
	client.Transport = newTransport(client.Transport)
	s := &session{config: c, executor: newExecutor(c.OrgURL, &client)}
	switch {
	case c.Token != nil:
		s.credential = apiToken{c.Token}
	case c.PrivateKey != nil:
		s.credential = newServiceApp(c, &client)
	default:
		s.credential = noCredential{}
	}
	return s
}

// newExecutor makes the SDK's sender of requests. It is made without the SDK's own constructor of
// clients, which reads ~/.okta/okta.yaml, ./.okta.yaml and OKTA_CLIENT_* into every setting that
// it is not given, and writes to standard output when one of them does not parse.
func newExecutor(orgURL string, client *http.Client) *okta.RequestExecutor {
	return okta.NewRequestExecutor(client, cache.NewNoOpCache(), configured(
		okta.WithOrgUrl(orgURL),
		okta.WithCache(false),
		okta.WithHttpClientPtr(client),
		okta.WithRequestTimeout(callSeconds),
		okta.WithRateLimitMaxRetries(maxRetries),
		okta.WithRateLimitMaxBackOff(maxWaitSeconds),
		// The header is ours for each request; the SDK only needs to put one there.
		okta.WithAuthorizationMode("SSWS"),
		okta.WithToken("unused"),
	))
}

// configured applies settings to an empty configuration of the SDK, whose type has no name
// outside it.
func configured[C any](settings ...func(*C)) *C {
	config := new(C)
	for _, set := range settings {
		set(config)
	}
	return config
}

// call is one request of the Management API.
type call struct {
	method string
	path   string // with its query, escaped
	body   any    // sent as JSON; nil for none
	doing  string // for messages: "looking up app X"
	right  right
}

// send sends a request and decodes the answer into result, which may be nil. It returns the path
// of the next page, if the answer is a list that has one. Errors are [*idp.Error], or the
// context's own.
func (s *session) send(ctx context.Context, c call, result any) (next string, err error) {
	authorization, err := s.credential.authorization(ctx, c.right)
	if err != nil {
		return "", err
	}
	executor := *s.executor // it keeps state from making a request to sending it
	var body any
	if c.body != nil {
		body = []byte(encode(c.body))
	}
	request, err := executor.NewRequest(c.method, c.path, body)
	if err != nil {
		return "", fmt.Errorf("%s: %w", c.doing, err)
	}
	request.Header.Set("Authorization", authorization)
	var last sight
	response, err := executor.Do(withSight(ctx, &last), request, result)
	if err != nil {
		return "", s.explain(ctx, c, err, last)
	}
	return response.NextPage, nil
}

// get reads one object. It returns nil and no error when the org has none there.
func (s *session) get(ctx context.Context, path, doing string, r right) (document, error) {
	var found document
	_, err := s.send(ctx, call{http.MethodGet, path, nil, doing, r}, &found)
	if isNotFound(err) {
		return nil, nil
	}
	return found, err
}

// list reads all pages of a list.
func (s *session) list(ctx context.Context, path, doing string, r right) ([]document, error) {
	var all []document
	for range maxPages {
		var page []document
		next, err := s.send(ctx, call{http.MethodGet, path, nil, doing, r}, &page)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if next == "" {
			return all, nil
		}
		path = next
	}
	return nil, fmt.Errorf("%s: the list has more than %d pages", doing, maxPages)
}

// write sends a request that changes something, and returns the object as it is afterwards; nil
// when the answer holds none.
func (s *session) write(ctx context.Context, method, path string, body any, doing string, r right) (document, error) {
	var raw json.RawMessage
	if _, err := s.send(ctx, call{method, path, body, doing, r}, &raw); err != nil {
		return nil, err
	}
	if len(raw) == 0 {
		return nil, nil
	}
	var after document
	if err := json.Unmarshal(raw, &after); err != nil {
		return nil, fmt.Errorf("%s: the answer is no object: %w", doing, err)
	}
	return after, nil
}

// demand makes sure that the credential has the rights, as far as it can tell.
func (s *session) demand(ctx context.Context, needed []right) error {
	for _, r := range needed {
		if _, err := s.credential.authorization(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// lacking notes the rights that the credential is known not to have.
func (s *session) lacking(needed []right) []plan.Note {
	var missing []right
	for _, r := range needed {
		if !s.credential.may(r) {
			missing = append(missing, r)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return []plan.Note{{
		Failure: "OK28", Owner: owner,
		Text: fmt.Sprintf("the service app may look but not make these changes: grant it %s", joinRights(missing)),
	}}
}
