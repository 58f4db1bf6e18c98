package keycloaktest

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// claims are filled by mappers, each for the kinds of token that it names.
type claims map[string]any

const (
	inAccessToken = "access.token.claim"
	inIDToken     = "id.token.claim"
	inUserInfo    = "userinfo.token.claim"
)

// accessClaims are the claims of an access token.
func (k *Keycloak) accessClaims(s *session, asked string) claims {
	scopes := k.realm.scopesOf(s.client, asked)
	now := time.Now()
	token := claims{
		"exp": now.Add(lifeOf(s.client)).Unix(), "iat": now.Unix(), "jti": newID(), "iss": k.Issuer(),
		"typ": "Bearer", "azp": s.client.ClientID, "sid": s.id, "scope": k.realm.shownScope(scopes, asked),
	}
	k.fill(token, s, scopes, inAccessToken)
	if !k.holds(AudienceNeedsAMapper) {
		token.addAudience(s.client.ClientID)
	}
	if !k.holds(SubjectNeedsBasic) {
		token["sub"] = s.user.id
	}
	return token
}

// idClaims are the claims of an ID token (OpenID Connect Core section 2).
func (k *Keycloak) idClaims(s *session, asked, nonce, access string) claims {
	now := time.Now()
	hash := sha256.Sum256([]byte(access))
	token := claims{
		"exp": now.Add(lifeOf(s.client)).Unix(), "iat": now.Unix(), "jti": newID(), "iss": k.Issuer(),
		"typ": "ID", "azp": s.client.ClientID, "sid": s.id, "at_hash": base64.RawURLEncoding.EncodeToString(hash[:16]),
	}
	k.fill(token, s, k.realm.scopesOf(s.client, asked), inIDToken)
	token["aud"], token["sub"] = s.client.ClientID, s.user.id
	if nonce != "" {
		token["nonce"] = nonce
	}
	return token
}

// shownScope is the scope of a token: openid if asked for, and the names of scopes that show.
func (r *realm) shownScope(scopes []string, asked string) string {
	var shown []string
	for _, name := range scopes {
		if r.scope(name).shown() {
			shown = append(shown, name)
		}
	}
	slices.Sort(shown)
	if slices.Contains(strings.Fields(asked), "openid") {
		shown = append([]string{"openid"}, shown...)
	}
	return strings.Join(shown, " ")
}

// fill lets the mappers of the client and of the scopes of a login add their claims.
func (k *Keycloak) fill(token claims, s *session, scopes []string, kind string) {
	for _, m := range k.realm.effective(s.client, scopes) {
		if m.mapper.Config[kind] == "true" {
			k.apply(m.mapper, token, s, scopes)
		}
	}
}

func (k *Keycloak) apply(m mapper, token claims, s *session, scopes []string) {
	switch m.Type {
	case "oidc-sub-mapper":
		token["sub"] = s.user.id
	case "oidc-acr-mapper":
		token["acr"] = "1"
	case "oidc-usersessionmodel-note-mapper":
		if m.Config["user.session.note"] == "AUTH_TIME" && !s.authenticated.IsZero() {
			token["auth_time"] = s.authenticated.Unix()
		}
	case "oidc-usermodel-attribute-mapper", "oidc-usermodel-property-mapper":
		if value := s.user.property(m.Config["user.attribute"]); value != nil {
			token.set(m.Config["claim.name"], value)
		}
	case "oidc-full-name-mapper":
		token["name"] = s.user.Name
	case "oidc-group-membership-mapper":
		groups := s.user.claim(m.Config["full.path"] == "true", k.holds(GroupNamesAreLeaves))
		if len(groups) > 0 || !k.holds(NoGroupsNoClaim) {
			token.set(m.Config["claim.name"], groups)
		}
	case "oidc-hardcoded-claim-mapper":
		token.set(m.Config["claim.name"], m.Config["claim.value"])
	case "oidc-audience-mapper":
		k.addMappedAudience(m, token)
	case "oidc-allowed-origins-mapper":
		if origins := originsAllowed(s.client); len(origins) > 0 {
			token["allowed-origins"] = origins
		}
	default:
		k.applyRoles(m, token, s, scopes)
	}
}

// addMappedAudience adds the client that the mapper names, if there is one, or else its text.
func (k *Keycloak) addMappedAudience(m mapper, token claims) {
	switch named := m.Config["included.client.audience"]; {
	case named == "":
		token.addAudience(m.Config["included.custom.audience"])
	case k.realm.client(named) != nil:
		token.addAudience(named)
	}
}

// applyRoles adds role claims: all roles of the user if the client may see all, else those that
// a scope of the login brings.
func (k *Keycloak) applyRoles(m mapper, token claims, s *session, scopes []string) {
	if s.user.NoOfflineAccess {
		return
	}
	all := is(s.client.FullScopeAllowed) || !k.holds(RolesNeedScope)
	switch {
	case m.Type == "oidc-usermodel-realm-role-mapper" && all:
		token["realm_access"] = map[string]any{"roles": []string{"default-roles-" + strings.ToLower(k.config.Realm), "offline_access", "uma_authorization"}}
	case m.Type == "oidc-usermodel-realm-role-mapper" && slices.Contains(scopes, "offline_access"):
		token["realm_access"] = map[string]any{"roles": []string{"offline_access"}}
	case m.Type == "oidc-usermodel-client-role-mapper" && all:
		token["resource_access"] = map[string]any{"account": map[string]any{"roles": []string{"manage-account", "manage-account-links", "view-profile"}}}
	case m.Type == "oidc-audience-resolve-mapper" && all:
		token.addAudience("account")
	}
}

// property is a property or attribute of the user; nil when there is none.
func (u *user) property(name string) any {
	switch {
	case name == "username":
		return u.Name
	case name == "firstName":
		return u.Name
	case name == "email" && u.Email != "":
		return u.Email
	case name == "emailVerified":
		return u.Email != ""
	}
	return nil
}

// set writes a claim; dots in its name nest it. Without a name nothing is written.
func (c claims) set(name string, value any) {
	path := strings.Split(name, ".")
	if name == "" {
		return
	}
	for _, part := range path[:len(path)-1] {
		inner, ok := c[part].(claims)
		if !ok {
			inner = claims{}
			c[part] = inner
		}
		c = inner
	}
	c[path[len(path)-1]] = value
}

// addAudience adds to aud, which is text for one and a list for more (RFC 7519 section 4.1.3).
func (c claims) addAudience(audience string) {
	switch have := c["aud"].(type) {
	case nil:
		if audience != "" {
			c["aud"] = audience
		}
	case string:
		if have != audience {
			c["aud"] = []string{have, audience}
		}
	case []string:
		if !slices.Contains(have, audience) {
			c["aud"] = append(have, audience)
		}
	}
}
