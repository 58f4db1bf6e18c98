package registrytest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

const recordings = "../../testdata/recordings/registry-1.30.0"

type exchange struct {
	Request struct {
		Method, Path string
		Headers      map[string]string
		JSON         json.RawMessage `json:"json"`
		BodyText     string          `json:"body_text"`
		Form         map[string]string
	}
	Response struct {
		Status   int
		Headers  map[string]any
		JSON     any    `json:"json"`
		BodyText string `json:"body_text"`
	}
	Note string
}

type recording struct {
	Name      string
	Settings  map[string]string
	Exchanges []exchange
}

func read(t *testing.T, name string) recording {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(recordings, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// body is what was sent.
func (e exchange) body() []byte {
	form := url.Values{}
	for name, value := range e.Request.Form {
		form.Set(name, value)
	}
	switch {
	case len(form) > 0:
		return []byte(form.Encode())
	case e.Request.BodyText != "":
		return []byte(e.Request.BodyText)
	}
	return e.Request.JSON
}

// answered is an answer that was read whole.
type answered struct {
	status int
	header http.Header
	body   []byte
}

// once sends a request.
func once(t *testing.T, registry *registrytest.Registry, issuer *issuer, e exchange, tags map[string]string) answered {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), e.Request.Method, registry.URL()+e.Request.Path, bytes.NewReader(e.body()))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range e.Request.Headers {
		if name == "Authorization" {
			value = "Bearer " + issuer.token(t, strings.TrimPrefix(value, "Bearer "))
		}
		if own, ok := tags[value]; ok && name == "If-Match" {
			value = own
		}
		request.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{response.StatusCode, response.Header, body}
}

// untilRefused sends a request until the edge refuses it: not before the twelfth time, and later on
// a machine that is slow.
func untilRefused(t *testing.T, registry *registrytest.Registry, issuer *issuer, e exchange, tags map[string]string) answered {
	t.Helper()
	const most = 300
	var last answered
	for sent := 1; sent <= most; sent++ {
		if last = once(t, registry, issuer, e, tags); last.status == http.StatusTooManyRequests {
			if sent < 12 {
				t.Errorf("refused at the request number %d", sent)
			}
			break
		}
	}
	return last
}

// compare says how an answer differs from the recorded one. tags maps the recorded entity tags to
// those of this registry, because they hold times.
func (e exchange) compare(got answered, issuer *issuer, tags map[string]string) string {
	if got.status != e.Response.Status {
		return fmt.Sprintf("status %d, recorded %d", got.status, e.Response.Status)
	}
	for name, want := range e.Response.Headers {
		if name == "etag" { // it holds a time
			tags[fmt.Sprint(want)] = got.header.Get(name)
			if !strings.HasPrefix(got.header.Get(name), `W/"`) {
				return "no weak entity tag"
			}
			continue
		}
		if diff := cmp.Diff(texts(want), got.header.Values(name)); diff != "" {
			return "header " + name + diff
		}
	}
	if e.Response.JSON == nil {
		return cmp.Diff(e.Response.BodyText, strings.ReplaceAll(string(got.body), "null\n", ""))
	}
	var body any
	if err := json.Unmarshal(got.body, &body); err != nil {
		return err.Error() + " in " + string(got.body)
	}
	return cmp.Diff(essential(e.Response.JSON), essential(replaceIssuer(body, e.Response.JSON, issuer.URL)))
}

// essential covers what differs between any two registries: ids, times and the order of a set.
func essential(value any) any {
	switch v := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for name, member := range v {
			kept[name] = essential(member)
			switch name {
			case "created_at", "credential_updated_at", "custom_headers_updated_at", "id", "registered_at", "updated_at", "last_checked_iso",
				"started_at", "uptime_seconds":
				if member != nil && member != "" {
					kept[name] = "its own"
				}
			case "scopes_only":
				names := texts(member)
				slices.Sort(names)
				kept[name] = names
			}
		}
		return kept
	case []any:
		kept := []any{}
		for _, member := range v {
			kept = append(kept, essential(member))
		}
		return kept
	}
	return value
}

// replaceIssuer puts the recorded issuer in place of the test's own.
func replaceIssuer(value, recorded any, own string) any {
	doc, _ := value.(map[string]any)
	if list, ok := doc["authorization_servers"].([]any); ok && len(list) == 1 && list[0] == own {
		doc["authorization_servers"] = recorded.(map[string]any)["authorization_servers"]
	}
	return value
}
