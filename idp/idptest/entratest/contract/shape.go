package contract

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// shape is what is sent to an address and answered there.
type shape struct {
	entity string
	many   bool // the answer is a list
	action bool // what is sent are parameters, not an entity
}

// key is an object in an address: a segment, or an alternate key in brackets.
const key = `(?:/[^/(]+|\([A-Za-z]+='.*'\))`

// addresses are those of Microsoft Graph that a set-up uses.
var addresses = []struct {
	pattern *regexp.Regexp
	shape   shape
}{
	{regexp.MustCompile(`^applications$`), shape{entity: "Application", many: true}},
	{regexp.MustCompile(`^applications` + key + `$`), shape{entity: "Application"}},
	{regexp.MustCompile(`^applications` + key + `/owners$`), shape{entity: "DirectoryObject", many: true}},
	{regexp.MustCompile(`^directory/deletedItems/microsoft\.graph\.application$`), shape{entity: "Application", many: true}},
	{regexp.MustCompile(`^directory/deletedItems/[^/]+$`), shape{entity: "DirectoryObject"}},
	{regexp.MustCompile(`^directory/deletedItems/[^/]+/restore$`), shape{entity: "DirectoryObject", action: true}},
	{regexp.MustCompile(`^servicePrincipals$`), shape{entity: "ServicePrincipal", many: true}},
	{regexp.MustCompile(`^servicePrincipals` + key + `/(?:appRoleAssignedTo|appRoleAssignments)$`), shape{entity: "AppRoleAssignment", many: true}},
	{regexp.MustCompile(`^servicePrincipals` + key + `/(?:appRoleAssignedTo|appRoleAssignments)/[^/]+$`), shape{entity: "AppRoleAssignment"}},
	{regexp.MustCompile(`^servicePrincipals` + key + `/oauth2PermissionGrants$`), shape{entity: "OAuth2PermissionGrant", many: true}},
	{regexp.MustCompile(`^servicePrincipals` + key + `$`), shape{entity: "ServicePrincipal"}},
	{regexp.MustCompile(`^oauth2PermissionGrants$`), shape{entity: "OAuth2PermissionGrant", many: true}},
	{regexp.MustCompile(`^oauth2PermissionGrants/[^/]+$`), shape{entity: "OAuth2PermissionGrant"}},
	{regexp.MustCompile(`^groups$`), shape{entity: "Group", many: true}},
	{regexp.MustCompile(`^groups/[^/]+$`), shape{entity: "Group"}},
	{regexp.MustCompile(`^users$`), shape{entity: "User", many: true}},
	{regexp.MustCompile(`^users/[^/]+$`), shape{entity: "User"}},
	{regexp.MustCompile(`^directoryObjects/getByIds$`), shape{entity: "DirectoryObject", many: true, action: true}},
	{regexp.MustCompile(`^organization$`), shape{entity: "Organization", many: true}},
	{regexp.MustCompile(`^domains$`), shape{entity: "Domain", many: true}},
	{regexp.MustCompile(`^policies/defaultAppManagementPolicy$`), shape{entity: "TenantAppManagementPolicy"}},
}

// shapeOf finds what is sent to an address and answered there. A POST to a list answers with one
// entity, unless it is an action.
func shapeOf(method, path string) (shape, bool) {
	for _, address := range addresses {
		if address.pattern.MatchString(path) {
			is := address.shape
			is.many = is.many && (method != http.MethodPost || is.action)
			return is, true
		}
	}
	return shape{}, false
}

// selected checks the names in a $select.
func (t *Types) selected(is shape, names string) []string {
	var wrong []string
	for name := range strings.SplitSeq(names, ",") {
		if _, known := t.property(is.entity, strings.TrimSpace(name)); names != "" && !known {
			wrong = append(wrong, "$select="+name+": unknown property of "+is.entity)
		}
	}
	return wrong
}

func (t *Types) request(is shape, value any) []string {
	if is.action {
		return nil
	}
	return t.Check(is.entity, value)
}

func (t *Types) answer(is shape, status int, value any) []string {
	object, ok := value.(map[string]any)
	switch {
	case !ok:
		return []string{kindOf(value) + " is not an object"}
	case status >= http.StatusBadRequest:
		return t.failure(object)
	case !is.many:
		return t.Check(is.entity, object)
	}
	list, ok := object["value"].([]any)
	if !ok {
		return []string{"value: " + kindOf(object["value"]) + " is not a list"}
	}
	var wrong []string
	for name := range object {
		if name != "value" && !strings.HasPrefix(name, "@odata.") {
			wrong = append(wrong, name+": unknown member of a list")
		}
	}
	for i, entry := range list {
		wrong = append(wrong, t.object(is.entity, entry, fmt.Sprintf("value[%d]", i))...)
	}
	return wrong
}

// failure checks an error answer, whose innerError holds ids that the declarations do not name
// (https://learn.microsoft.com/graph/errors).
func (t *Types) failure(object map[string]any) []string {
	told, ok := object["error"].(map[string]any)
	if !ok {
		return []string{"error: " + kindOf(object["error"]) + " is not an object"}
	}
	var wrong []string
	inside, _ := told["innerError"].(map[string]any)
	for _, name := range []string{"date", "request-id", "client-request-id"} {
		if _, ok := inside[name].(string); !ok {
			wrong = append(wrong, "error.innerError."+name+": missing")
		}
	}
	known := map[string]any{}
	for name, value := range told {
		if name != "innerError" {
			known[name] = value
		}
	}
	return append(wrong, t.object("PublicError", known, "error")...)
}
