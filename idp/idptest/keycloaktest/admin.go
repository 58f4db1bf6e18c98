package keycloaktest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// caller is who a token was given to.
type caller struct {
	administrator bool
	roles         []string
	expires       time.Time
	session       *session // of the realm
	asked         string   // scope
}

// right is what a caller needs for a request: any of the roles of the client realm-management.
type right []string

var (
	manageClients = right{"manage-clients", "realm-admin"}
	viewClients   = right{"view-clients", "manage-clients", "realm-admin"}
	queryClients  = right{"query-clients", "view-clients", "manage-clients", "realm-admin"}
	viewRealm     = right{"view-realm", "manage-realm", "realm-admin"}
	manageRealm   = right{"manage-realm", "realm-admin"}
	viewUsers     = right{"view-users", "manage-users", "realm-admin"}
	queryGroups   = right{"query-groups", "view-users", "manage-users", "realm-admin"}
	queryUsers    = right{"query-users", "view-users", "manage-users", "realm-admin"}
	impersonate   = right{"view-users", "realm-admin"}
)

// managementRoles are the roles of the client realm-management.
func managementRoles() []string {
	return []string{
		"create-client", "impersonation", "manage-authorization", "manage-clients", "manage-events", "manage-identity-providers",
		"manage-realm", "manage-users", "query-clients", "query-groups", "query-realms", "query-users", "realm-admin",
		"view-authorization", "view-clients", "view-events", "view-identity-providers", "view-realm", "view-users",
	}
}

func (k *Keycloak) may(by caller, needed right) bool {
	return by.administrator || !k.holds(AdminsNeedRoles) || slices.ContainsFunc(by.roles, func(role string) bool { return slices.Contains(needed, role) })
}

// administered answers for the admin API once the realm and the token are known.
func (k *Keycloak) administered(handle func(http.ResponseWriter, *http.Request, caller)) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		token, _ := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
		by, known := k.realm.callers[token]
		switch {
		case k.holds(AdminsAreAuthenticated) && (!known || time.Now().After(by.expires)):
			fail(w, http.StatusUnauthorized, "error", "HTTP 401 Unauthorized")
		case request.PathValue("realm") != k.config.Realm:
			fail(w, http.StatusNotFound, "error", "Realm not found.")
		default:
			if !known {
				by.administrator = true
			}
			handle(w, request, by)
		}
	}
}

// clientFor finds the client of the path for a caller with the right; it answers when it does
// not.
func (k *Keycloak) clientFor(w http.ResponseWriter, request *http.Request, by caller, needed right) (*client, bool) {
	c := k.realm.clientByID(request.PathValue("client"))
	switch {
	case c == nil && k.may(by, queryClients):
		fail(w, http.StatusNotFound, "error", "Could not find client")
	case c == nil || !k.may(by, needed):
		forbidden(w)
	default:
		return c, true
	}
	return nil, false
}

// realmRepresentation shows the realm to who may view it, and a stub to others with any role.
func (k *Keycloak) realmRepresentation(w http.ResponseWriter, _ *http.Request, by caller) {
	stub := map[string]any{"realm": k.config.Realm, "bruteForceProtected": false, "supportedLocales": []string{}, "organizationsEnabled": false}
	switch {
	case k.may(by, viewRealm):
		stub["id"], stub["enabled"], stub["accessTokenLifespan"], stub["revokeRefreshToken"] = k.realm.id, true, int(tokenLife.Seconds()), false
	case len(by.roles) == 0:
		forbidden(w)
		return
	}
	writeRepresentation(w, stub)
}

// endSessions answers POST of logout-all.
func (k *Keycloak) endSessions(w http.ResponseWriter, _ *http.Request, by caller) {
	if !k.may(by, right{"manage-users", "realm-admin"}) {
		forbidden(w)
		return
	}
	clear(k.realm.sessions)
	clear(k.realm.browsers)
	writeRepresentation(w, map[string]any{})
}

// unknownField reports a field that the server does not know.
type unknownField struct{ representation, field string }

func (e *unknownField) Error() string {
	return "Invalid json representation for " + e.representation + ". Unrecognized field \"" + e.field + "\""
}

// decodeStrict decodes one JSON value. It returns [*unknownField] when into has no such field.
func decodeStrict(representation string, text []byte, into any) error {
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err != nil {
		if _, field, found := strings.Cut(err.Error(), "json: unknown field "); found {
			return &unknownField{representation, strings.Trim(field, `"`)}
		}
	}
	return err
}

// read decodes a body of the admin API; it answers when it cannot.
func (k *Keycloak) read(w http.ResponseWriter, request *http.Request, representation string, into any) bool {
	if !strings.HasPrefix(request.Header.Get("Content-Type"), "application/json") {
		fail(w, http.StatusUnsupportedMediaType, "error", "The content-type header value did not match the value in @Consumes")
		return false
	}
	text := idptest.Body(request)
	if len(text) == 0 {
		fail(w, http.StatusInternalServerError, "error", "unknown_error", "For more on this error consult the server log.")
		return false
	}
	err := decodeStrict(representation, text, into)
	var unknown *unknownField
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return true
	case errors.As(err, &unknown) && !k.holds(UnknownFieldsRefused):
		return json.Unmarshal(text, into) == nil
	case errors.As(err, &unknown):
		fail(w, http.StatusBadRequest, "error", unknown.Error()+" at line 1 column "+columnOf(text, unknown.field)+".")
	case errors.As(err, &syntax) || strings.Contains(err.Error(), "unexpected EOF"):
		fail(w, http.StatusBadRequest, "error", "invalid_request", "Cannot parse the JSON")
	default:
		fail(w, http.StatusBadRequest, "error", "unknown_error", "Cannot parse the JSON")
	}
	return false
}
