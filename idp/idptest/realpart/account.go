package realpart

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
)

// SeedRealm makes a realm outside of a test, with a service account that may manage its clients,
// and returns the account's id and secret. The realm goes with the server.
func (k *Keycloak) SeedRealm(ctx context.Context, name string) (clientID, secret string, err error) {
	if _, _, err := k.admin.must(ctx, http.MethodPost, "", map[string]any{"realm": name, "enabled": true}, http.StatusCreated); err != nil {
		return "", "", err
	}
	return k.admin.serviceAccount(ctx, name, "manage-clients")
}

// serviceAccount makes a confidential client whose service account has those roles of the client
// realm-management. Its secret holds characters that forms mangle.
func (a *adminClient) serviceAccount(ctx context.Context, realm string, roles ...string) (clientID, secret string, err error) {
	clientID, secret = "admin-"+strings.ToLower(rand.Text()[:8]), "s+e&c%r "+rand.Text()
	header, _, err := a.must(ctx, http.MethodPost, "/"+realm+"/clients", map[string]any{
		"clientId": clientID, "secret": secret, "publicClient": false, "serviceAccountsEnabled": true, "standardFlowEnabled": false,
	}, http.StatusCreated)
	if err != nil || len(roles) == 0 {
		return clientID, secret, err
	}
	location := header.Get("Location")
	var account struct{ ID string }
	if err := a.read(ctx, "/"+realm+"/clients/"+location[strings.LastIndex(location, "/")+1:]+"/service-account-user", &account); err != nil {
		return "", "", err
	}
	var management []struct{ ID string }
	if err := a.read(ctx, "/"+realm+"/clients?clientId=realm-management", &management); err != nil {
		return "", "", err
	}
	granted := make([]json.RawMessage, len(roles))
	for i, role := range roles {
		if err := a.read(ctx, "/"+realm+"/clients/"+management[0].ID+"/roles/"+role, &granted[i]); err != nil {
			return "", "", err
		}
	}
	_, _, err = a.must(ctx, http.MethodPost, "/"+realm+"/users/"+account.ID+"/role-mappings/clients/"+management[0].ID, granted, http.StatusNoContent)
	return clientID, secret, err
}

// read decodes the answer to a GET.
func (a *adminClient) read(ctx context.Context, path string, into any) error {
	_, answer, err := a.must(ctx, http.MethodGet, path, nil, http.StatusOK)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, into)
}
