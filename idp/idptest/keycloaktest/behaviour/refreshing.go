package behaviour

import (
	"net/http"
	"strings"
)

// refreshing tells what the token endpoint makes of a refresh token.
func refreshing() []Row {
	after := func(scope []string, then func(b *Bench, first map[string]any) string) func(*Bench) string {
		return func(b *Bench) string {
			b.must(measured())
			return then(b, b.login(bob, parameters{"scope": scope}).object())
		}
	}
	offline, online := []string{"openid offline_access"}, []string{"openid"}
	refresh := func(p parameters) func(*Bench, map[string]any) string {
		return func(b *Bench, first map[string]any) string { return outcome(b.refresh(first["refresh_token"], p)) }
	}
	invalid := func(description string) string {
		return `400 {"error":"invalid_grant","error_description":"` + description + `"}`
	}
	// A real server also refuses tokens of an earlier second, before it looks for their session.
	ended := func(stands string) func(b *Bench, first map[string]any) string {
		return func(b *Bench, first map[string]any) string {
			b.admin(http.MethodPost, "/logout-all", nil)
			return strings.Replace(outcome(b.refresh(first["refresh_token"], nil)), "Stale token", stands, 1)
		}
	}
	return []Row{
		{"refresh", "tokens", after(offline, refresh(nil))},
		{"refresh, claims", "aud=mcp-gateway azp=" + clientID + " sub=yes groups=[registry-admins] scope=email+offline_access+openid+profile",
			after(offline, func(b *Bench, first map[string]any) string {
				return claims(b.refresh(first["refresh_token"], nil), "access_token", "aud", "azp", "sub", "groups", "scope")
			})},
		{"refresh twice with one token", "tokens, tokens", after(offline, func(b *Bench, first map[string]any) string {
			return outcome(b.refresh(first["refresh_token"], nil)) + ", " + outcome(b.refresh(first["refresh_token"], nil))
		})},
		{"refresh, kinds of token", "typ=Offline exp=- azp=" + clientID, func(b *Bench) string {
			b.must(measured())
			return claims(b.login(bob, nil), "refresh_token", "typ", "exp", "azp")
		}},
		{"refresh, kind of an online token", "typ=Refresh azp=" + clientID, func(b *Bench) string {
			b.must(measured())
			return claims(b.login(bob, parameters{"scope": online}), "refresh_token", "typ", "azp")
		}},
		{"refresh with less scope", "scope=email+openid+profile", after(offline, func(b *Bench, first map[string]any) string {
			return claims(b.refresh(first["refresh_token"], parameters{"scope": {"openid"}}), "access_token", "scope")
		})},
		{"refresh with more scope", `400 {"error":"invalid_scope","error_description":"Invalid scopes: openid phone"}`, after(offline, refresh(parameters{"scope": {"openid phone"}}))},
		{"refresh by another client", invalid("Invalid refresh token. Token client and authorized client don't match"), after(offline, refresh(parameters{"client_id": {"account"}}))},
		{"refresh with nonsense", invalid("Invalid refresh token"), after(offline, refresh(parameters{"refresh_token": {"nonsense"}}))},
		{"refresh without a token", `400 {"error":"invalid_request","error_description":"No refresh token"}`, after(offline, refresh(parameters{"refresh_token": nil}))},
		{"refresh with an access token", invalid("Invalid refresh token"), after(offline, func(b *Bench, first map[string]any) string {
			return outcome(b.refresh(first["access_token"], nil))
		})},
		{"refresh after the code was used twice", "tokens", func(b *Bench) string {
			b.must(measured())
			code := b.code(bob, nil)
			first := b.redeem(code, nil).object()
			b.redeem(code, nil)
			return outcome(b.refresh(first["refresh_token"], nil))
		}},
		{"offline session ended", invalid("Offline user session not found"), after(offline, ended("Offline user session not found"))},
		{"session ended", invalid("Session not active"), after(online, ended("Session not active"))},
	}
}

// origins tells what the token endpoint makes of an Origin header, for each list of web origins.
func origins() []Row {
	const foreign = `403 {"error":"Invalid origin"}`
	table := []struct{ listed, origin, want string }{
		{"", "http://localhost:1234", foreign},
		{"", "null", foreign},
		{"", "{url}", "tokens"},
		{"http://localhost", "http://localhost", "tokens"},
		{"http://localhost", "http://localhost:1234", foreign},
		{"+", "http://localhost", "tokens"},
		{"+", "http://localhost:8787", foreign},
		{"http://localhost:1234", "http://localhost:1234", "tokens"},
		{"http://localhost:1234", "http://localhost", foreign},
		{"*", "http://evil.example", "tokens"},
	}
	var rows []Row
	for _, line := range table {
		rows = append(rows, Row{"origin " + line.origin + " where listed: " + line.listed, line.want, func(b *Bench) string {
			listed := []string{}
			if line.listed != "" {
				listed = append(listed, line.listed)
			}
			b.must(measured().with(fields{"webOrigins": listed}))
			origin := line.origin
			if origin == "{url}" {
				origin = b.keycloak.URL()
			}
			return outcome(b.redeem(b.code(bob, nil), nil, "Origin", origin))
		}})
	}
	return append(rows,
		Row{"origin of a listed client, in the answer", "http://localhost:1234", func(b *Bench) string {
			b.must(measured().with(fields{"webOrigins": []string{"http://localhost:1234"}}))
			return b.redeem(b.code(bob, nil), nil, "Origin", "http://localhost:1234").header.Get("Access-Control-Allow-Origin")
		}},
		Row{"a foreign origin leaves the code usable", foreign + ", tokens", func(b *Bench) string {
			b.must(measured())
			code := b.code(bob, nil)
			return outcome(b.redeem(code, nil, "Origin", "http://evil.example")) + ", " + outcome(b.redeem(code, nil))
		}},
		Row{"origin before the token", foreign, func(b *Bench) string {
			b.must(measured())
			return outcome(b.refresh("x", nil, "Origin", "http://evil.example"))
		}},
		Row{"unknown client before the origin", `401 {"error":"invalid_client","error_description":"Invalid client or Invalid client credentials"}`, func(b *Bench) string {
			return outcome(b.refresh("x", parameters{"client_id": {"nobody"}}, "Origin", "http://evil.example"))
		}},
		Row{"preflight", "200 http://evil.example", func(b *Bench) string {
			got := b.send(http.MethodOptions, b.endpoint("token"), "", "Origin", "http://evil.example", "Access-Control-Request-Method", "POST")
			return got.String() + " " + got.header.Get("Access-Control-Allow-Origin")
		}},
	)
}
