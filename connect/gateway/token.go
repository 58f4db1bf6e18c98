package gateway

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp"
)

// Acceptance is what decides which tokens of users a gateway accepts. Much of it cannot be read
// from outside: an empty field is one that is not known, and then a token that is not accepted
// for another reason is neither accepted nor refused. A list that is known to be empty is an
// empty, non-nil slice.
type Acceptance struct {
	Kind    idp.Kind
	Release Release
	// Issuers are the accepted values of iss: on Keycloak the realm under the gateway's
	// external and internal URL of it, on Entra the tenant's v2.0 and v1.0 issuer.
	Issuers []string
	// ClientID is the gateway's own client: KEYCLOAK_CLIENT_ID, OKTA_CLIENT_ID,
	// COGNITO_CLIENT_ID, ENTRA_CLIENT_ID.
	ClientID string
	// M2MClientID is KEYCLOAK_M2M_CLIENT_ID or OKTA_M2M_CLIENT_ID; the gateway takes its own
	// client where this is not set.
	M2MClientID string
	// IDEClientID is IDE_OAUTH_CLIENT_ID (Cognito).
	IDEClientID string
	// M2MClientIDs is COGNITO_M2M_CLIENT_IDS.
	M2MClientIDs []string
	// AllowedAudiences is OKTA_M2M_ALLOWED_AUDIENCES.
	AllowedAudiences []string
	// ApplicationIDURI is ENTRA_APPLICATION_ID_URI.
	ApplicationIDURI string
	// ServerURL is the connect URL of the server that is called (Entra).
	ServerURL string
}

// Outcome is what a check of a token comes to.
type Outcome string

// The outcomes of a [Verdict].
const (
	Accepted  Outcome = "accepted"
	Refused   Outcome = "refused"
	Uncertain Outcome = "uncertain" // it depends on a setting that is not known
)

// Verdict is the result of one check of a token.
type Verdict struct {
	Check   string // "token type", "time", "issuer", "audience", "client" or "groups"
	Outcome Outcome
	// Status is how the gateway answers a token that fails the check: 401, or 403 for groups.
	// It is 0 when the token is accepted.
	Status  int
	Failure string // id in the failure catalogue; empty when the token is accepted
	Text    string // what was found, lower case, no trailing period
}

// Judge replays the gateway's own checks on the claims of a token whose signature is good, in
// the gateway's order. A token gets through when no verdict is [Refused]; whether its groups
// are mapped is not judged here. Judge returns nil for an unknown kind.
//
// The rules are those of the gateway's auth server, by release, confirmed on 1.30.
func Judge(c Claims, a Acceptance, now time.Time) []Verdict {
	switch a.Kind {
	case idp.Keycloak:
		return []Verdict{
			judgeTime(c, now), judgeIssuer(c, a, "KC11"),
			judgeKeycloakAudience(c, a), judgeKeycloakGroups(c),
		}
	case idp.Okta:
		return []Verdict{
			judgeTime(c, now), judgeIssuer(c, a, "OK09"),
			judgeOktaAudience(c, a), judgeGroups(c, "OK05"),
		}
	case idp.Cognito:
		return []Verdict{
			judgeTime(c, now), judgeIssuer(c, a, "CG14"),
			judgeCognitoClient(c, a), judgeGroups(c, "CG06"),
		}
	case idp.Entra:
		return []Verdict{
			judgeEntraType(c), judgeTime(c, now), judgeIssuer(c, a, "EN13"),
			judgeEntraAudience(c, a), judgeEntraGroups(c),
		}
	}
	return nil
}

func accept(check, format string, args ...any) Verdict {
	return Verdict{Check: check, Outcome: Accepted, Text: fmt.Sprintf(format, args...)}
}

func refuse(check string, status int, failure, format string, args ...any) Verdict {
	return Verdict{Check: check, Outcome: Refused, Status: status, Failure: failure, Text: fmt.Sprintf(format, args...)}
}

// doubt is the verdict on a token that fails unless a setting that is not known admits it.
func doubt(check, failure, format string, args ...any) Verdict {
	return Verdict{Check: check, Outcome: Uncertain, Status: 401, Failure: failure, Text: fmt.Sprintf(format, args...)}
}

// judgeTime checks exp, nbf and iat without leeway, as the gateway does. A token without exp
// never expires for it.
func judgeTime(c Claims, now time.Time) Verdict {
	const check = "time"
	switch {
	case !c.Expires.IsZero() && !now.Before(c.Expires):
		return refuse(check, 401, "GW14", "expired %s ago", now.Sub(c.Expires).Round(time.Second))
	case c.NotBefore.After(now):
		return refuse(check, 401, "GW14", "not valid for another %s", c.NotBefore.Sub(now).Round(time.Second))
	case c.IssuedAt.After(now):
		return refuse(check, 401, "GW14", "issued %s in the future", c.IssuedAt.Sub(now).Round(time.Second))
	case c.Expires.IsZero():
		return accept(check, "does not expire")
	}
	return accept(check, "valid for %s", c.Expires.Sub(now).Round(time.Second))
}

func judgeIssuer(c Claims, a Acceptance, failure string) Verdict {
	const check = "issuer"
	switch {
	case slices.Contains(a.Issuers, c.Issuer):
		return accept(check, "%q", c.Issuer)
	case len(a.Issuers) == 0:
		return doubt(check, failure, "issuer %q; which ones the gateway knows cannot be seen from here", c.Issuer)
	}
	return refuse(check, 401, failure, "issuer %q; the gateway knows %s", c.Issuer, quoted(a.Issuers))
}

// judgeGroups checks that there are groups at all; without any, no scope is mapped.
func judgeGroups(c Claims, failure string) Verdict {
	if len(c.Groups) == 0 {
		return refuse("groups", 403, failure, "the token has no groups")
	}
	return accept("groups", "%s", quoted(c.Groups))
}

func quoted(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = fmt.Sprintf("%q", s)
	}
	return strings.Join(words, ", ")
}

// overlaps reports whether one of wanted is a non-empty member of list.
func overlaps(list []string, wanted ...string) bool {
	return slices.ContainsFunc(wanted, func(w string) bool { return w != "" && slices.Contains(list, w) })
}
