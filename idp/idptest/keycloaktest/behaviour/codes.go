package behaviour

import "strings"

// codes tells what the token endpoint makes of an authorization code.
func codes() []Row {
	redeem := func(p parameters) func(*Bench) string {
		return func(b *Bench) string { b.must(measured()); return outcome(b.redeem(b.code(bob, nil), p)) }
	}
	invalid := func(description string) string {
		return `400 {"error":"invalid_grant","error_description":"` + description + `"}`
	}
	const badClient = `401 {"error":"invalid_client","error_description":"Invalid client or Invalid client credentials"}`
	free := measured().with(fields{"attributes": map[string]string{}})
	return []Row{
		{"code", "tokens", redeem(nil)},
		{"code, headers", "application/json no-store no-cache", func(b *Bench) string {
			b.must(measured())
			header := b.login(bob, nil).header
			return header.Get("Content-Type") + " " + header.Get("Cache-Control") + " " + header.Get("Pragma")
		}},
		{"code, members", "token_type=Bearer expires_in=300 refresh_expires_in=0 not-before-policy=0 scope=email+offline_access+openid+profile", func(b *Bench) string {
			b.must(measured())
			return members(b.login(bob, nil).object(), "token_type", "expires_in", "refresh_expires_in", "not-before-policy", "scope")
		}},
		{"code without openid, members", "id_token=- refresh_expires_in=1800 scope=email+profile", func(b *Bench) string {
			b.must(measured())
			return members(b.login(bob, parameters{"scope": nil}).object(), "id_token", "refresh_expires_in", "scope")
		}},
		{"code twice", "tokens, " + invalid("Code not valid"), func(b *Bench) string {
			b.must(measured())
			code := b.code(bob, nil)
			return outcome(b.redeem(code, nil)) + ", " + outcome(b.redeem(code, nil))
		}},
		{"code after a wrong verifier", invalid("PKCE verification failed: Code mismatch") + ", " + invalid("Code not valid"), func(b *Bench) string {
			b.must(measured())
			code := b.code(bob, nil)
			return outcome(b.redeem(code, parameters{"code_verifier": {strings.Repeat("y", 43)}})) + ", " + outcome(b.redeem(code, nil))
		}},
		{"wrong verifier", invalid("PKCE verification failed: Code mismatch"), redeem(parameters{"code_verifier": {strings.Repeat("y", 43)}})},
		{"no verifier", invalid("PKCE code verifier not specified"), redeem(parameters{"code_verifier": nil})},
		{"short verifier", invalid("PKCE verification failed: Invalid code verifier"), redeem(parameters{"code_verifier": {"abc"}})},
		{"verifier of other characters", invalid("PKCE verification failed: Invalid code verifier"), redeem(parameters{"code_verifier": {strings.Repeat("!", 43)}})},
		{"verifier without a challenge", invalid("PKCE code verifier specified but challenge not present in authorization"), func(b *Bench) string {
			b.must(free)
			return outcome(b.redeem(b.code(bob, parameters{"code_challenge": nil, "code_challenge_method": nil}), nil))
		}},
		{"plain PKCE where it is not enforced", "tokens", func(b *Bench) string {
			b.must(free)
			return outcome(b.redeem(b.code(bob, parameters{"code_challenge": {verifier}, "code_challenge_method": {"plain"}}), nil))
		}},
		{"no PKCE where it is not enforced", "tokens", func(b *Bench) string {
			b.must(free)
			return outcome(b.redeem(b.code(bob, parameters{"code_challenge": nil, "code_challenge_method": nil}), parameters{"code_verifier": nil}))
		}},
		{"other redirect_uri", invalid("Incorrect redirect_uri"), redeem(parameters{"redirect_uri": {"http://localhost:1/callback"}})},
		{"no redirect_uri at the token endpoint", invalid("Incorrect redirect_uri"), redeem(parameters{"redirect_uri": nil})},
		{"redirect_uri before client", invalid("Incorrect redirect_uri"), redeem(parameters{"redirect_uri": {"http://x/"}, "client_id": {"account"}})},
		{"other client", invalid("Auth error: Found different client_id in clientSession"), redeem(parameters{"client_id": {"account"}})},
		{"other client, confidential", `401 {"error":"unauthorized_client","error_description":"Invalid client or Invalid client credentials"}`, redeem(parameters{"client_id": {"broker"}})},
		{"unknown code", invalid("Code not valid"), redeem(parameters{"code": {"nonsense"}})},
		{"no code", `400 {"error":"invalid_request","error_description":"Missing parameter: code"}`, redeem(parameters{"code": nil})},
		{"no client_id at the token endpoint", badClient, redeem(parameters{"client_id": nil})},
		{"unknown client at the token endpoint", badClient, redeem(parameters{"client_id": {"nobody"}})},
		{"disabled client at the token endpoint", badClient, func(b *Bench) string {
			b.must(measured())
			code := b.code(bob, nil)
			b.put(fields{"enabled": false})
			return outcome(b.redeem(code, nil))
		}},
		{"user without offline_access", `400 {"error":"not_allowed","error_description":"Offline tokens not allowed for the user or client"}`, func(b *Bench) string {
			b.must(measured())
			return outcome(b.login(eve, nil))
		}},
		{"user without offline_access, not asked for", "tokens", func(b *Bench) string {
			b.must(measured())
			return outcome(b.login(eve, parameters{"scope": {"openid"}}))
		}},
		{"access token life of the client", "expires_in=60", func(b *Bench) string {
			b.must(measured().with(fields{"attributes": map[string]string{"pkce.code.challenge.method": "S256", "access.token.lifespan": "60"}}))
			return members(b.login(bob, nil).object(), "expires_in")
		}},
	}
}
