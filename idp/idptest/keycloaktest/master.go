package keycloaktest

import (
	"net/http"
	"net/url"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// masterToken gives the administrator a token with the client admin-cli: by password, or by the
// refresh token that came with an earlier one.
func (k *Keycloak) masterToken(w http.ResponseWriter, form url.Values) {
	if _, refused := k.grantOf(form); refused != nil {
		refused.write(w)
		return
	}
	if form.Get("client_id") != "admin-cli" {
		refuse(http.StatusUnauthorized, "invalid_client", "Invalid client or Invalid client credentials").write(w)
		return
	}
	switch form.Get("grant_type") {
	case "password":
		k.masterLogin(w, form)
	case "refresh_token":
		if own := k.keys.ownClaims(form.Get("refresh_token")); own == nil || own["iss"] != k.issuer("master") {
			badGrant("Invalid refresh token").write(w)
			return
		}
		idptest.WriteJSON(w, http.StatusOK, k.masterTokens())
	default:
		refuse(http.StatusBadRequest, "unauthorized_client", "Client not allowed for this grant").write(w)
	}
}

func (k *Keycloak) masterLogin(w http.ResponseWriter, form url.Values) {
	switch {
	case !form.Has("username"):
		refuse(http.StatusUnauthorized, "invalid_request", "Missing parameter: username").write(w)
	case form.Get("username") != k.config.AdminUser || form.Get("password") != k.config.AdminPassword:
		badGrant("Invalid user credentials").write(w)
	default:
		idptest.WriteJSON(w, http.StatusOK, k.masterTokens())
	}
}

// masterTokens are those of the administrator.
func (k *Keycloak) masterTokens() tokenAnswer {
	now := time.Now()
	common := func(kind string, life time.Duration) claims {
		return claims{
			"exp": now.Add(life).Unix(), "iat": now.Unix(), "jti": newID(), "iss": k.issuer("master"), "azp": "admin-cli",
			"typ": kind, "scope": "profile email",
		}
	}
	answer := tokenAnswer{
		AccessToken: k.keys.access.Sign(common("Bearer", masterLife)), ExpiresIn: int(masterLife.Seconds()),
		RefreshToken: idptest.Compact(k.keys.own, common("Refresh", refreshLife)), RefreshExpires: int(refreshLife.Seconds()),
		TokenType: "Bearer", Scope: "profile email", SessionState: newID(),
	}
	k.realm.callers[answer.AccessToken] = caller{administrator: true, expires: now.Add(masterLife)}
	return answer
}
