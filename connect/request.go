package connect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

var (
	// storedName is what every assistant takes for a name, and no shell for a flag.
	storedName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]*$`)
	// clientID is RFC 6749 appendix A.1 without what would read as a flag, and without double
	// quotes and backslashes, which no quoting brings unharmed through every Windows program.
	clientID = regexp.MustCompile(`^[ !#-,.-\[\]-~][ !#-\[\]-~]*$`)
	// scopeToken is RFC 6749 section 3.3.
	scopeToken = regexp.MustCompile(`^[!#-\[\]-~]+$`)
	// headerName is a token of RFC 9110 section 5.6.2.
	headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

// CheckClientID refuses, as an [*idp.Error] of [idp.CodeUsage], what no assistant can be given as a
// client id.
func CheckClientID(id string) error {
	if clientID.MatchString(id) && strings.TrimSpace(id) == id {
		return nil
	}
	return usage(fmt.Sprintf("%q is no client id", id), "a client id is ASCII without double quotes, backslashes, control characters and spaces around it, and does not start with a dash")
}

// check refuses what cannot be stored or pasted, in words that name the value.
func (r Request) check() error {
	if _, err := idp.ParseKind(string(r.Kind)); err != nil {
		return err
	}
	if _, err := ParseAssistants([]string{r.Assistant.ID}); err != nil {
		return err
	}
	if _, err := parseURL("the server's URL", r.URL); err != nil {
		return err
	}
	if err := checkPort(r.CallbackPort); err != nil {
		return err
	}
	switch {
	case !storedName.MatchString(r.Name):
		return usage(fmt.Sprintf("%q cannot name a server in an assistant", r.Name), "use letters, digits, dashes and underscores, and no dash at the start")
	case r.ClientID != "" && CheckClientID(r.ClientID) != nil:
		return CheckClientID(r.ClientID)
	case !slices.Contains([]string{"", "local", "project", "user"}, r.ConfigScope):
		return usage(fmt.Sprintf("unknown configuration scope %q", r.ConfigScope), "use local, project or user")
	case !slices.Contains([]string{"", "none", "bearer", "api_key"}, r.AuthScheme):
		return usage(fmt.Sprintf("unknown authentication scheme %q", r.AuthScheme), "use none, bearer or api_key")
	case r.AuthHeader != "" && !headerName.MatchString(r.AuthHeader):
		return usage(fmt.Sprintf("%q is no name of a header", r.AuthHeader), "")
	}
	for _, scope := range r.Scopes {
		if !scopeToken.MatchString(scope) {
			return usage(fmt.Sprintf("%q is no scope", scope), "a scope is one word without quotes and backslashes")
		}
	}
	for _, name := range r.Headers {
		if !headerName.MatchString(name) {
			return usage(fmt.Sprintf("%q is no name of a header", name), "name the header only, without colon and value")
		}
	}
	return nil
}
