package behaviour

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Bench is what a row works with: a realm, an administrator's token, and one client that each
// row makes anew. The first failure to reach the server stays.
type Bench struct {
	keycloak Keycloak
	http     *http.Client
	token    string
	expires  time.Time

	*trial
}

// trial is the state of the row that is being tried.
type trial struct {
	ctx context.Context //nolint:containedctx // each row gets its own
	err error
	id  string // of the row's client
}

// NewBench prepares rows for a realm.
func NewBench(k Keycloak) *Bench {
	return &Bench{keycloak: k, trial: &trial{}, http: &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// clientID is the row's client.
const clientID = "conformance-client"

// answer is what the server said.
type answer struct {
	status int
	header http.Header
	body   string
}

// String is the status and the body.
func (a answer) String() string { return strings.TrimSpace(fmt.Sprintf("%d %s", a.status, a.body)) }

// object is the body as a JSON object.
func (a answer) object() map[string]any {
	value := map[string]any{}
	_ = json.Unmarshal([]byte(a.body), &value) // what is no object has no members
	return value
}

// objects is the body as a list of JSON objects.
func (a answer) objects() []map[string]any {
	var value []map[string]any
	_ = json.Unmarshal([]byte(a.body), &value) // what is no list has no members
	return value
}

// send sends one request. Headers come in pairs of name and value.
func (b *Bench) send(method, address, body string, headers ...string) answer {
	request, err := http.NewRequestWithContext(b.ctx, method, address, strings.NewReader(body))
	if err != nil {
		b.fail(err)
		return answer{}
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := b.http.Do(request)
	if err != nil {
		b.fail(err)
		return answer{}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.fail(err)
	}
	return answer{response.StatusCode, response.Header, strings.TrimSpace(string(text))}
}

func (b *Bench) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// post sends a form.
func (b *Bench) post(address string, form url.Values, headers ...string) answer {
	return b.send(http.MethodPost, address, form.Encode(), append(headers, "Content-Type", "application/x-www-form-urlencoded")...)
}

// endpoint is an address of the realm's OpenID Connect protocol.
func (b *Bench) endpoint(name string) string {
	return b.keycloak.Issuer() + "/protocol/openid-connect/" + name
}

// administrator returns a token; the master realm's live for a minute.
func (b *Bench) administrator() string {
	if time.Now().Before(b.expires) {
		return b.token
	}
	got := b.post(b.keycloak.URL()+"/realms/master/protocol/openid-connect/token", url.Values{
		"grant_type": {"password"}, "client_id": {"admin-cli"}, "username": {b.keycloak.AdminUser()}, "password": {b.keycloak.AdminPassword()},
	})
	token, _ := got.object()["access_token"].(string)
	if token == "" {
		b.fail(fmt.Errorf("no administrator's token: %s", got))
	}
	b.token, b.expires = token, time.Now().Add(20*time.Second)
	return token
}

// admin sends one request of the admin API below the realm as the administrator. The body is
// JSON text, or a value to be written as JSON.
func (b *Bench) admin(method, path string, body any) answer {
	return b.adminAs(b.administrator(), method, path, body)
}

func (b *Bench) adminAs(token, method, path string, body any) answer {
	text, written := body.(string)
	if !written && body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			b.fail(err)
		}
		text = string(encoded)
	}
	address := strings.Replace(b.keycloak.Issuer(), "/realms/", "/admin/realms/", 1) + path
	return b.send(method, address, text, "Authorization", "Bearer "+token, "Content-Type", "application/json")
}

// create makes the row's client anew, of the fields given.
func (b *Bench) create(fields map[string]any) answer {
	b.remove(clientID)
	body := map[string]any{"clientId": clientID}
	for name, value := range fields {
		body[name] = value
	}
	made := b.admin(http.MethodPost, "/clients", body)
	location := made.header.Get("Location")
	b.id = location[strings.LastIndex(location, "/")+1:]
	return made
}

// remove deletes a client if it is there.
func (b *Bench) remove(clientID string) {
	for _, old := range b.admin(http.MethodGet, "/clients?clientId="+clientID, nil).objects() {
		b.admin(http.MethodDelete, "/clients/"+fmt.Sprint(old["id"]), nil)
	}
}

// must makes the row's client and takes anything but success for a failure of the row.
func (b *Bench) must(fields map[string]any) {
	if made := b.create(fields); made.status != http.StatusCreated {
		b.fail(errors.New("the row's client was not made: " + made.String()))
	}
}

// client reads the row's client.
func (b *Bench) client() map[string]any {
	return b.admin(http.MethodGet, "/clients/"+b.id, nil).object()
}

// put changes the row's client.
func (b *Bench) put(fields any) answer { return b.admin(http.MethodPut, "/clients/"+b.id, fields) }

var uuid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// plain writes names in place of what differs between servers.
func (b *Bench) plain(text string) string {
	issuer := b.keycloak.Issuer()
	text = strings.ReplaceAll(text, issuer, "{issuer}")
	text = strings.ReplaceAll(text, b.keycloak.URL(), "{url}")
	text = strings.ReplaceAll(text, issuer[strings.LastIndex(issuer, "/")+1:], "{realm}")
	return uuid.ReplaceAllString(text, "{id}")
}

// realmIn writes the realm's name into a path.
func (b *Bench) realmIn(path string) string {
	issuer := b.keycloak.Issuer()
	return strings.ReplaceAll(path, "{realm}", issuer[strings.LastIndex(issuer, "/")+1:])
}
