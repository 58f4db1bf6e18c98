package behaviour

import (
	"net/http"
	"net/url"
)

const refused = "302 " + redirectURI + "?error="

// authorizing tells what the authorization endpoint shows, or where it sends the browser.
func authorizing() []Row {
	const end = "&state=st&iss={issuer}"
	const noImplicit = "302 " + redirectURI + "#error=unauthorized_client&error_description=Client is not allowed to initiate browser login with given response_type. Implicit flow is disabled for the client." + end
	const otherMethod = refused + "invalid_request&error_description=Invalid parameter: code challenge method is not matching the configured one" + end
	usual := func(p parameters) func(*Bench) string {
		return func(b *Bench) string { b.must(measured()); return b.authorize(p) }
	}
	on := func(changes fields, p parameters) func(*Bench) string {
		return func(b *Bench) string { b.must(measured().with(changes)); return b.authorize(p) }
	}
	noPKCE := parameters{"code_challenge": nil, "code_challenge_method": nil}
	anyPKCE := fields{"attributes": map[string]string{}}
	return []Row{
		{"authorize", "200 login form", usual(nil)},
		{"no PKCE", refused + "invalid_request&error_description=Missing parameter: code_challenge_method" + end, usual(noPKCE)},
		{"no PKCE method", refused + "invalid_request&error_description=Missing parameter: code_challenge_method" + end, usual(parameters{"code_challenge_method": nil})},
		{"no challenge", refused + "invalid_request&error_description=Missing parameter: code_challenge" + end, usual(parameters{"code_challenge": nil})},
		{"plain PKCE", otherMethod, usual(parameters{"code_challenge": {verifier}, "code_challenge_method": {"plain"}})},
		{"unknown PKCE method", otherMethod, usual(parameters{"code_challenge_method": {"S512"}})},
		{"short challenge", refused + "invalid_request&error_description=Invalid parameter: code_challenge" + end, usual(parameters{"code_challenge": {"abc"}})},
		{"no PKCE, not enforced", "200 login form", on(anyPKCE, noPKCE)},
		{"challenge alone, not enforced", "200 login form", on(anyPKCE, parameters{"code_challenge_method": nil})},
		{"method alone, not enforced", refused + "invalid_request&error_description=Missing parameter: code_challenge" + end, on(anyPKCE, parameters{"code_challenge": nil})},
		{"unknown method, not enforced", refused + "invalid_request&error_description=Invalid parameter: code_challenge_method" + end, on(anyPKCE, parameters{"code_challenge_method": {"S512"}})},
		{"no state", "302 " + redirectURI + "?error=invalid_request&error_description=Missing parameter: code_challenge_method&iss={issuer}",
			usual(parameters{"code_challenge": nil, "code_challenge_method": nil, "state": nil})},
		{"redirect URI with a query", "302 " + redirectURI + "?x=1&error=invalid_request&error_description=Missing parameter: code_challenge_method" + end,
			usual(parameters{"code_challenge": nil, "code_challenge_method": nil, "redirect_uri": {redirectURI + "?x=1"}})},
		{"implicit", noImplicit, usual(parameters{"response_type": {"token"}})},
		{"hybrid", noImplicit, usual(parameters{"response_type": {"code token"}})},
		{"flow before scope", noImplicit, usual(parameters{"response_type": {"token"}, "scope": {"zz"}})},
		{"standard flow off", refused + "unauthorized_client&error_description=Client is not allowed to initiate browser login with given response_type. Standard flow is disabled for the client." + end,
			on(fields{"standardFlowEnabled": false}, nil)},
		{"no response_type", refused + "invalid_request&error_description=Missing parameter: response_type" + end, usual(parameters{"response_type": nil})},
		{"unknown response_type", refused + "unsupported_response_type" + end, usual(parameters{"response_type": {"bogus"}})},
		{"scope not assigned", refused + "invalid_scope&error_description=Invalid scopes: openid phone" + end, usual(parameters{"scope": {"openid phone"}})},
		{"scope unknown", refused + "invalid_scope&error_description=Invalid scopes: openid groups profile" + end, usual(parameters{"scope": {"openid groups profile"}})},
		{"scope service_account", refused + "invalid_scope&error_description=Invalid scopes: openid service_account" + end, usual(parameters{"scope": {"openid service_account"}})},
		{"scope before PKCE", refused + "invalid_scope&error_description=Invalid scopes: zz" + end, usual(parameters{"scope": {"zz"}, "code_challenge": nil, "code_challenge_method": nil})},
		{"scope empty", refused + "invalid_scope&error_description=Invalid scopes: " + end, usual(parameters{"scope": {""}})},
		{"scope refused in the fragment", "302 " + redirectURI + "#error=invalid_scope&error_description=Invalid scopes: openid phone" + end,
			usual(parameters{"scope": {"openid phone"}, "response_mode": {"fragment"}})},
		{"no scope", "200 login form", usual(parameters{"scope": nil})},
		{"no openid", "200 login form", usual(parameters{"scope": {"profile"}})},
		{"prompt=none", refused + "login_required" + end, usual(parameters{"prompt": {"none"}})},
		{"prompt=consent", "200 login form", usual(parameters{"prompt": {"consent"}})},
		{"unknown prompt", "200 login form", usual(parameters{"prompt": {"zzz"}})},
		{"resource (RFC 8707)", "200 login form", usual(parameters{"resource": {"https://gateway.example.com/"}})},
		{"no redirect_uri", "400 Invalid parameter: redirect_uri", usual(parameters{"redirect_uri": nil})},
		{"foreign redirect_uri", "400 Invalid parameter: redirect_uri", usual(parameters{"redirect_uri": {"http://evil.example/callback"}})},
		{"no client_id", "400 Invalid Request", usual(parameters{"client_id": nil})},
		{"unknown client", "400 Client not found.", usual(parameters{"client_id": {"nobody"}})},
		{"bearer-only client", "403 Bearer-only applications are not allowed to initiate browser login", usual(parameters{"client_id": {"realm-management"}})},
		{"disabled client", "400 Client disabled.", on(fields{"enabled": false}, nil)},
		{"iss left out", "302 " + redirectURI + "?error=invalid_scope&error_description=Invalid scopes: zz&state=st",
			on(fields{"attributes": map[string]string{"exclude.issuer.from.auth.response": "true"}}, parameters{"scope": {"zz"}})},
		{"parameters in the address of a POST do not count", "400 Invalid Request", func(b *Bench) string {
			b.must(measured())
			return seen(b.post(b.authorizeURL(nil), url.Values{}))
		}},
		{"authorize by PUT", `405 {"error":"HTTP 405 Method Not Allowed"}`, func(b *Bench) string {
			return b.send(http.MethodPut, b.authorizeURL(nil), "").String()
		}},
	}
}
