package realpart

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// adminClient speaks the admin API as the administrator, with nothing between it and the wire:
// what it seeds and reads judges other clients.
type adminClient struct {
	keycloak *Keycloak

	mu      sync.Mutex
	token   string
	expires time.Time
}

// bearer returns an administrator's token; the master realm's live for a minute.
func (a *adminClient) bearer(ctx context.Context) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if time.Now().Before(a.expires) {
		return a.token, nil
	}
	form := url.Values{
		"grant_type": {"password"}, "client_id": {"admin-cli"},
		"username": {a.keycloak.AdminUser}, "password": {a.keycloak.AdminPassword},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.keycloak.URL+"/realms/master/protocol/openid-connect/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		return "", fmt.Errorf("no administrator's token: status %d, %w", response.StatusCode, err)
	}
	a.token = answer.AccessToken
	a.expires = time.Now().Add(time.Duration(answer.ExpiresIn/2) * time.Second)
	return a.token, nil
}

// Admin sends one request of the admin API as the administrator, with body as JSON unless nil,
// and returns the status and the answer. The path begins behind /admin/realms.
func (k *Keycloak) Admin(t testing.TB, method, path string, body any) (int, []byte) {
	t.Helper()
	status, _, answer := k.admin.send(t, method, path, body)
	return status, answer
}

// send is do for a test, which it fails when no answer comes.
func (a *adminClient) send(t testing.TB, method, path string, body any) (int, http.Header, []byte) {
	t.Helper()
	// A test's clean-up sends requests too, when its own context has ended.
	status, header, answer, err := a.do(context.WithoutCancel(t.Context()), method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return status, header, answer
}

// do sends one request as the administrator.
func (a *adminClient) do(ctx context.Context, method, path string, body any) (int, http.Header, []byte, error) {
	token, err := a.bearer(ctx)
	if err != nil {
		return 0, nil, nil, err
	}
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, nil, nil, err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, a.keycloak.URL+"/admin/realms"+path, content)
	if err != nil {
		return 0, nil, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, answer, err
}

// must sends one request, and takes any other status than the wanted one for an error.
func (a *adminClient) must(ctx context.Context, method, path string, body any, want int) (http.Header, []byte, error) {
	status, header, answer, err := a.do(ctx, method, path, body)
	if err == nil && status != want {
		err = fmt.Errorf("%s %s: status %d, want %d: %s", method, path, status, want, answer)
	}
	return header, answer, err
}
