package keycloak

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/Nerzal/gocloak/v13"
	"golang.org/x/oauth2"

	"github.com/mcpreg/mcpreg/idp"
)

// noTarget is what a Keycloak answers when the path prefix is wrong.
const noTarget = "Unable to find matching target resource method"

// loginError explains why no token was had.
func (s *session) loginError(ctx context.Context, err, cause error) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return s.transportError(ctx, "logging in", err, cause)
	}
	status, realm := answer.Response.StatusCode, s.config.AdminRealm
	reason := cmp.Or(answer.ErrorDescription, answer.ErrorCode, answer.Response.Status)
	switch {
	case strings.Contains(string(answer.Body), "Realm does not exist"):
		return &idp.Error{
			Code: idp.CodeNotFound, Err: err,
			Message: fmt.Sprintf("realm %s, where the credential should be, does not exist on %s", realm, s.config.URL),
			Hint:    "set --admin-realm or KEYCLOAK_ADMIN_REALM",
		}
	case status == http.StatusNotFound:
		return s.wrongPath(err)
	case status >= http.StatusInternalServerError || status == http.StatusTooManyRequests:
		return s.statusError("logging in", status, answer.Response.Status, err)
	case s.config.ClientSecret != nil:
		return &idp.Error{
			Code: idp.CodeAuth, Err: err,
			Message: fmt.Sprintf("Keycloak does not accept service account %s in realm %s: %s", s.config.ClientID, realm, reason),
			Hint:    "check KEYCLOAK_ADMIN_CLIENT_ID, its secret, KEYCLOAK_ADMIN_REALM, and that the client's service account is enabled",
		}
	case answer.ErrorCode == "invalid_grant":
		return &idp.Error{
			Code: idp.CodeAuth, Failure: "KC24", Err: err,
			Message: fmt.Sprintf("Keycloak does not accept the password of %s in realm %s: it is wrong, or the user is temporarily locked", s.config.Username, realm),
			Hint:    "it was tried once only; check KEYCLOAK_ADMIN and KEYCLOAK_ADMIN_PASSWORD, or use a service account",
		}
	}
	return &idp.Error{Code: idp.CodeAuth, Err: err, Message: fmt.Sprintf("Keycloak refuses the login in realm %s: %s", realm, reason)}
}

// callError explains why a call of the admin API failed.
func (s *session) callError(ctx context.Context, doing string, err, cause error) error {
	var answer *gocloak.APIError
	if !errors.As(err, &answer) || answer.Code == 0 {
		return s.transportError(ctx, doing, err, cause)
	}
	switch answer.Code {
	case http.StatusUnauthorized:
		return &idp.Error{
			Code: idp.CodeAuth, Err: err,
			Message: "Keycloak does not accept the token while " + doing,
			Hint:    "it may have expired, or belong to another realm or server",
		}
	case http.StatusForbidden:
		return &idp.Error{
			Code: idp.CodeForbidden, Err: err,
			Message: fmt.Sprintf("the credential lacks a right in realm %s: %s was refused", s.config.Realm, doing),
			Hint:    "give it the role manage-clients (or view-clients, to plan only) of the client realm-management in realm " + s.config.Realm,
		}
	case http.StatusNotFound:
		return s.notFound(doing, answer.Message, err)
	}
	return s.statusError(doing, answer.Code, answer.Message, err)
}

func (s *session) notFound(doing, message string, err error) error {
	switch {
	case strings.Contains(message, "Realm not found"):
		return &idp.Error{
			Code: idp.CodeNotFound, Err: err,
			Message: fmt.Sprintf("realm %s does not exist on %s", s.config.Realm, s.config.URL),
			Hint:    "set --realm or KEYCLOAK_REALM",
		}
	case strings.Contains(message, noTarget):
		return s.wrongPath(err)
	}
	return &idp.Error{Code: idp.CodeNotFound, Err: err, Message: "Keycloak found nothing while " + doing}
}

// statusError explains a status that says nothing about the request itself.
func (s *session) statusError(doing string, status int, message string, err error) error {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return &idp.Error{
			Code: idp.CodeUnreachable, Err: err,
			Message: fmt.Sprintf("%s cannot serve now (status %d) while %s", s.config.URL, status, doing),
			Hint:    "try again later",
		}
	}
	line, _, _ := strings.Cut(message, "\n")
	return &idp.Error{Code: idp.CodeFailed, Err: err, Message: fmt.Sprintf("Keycloak answered %q while %s", line, doing)}
}

func (s *session) wrongPath(err error) error {
	hint := "Keycloak before 17, and installations with a relative path, need it in the URL, as in " + s.config.URL + "/auth"
	if prefix, found := strings.CutSuffix(s.config.URL, "/auth"); found {
		hint = "Keycloak from 17 on has no /auth in its URL: try " + prefix
	}
	return &idp.Error{Code: idp.CodeNotFound, Err: err, Message: "no Keycloak answers below " + s.config.URL, Hint: hint}
}

// transportError explains a request that got no answer, or none that can be read.
func (s *session) transportError(ctx context.Context, doing string, err, cause error) error {
	if cause == nil {
		cause = err
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	case errors.Is(cause, errNotJSON):
		return &idp.Error{
			Code: idp.CodeFailed, Err: cause,
			Message: fmt.Sprintf("%s answers with a web page instead of Keycloak's API while %s", s.config.URL, doing),
			Hint:    "check the URL; a proxy in front of Keycloak may ask for a login of its own",
		}
	}
	return &idp.Error{
		Code: idp.CodeUnreachable, Err: cause,
		Message: fmt.Sprintf("no usable answer from %s while %s: %v", s.config.URL, doing, innermost(cause)),
		Hint:    "check the URL and the network, then run the same command again: it finishes what was begun",
	}
}

// innermost returns the last cause of a chain, which names the trouble without repeating the
// address.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
