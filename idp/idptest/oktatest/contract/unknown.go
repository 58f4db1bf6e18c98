package contract

import (
	"fmt"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// unknown lists the properties of a JSON value, as paths, that none of its schemas declares. A
// schema that declares no properties at all, or allows additional ones, admits every one.
func unknown(value any, path string, schemas ...*openapi3.Schema) []string {
	switch value := value.(type) {
	case []any:
		var items []*openapi3.Schema
		for _, s := range parts(value, schemas) {
			if s.Items != nil {
				items = append(items, s.Items.Value)
			}
		}
		var found []string
		for i, item := range value {
			found = append(found, unknown(item, fmt.Sprintf("%s[%d]", path, i), items...)...)
		}
		return found
	case map[string]any:
		return unknownProperties(value, path, parts(value, schemas))
	}
	return nil
}

func unknownProperties(object map[string]any, path string, schemas []*openapi3.Schema) []string {
	var found []string
	open := open(schemas)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		var declared []*openapi3.Schema
		for _, s := range schemas {
			if property := s.Properties[name]; property != nil {
				declared = append(declared, property.Value)
			}
		}
		at := path + "." + name
		switch {
		case len(declared) > 0:
			found = append(found, unknown(object[name], at, declared...)...)
		case !open:
			found = append(found, at)
		}
	}
	return found
}

// open reports whether the schemas of one object admit properties that none of them declares.
func open(schemas []*openapi3.Schema) bool {
	declares := false
	for _, s := range schemas {
		if s.AdditionalProperties.Schema != nil || s.AdditionalProperties.Has != nil && *s.AdditionalProperties.Has {
			return true
		}
		declares = declares || len(s.Properties) > 0
	}
	return !declares
}

// parts resolves compositions: the schemas themselves, all of their allOf, and of oneOf and anyOf
// the branch that the discriminator names, or those that match.
func parts(value any, schemas []*openapi3.Schema) []*openapi3.Schema {
	var found []*openapi3.Schema
	for _, s := range schemas {
		if s == nil {
			continue
		}
		found = append(found, s)
		for _, inner := range s.AllOf {
			found = append(found, parts(value, []*openapi3.Schema{inner.Value})...)
		}
		for _, branch := range branches(value, s) {
			found = append(found, parts(value, []*openapi3.Schema{branch})...)
		}
	}
	return found
}

func branches(value any, s *openapi3.Schema) []*openapi3.Schema {
	var found []*openapi3.Schema
	alternatives := append(slices.Clone(s.OneOf), s.AnyOf...)
	named := ""
	if object, ok := value.(map[string]any); ok && s.Discriminator != nil {
		kind, _ := object[s.Discriminator.PropertyName].(string)
		named = s.Discriminator.Mapping[kind].Ref
	}
	for _, alternative := range alternatives {
		if named != "" && alternative.Ref == named || named == "" && alternative.Value.IsMatching(value) {
			found = append(found, alternative.Value)
		}
	}
	return found
}
