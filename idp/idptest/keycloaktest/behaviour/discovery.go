package behaviour

import "net/http"

// discovery tells where the realm's metadata stand, and what they say.
func discovery() []Row {
	at := func(path string) func(*Bench) string {
		return func(b *Bench) string {
			got := b.send(http.MethodGet, b.keycloak.URL()+b.realmIn(path), "")
			if got.status != http.StatusOK {
				return got.String()
			}
			return "200 " + got.header.Get("Content-Type") + " " + members(got.object(), "issuer")
		}
	}
	say := func(names ...string) func(*Bench) string {
		return func(b *Bench) string {
			return members(b.send(http.MethodGet, b.keycloak.Issuer()+"/.well-known/openid-configuration", "").object(), names...)
		}
	}
	const here = "200 application/json issuer={issuer}"
	return []Row{
		{"discovery, OpenID appended", here, at("/realms/{realm}/.well-known/openid-configuration")},
		{"discovery, OAuth inserted", here, at("/.well-known/oauth-authorization-server/realms/{realm}")},
		{"discovery, OAuth appended", here, at("/realms/{realm}/.well-known/oauth-authorization-server")},
		{"discovery, OpenID inserted", `404 {"error":"HTTP 404 Not Found"}`, at("/.well-known/openid-configuration/realms/{realm}")},
		{"discovery, no such realm", `404 {"error":"Realm does not exist"}`, at("/realms/nope/.well-known/openid-configuration")},
		{"discovery, no such realm, inserted", `404 {"error":"Realm does not exist"}`, at("/.well-known/oauth-authorization-server/realms/nope")},
		{"discovery, no realm", `404 {"error":"Unable to find matching target resource method"}`, at("/.well-known/oauth-authorization-server")},
		{"wrong base path", `404 {"error":"Unable to find matching target resource method"}`, at("/auth/realms/{realm}")},
		{"below a realm", `404 {"error":"HTTP 404 Not Found"}`, at("/realms/{realm}/nope")},
		{"token by GET", `405 {"error":"HTTP 405 Method Not Allowed"}`, at("/realms/{realm}/protocol/openid-connect/token")},
		{"metadata, endpoints",
			"authorization_endpoint={issuer}/protocol/openid-connect/auth token_endpoint={issuer}/protocol/openid-connect/token jwks_uri={issuer}/protocol/openid-connect/certs registration_endpoint={issuer}/clients-registrations/openid-connect device_authorization_endpoint={issuer}/protocol/openid-connect/auth/device userinfo_endpoint={issuer}/protocol/openid-connect/userinfo",
			say("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint", "device_authorization_endpoint", "userinfo_endpoint")},
		{"metadata, scopes",
			"scopes_supported=[acr address basic email microprofile-jwt offline_access openid organization phone profile roles service_account web-origins]",
			say("scopes_supported")},
		{"metadata, what it cannot tell",
			"code_challenge_methods_supported=[S256 plain] authorization_response_iss_parameter_supported=true client_id_metadata_document_supported=-",
			say("code_challenge_methods_supported", "authorization_response_iss_parameter_supported", "client_id_metadata_document_supported")},
		{"metadata, grants and answers",
			"grant_types_supported=[authorization_code client_credentials implicit password refresh_token urn:ietf:params:oauth:grant-type:device_code urn:ietf:params:oauth:grant-type:jwt-bearer urn:ietf:params:oauth:grant-type:token-exchange urn:ietf:params:oauth:grant-type:uma-ticket urn:openid:params:grant-type:ciba] response_types_supported=[code code id_token code id_token token code token id_token id_token token none token] response_modes_supported=[form_post form_post.jwt fragment fragment.jwt jwt query query.jwt]",
			say("grant_types_supported", "response_types_supported", "response_modes_supported")},
		{"metadata, client authentication",
			"token_endpoint_auth_methods_supported=[client_secret_basic client_secret_jwt client_secret_post private_key_jwt tls_client_auth] prompt_values_supported=[consent login none] subject_types_supported=[pairwise public]",
			say("token_endpoint_auth_methods_supported", "prompt_values_supported", "subject_types_supported")},
		{"realm's own address", "realm={realm} token-service={issuer}/protocol/openid-connect", func(b *Bench) string {
			return members(b.send(http.MethodGet, b.keycloak.Issuer(), "").object(), "realm", "token-service")
		}},
	}
}
