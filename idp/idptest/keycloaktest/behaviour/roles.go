package behaviour

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// roles tells, for sets of roles of realm-management, which requests a service account may make:
// the status of each, with [] behind an empty list.
func roles() []Row {
	const (
		none    = "look-up 403, get 403, missing 403, create 403, bad 400, twice 403, put 403, scopes 403, assign 403, assigned 403, mappers 403, mapper 403, delete 403"
		viewing = "look-up 200, get 200, missing 404, create 403, bad 400, twice 403, put 403, scopes 200, assign 403, assigned 200, mappers 200, mapper 403, delete 403"
		manage  = "look-up 200, get 200, missing 404, create 201, bad 400, twice 409, put 204, scopes 200, assign 204, assigned 200, mappers 200, mapper 201, delete 204"
		closed  = ", components 403, groups 403, users 403, example 403"
	)
	table := []struct {
		roles string
		want  string
	}{
		{"", none + closed + ", realm 403"},
		{"query-clients", "look-up 200[], get 403, missing 404, create 403, bad 400, twice 403, put 403, scopes 200[], assign 403, assigned 403, mappers 403, mapper 403, delete 403" + closed + ", realm 200"},
		{"view-clients", viewing + closed + ", realm 200"},
		{"create-client", none + closed + ", realm 200"},
		{"create-client view-clients", viewing + closed + ", realm 200"},
		{"manage-clients", manage + closed + ", realm 200"},
		{"manage-clients view-realm", manage + ", components 200, groups 403, users 403, example 403, realm 200"},
		{"manage-clients query-groups", manage + ", components 403, groups 200[], users 403, example 403, realm 200"},
		{"manage-clients view-users", manage + ", components 403, groups 200, users 200, example 200, realm 200"},
		{"view-users", none + ", components 403, groups 200, users 200, example 403, realm 200"},
		{"query-users", none + ", components 403, groups 403, users 200[], example 403, realm 200"},
		{"realm-admin", manage + ", components 200, groups 200, users 200, example 200, realm 200"},
	}
	var rows []Row
	for _, line := range table {
		rows = append(rows, Row{"roles " + line.roles, line.want, func(b *Bench) string { return b.rights(strings.Fields(line.roles)) }})
	}
	return append(rows,
		Row{"access of a viewer", `access={"configure":false,"manage":false,"view":true}`, func(b *Bench) string {
			found := b.adminAs(b.account("view-clients"), http.MethodGet, "/clients?clientId=account", nil).objects()
			return members(found[0], "access")
		}},
		Row{"realm for a manager of clients", "realm={realm} bruteForceProtected=false organizationsEnabled=false accessTokenLifespan=-", func(b *Bench) string {
			return members(b.adminAs(b.account("manage-clients"), http.MethodGet, "", nil).object(), "realm", "bruteForceProtected", "organizationsEnabled", "accessTokenLifespan")
		}},
		Row{"realm for a viewer of it", "realm={realm} enabled=true accessTokenLifespan=300 revokeRefreshToken=false", func(b *Bench) string {
			return members(b.adminAs(b.account("view-realm"), http.MethodGet, "", nil).object(), "realm", "enabled", "accessTokenLifespan", "revokeRefreshToken")
		}},
		Row{"admin API for a person", forbidden, func(b *Bench) string {
			b.must(measured().with(fields{"defaultClientScopes": []string{"basic", "roles"}, "fullScopeAllowed": true}))
			token, _ := b.login(bob, parameters{"scope": {"openid"}}).object()["access_token"].(string)
			return b.adminAs(token, http.MethodGet, "/clients", nil).String()
		}},
	)
}

// account returns the token of a new service account.
func (b *Bench) account(roles ...string) string {
	id, secret := b.keycloak.ServiceAccount(roles...)
	got := b.post(b.endpoint("token"), url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}})
	token, _ := got.object()["access_token"].(string)
	if token == "" {
		b.fail(fmt.Errorf("no token for the service account: %s", got))
	}
	return token
}

// rights tries every request as a service account with those roles.
func (b *Bench) rights(roles []string) string {
	b.must(measured())
	token, client := b.account(roles...), "/clients/"+b.id
	user, scope := b.userID(bob), b.scopeID("offline_access")
	var told []string
	for _, try := range []struct{ name, method, path, body string }{
		{"look-up", http.MethodGet, "/clients?clientId=" + clientID, ""},
		{"get", http.MethodGet, client, ""},
		{"missing", http.MethodGet, "/clients/nope", ""},
		{"create", http.MethodPost, "/clients", `{"clientId":"` + clientID + `-2"}`},
		{"bad", http.MethodPost, "/clients", `{"foo":1}`},
		{"twice", http.MethodPost, "/clients", `{"clientId":"` + clientID + `"}`},
		{"put", http.MethodPut, client, `{"webOrigins":[]}`},
		{"scopes", http.MethodGet, "/client-scopes", ""},
		{"assign", http.MethodPut, client + "/optional-client-scopes/" + scope, ""},
		{"assigned", http.MethodGet, client + "/default-client-scopes", ""},
		{"mappers", http.MethodGet, client + "/evaluate-scopes/protocol-mappers?scope=openid", ""},
		{"mapper", http.MethodPost, client + "/protocol-mappers/models", `{"name":"m","protocol":"openid-connect","protocolMapper":"oidc-audience-mapper","config":{}}`},
		{"delete", http.MethodDelete, "/clients/" + b.second(), ""},
		{"components", http.MethodGet, "/components?type=org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy", ""},
		{"groups", http.MethodGet, "/groups?search=registry-admins&exact=true", ""},
		{"users", http.MethodGet, "/users", ""},
		{"example", http.MethodGet, client + "/evaluate-scopes/generate-example-access-token?scope=openid&userId=" + user, ""},
		{"realm", http.MethodGet, "", ""},
	} {
		got := b.adminAs(token, try.method, try.path, try.body)
		told = append(told, fmt.Sprintf("%s %d%s", try.name, got.status, when(got.body == "[]", "[]")))
		if try.name == "create" {
			b.remove(clientID + "-2")
		}
	}
	b.remove(clientID + "-3")
	return strings.Join(told, ", ")
}

// second makes another client, to be deleted, and returns its id.
func (b *Bench) second() string {
	b.remove(clientID + "-3")
	location := b.admin(http.MethodPost, "/clients", fields{"clientId": clientID + "-3"}).header.Get("Location")
	return location[strings.LastIndex(location, "/")+1:]
}
