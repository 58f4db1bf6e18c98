package contract

import (
	"errors"

	"github.com/getkin/kin-openapi/openapi3"
)

// amend mends what the document says wrongly of objects that are used here. The schema of an access
// policy has lost all properties but its conditions; they are those of every policy, with a type
// of its own (Okta: Authorization Server Policies). That of a rule has no links, which the
// document's own examples of rules have.
func amend(document *openapi3.T) error {
	schemas := document.Components.Schemas
	policy, access, rule := schemas["Policy"], schemas["AuthorizationServerPolicy"], schemas["PolicyRule"]
	if policy == nil || access == nil || rule == nil {
		return errors.New("no schemas of policies in the OpenAPI document of Okta")
	}
	rule.Value.Properties["_links"] = policy.Value.Properties["_links"]
	common := *policy.Value
	common.Discriminator, common.Properties = nil, openapi3.Schemas{}
	for name, property := range policy.Value.Properties {
		common.Properties[name] = property
	}
	common.Properties["type"] = openapi3.NewStringSchema().WithEnum("OAUTH_AUTHORIZATION_POLICY").NewRef()
	access.Value.AllOf = append(access.Value.AllOf, common.NewRef())
	return nil
}

// enumerate makes known values the only ones, in every schema of the document.
func enumerate(document *openapi3.T) {
	visited := map[*openapi3.Schema]bool{}
	for _, schema := range document.Components.Schemas {
		enumerateSchema(schema, visited)
	}
	for _, path := range document.Paths.Map() {
		for _, operation := range path.Operations() {
			for _, parameter := range operation.Parameters {
				enumerateSchema(parameter.Value.Schema, visited)
			}
			enumerateBodies(operation, visited)
		}
	}
}

func enumerateBodies(operation *openapi3.Operation, visited map[*openapi3.Schema]bool) {
	if operation.RequestBody != nil {
		for _, media := range operation.RequestBody.Value.Content {
			enumerateSchema(media.Schema, visited)
		}
	}
	for _, response := range operation.Responses.Map() {
		for _, media := range response.Value.Content {
			enumerateSchema(media.Schema, visited)
		}
	}
}

func enumerateSchema(ref *openapi3.SchemaRef, visited map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || visited[ref.Value] {
		return
	}
	schema := ref.Value
	visited[schema] = true
	if known, ok := schema.Extensions["x-okta-known-values"].([]any); ok && len(schema.Enum) == 0 {
		schema.Enum = known
	}
	inner := append(append(append(openapi3.SchemaRefs{schema.Items, schema.Not, schema.AdditionalProperties.Schema}, schema.AllOf...), schema.AnyOf...), schema.OneOf...)
	for _, property := range schema.Properties {
		inner = append(inner, property)
	}
	for _, i := range inner {
		enumerateSchema(i, visited)
	}
}
