package entratest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// refusal is an error of the sign-in endpoints: an AADSTS number, its text and the OAuth error
// that stands for it (https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
type refusal struct {
	number  int
	code    string // OAuth error (RFC 6749 sections 4.1.2.1 and 5.2)
	message string
}

func aadsts(number int, code, format string, values ...any) *refusal {
	return &refusal{number, code, fmt.Sprintf(format, values...)}
}

func unknownTenant(tenant string) *refusal {
	return aadsts(90002, "invalid_request", "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.", tenant)
}

func (e *Entra) unknownClient(id string) *refusal {
	return aadsts(700016, "unauthorized_client", "Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.", id, e.config.Name)
}

func (e *Entra) unknownResource(resource string) *refusal {
	return aadsts(500011, "invalid_resource", "The resource principal named %s was not found in the tenant named %s. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.", resource, e.config.Name)
}

func missing(parameter string) *refusal {
	return aadsts(900144, "invalid_request", "The request body must contain the following parameter: '%s'.", parameter)
}

func otherResource() *refusal {
	return aadsts(9010010, "invalid_target", "The resource parameter provided in the request doesn't match with the requested scopes.")
}

// text is the error's description.
func (r *refusal) text() string { return fmt.Sprintf("AADSTS%d: %s", r.number, r.message) }

// write answers as the token endpoint does.
func (r *refusal) write(w http.ResponseWriter) {
	status := http.StatusBadRequest
	if r.code == "invalid_client" {
		status = http.StatusUnauthorized
	}
	trace, correlation, at := newID(), newID(), time.Now().UTC().Format("2006-01-02 15:04:05Z")
	idptest.WriteJSON(w, status, fields{
		"error":             r.code,
		"error_description": fmt.Sprintf("%s Trace ID: %s Correlation ID: %s Timestamp: %s", r.text(), trace, correlation, at),
		"error_codes":       []int{r.number}, "timestamp": at, "trace_id": trace, "correlation_id": correlation,
		"error_uri": fmt.Sprintf("https://login.microsoftonline.com/error?code=%d", r.number),
	})
}

// show answers with a page, where the redirect URI is not to be trusted or a person has to read
// it.
func (r *refusal) show(w http.ResponseWriter) {
	idptest.ErrorPage{Title: "Sign in to your account", Message: strings.TrimSpace("Sorry, but we're having trouble signing you in. " + r.text())}.Show(w, http.StatusBadRequest)
}

// redirect answers at the redirect URI.
func (r *refusal) redirect(w http.ResponseWriter, a idptest.Authorization) {
	w.Header().Set("Location", a.Answer(url.Values{"error": {r.code}, "error_description": {r.text()}}))
	w.WriteHeader(http.StatusFound)
}
