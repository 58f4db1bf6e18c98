package keycloaktest

import (
	"net/http"
	"slices"
)

// clientScope is a client scope of the realm, ClientScopeRepresentation.
type clientScope struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Protocol   string            `json:"protocol"`
	Attributes map[string]string `json:"attributes"`
	Mappers    []mapper          `json:"protocolMappers,omitempty"`
}

// shown reports whether the scope's name stands in the scope of tokens.
func (s clientScope) shown() bool { return s.Attributes["include.in.token.scope"] != "false" }

// builtInScopes are the client scopes of a new realm, and the mappers that fill tokens.
func builtInScopes() []clientScope {
	attribute := func(name, source string) mapper {
		return claimMapper(name, "oidc-usermodel-attribute-mapper", map[string]string{"user.attribute": source, "claim.name": name})
	}
	accessOnly := map[string]string{inIDToken: "false", inUserInfo: "false"}
	scopes := []clientScope{
		{Name: "acr", Mappers: []mapper{claimMapper("acr loa level", "oidc-acr-mapper", nil)}},
		{Name: "address"},
		{Name: "basic", Mappers: []mapper{
			claimMapper("auth_time", "oidc-usersessionmodel-note-mapper", map[string]string{"user.session.note": "AUTH_TIME", "claim.name": "auth_time"}),
			claimMapper("sub", "oidc-sub-mapper", accessOnly),
		}},
		{Name: "email", Mappers: []mapper{
			attribute("email", "email"),
			claimMapper("email verified", "oidc-usermodel-property-mapper", map[string]string{"user.attribute": "emailVerified", "claim.name": "email_verified"}),
		}},
		{Name: "microprofile-jwt", Mappers: []mapper{attribute("upn", "username")}},
		{Name: "offline_access"},
		{Name: "organization"},
		{Name: "phone"},
		{Name: "profile", Mappers: []mapper{
			attribute("preferred_username", "username"), attribute("given_name", "firstName"), attribute("family_name", "lastName"),
			claimMapper("full name", "oidc-full-name-mapper", nil),
		}},
		{Name: "roles", Mappers: []mapper{
			claimMapper("realm roles", "oidc-usermodel-realm-role-mapper", accessOnly),
			claimMapper("client roles", "oidc-usermodel-client-role-mapper", accessOnly),
			claimMapper("audience resolve", "oidc-audience-resolve-mapper", accessOnly),
		}},
		{Name: "service_account"},
		{Name: "web-origins", Mappers: []mapper{claimMapper("allowed web origins", "oidc-allowed-origins-mapper", accessOnly)}},
		{Name: "role_list", Protocol: "saml"}, {Name: "saml_organization", Protocol: "saml"}, {Name: "AuthnContextClassRef", Protocol: "saml"},
	}
	hidden := []string{"acr", "basic", "roles", "service_account", "web-origins"}
	for i := range scopes {
		s := &scopes[i]
		s.ID, s.Attributes = newID(), map[string]string{"display.on.consent.screen": "true"}
		if s.Protocol == "" {
			s.Protocol = "openid-connect"
		}
		if slices.Contains(hidden, s.Name) {
			s.Attributes["include.in.token.scope"] = "false"
		}
	}
	return scopes
}

func claimMapper(name, kind string, config map[string]string) mapper {
	m := mapper{ID: newID(), Name: name, Protocol: "openid-connect", Type: kind, Config: map[string]string{inAccessToken: "true", inIDToken: "true", inUserInfo: "true"}}
	for key, value := range config {
		m.Config[key] = value
	}
	return m
}

// assignRealmDefaults gives a client the scopes that the realm gives to new clients, in the lists
// that are nil.
func (r *realm) assignRealmDefaults(c *client) {
	if c.DefaultClientScopes == nil {
		c.DefaultClientScopes = &[]string{"web-origins", "acr", "profile", "roles", "basic", "email"}
	}
	if c.OptionalClientScopes == nil {
		c.OptionalClientScopes = &[]string{"address", "phone", "offline_access", "organization", "microprofile-jwt"}
	}
}

// scope returns an OpenID Connect client scope by name, or nil.
func (r *realm) scope(name string) *clientScope {
	for i, s := range r.scopes {
		if s.Name == name && s.Protocol == "openid-connect" {
			return &r.scopes[i]
		}
	}
	return nil
}

func (k *Keycloak) listClientScopes(w http.ResponseWriter, _ *http.Request, by caller) {
	switch {
	case k.may(by, viewClients):
		writeRepresentation(w, k.realm.scopes)
	case k.may(by, queryClients):
		writeRepresentation(w, []clientScope{})
	default:
		forbidden(w)
	}
}

// assignClientScope answers PUT and DELETE of one assignment. A scope that the client has the
// other way stays as it is; deleting takes it away whichever way it was.
func (k *Keycloak) assignClientScope(w http.ResponseWriter, request *http.Request, by caller) {
	c, ok := k.clientFor(w, request, by, manageClients)
	if !ok {
		return
	}
	index := slices.IndexFunc(k.realm.scopes, func(s clientScope) bool { return s.ID == request.PathValue("scope") })
	if index < 0 {
		fail(w, http.StatusNotFound, "error", "Client scope not found")
		return
	}
	s := k.realm.scopes[index]
	remove := func(l *[]string) { *l = slices.DeleteFunc(*l, func(name string) bool { return name == s.Name }) }
	target := c.OptionalClientScopes
	if request.PathValue("kind") == "default-client-scopes" {
		target = c.DefaultClientScopes
	}
	switch {
	case request.Method == http.MethodDelete:
		remove(c.DefaultClientScopes)
		remove(c.OptionalClientScopes)
	case s.Protocol != "openid-connect":
	case !c.has(s.Name):
		*target = append(*target, s.Name)
	case !k.holds(AssignedScopesStay):
		remove(c.DefaultClientScopes)
		remove(c.OptionalClientScopes)
		*target = append(*target, s.Name)
	}
	w.WriteHeader(http.StatusNoContent)
}

// listAssigned answers with the ids and names of the scopes that a client has one way.
func (k *Keycloak) listAssigned(w http.ResponseWriter, request *http.Request, by caller) {
	c, ok := k.clientFor(w, request, by, viewClients)
	if !ok {
		return
	}
	names := list(c.OptionalClientScopes)
	if request.PathValue("kind") == "default-client-scopes" {
		names = list(c.DefaultClientScopes)
	}
	type brief struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	assigned := []brief{}
	for _, name := range names {
		assigned = append(assigned, brief{k.realm.scope(name).ID, name})
	}
	writeRepresentation(w, assigned)
}
