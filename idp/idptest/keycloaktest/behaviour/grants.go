package behaviour

import (
	"fmt"
	"net/url"
)

// grants tells what the token endpoint makes of grants that a public client does not have.
func grants() []Row {
	ask := func(changes fields, form url.Values) func(*Bench) string {
		return func(b *Bench) string {
			b.must(measured().with(changes))
			sent := url.Values{"client_id": {clientID}}
			for name, values := range form {
				sent[name] = values
			}
			return outcome(b.post(b.endpoint("token"), sent))
		}
	}
	person := func(grant, secret string) url.Values {
		return url.Values{"grant_type": {grant}, "username": {bob}, "password": {secret}, "device_code": {"x"}, "auth_req_id": {"x"}}
	}
	const noGrant = `400 {"error":"invalid_request","error_description":"Missing form parameter: grant_type"}`
	const noSecret = `401 {"error":"unauthorized_client","error_description":"Invalid client or Invalid client credentials"}`
	return []Row{
		{"no grant_type", noGrant, ask(nil, nil)},
		{"no grant_type, unknown client", noGrant, ask(nil, url.Values{"client_id": {"nobody"}})},
		{"token request as JSON", noGrant, func(b *Bench) string {
			return outcome(b.send("POST", b.endpoint("token"), `{"grant_type":"authorization_code"}`, "Content-Type", "application/json"))
		}},
		{"unknown grant_type", `400 {"error":"unsupported_grant_type","error_description":"Unsupported grant_type"}`, ask(nil, person("zz", password))},
		{"password grant off", `400 {"error":"unauthorized_client","error_description":"Client not allowed for direct access grants"}`, ask(nil, person("password", password))},
		{"password grant on", "tokens", ask(fields{"directAccessGrantsEnabled": true}, person("password", password))},
		{"password grant, wrong password", `400 {"error":"invalid_grant","error_description":"Invalid user credentials"}`, ask(fields{"directAccessGrantsEnabled": true}, person("password", "wrong"))},
		{"password grant, scope not assigned", `400 {"error":"invalid_scope","error_description":"Invalid scopes: openid phone"}`,
			ask(fields{"directAccessGrantsEnabled": true}, url.Values{"grant_type": {"password"}, "username": {bob}, "password": {password}, "scope": {"openid phone"}})},
		{"password grant, scope before password", `400 {"error":"invalid_scope","error_description":"Invalid scopes: openid phone"}`,
			ask(fields{"directAccessGrantsEnabled": true}, url.Values{"grant_type": {"password"}, "username": {bob}, "password": {"wrong"}, "scope": {"openid phone"}})},
		{"password grant, offline", "refresh_expires_in=0", func(b *Bench) string {
			b.must(measured().with(fields{"directAccessGrantsEnabled": true}))
			return members(b.post(b.endpoint("token"), url.Values{
				"grant_type": {"password"}, "client_id": {clientID}, "username": {bob}, "password": {password}, "scope": {"openid offline_access"},
			}).object(), "refresh_expires_in")
		}},
		{"service account, scope not assigned", `400 {"error":"invalid_scope","error_description":"Invalid scopes: phone"}`,
			ask(fields{"publicClient": false, "serviceAccountsEnabled": true, "secret": "known"}, url.Values{"grant_type": {"client_credentials"}, "client_secret": {"known"}, "scope": {"phone"}})},
		{"client credentials of a public client", `401 {"error":"unauthorized_client","error_description":"Public client not allowed to retrieve service account"}`, ask(nil, person("client_credentials", ""))},
		{"device grant", `400 {"error":"invalid_grant","error_description":"Client not allowed OAuth 2.0 Device Authorization Grant"}`, ask(nil, person("urn:ietf:params:oauth:grant-type:device_code", ""))},
		{"device request", `400 {"error":"unauthorized_client","error_description":"Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. The flow is disabled for the client."}`,
			func(b *Bench) string {
				b.must(measured())
				return b.post(b.endpoint("auth/device"), url.Values{"client_id": {clientID}}).String()
			}},
		{"CIBA grant", `400 {"error":"invalid_grant","error_description":"Client not allowed OIDC CIBA Grant"}`, ask(nil, person("urn:openid:params:grant-type:ciba", ""))},
		{"token exchange", `400 {"error":"invalid_request","error_description":"Standard token exchange is not enabled for the requested client"}`, ask(nil, person("urn:ietf:params:oauth:grant-type:token-exchange", ""))},
		{"no secret", noSecret, ask(fields{"publicClient": false, "serviceAccountsEnabled": true}, person("client_credentials", ""))},
		{"wrong secret", noSecret, ask(fields{"publicClient": false, "serviceAccountsEnabled": true}, url.Values{"grant_type": {"client_credentials"}, "client_secret": {"x"}})},
		{"service account", "token_type=Bearer expires_in=300 refresh_expires_in=0 refresh_token=- scope=email+profile", func(b *Bench) string {
			id, secret := b.keycloak.ServiceAccount()
			got := b.post(b.endpoint("token"), url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}})
			return members(got.object(), "token_type", "expires_in", "refresh_expires_in", "refresh_token", "scope")
		}},
		{"service account off", `401 {"error":"unauthorized_client","error_description":"Client not enabled to retrieve service account"}`,
			ask(fields{"publicClient": false, "secret": "known"}, url.Values{"grant_type": {"client_credentials"}, "client_secret": {"known"}})},
		{"administrator", "token_type=Bearer expires_in=60", func(b *Bench) string {
			return members(b.master(b.keycloak.AdminPassword()).object(), "token_type", "expires_in")
		}},
		{"administrator, refresh", "token_type=Bearer expires_in=60 scope=email+profile", func(b *Bench) string {
			first := b.master(b.keycloak.AdminPassword()).object()
			return members(b.post(b.keycloak.URL()+"/realms/master/protocol/openid-connect/token", url.Values{
				"grant_type": {"refresh_token"}, "client_id": {"admin-cli"}, "refresh_token": {fmt.Sprint(first["refresh_token"])},
			}).object(), "token_type", "expires_in", "scope")
		}},
		{"administrator, no user name", `401 {"error":"invalid_request","error_description":"Missing parameter: username"}`, func(b *Bench) string {
			return b.post(b.keycloak.URL()+"/realms/master/protocol/openid-connect/token", url.Values{"grant_type": {"password"}, "client_id": {"admin-cli"}}).String()
		}},
		{"administrator, wrong password", `400 {"error":"invalid_grant","error_description":"Invalid user credentials"}`, func(b *Bench) string { return b.master("wrong").String() }},
		{"administrator, no such realm", `404 {"error":"Realm does not exist"}`, func(b *Bench) string {
			return b.post(b.keycloak.URL()+"/realms/nope/protocol/openid-connect/token", person("password", "")).String()
		}},
	}
}

// master asks for an administrator's token.
func (b *Bench) master(secret string) answer {
	return b.post(b.keycloak.URL()+"/realms/master/protocol/openid-connect/token", url.Values{
		"grant_type": {"password"}, "client_id": {"admin-cli"}, "username": {b.keycloak.AdminUser()}, "password": {secret},
	})
}
