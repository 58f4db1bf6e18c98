package keycloaktest

import (
	"net/http"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// userInfo answers with the claims of the access token's user (OpenID Connect Core section 5.3).
func (k *Keycloak) userInfo(w http.ResponseWriter, request *http.Request) {
	token, sent := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
	by, known := k.realm.callers[token]
	challenge := `Bearer realm="` + k.config.Realm + `"`
	if !sent || !known || by.session == nil || time.Now().After(by.expires) {
		if sent {
			challenge += `, error="invalid_token", error_description="Token verification failed"`
		}
		w.Header().Set("WWW-Authenticate", challenge)
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	about := claims{}
	k.fill(about, by.session, k.realm.scopesOf(by.session.client, by.asked), inUserInfo)
	about["sub"] = by.session.user.id
	idptest.WriteJSON(w, http.StatusOK, about)
}
