package entra_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/entra"
	"github.com/mcpreg/mcpreg/idp/idptest/conformance"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// refused makes an answer Graph's own, with a wait that ends at once.
func refused(response *http.Response) {
	code := map[int]string{http.StatusTooManyRequests: "TooManyRequests", http.StatusInternalServerError: "InternalServerError", http.StatusServiceUnavailable: "ServiceUnavailable"}[response.StatusCode]
	response.Header.Set("Retry-After", "0")
	response.Body = io.NopCloser(strings.NewReader(`{"error":{"code":"` + code + `","message":"not now"}}`))
}

// Every cloud passes: Graph keeps alternate keys in some, and does not know them in others.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]entratest.Config{"with alternate keys": {}, "without alternate keys": {NoUpsert: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance.Run(t, func(tb testing.TB) *conformance.World { return conforming(tb, config) })
		})
	}
}

func conforming(tb testing.TB, config entratest.Config) *conformance.World {
	tb.Helper()
	w := tenant(tb, config)
	asked := spec(tb)
	asked.Groups, asked.Assign = []string{"registry-admins"}, []string{"registry-admins"}
	return &conformance.World{
		Open: func(client *http.Client) (idp.Provider, error) {
			c := w.config
			c.HTTP = client
			p, err := entra.New(c)
			if err != nil {
				return nil, err
			}
			p.SetPause(func(ctx context.Context, _ time.Duration) error { return ctx.Err() })
			return p, nil
		},
		Spec:     asked,
		Snapshot: func() any { return w.Snapshot() },
		Count:    func() int { return len(w.called(clientName)) },
		Adoptable: func() func() any {
			w.AddApplication(foreignClient())
			_, w.config.GatewayApp = w.AddApplication(foreignGateway())
			return func() any { return w.foreign(tb) }
		},
		Twin: func() { w.AddApplication(map[string]any{"displayName": clientName}) },
		Disturb: func() {
			id, _ := w.called(clientName)[0]["id"].(string)
			w.patch(tb, id, map[string]any{"publicClient": map[string]any{"redirectUris": []any{"http://localhost:1/moved"}}})
		},
		Refuse: refused,
		Check: func(tb testing.TB, story string) {
			stored := w.Snapshot()
			if apps, principals, assigned := len(stored["applications"]), len(stored["servicePrincipals"]), len(stored["appRoleAssignments"]); apps != 2 || principals != 3 || assigned != 1 { // Graph's own is one
				tb.Errorf("%s: %d applications, %d service principals, %d assignments", story, apps, principals, assigned)
			}
		},
		Secrets: []string{w.AdminToken()},
		// Twice two look-ups by name and by key, the tenant, and the group; to set up, two requests
		// for each application and one more in a cloud without keys, three for each change of one, and
		// one for each service principal and assignment; in sync, four for the applications, the group
		// and the assignments.
		Budget: conformance.Budget{Plan: 6, Setup: 21, InSync: 6},
	}
}

// called are the applications of a display name.
func (w *world) called(name string) []map[string]any {
	var found []map[string]any
	for _, app := range w.Snapshot()["applications"] {
		if app["displayName"] == name {
			found = append(found, app)
		}
	}
	return found
}

// foreignGateway and foreignClient hold things that nobody may lose.
func foreignGateway() map[string]any {
	return map[string]any{
		"displayName": "Gateway", "identifierUris": []any{"api://gateway"}, "groupMembershipClaims": "DirectoryRole", "notes": "ours",
		"api": map[string]any{
			"acceptMappedClaims":     true,
			"oauth2PermissionScopes": []any{map[string]any{"id": "11111111-0000-4000-8000-000000000001", "value": "read", "isEnabled": true, "type": "Admin", "adminConsentDisplayName": "r", "adminConsentDescription": "r"}},
		},
	}
}

func foreignClient() map[string]any {
	return map[string]any{
		"displayName": clientName, "notes": "made by a script", "tags": []any{"theirs"},
		"publicClient": map[string]any{"redirectUris": []any{"http://localhost/operator"}},
		"web":          map[string]any{"homePageUrl": "https://contoso.com", "redirectUris": []any{"https://contoso.com/cb"}},
	}
}

// foreign reads what others stored in their gateway and client.
func (w *world) foreign(tb testing.TB) any {
	tb.Helper()
	client, gateway := w.called(clientName)[0], w.called("Gateway")[0]
	web, api := client["web"].(map[string]any), gateway["api"].(map[string]any)
	return []any{
		client["id"], client["appId"], client["notes"], web["homePageUrl"], web["redirectUris"],
		contains(texts(tb, client, "tags"), "theirs"), contains(texts(tb, client, "publicClient", "redirectUris"), "http://localhost/operator"),
		gateway["notes"], api["acceptMappedClaims"], api["oauth2PermissionScopes"].([]any)[0],
		contains(texts(tb, gateway, "identifierUris"), "api://gateway"), strings.Contains(gateway["groupMembershipClaims"].(string), "DirectoryRole"),
	}
}
