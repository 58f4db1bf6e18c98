package okta

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

// scopeToken is how a scope is written (RFC 6749 section 3.3).
var scopeToken = regexp.MustCompile(`^[!#-[\]-~]+$`)

// checkScopes returns the scopes, each once; those of the kind when there are none.
func checkScopes(scopes []string) ([]string, error) {
	if len(scopes) == 0 {
		return idp.Okta.Traits().Scopes, nil
	}
	for _, scope := range scopes {
		switch {
		case !scopeToken.MatchString(scope):
			return nil, usage(fmt.Sprintf("%q is no OAuth scope", scope), "name scopes with --scope, such as openid,offline_access")
		case strings.HasPrefix(scope, "okta.") || scope == "*":
			return nil, usage("scope "+scope+" is Okta's own, and cannot be on a custom authorization server", "leave it out of --scope and MCP_ADVERTISED_SCOPES")
		}
	}
	return union(nil, scopes), nil
}
