package entratest_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

const (
	password = "correct horse"
	bob      = "bob"  // in devs
	eve      = "eve"  // in no group
	many     = "many" // in 201 groups
)

// signer is shared by all tenants, because a key takes long to make.
var signer = sync.OnceValue(idptest.NewSigner)

// bench asks a tenant as an administrator and as an assistant.
type bench struct {
	*testing.T
	*entratest.Entra

	token  string
	client http.Client
}

// people are those of every bench.
func people() []idptest.User {
	var groups []string
	for i := range 201 {
		groups = append(groups, fmt.Sprintf("team %d", i))
	}
	return []idptest.User{
		{Name: bob, Password: password, Email: "bob@contoso.com", Groups: []string{"devs"}},
		{Name: eve, Password: password},
		{Name: many, Password: password, Groups: groups},
	}
}

func start(t *testing.T, c entratest.Config) *bench {
	t.Helper()
	if c.Domains == nil {
		c.Domains = []string{"contoso.onmicrosoft.com", "contoso.com"}
	}
	if c.Users == nil {
		c.Users = people()
	}
	if c.Signer == nil {
		c.Signer = signer()
	}
	e, err := entratest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return &bench{T: t, Entra: e, token: e.AdminToken()}
}

// reply is an answer of Microsoft Graph.
type reply struct {
	status int
	header http.Header
	body   map[string]any
}

// String tells the status, and the code and message of an error.
func (r reply) String() string {
	if fault, ok := r.body["error"].(map[string]any); ok {
		return fmt.Sprintf("%d %v %v", r.status, fault["code"], fault["message"])
	}
	return fmt.Sprint(r.status)
}

// text is a member of the body that is text; a path goes deeper.
func (r reply) at(path ...string) any {
	var value any = r.body
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

func (r reply) id() string { return fmt.Sprint(r.at("id")) }

// list are the objects of a list.
func (r reply) list() []map[string]any {
	values, _ := r.at("value").([]any)
	var list []map[string]any
	for _, value := range values {
		list = append(list, value.(map[string]any))
	}
	return list
}

// ask sends one request to Microsoft Graph; headers are pairs.
func (b *bench) ask(method, path string, body any, headers ...string) reply {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), method, b.GraphURL()+strings.ReplaceAll(path, " ", "%20"), encoded(b.T, body, headers))
	if err != nil {
		b.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Authorization", "Bearer "+b.token)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := b.client.Do(request)
	if err != nil {
		return reply{body: map[string]any{"error": map[string]any{"code": "connection", "message": "broken"}}}
	}
	defer response.Body.Close()
	got := reply{status: response.StatusCode, header: response.Header}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &got.body); err != nil {
			b.Fatalf("%s %s: %v in %q", method, path, err, text)
		}
	}
	return got
}

func encoded(t *testing.T, body any, headers []string) io.Reader {
	t.Helper()
	if body == nil {
		return http.NoBody
	}
	text, ok := body.(string)
	if !ok {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		text = string(raw)
	}
	if strings.Contains(strings.Join(headers, " "), "gzip") {
		var packed bytes.Buffer
		writer := gzip.NewWriter(&packed)
		_, _ = writer.Write([]byte(text))
		_ = writer.Close()
		return &packed
	}
	return strings.NewReader(text)
}

// get, post and patch are ask in short.
func (b *bench) get(path string, headers ...string) reply {
	b.Helper()
	return b.ask(http.MethodGet, path, nil, headers...)
}

func (b *bench) post(path string, body any, headers ...string) reply {
	b.Helper()
	return b.ask(http.MethodPost, path, body, headers...)
}

func (b *bench) patch(path string, body any, headers ...string) reply {
	b.Helper()
	return b.ask(http.MethodPatch, path, body, headers...)
}

func (b *bench) remove(path string) reply {
	b.Helper()
	return b.ask(http.MethodDelete, path, nil)
}

// must ends the test where a request of a preparation failed.
func (b *bench) must(r reply) reply {
	b.Helper()
	if r.status >= http.StatusBadRequest || r.status == 0 {
		b.Fatalf("preparation: %v", r)
	}
	return r
}
