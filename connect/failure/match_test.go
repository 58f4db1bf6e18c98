package failure_test

import (
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/connect/failure"
)

// Messages as users paste them: pages, redirect addresses, logs and terminal output.
func TestMatchFindsRealMessages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"KC06", "KC06"},
		{"what is gw17?", "GW17"},
		{"We are sorry...\n   Invalid parameter: redirect_uri", "KC01"},
		{"INVALID  PARAMETER:\tREDIRECT_URI", "KC01"},
		{"We are sorry... Client not found.", "KC02"},
		{"http://localhost:8787/callback?error=invalid_scope&error_description=Invalid+scopes%3A+openid+registry-admins&iss=https%3A%2F%2Fkc%2Frealms%2Fmcp-gateway", "KC03"},
		{"https://amazon.auth.amazoncognito.com: Cognito did not allow what it does not know: invalid_scope, Invalid scopes: openid", "KC03"}, // the longer quote decides
		{"Invalid scopes: openid email profile offline_access", "KC04"},
		{`{"error":"not_allowed","error_description":"Offline tokens not allowed for the user or client"}`, "KC05"},
		{`Token is missing the "aud" claim`, "KC06"},
		{"Token is missing the “aud” claim", "KC06"},
		{"ERROR:auth_server: Invalid audience", "KC07"},
		{"Token validation failed with all valid issuers: ['https://kc/realms/mcp-gateway']", "KC11"},
		{`{"error":"insufficient_scope","error_description":"Policy 'Trusted Hosts' rejected request to client-registration service. Details: Host not trusted."}`, "KC12"},
		{"Policy 'Allowed Client Scopes' rejected request to client-registration service.", "KC14"},
		{"error=invalid_target", "KC15"},
		{"error=invalid_request&error_description=Missing+parameter%3A+code_challenge_method", "KC16"},
		{"Invalid parameter: code challenge method is not matching the configured one", "KC16"},
		{`{"error":"unauthorized_client","error_description":"Invalid client or Invalid client credentials"}`, "KC17"},
		{"invalid_client (Invalid client or Invalid client credentials)", "KC17"},
		{"temporarily_unavailable: authentication_expired", "KC18"},
		{`{"error":"invalid_grant","error_description":"Invalid user credentials"}`, "KC24"},
		{`403 {"error":"Invalid origin"}`, "KC27"},
		{"Client is not allowed to initiate browser login with given response_type. Standard flow is disabled for the client.", "KC29"},
		{"Your request resulted in an error. The &#39;redirect_uri&#39; parameter must be a Login redirect URI in the client app settings: https://acme-admin.okta.com", "OK01"},
		{"error=access_denied&error_description=User+is+not+assigned+to+the+client+application.", "OK02"},
		{"access_denied: Policy evaluation failed for this request, please check the policy configurations.", "OK03"},
		{"okta: error=invalid_scope", "OK04"},
		{"Invalid token: Audience doesn't match", "OK08"},
		{"No matching key found for kid: abc", "OK09"},
		{`Dynamic client registration failed: 403 {"errorCode":"E0000005","errorSummary":"Invalid session"}`, "OK10"},
		{"invalid_dpop_proof", "OK14"},
		{"https://pool.auth.us-east-1.amazoncognito.com/error?error=redirect_mismatch&client_id=abc", "CG01"},
		{"https://x.auth.us-east-1.amazoncognito.com: error=invalid_scope", "CG02"},
		{"Login pages unavailable. Please contact an administrator.", "CG03"},
		{"invalid_client_secret", "CG04"},
		{"Access token client_id '7abc' is not in the accepted client list", "CG05"},
		{"AADSTS50011: The redirect URI 'http://localhost:8787/callback' specified in the request does not match", "EN01"},
		{"AADSTS9010010: The resource parameter provided in the request doesn't match with the requested scopes.", "EN02"},
		{"aadsts500011", "EN03"},
		{"AADSTS650053: The application asked for scope 'x'", "EN04"},
		{"AADSTS65001: The user or administrator has not consented", "EN05"},
		{"AADSTS700016: Application with identifier 'x' was not found in the directory", "EN06"},
		{"AADSTS50105", "EN07"},
		{"AADSTS7000218: The request body must contain client_assertion or client_secret", "EN08"},
		{"AADSTS700025", "EN09"},
		{"AADSTS900144: The request body must contain the following parameter: 'scope'.", "EN10"},
		{"AADSTS900971", "EN11"},
		{"Values of IdentifierUris property must use a verified domain of the organization or its subdomain", "EN12"},
		{"Token is an id_token (carries id_token-only claim 'nonce')", "EN14"},
		{`"_claim_names":{"groups":"src1"}`, "EN16"},
		{`{"detail":"You do not have access to this server"}`, "GW01"},
		{"Access denied to currenttime.initialize - user has no scopes configured", "GW02"},
		{"Access denied to currenttime.tools/call", "GW03"},
		{"Protected resource https://gw.example.com/foo/mcp does not match expected https://gw.example.com/foo/mcp/mcp", "GW05"},
		{"ValueError: Cannot retrieve JWKS: timed out", "GW13"},
		{"WARNING Token validation failed: Token has expired", "GW14"},
		{"Incompatible auth server: does not support dynamic client registration", "GW06"},
		{`Got new credentials, but fin rejected them on reconnect`, "GW09"},
		{`405 {"detail":"Method Not Allowed"}`, "GW17"},
		{`PATCH /api/servers/x: 500 {"detail":"Failed to save server"}`, "GW23"},
		{`500 {"detail":"Service registration failed"}`, "GW24"},
		{"422: body.append_mcp_path: Extra inputs are not permitted", "GW25"},
		{"Scope 'x' was not updated: the scope service refused the configuration. Wildcard server_access entries (server: *) cannot be saved here", "GW26"},
		{"localhost:52114 refused to connect.", "ID01"},
		{"Error: listen EADDRINUSE: address already in use 127.0.0.1:8787", "ID02"},
		{"OAuth callback port 33418 is already in use", "ID02"},
		{"PKCE verification failed: Code mismatch", "ID04"},
		{"Authorization server response missing required issuer", "ID08"},
		{"codex: error=invalid_scope, Invalid scopes: openid address phone service_account", "ID15"},
		{"Status: ! Needs authentication", "ID17"},
		{"Error: OAuth authorization endpoint origin does not match the authorization server origin without issuer-bound callbacks", "ID18"},
		{"AADSTS90095", "ID19"},
	} {
		found := failure.Match(tt.text)
		if len(found) == 0 || !found[0].Confident() {
			t.Errorf("nothing certain for %q, want %s", tt.text, tt.want)
			continue
		}
		if f := found[0]; f.Failure.ID != tt.want {
			t.Errorf("%q is %s by %q, want %s", tt.text, f.Failure.ID, f.Evidence, tt.want)
		}
	}
}

func TestMatchFindsEachRowByWhatItLists(t *testing.T) {
	t.Parallel()
	for _, f := range failure.All() {
		if found := failure.Match(f.ID); len(found) != 1 || found[0].Failure.ID != f.ID || found[0].Strength != failure.NamedID {
			t.Errorf("%s is not found by its own id: %v", f.ID, found)
		}
		for _, evidence := range append(f.Codes, f.Phrases...) {
			if !leads(failure.Match("log: "+strings.ReplaceAll(evidence, "…", "some thing")+" (end)"), f.ID) {
				t.Errorf("%s is not among the first rows for its own %q", f.ID, evidence)
			}
		}
	}
}

// leads reports whether the row is among those that the strongest evidence names.
func leads(found []failure.Candidate, id string) bool {
	for _, c := range found {
		if c.Strength != found[0].Strength || !strings.EqualFold(c.Evidence, found[0].Evidence) {
			return false
		}
		if c.Failure.ID == id {
			return true
		}
	}
	return false
}

// One evidence may fit several rows: all of them are offered, and the product's name decides.
func TestMatchOffersEveryRowOfOneMessage(t *testing.T) {
	t.Parallel()
	offered := map[string]bool{}
	for _, c := range failure.Match("invalid_scope") {
		offered[c.Failure.ID] = c.Confident()
	}
	for _, id := range []string{"KC03", "OK04", "CG02", "ID15"} {
		if !offered[id] {
			t.Errorf("invalid_scope does not offer %s", id)
		}
	}
	for text, want := range map[string]string{"Cognito says invalid_scope": "CG02", "Okta says invalid_scope": "OK04"} {
		if found := failure.Match(text); found[0].Failure.ID != want {
			t.Errorf("%q is %s, want %s", text, found[0].Failure.ID, want)
		}
	}
}

func TestMatchGuessesByWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"cursor shows none of my servers in mcp.json":      "ID16",
		"user in a nested group gets rights of the group":  "KC22",
		"rotating refresh tokens without a grace period":   "OK13",
		"the assistant connects but lists no tools at all": "GW18",
	} {
		found := failure.Match(text)
		if len(found) == 0 || found[0].Failure.ID != want || found[0].Confident() {
			t.Errorf("%q gives %+v, want a guess at %s", text, found, want)
		}
	}
}

func TestMatchIsSilentOnUnrelatedText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{ // these sound like a row, and it must not be taken for more
		"npm ERR! 429 Too Many Requests - GET https://packages.example.com/left-pad",
		"open http://localhost:3000/ in a browser",
	} {
		if found := failure.Match(text); len(found) > 0 && found[0].Confident() {
			t.Errorf("%q gives %s by %q", text, found[0].Failure.ID, found[0].Evidence)
		}
	}
	for _, text := range []string{
		"", " ", "\x00\xff", "…", "%", "%zz", "hello world", "ok", "id", "yes please",
		"The build failed because of a missing semicolon in main.c",
		"curl: (6) Could not resolve host: example.com",
		"HTTP/1.1 200 OK\r\nContent-Type: text/html",
		"panic: runtime error: index out of range [3] with length 3",
		"fatal: not a git repository (or any of the parent directories): .git",
		"got 3, which does not match expected 4",
		"Access denied to /var/log/syslog",
		`{"type": "service_account", "project_id": "x"}`,
		"E0308 mismatched types", "the variable has an invalid scope here", "AADSTS1", "XKC01", "KC01x", "error",
		strings.Repeat("lorem ipsum dolor sit amet consectetur ", 1000),
	} {
		if found := failure.Match(text); len(found) > 0 {
			t.Errorf("%.60q gives %s by %q", text, found[0].Failure.ID, found[0].Evidence)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, seed := range []string{"KC06", "error=invalid_scope&x=%3A%zz", "&#39;&bogus;", "\xff…%", "AADSTS50011"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		seen := map[string]bool{}
		for _, c := range failure.Match(text) {
			if seen[c.Failure.ID] || c.Evidence == "" || c.Strength == 0 {
				t.Errorf("%q: bad candidate %+v", text, c)
			}
			seen[c.Failure.ID] = true
		}
	})
}
