package oktatest

import (
	"net/http"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// userInfo is the userinfo endpoint (OpenID Connect Core section 5.3).
func (o *Okta) userInfo(w http.ResponseWriter, request *http.Request, s *authorizationServer) {
	token, _ := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
	b, known := s.issued[token]
	if !known || time.Since(b.born) > b.life {
		o.challenge(request, http.StatusUnauthorized, "openid", "invalid_token", "The access token is invalid.").write(w)
		return
	}
	idptest.WriteJSON(w, http.StatusOK, b.identity())
}
