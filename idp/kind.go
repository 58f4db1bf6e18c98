// Package idp is the vocabulary that mcpreg shares over all identity providers: which kinds
// there are and what is true of every installation of a kind, what must be possible ([Spec]),
// what comes of it ([Registration]) and who makes it so ([Provider]).
package idp

import (
	"fmt"
	"strings"
)

// Kind names a sort of identity provider, spelt as on the command line.
type Kind string

// The kinds that mcpreg sets up.
const (
	Keycloak Kind = "keycloak"
	Okta     Kind = "okta"
	Cognito  Kind = "cognito"
	Entra    Kind = "entra"
)

// Kinds lists every kind, in the order in which help and tables name them.
func Kinds() []Kind { return []Kind{Keycloak, Okta, Cognito, Entra} }

// ParseKind returns the kind of that name. The error names the kinds there are.
func ParseKind(name string) (Kind, error) {
	for _, k := range Kinds() {
		if string(k) == name {
			return k, nil
		}
	}
	names := make([]string, 0, len(Kinds()))
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return "", &Error{
		Code:    CodeUsage,
		Message: fmt.Sprintf("unknown identity provider %q", name),
		Hint:    "use one of " + strings.Join(names, ", "),
	}
}

// DisplayName is the product's name as its vendor writes it.
func (k Kind) DisplayName() string {
	switch k {
	case Keycloak:
		return "Keycloak"
	case Okta:
		return "Okta"
	case Cognito:
		return "Amazon Cognito"
	case Entra:
		return "Microsoft Entra ID"
	}
	return string(k)
}

// Traits are what is true of every installation of a kind.
type Traits struct {
	// Redirects is how the kind compares redirect URIs.
	Redirects RedirectRule
	// GroupsClaim is the claim of the access token that carries the groups.
	GroupsClaim string
	// Scopes are the OAuth scopes a gateway in front of this kind should advertise
	// (MCP_ADVERTISED_SCOPES). They decide whether the login succeeds, never who gets in.
	Scopes []string
	// DefaultClientName is what the public client is called unless the operator names it. It is
	// the name that the registry's own setup scripts use, so that their client is adopted.
	DefaultClientName string
}

// Traits returns what is true of every installation of the kind; the zero Traits for an unknown
// one.
func (k Kind) Traits() Traits {
	switch k {
	case Keycloak:
		return Traits{
			Redirects:         RedirectRule{AnyPort: []string{"localhost", "127.0.0.1"}, SuffixWildcard: true},
			GroupsClaim:       "groups",
			Scopes:            []string{"openid", "email", "profile", "offline_access"},
			DefaultClientName: "mcp-gateway-ide",
		}
	case Okta:
		return Traits{
			GroupsClaim:       "groups",
			Scopes:            []string{"openid", "email", "profile", "offline_access"},
			DefaultClientName: "MCP Gateway IDE Public Client",
		}
	case Cognito:
		return Traits{
			GroupsClaim:       "cognito:groups",
			Scopes:            []string{"openid", "email", "profile"}, // Cognito refuses offline_access
			DefaultClientName: "mcp-gateway-ide",
		}
	case Entra:
		return Traits{
			Redirects:         RedirectRule{AnyPort: []string{"localhost"}},
			GroupsClaim:       "groups",
			Scopes:            []string{"openid", "email", "profile", "offline_access"},
			DefaultClientName: "MCP Gateway IDE Public Client",
		}
	}
	return Traits{}
}
