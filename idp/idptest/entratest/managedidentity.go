package entratest

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// ManagedIdentity makes a managed identity with those application permissions, as an app in Azure
// App Service has one: endpoint and header are the values of IDENTITY_ENDPOINT and
// IDENTITY_HEADER there (https://learn.microsoft.com/azure/app-service/overview-managed-identity).
func (e *Entra) ManagedIdentity(permissions ...string) (endpoint, header string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.register(permissions)
	return e.URL() + "/msi/token?of=" + url.QueryEscape(c.ClientID), c.Secret
}

// managedToken gives a managed identity its token.
func (e *Entra) managedToken(w http.ResponseWriter, request *http.Request) {
	query := request.URL.Query()
	c := e.callers.named(query.Get("of"))
	if c == nil || request.Header.Get("X-IDENTITY-HEADER") != c.Secret || !e.isGraph(query.Get("resource")) {
		idptest.WriteJSON(w, http.StatusBadRequest, fields{"statusCode": http.StatusBadRequest, "message": "Unable to load requested managed identity."})
		return
	}
	idptest.WriteJSON(w, http.StatusOK, fields{
		"access_token": e.graphToken(c, base(request)), "expires_on": strconv.FormatInt(time.Now().Add(tokenLife).Unix(), 10),
		"resource": query.Get("resource"), "token_type": "Bearer", "client_id": c.ClientID,
	})
}
