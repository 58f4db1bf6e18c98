package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/okta/okta-sdk-golang/v2/okta"
	"golang.org/x/oauth2"

	"github.com/mcpreg/mcpreg/idp"
)

// codeFeatureOff is Okta's code of "no permission to access the feature": it is not licensed (Okta
// documentation, error codes).
const codeFeatureOff = "E0000015"

// errTooMany reports that the org took no request, however long it was waited: nothing was done.
var errTooMany = errors.New("too many requests")

// explain tells why a call failed.
func (s *session) explain(ctx context.Context, c call, err error, last sight) error {
	var answer *okta.Error
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", c.doing, ctx.Err())
	case last.status == http.StatusTooManyRequests:
		return &idp.Error{
			Code: idp.CodeUnreachable, Err: errTooMany,
			Message: fmt.Sprintf("Okta takes no more requests now (status 429) while %s, after %d tries", c.doing, maxRetries+1),
			Hint:    "the limit is counted by the minute and shared by the whole org: try again later; what was done stays done",
		}
	case !errors.As(err, &answer):
		return s.transportError(c.doing, err)
	}
	switch last.status {
	case http.StatusUnauthorized:
		return s.unauthorized(c, err)
	case http.StatusForbidden:
		return s.forbidden(c, answer, err)
	case http.StatusNotFound:
		return &idp.Error{Code: idp.CodeNotFound, Err: err, Message: fmt.Sprintf("Okta found nothing while %s: %s", c.doing, summary(answer))}
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return &idp.Error{
			Code: idp.CodeUnreachable, Err: err,
			Message: fmt.Sprintf("%s cannot serve now (status %d) while %s", s.config.OrgURL, last.status, c.doing),
			Hint:    "try again later; running the same command again finishes what was begun",
		}
	}
	message := fmt.Sprintf("Okta answered %q (status %d) while %s", summary(answer), last.status, c.doing)
	hint := ""
	if last.requestID != "" {
		hint = "Okta's request id is " + plain(last.requestID)
	}
	return &idp.Error{Code: idp.CodeFailed, Err: err, Message: message, Hint: hint}
}

func (s *session) unauthorized(c call, err error) error {
	told := &idp.Error{
		Code: idp.CodeAuth, Failure: "OK27", Err: err,
		Message: fmt.Sprintf("Okta does not accept the API token while %s: it is wrong, revoked, expired after 30 days without use, or of another org", c.doing),
		Hint:    "make one in the Admin Console under Security > API > Tokens, of an administrator who stays; or use a service app",
	}
	if _, isApp := s.credential.(*serviceApp); isApp {
		told.Message = fmt.Sprintf("Okta does not accept the service app's access token while %s", c.doing)
		told.Hint = "the app may have been deactivated, or its grants changed; try again"
	}
	if custom := s.customDomain(); custom != "" {
		told.Hint += "; " + custom
	}
	return told
}

// customDomain says what to try when the org was named by a domain that is not Okta's.
func (s *session) customDomain() string {
	u, err := url.Parse(s.config.OrgURL)
	if err != nil || onOktaDomain(u.Hostname()) || u.Scheme == "http" {
		return ""
	}
	return u.Hostname() + " is no domain of Okta: if it is a custom domain, give the org's own address, as in https://acme.okta.com"
}

func (s *session) forbidden(c call, answer *okta.Error, err error) error {
	told := &idp.Error{
		Code: idp.CodeForbidden, Failure: "OK28", Err: err,
		Message: fmt.Sprintf("the credential lacks a right: %s was refused", c.doing),
		Hint:    fmt.Sprintf("an API token needs an administrator with the role %s; a service app needs that role and the scope %s", c.right.role(), c.right),
	}
	if answer.ErrorCode == codeFeatureOff {
		told.Failure = ""
		told.Message = fmt.Sprintf("the org does not have the feature that %s needs", c.doing)
		told.Hint = "ask Okta which product it belongs to"
	}
	return told
}

// transportError explains a request that got no answer, or none that can be read.
func (s *session) transportError(doing string, err error) error {
	if errors.Is(err, errNotJSON) {
		told := &idp.Error{
			Code: idp.CodeFailed, Err: err,
			Message: fmt.Sprintf("%s answers with a web page instead of Okta's API while %s", s.config.OrgURL, doing),
			Hint:    "check the org URL; a proxy on the way may ask for a login of its own",
		}
		if custom := s.customDomain(); custom != "" {
			told.Hint = custom
		}
		return told
	}
	told := &idp.Error{
		Code: idp.CodeUnreachable, Err: err,
		Message: fmt.Sprintf("no usable answer from %s while %s: %v", s.config.OrgURL, doing, innermost(err)),
		Hint:    "check the org URL and the network, then run the same command again: it finishes what was begun",
	}
	return told
}

// loginError explains why the service app got no token.
func (s *serviceApp) loginError(ctx context.Context, err error) error {
	var refused *oauth2.RetrieveError
	var told *idp.Error
	who := "service app " + s.config.ClientID
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("getting a token of the %s: %w", who, ctx.Err())
	case errors.As(err, &told):
		return told
	case !errors.As(err, &refused):
		return (&session{config: s.config, credential: s}).transportError("getting a token of the "+who, err)
	}
	reason := plain(strings.TrimSpace(refused.ErrorCode + " " + refused.ErrorDescription))
	switch {
	case refused.Response.StatusCode == http.StatusTooManyRequests || refused.Response.StatusCode >= http.StatusInternalServerError:
		return &idp.Error{Code: idp.CodeUnreachable, Err: err, Message: fmt.Sprintf("%s gives no token now (%s)", s.config.OrgURL, refused.Response.Status), Hint: "try again later"}
	case refused.ErrorCode == "invalid_dpop_proof":
		return &idp.Error{
			Code: idp.CodeAuth, Failure: "OK14", Err: err,
			Message: fmt.Sprintf("the %s demands DPoP, which mcpreg does not speak", who),
			Hint:    `switch off "Require Demonstrating Proof of Possession (DPoP) header in token requests" in the service app`,
		}
	case isScopeRefusal(err):
		return &idp.Error{
			Code: idp.CodeForbidden, Failure: "OK28", Err: err,
			Message: fmt.Sprintf("the %s gets no token: %s", who, reason),
			Hint:    "grant it under Okta API Scopes: " + joinRights([]right{manageApps, readGroups, readUsers, manageServers}) + "; the .read forms suffice to plan",
		}
	case refused.ErrorCode == "invalid_client":
		hint := "check OKTA_SERVICE_CLIENT_ID, the key, and its kid: the app must have the public key"
		if custom := (&session{config: s.config}).customDomain(); custom != "" {
			hint += "; " + custom
		}
		return &idp.Error{Code: idp.CodeAuth, Failure: "OK27", Err: err, Message: fmt.Sprintf("Okta does not accept the key of the %s: %s", who, reason), Hint: hint}
	}
	return &idp.Error{Code: idp.CodeAuth, Err: err, Message: fmt.Sprintf("Okta refuses the %s: %s", who, reason)}
}

// isScopeRefusal reports whether a token was refused for the scopes asked for.
func isScopeRefusal(err error) bool {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.ErrorCode {
	case "invalid_scope", "consent_required", "access_denied":
		return true
	}
	return false
}

// isNotFound reports whether the org answered that there is no such object.
func isNotFound(err error) bool {
	var told *idp.Error
	return errors.As(err, &told) && told.Code == idp.CodeNotFound
}

// lostAnswer reports whether a request may have been carried out although no answer came.
func lostAnswer(err error) bool {
	var told *idp.Error
	return errors.As(err, &told) && told.Code == idp.CodeUnreachable && !errors.Is(err, errTooMany)
}

// hasCode reports whether an error is Okta's of that code.
func hasCode(err error, code string) bool {
	var answer *okta.Error
	return errors.As(err, &answer) && answer.ErrorCode == code
}

// summary is what Okta says of an error, causes included, in one line.
func summary(answer *okta.Error) string {
	parts := []string{answer.ErrorSummary}
	for _, cause := range answer.ErrorCauses {
		if text, ok := cause["errorSummary"].(string); ok && text != "" {
			parts = append(parts, text)
		}
	}
	text := plain(strings.Join(parts, "; "))
	if strings.Trim(text, "; ") == "" {
		return "no reason"
	}
	return text
}

// plain makes foreign text fit for a line of a terminal.
func plain(text string) string {
	const most = 300
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "..."
	}
	return text
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
