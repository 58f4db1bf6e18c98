package registryclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strings"
)

// Scope is a scope document of the registry: which groups of the identity provider it is mapped
// from, and what it gives their members. It has nothing to do with OAuth scopes.
type Scope struct {
	Name          string   `json:"scope_name"`
	Type          string   `json:"scope_type"`
	Description   string   `json:"description"`
	GroupMappings []string `json:"group_mappings"` // compared with the token's groups letter by letter
	// ServerAccess says what may be called through the gateway.
	ServerAccess []AccessRule `json:"server_access"`
	// UIPermissions maps what may be done in the API, such as list_service, to names or "all".
	UIPermissions map[string][]string `json:"ui_permissions"`
	IDPManaged    bool                `json:"is_idp_managed"`

	document map[string]json.RawMessage
}

// AccessRule is one rule of a scope. The registry stores three shapes of it: on a server, on an
// agent, and grouped, which nests rules.
type AccessRule struct {
	Server  string
	Methods []string
	Tools   []string // names; "*" and "all" are wildcards; a bare "*" reads as a list of one
	Agent   string
	Actions []string
	Grouped []AccessRule // of the grouped shape
	// Unknown names the keys that this package does not know.
	Unknown []string
}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *AccessRule) UnmarshalJSON(text []byte) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		return err
	}
	*r = AccessRule{}
	var scope string
	known := map[string]any{
		"server": &r.Server, "methods": &r.Methods, "agent": &r.Agent, "actions": &r.Actions,
		"access_rules": &r.Grouped, "scope_name": &scope,
	}
	for key, value := range keys {
		switch into, ok := known[key]; {
		case key == "tools":
			if err := json.Unmarshal(value, &r.Tools); err != nil {
				var one string
				if json.Unmarshal(value, &one) != nil {
					return fmt.Errorf("tools: %w", err)
				}
				r.Tools = []string{one}
			}
		case !ok:
			r.Unknown = append(r.Unknown, key)
		default:
			if err := json.Unmarshal(value, into); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	return nil
}

// UnmarshalJSON implements [json.Unmarshaler]. What is read is kept, to be written back whole.
func (s *Scope) UnmarshalJSON(text []byte) error {
	type plain Scope
	var p plain
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	if err := json.Unmarshal(text, &p.document); err != nil {
		return err
	}
	*s = Scope(p)
	return nil
}

// Admin reports whether the scope makes its members administrators: a permission that changes
// something is granted for the literal "all".
func (s *Scope) Admin() bool {
	for permission, names := range s.UIPermissions {
		changes := false
		for _, prefix := range []string{"register_", "modify_", "toggle_", "delete_", "publish_", "create_"} {
			changes = changes || strings.HasPrefix(permission, prefix)
		}
		for _, name := range names {
			if changes && name == "all" && !strings.HasSuffix(permission, "_entity") && !strings.HasSuffix(permission, "_skill") {
				return true
			}
		}
	}
	return false
}

// ErrNotWritable reports a scope that the registry's API would damage: part of what is stored
// cannot be sent back, and what is not sent back is wiped.
var ErrNotWritable = errors.New("the registry's API cannot write this scope back whole")

// Writable returns nil when everything that is stored in the scope survives a write through the
// API, else [ErrNotWritable] with the reason.
func (s *Scope) Writable() error {
	if reason := s.Obstacle(); reason != "" {
		return fmt.Errorf("%w: %s", ErrNotWritable, reason)
	}
	return nil
}

// Obstacle says why the API cannot write the scope back whole; empty when it can.
func (s *Scope) Obstacle() string {
	if strings.Contains(s.Name, "/") {
		return "its name has a slash, which no route takes"
	}
	if s.document == nil {
		return "it was not read from a registry"
	}
	for key := range s.document {
		switch key {
		case "scope_name", "scope_type", "description", "group_mappings", "server_access", "ui_permissions", "agent_access",
			"is_idp_managed", "created_at", "updated_at":
		default:
			return "it holds " + key + ", which a write drops"
		}
	}
	for _, key := range []string{"server_access", "ui_permissions"} {
		if value, ok := s.document[key]; !ok || string(value) == "null" {
			return "it shows no " + key + ", which a write without it empties"
		}
	}
	if s.Type != "" && s.Type != "group" {
		return "its scope_type is " + s.Type + ", which a write turns into group"
	}
	for _, rule := range s.ServerAccess {
		switch name := strings.ToLower(strings.Trim(rule.Server, "/")); {
		case len(rule.Unknown) > 0:
			return "a rule holds " + rule.Unknown[0] + ", which the registry refuses"
		case rule.Agent != "" && rule.Server == "":
		case rule.Agent != "" || len(rule.Grouped) > 0 || rule.Server == "" && rule.Methods == nil:
			return "it holds rules of the grouped shape, which the registry refuses"
		case name == "*" || name == "all" || name == "":
			return "it has a rule for every server, which the registry refuses"
		}
	}
	return ""
}

// Kept reports whether a later reading holds everything that the scope held, but for its group
// mappings and times. Permissions for nothing, which a write may add, do not count.
func (s *Scope) Kept(later *Scope) bool {
	for _, key := range []string{"description", "server_access", "ui_permissions", "agent_access", "is_idp_managed"} {
		if before, ok := s.document[key]; ok && !reflect.DeepEqual(content(before), content(later.document[key])) {
			return false
		}
	}
	return true
}

// content is a JSON value without the way it is written; nil for an absent or empty one.
func content(text json.RawMessage) any {
	var value any
	if json.Unmarshal(text, &value) != nil {
		return nil
	}
	if permissions, ok := value.(map[string]any); ok {
		maps.DeleteFunc(permissions, func(_ string, names any) bool { return isEmpty(names) })
	}
	if isEmpty(value) {
		return nil
	}
	return value
}

func isEmpty(value any) bool {
	switch v := value.(type) {
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return value == nil
}

// Scopes reads every scope document whole. Only administrators may ([ErrForbidden]).
func (c *Client) Scopes(ctx context.Context) ([]Scope, error) {
	var answer struct {
		Scopes []Scope `json:"scopes"`
	}
	if err := c.readAPI(ctx, "/api/export/scopes", nil, &answer); err != nil {
		return nil, err
	}
	if answer.Scopes == nil {
		return nil, fmt.Errorf("%w: its export has no list of scopes", ErrNotRegistry)
	}
	return answer.Scopes, nil
}

// Scope reads one scope document whole. A name with a slash can only be read with [Client.Scopes].
func (c *Client) Scope(ctx context.Context, name string) (*Scope, error) {
	if name == "" || strings.Contains(name, "/") {
		return nil, fmt.Errorf("scope %q: %w", name, ErrServerPath)
	}
	var scope Scope
	if err := c.readAPI(ctx, "/api/servers/groups/"+url.PathEscape(name), nil, &scope); err != nil {
		return nil, err
	}
	if scope.Name != name {
		return nil, fmt.Errorf("scope %s: %w: it answers with scope %q", name, ErrNotRegistry, scope.Name)
	}
	return &scope, nil
}

// SetGroupMappings writes a scope that was read back whole, with other mappings. It is refused with
// [ErrNotWritable], and nothing is sent, where [Scope.Writable] says so. It is sent once, and says
// nothing to the identity provider.
func (c *Client) SetGroupMappings(ctx context.Context, scope *Scope, groups []string) error {
	if err := scope.Writable(); err != nil {
		return err
	}
	config := map[string]any{"group_mappings": groups}
	for _, key := range []string{"server_access", "ui_permissions", "agent_access"} {
		if value, ok := scope.document[key]; ok && string(value) != "null" {
			config[key] = value
		}
	}
	var ignored map[string]any
	return c.writeAPI(ctx, http.MethodPatch, "/api/management/iam/groups/"+url.PathEscape(scope.Name), "", map[string]any{"scope_config": config}, &ignored)
}

// CreateScope makes an empty scope: no mapping, no rule. It is made in the registry only, not in
// the identity provider. A scope of that name answers [ErrInvalid].
func (c *Client) CreateScope(ctx context.Context, name, description string) error {
	if name == "" || strings.Contains(name, "/") {
		return fmt.Errorf("scope %q: %w", name, ErrServerPath)
	}
	var ignored map[string]any
	return c.writeForm(ctx, "/api/servers/groups/create", url.Values{
		"group_name": {name}, "description": {description}, "create_in_idp": {"false"},
	}, &ignored)
}

// OBOIdentifierURIs reads the identifier URIs that an Entra app registration needs, one for each
// server, sorted; empty for other identity providers. Only administrators may ([ErrForbidden]).
func (c *Client) OBOIdentifierURIs(ctx context.Context) ([]string, error) {
	var answer struct {
		URIs []string `json:"identifier_uris"`
	}
	if err := c.readAPI(ctx, "/api/egress/obo-identifier-uris", nil, &answer); err != nil {
		return nil, err
	}
	return answer.URIs, nil
}
