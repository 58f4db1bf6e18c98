package keycloaktest

import (
	"net/http"
	"slices"
	"strings"
)

// mapperTypes are the types of mappers that the stand-in knows.
func mapperTypes() []string {
	return []string{
		"oidc-acr-mapper", "oidc-address-mapper", "oidc-allowed-origins-mapper", "oidc-audience-mapper", "oidc-audience-resolve-mapper",
		"oidc-full-name-mapper", "oidc-group-membership-mapper", "oidc-hardcoded-claim-mapper", "oidc-organization-membership-mapper",
		"oidc-sub-mapper", "oidc-usermodel-attribute-mapper", "oidc-usermodel-client-role-mapper", "oidc-usermodel-property-mapper",
		"oidc-usermodel-realm-role-mapper", "oidc-usersessionmodel-note-mapper",
	}
}

// newMappers gives ids to the mappers of a new client. A type that the server does not know is
// stored like any other.
func (k *Keycloak) newMappers(body *[]mapper) *[]mapper {
	if body == nil {
		return nil
	}
	made := []mapper{}
	for _, m := range *body {
		if !k.holds(UnknownMappersStored) && !slices.Contains(mapperTypes(), m.Type) {
			continue
		}
		m.ID = newID()
		if m.Config == nil {
			m.Config = map[string]string{}
		}
		if _, set := m.Config["userinfo.token.claim"]; m.Type == "oidc-audience-mapper" && !set {
			m.Config["userinfo.token.claim"] = "false"
		}
		made = append(made, m)
	}
	return &made
}

// replaceMappers makes the mappers of a client those of a body. Mappers of the same name keep
// their ids.
func (k *Keycloak) replaceMappers(have, body []mapper) *[]mapper {
	if !k.holds(MappersReplaced) {
		return &have
	}
	after := []mapper{}
	for _, m := range body {
		m.ID = newID()
		if i := slices.IndexFunc(have, func(old mapper) bool { return old.Name == m.Name }); i >= 0 && k.holds(MapperIDsKept) {
			m.ID = have[i].ID
		}
		if m.Config == nil {
			m.Config = map[string]string{}
		}
		after = append(after, m)
	}
	return &after
}

func (k *Keycloak) listMappers(w http.ResponseWriter, request *http.Request, by caller) {
	if c, ok := k.clientFor(w, request, by, viewClients); ok {
		writeRepresentation(w, append([]mapper{}, c.mappers()...))
	}
}

// addMapper answers POST of one mapper, which must be of a known type and have a new name.
func (k *Keycloak) addMapper(w http.ResponseWriter, request *http.Request, by caller) {
	var body mapper
	if !k.read(w, request, "ProtocolMapperRepresentation", &body) {
		return
	}
	c, ok := k.clientFor(w, request, by, manageClients)
	switch {
	case !ok:
	case slices.ContainsFunc(c.mappers(), func(m mapper) bool { return m.Name == body.Name }):
		fail(w, http.StatusConflict, "errorMessage", "Protocol mapper exists with same name")
	case !slices.Contains(mapperTypes(), body.Type):
		fail(w, http.StatusNotFound, "error", "ProtocolMapper provider not found")
	default:
		body.ID = newID()
		if body.Config == nil {
			body.Config = map[string]string{}
		}
		mappers := append(c.mappers(), body)
		c.ProtocolMappers = &mappers
		w.Header().Set("Location", k.URL()+request.URL.Path+"/"+body.ID)
		w.WriteHeader(http.StatusCreated)
	}
}

// effectiveMapper is a mapper that fills a token, and where it stands.
type effectiveMapper struct {
	MapperID      string `json:"mapperId"`
	MapperName    string `json:"mapperName"`
	ContainerID   string `json:"containerId"`
	ContainerName string `json:"containerName"`
	ContainerType string `json:"containerType"`
	Type          string `json:"protocolMapper"`

	mapper mapper
}

// effective lists the mappers of a client and of those scopes.
func (r *realm) effective(c *client, scopes []string) []effectiveMapper {
	mappers := []effectiveMapper{}
	for _, name := range scopes {
		s := r.scope(name)
		for _, m := range s.Mappers {
			mappers = append(mappers, effectiveMapper{m.ID, m.Name, s.ID, s.Name, "client-scope", m.Type, m})
		}
	}
	for _, m := range c.mappers() {
		if slices.Contains(mapperTypes(), m.Type) {
			mappers = append(mappers, effectiveMapper{m.ID, m.Name, c.ID, "", "client", m.Type, m})
		}
	}
	return mappers
}

// scopesOf are the scopes of a login: the client's default ones, and the optional ones that are
// asked for.
func (r *realm) scopesOf(c *client, asked string) []string {
	var scopes []string
	for _, name := range list(c.DefaultClientScopes) {
		if r.scope(name) != nil {
			scopes = append(scopes, name)
		}
	}
	for _, name := range strings.Fields(asked) {
		if slices.Contains(list(c.OptionalClientScopes), name) && !slices.Contains(scopes, name) && r.scope(name) != nil {
			scopes = append(scopes, name)
		}
	}
	return scopes
}

func (k *Keycloak) evaluateMappers(w http.ResponseWriter, request *http.Request, by caller) {
	if c, ok := k.clientFor(w, request, by, viewClients); ok {
		writeRepresentation(w, k.realm.effective(c, k.realm.scopesOf(c, request.URL.Query().Get("scope"))))
	}
}

// exampleToken answers with the claims that a user's access token would hold.
func (k *Keycloak) exampleToken(w http.ResponseWriter, request *http.Request, by caller) {
	c, ok := k.clientFor(w, request, by, viewClients)
	if !ok {
		return
	}
	if !k.may(by, impersonate) {
		forbidden(w)
		return
	}
	query := request.URL.Query()
	if !query.Has("userId") {
		fail(w, http.StatusNotFound, "error", "No userId provided")
		return
	}
	index := slices.IndexFunc(k.realm.users, func(u *user) bool { return u.id == query.Get("userId") })
	if index < 0 {
		fail(w, http.StatusNotFound, "error", "No user found")
		return
	}
	example := &session{id: newID(), client: c, user: k.realm.users[index]}
	writeRepresentation(w, k.accessClaims(example, query.Get("scope")))
}
