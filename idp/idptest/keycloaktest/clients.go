package keycloaktest

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listClients answers a look-up by client id, or lists all clients.
func (k *Keycloak) listClients(w http.ResponseWriter, request *http.Request, by caller) {
	if !k.may(by, queryClients) {
		forbidden(w)
		return
	}
	query := request.URL.Query()
	wanted, search := query.Get("clientId"), query.Get("search") == "true" || !k.holds(LookUpIsExact)
	found := []client{}
	for _, c := range k.realm.clients {
		fits := wanted == "" || c.ClientID == wanted || search && strings.Contains(strings.ToLower(c.ClientID), strings.ToLower(wanted))
		if fits && (k.may(by, viewClients) || !k.holds(QueryShowsNothing)) {
			found = append(found, k.shown(c, by))
		}
	}
	writeRepresentation(w, found)
}

func (k *Keycloak) showClient(w http.ResponseWriter, request *http.Request, by caller) {
	if c, ok := k.clientFor(w, request, by, viewClients); ok {
		writeRepresentation(w, k.shown(c, by))
	}
}

// shown is the client with what the caller may do to it, and without an empty list of mappers.
func (k *Keycloak) shown(c *client, by caller) client {
	shown, manage := *c, k.may(by, manageClients)
	shown.Access = map[string]bool{"view": true, "configure": manage, "manage": manage}
	if len(c.mappers()) == 0 {
		shown.ProtocolMappers = nil
	}
	return shown
}

// createClient makes a client of a whole representation, with mappers and scopes.
func (k *Keycloak) createClient(w http.ResponseWriter, request *http.Request, by caller) {
	var body client
	switch {
	case !k.read(w, request, "ClientRepresentation", &body):
	case !k.may(by, manageClients):
		forbidden(w)
	case k.realm.client(body.ClientID) != nil && k.holds(ClientIDsAreUnique):
		fail(w, http.StatusConflict, "errorMessage", "Client "+body.ClientID+" already exists")
	case !k.valid(w, &body):
	default:
		c := newClient()
		overlay(c, &body)
		if c.ClientID == "" {
			c.ClientID = c.ID
		}
		c.ProtocolMappers = k.newMappers(body.ProtocolMappers)
		k.realm.chooseScopes(c, &body, k.holds(UnknownScopesDropped))
		k.deriveOrigins(c, &body)
		k.keepSecret(c)
		k.realm.clients = append(k.realm.clients, c)
		w.Header().Set("Location", k.URL()+"/admin/realms/"+k.config.Realm+"/clients/"+c.ID)
		w.WriteHeader(http.StatusCreated)
	}
}

// updateClient lays a representation over a client.
func (k *Keycloak) updateClient(w http.ResponseWriter, request *http.Request, by caller) {
	var body client
	if !k.read(w, request, "ClientRepresentation", &body) {
		return
	}
	c, ok := k.clientFor(w, request, by, manageClients)
	if !ok {
		return
	}
	if other := k.realm.client(body.ClientID); other != nil && other != c && k.holds(ClientIDsAreUnique) {
		fail(w, http.StatusConflict, "error", "conflict", "Duplicate resource error")
		return
	}
	if !k.valid(w, &body) {
		return
	}
	id := c.ID
	if !k.holds(NullsAreKept) && body.RedirectURIs == nil {
		c.RedirectURIs = &[]string{}
	}
	if !k.holds(AttributesMerge) && body.Attributes != nil {
		c.Attributes = nil
	}
	overlay(c, &body)
	c.ID = id
	if body.ProtocolMappers != nil {
		c.ProtocolMappers = k.replaceMappers(c.mappers(), *body.ProtocolMappers)
	}
	if !k.holds(ScopeListsIgnored) {
		k.realm.chooseScopes(c, &body, true)
	}
	k.deriveOrigins(c, &body)
	k.keepSecret(c)
	w.WriteHeader(http.StatusNoContent)
}

func (k *Keycloak) deleteClient(w http.ResponseWriter, request *http.Request, by caller) {
	c, ok := k.clientFor(w, request, by, manageClients)
	if !ok {
		return
	}
	k.realm.clients = slices.DeleteFunc(k.realm.clients, func(other *client) bool { return other == c })
	w.WriteHeader(http.StatusNoContent)
}

// overlay writes what body has into c: scalars and lists as a whole, attributes one by one, an
// empty attribute removing. Mappers and scopes have rules of their own.
func overlay(c, body *client) {
	fields := *body
	fields.ProtocolMappers, fields.DefaultClientScopes, fields.OptionalClientScopes, fields.Access = nil, nil, nil, nil
	text, err := json.Marshal(fields)
	if err == nil {
		err = json.Unmarshal(text, c)
	}
	if err != nil {
		panic("keycloaktest: a representation does not survive JSON: " + err.Error())
	}
	for name, value := range c.Attributes {
		if value == nil || *value == "" {
			delete(c.Attributes, name)
		}
	}
}

// valid refuses what the server's own validation refuses; it answers then.
func (k *Keycloak) valid(w http.ResponseWriter, body *client) bool {
	if body.Protocol != nil && !slices.Contains([]string{"openid-connect", "saml"}, *body.Protocol) {
		fail(w, http.StatusBadRequest, "error", "invalid_input", "Invalid protocol: "+*body.Protocol)
		return false
	}
	for _, entry := range list(body.RedirectURIs) {
		if wrong := illegalRedirect(entry); wrong != "" && k.holds(RedirectsAreValidated) {
			fail(w, http.StatusBadRequest, "error", "invalid_input", wrong)
			return false
		}
	}
	return true
}

// chooseScopes assigns what a representation lists, and the realm's defaults for an absent list.
// Names that the realm does not have are left out without a word.
func (r *realm) chooseScopes(c, body *client, drop bool) {
	choose := func(wanted *[]string, taken []string) *[]string {
		if wanted == nil {
			return nil
		}
		known := []string{}
		for _, name := range *wanted {
			if (r.scope(name) != nil || !drop) && !slices.Contains(taken, name) {
				known = append(known, name)
			}
		}
		return &known
	}
	c.DefaultClientScopes = choose(body.DefaultClientScopes, nil)
	c.OptionalClientScopes = choose(body.OptionalClientScopes, list(c.DefaultClientScopes))
	r.assignRealmDefaults(c)
}

// deriveOrigins fills web origins from the redirect URIs when the body has none and the client
// has none either.
func (k *Keycloak) deriveOrigins(c, body *client) {
	if body.WebOrigins == nil && len(list(c.WebOrigins)) == 0 {
		origins := []string{}
		if k.holds(OriginsDerived) {
			origins = originsOf(list(c.RedirectURIs))
		}
		c.WebOrigins = &origins
	}
}

// keepSecret gives a confidential client a secret, and takes it from a public one.
func (k *Keycloak) keepSecret(c *client) {
	switch {
	case is(c.PublicClient) && k.holds(PublicDropsSecret):
		c.Secret = nil
	case !is(c.PublicClient) && !is(c.BearerOnly) && c.Secret == nil:
		if c.Attributes == nil {
			c.Attributes = map[string]*string{}
		}
		c.Secret, c.Attributes[secretTimeAttribute] = new(rand.Text()), new(strconv.FormatInt(time.Now().Unix(), 10))
	}
}
