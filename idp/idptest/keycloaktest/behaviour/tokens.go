package behaviour

import "net/http"

// usual is the scope that assistants ask for.
const usual = "openid email profile offline_access"

// access tells claims of an access token of somebody, for a changed client and a scope.
func access(name string, changes fields, scope string, names ...string) func(*Bench) string {
	return func(b *Bench) string {
		b.must(measured().with(changes))
		return claims(b.login(name, parameters{"scope": {scope}}), "access_token", names...)
	}
}

func withRoles() []string { return []string{"basic", "profile", "email", "roles"} }

// tokens tells what claims come, and what they depend on.
func tokens() []Row {
	mappers := func(list ...fields) fields { return fields{"protocolMappers": append([]fields{}, list...)} }
	audience := func(config ...fields) fields {
		var list []fields
		for i, c := range config {
			m := audienceMapper(c)
			m["name"] = "audience " + string(rune('a'+i))
			list = append(list, m)
		}
		return mappers(list...)
	}
	optional := func(scope string) fields { return fields{"optionalClientScopes": []string{scope}} }
	return []Row{
		{"claims", "iss={issuer} typ=Bearer azp=" + clientID + " aud=mcp-gateway sub=yes groups=[registry-admins] scope=email+offline_access+openid+profile preferred_username=bob email=bob@example.com auth_time=yes sid=yes jti=yes",
			access(bob, nil, usual, "iss", "typ", "azp", "aud", "sub", "groups", "scope", "preferred_username", "email", "auth_time", "sid", "jti")},
		{"claims of an ID token", "iss={issuer} typ=ID azp=" + clientID + " aud=" + clientID + " sub=yes groups=[registry-admins] realm_access=-", func(b *Bench) string {
			b.must(measured().with(fields{"fullScopeAllowed": true, "defaultClientScopes": withRoles()}))
			return claims(b.login(bob, nil), "id_token", "iss", "typ", "azp", "aud", "sub", "groups", "realm_access")
		}},
		{"nonce", "nonce=n-1", func(b *Bench) string {
			b.must(measured())
			return claims(b.login(bob, parameters{"nonce": {"n-1"}}), "id_token", "nonce")
		}},
		{"user in no group", "groups=- sub=yes", access(amy, nil, usual, "groups", "sub")},
		{"nested group borrows a name", "groups=[registry-admins]", access(tom, nil, usual, "groups")},
		{"full.path true", "groups=[/team/registry-admins]", access(tom, mappers(groupsMapper(fields{"full.path": "true"})), usual, "groups")},
		{"full.path absent", "groups=[registry-admins]", access(tom, mappers(fields{
			"name": "groups", "protocol": "openid-connect", "protocolMapper": "oidc-group-membership-mapper",
			"config": fields{"claim.name": "groups", "access.token.claim": "true"},
		}), usual, "groups")},
		{"groups not in the access token", "groups=-", access(bob, mappers(groupsMapper(fields{"access.token.claim": "false"})), usual, "groups")},
		{"groups by another claim", "groups=- grp=[registry-admins]", access(bob, mappers(groupsMapper(fields{"claim.name": "grp"})), usual, "groups", "grp")},
		{"groups by a nested claim", `a={"b":["registry-admins"]}`, access(bob, mappers(groupsMapper(fields{"claim.name": "a.b"})), usual, "a")},
		{"no mappers", "aud=- groups=-", access(bob, mappers(), usual, "aud", "groups")},
		{"audience not in the access token", "aud=-", access(bob, audience(fields{"access.token.claim": "false"}), usual, "aud")},
		{"two audiences", "aud=[mcp-gateway x]", access(bob, audience(nil, fields{"included.custom.audience": "x"}), usual, "aud")},
		{"audience of a client", "aud=account", access(bob, audience(fields{"included.custom.audience": "", "included.client.audience": "account"}), usual, "aud")},
		{"audience of a client and a text", "aud=broker", access(bob, audience(fields{"included.client.audience": "broker"}), usual, "aud")},
		{"audience of no client", "aud=-", access(bob, audience(fields{"included.custom.audience": "", "included.client.audience": "nobody"}), usual, "aud")},
		{"dead mapper", "aud=-", access(bob, mappers(fields{"name": "dead", "protocol": "openid-connect", "protocolMapper": "no-such-mapper", "config": fields{}}), usual, "aud")},
		{"no basic", "sub=- auth_time=- aud=mcp-gateway", access(bob, fields{"defaultClientScopes": []string{"profile", "email"}}, usual, "sub", "auth_time", "aud")},
		{"no basic, ID token", "sub=yes", func(b *Bench) string {
			b.must(measured().with(fields{"defaultClientScopes": []string{"profile", "email"}}))
			return claims(b.login(bob, nil), "id_token", "sub")
		}},
		{"no profile", "preferred_username=- email=bob@example.com scope=email+openid", access(bob, fields{"defaultClientScopes": []string{"basic", "email"}}, "openid email", "preferred_username", "email", "scope")},
		{"hidden scope web-origins", "scope=email+openid+profile", access(bob, optional("web-origins"), "openid web-origins", "scope")},
		{"hidden scope acr", "scope=email+openid+profile acr=1", access(bob, optional("acr"), "openid acr", "scope", "acr")},
		{"shown scope phone", "scope=email+openid+phone+profile", access(bob, optional("phone"), "openid phone", "scope")},
		{"shown scope microprofile-jwt", "scope=email+microprofile-jwt+openid+profile upn=bob", access(bob, optional("microprofile-jwt"), "openid microprofile-jwt", "scope", "upn")},
		{"allowed origins", "allowed-origins=[http://127.0.0.1 http://a:1 http://localhost]",
			access(bob, fields{"webOrigins": []string{"+", "http://a:1"}, "defaultClientScopes": []string{"basic", "web-origins"}}, "openid", "allowed-origins")},
		{"offline_access as a default scope", "refresh_expires_in=0 scope=email+offline_access+openid+profile", func(b *Bench) string {
			b.must(measured().with(fields{"defaultClientScopes": []string{"basic", "profile", "email", "offline_access"}, "optionalClientScopes": []string{}}))
			return members(b.login(bob, parameters{"scope": {"openid"}}).object(), "refresh_expires_in", "scope")
		}},
		{"userinfo", "sub=yes preferred_username=bob email=bob@example.com groups=[registry-admins] aud=-", func(b *Bench) string {
			b.must(measured())
			token, _ := b.login(bob, nil).object()["access_token"].(string)
			return members(b.send(http.MethodGet, b.endpoint("userinfo"), "", "Authorization", "Bearer "+token).object(), "sub", "preferred_username", "email", "groups", "aud")
		}},
		{"userinfo with nonsense", `401 Bearer realm="{realm}", error="invalid_token", error_description="Token verification failed"`, func(b *Bench) string {
			got := b.send(http.MethodGet, b.endpoint("userinfo"), "", "Authorization", "Bearer x")
			return got.String() + " " + got.header.Get("WWW-Authenticate")
		}},
	}
}

// roleClaims tells which roles a token shows, and that they bring an audience.
func roleClaims() []Row {
	return []Row{
		{"full scope without roles", "aud=mcp-gateway realm_access=- resource_access=-", access(bob, fields{"fullScopeAllowed": true}, usual, "aud", "realm_access", "resource_access")},
		{"full scope with roles", `aud=[account mcp-gateway] realm_access={"roles":["default-roles-{realm}","offline_access","uma_authorization"]} resource_access={"account":{"roles":["manage-account","manage-account-links","view-profile"]}}`,
			access(bob, fields{"fullScopeAllowed": true, "defaultClientScopes": withRoles()}, usual, "aud", "realm_access", "resource_access")},
		{"roles without full scope", `aud=mcp-gateway realm_access={"roles":["offline_access"]} resource_access=-`,
			access(bob, fields{"defaultClientScopes": withRoles()}, usual, "aud", "realm_access", "resource_access")},
		{"roles without full scope, online", "realm_access=-", access(bob, fields{"defaultClientScopes": withRoles()}, "openid", "realm_access")},
		{"full scope with roles, a user without", "aud=mcp-gateway realm_access=- resource_access=-",
			access(eve, fields{"fullScopeAllowed": true, "defaultClientScopes": withRoles()}, "openid", "aud", "realm_access", "resource_access")},
	}
}
