package contract

import (
	"fmt"
	"slices"
	"strings"
)

// Check tells what is wrong with a JSON value that shall be of the named type: properties that
// the type does not have, and values of another type. Annotations (@odata.type and others) are no
// properties; @odata.type says which derived type a value has.
func (t *Types) Check(name string, value any) []string {
	return t.object(name, value, name)
}

func (t *Types) object(name string, value any, path string) []string {
	object, ok := value.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: %s is not a %s", path, kindOf(value), name)}
	}
	name, wrong := t.derived(name, object, path)
	names := make([]string, 0, len(object))
	for property := range object {
		names = append(names, property)
	}
	slices.Sort(names)
	for _, property := range names {
		if strings.Contains(property, "@odata.") {
			continue
		}
		is, known := t.property(name, property)
		if !known {
			wrong = append(wrong, fmt.Sprintf("%s.%s: unknown property of %s", path, property, name))
			continue
		}
		wrong = append(wrong, t.value(is, object[property], path+"."+property)...)
	}
	return wrong
}

// derived is the type that @odata.type names, which must be the expected one or extend it.
func (t *Types) derived(expected string, object map[string]any, path string) (name string, wrong []string) {
	said, ok := object["@odata.type"].(string)
	if !ok {
		return expected, nil
	}
	plain := strings.TrimPrefix(strings.TrimPrefix(said, "#"), "microsoft.graph.")
	if plain == "" {
		return expected, []string{path + ": @odata.type is empty"}
	}
	plain = t.spelled(plain)
	for name := plain; name != ""; name = t.interfaces[name].extends {
		if name == expected {
			return plain, nil
		}
	}
	return expected, []string{fmt.Sprintf("%s: @odata.type %s is no %s", path, said, expected)}
}

// spelled is how the declarations spell the name of a type, which begins small in Graph.
func (t *Types) spelled(name string) string {
	for declared := range t.interfaces {
		if strings.EqualFold(declared, name) {
			return declared
		}
	}
	return name
}

// property finds a property in a type or what it extends.
func (t *Types) property(name, property string) (typ, bool) {
	for name != "" {
		declared, ok := t.interfaces[name]
		if !ok {
			return typ{}, false
		}
		if is, ok := declared.properties[property]; ok {
			return is, true
		}
		if newer, ok := documentedSince[name+"."+property]; ok {
			return newer, true
		}
		name = declared.extends
	}
	return typ{}, false
}

// documentedSince are properties that Graph v1.0 documents and the package does not declare yet
// (https://learn.microsoft.com/graph/api/resources/appmanagementapplicationconfiguration).
var documentedSince = map[string]typ{
	"AppManagementApplicationConfiguration.identifierUris": {name: "any", nullable: true},
}

func (t *Types) value(is typ, value any, path string) []string {
	if value == nil {
		if is.nullable || is.name == "any" {
			return nil
		}
		return []string{path + ": null is not allowed"}
	}
	if is.list {
		list, ok := value.([]any)
		if !ok {
			return []string{fmt.Sprintf("%s: %s is not a list", path, kindOf(value))}
		}
		is.list, is.nullable = false, false
		var wrong []string
		for i, entry := range list {
			wrong = append(wrong, t.value(is, entry, fmt.Sprintf("%s[%d]", path, i))...)
		}
		return wrong
	}
	if alias, ok := t.aliases[is.name]; ok {
		alias.nullable = is.nullable
		return t.value(alias, value, path)
	}
	switch is.name {
	case "any":
		return nil
	case "string", "number", "boolean":
		if got := kindOf(value); got != is.name {
			return []string{fmt.Sprintf("%s: %s is not a %s", path, got, is.name)}
		}
		return nil
	case "":
		if text, ok := value.(string); !ok || !slices.Contains(is.union, text) {
			return []string{fmt.Sprintf("%s: %v is none of %s", path, value, strings.Join(is.union, ", "))}
		}
		return nil
	}
	return t.object(is.name, value, path)
}

func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "list"
	case map[string]any:
		return "object"
	}
	return "null"
}
