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

func (a *adminClient) send(t testing.TB, method, path string, body any) (int, http.Header, []byte) {
	t.Helper()
	// A test's clean-up sends requests too, when its own context has ended.
	ctx := context.WithoutCancel(t.Context())
	token, err := a.bearer(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, a.keycloak.URL+"/admin/realms"+path, content)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, answer
}
