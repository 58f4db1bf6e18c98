package cognitotest

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// kind is the JSON type of a member.
type kind string

const (
	isText   kind = "a String"
	isNumber kind = "an Integer"
	isFlag   kind = "a Boolean"
	isList   kind = "a List"
	isObject kind = "a Structure"
)

// member is one of a request, with the bounds of the service model.
type member struct {
	name     string
	kind     kind
	required bool
	min, max int // of a text's length, a list's length or a number; a max of 0 is none
	pattern  string
	enum     []string
	each     *member  // of a list
	members  []member // of an object
}

func textMember(name string, shortest, longest int, pattern string) member {
	return member{name: name, kind: isText, min: shortest, max: longest, pattern: pattern}
}

func enumMember(name string, values ...string) member {
	return member{name: name, kind: isText, enum: values}
}

func numberMember(name string, least, most int) member {
	return member{name: name, kind: isNumber, min: least, max: most}
}

func flagMember(name string) member { return member{name: name, kind: isFlag} }

func listMember(name string, longest int, each member) member {
	return member{name: name, kind: isList, max: longest, each: &each}
}

func objectMember(name string, members ...member) member {
	return member{name: name, kind: isObject, members: members}
}

func (m member) must() member {
	m.required = true
	return m
}

// wrongTypes refuses a request with a member of another JSON type. Members that the operation
// does not have are ignored, as the service ignores them.
func wrongTypes(members []member, asked object) *failure {
	for _, m := range members {
		value, present := asked[m.name]
		if !present || value == nil {
			delete(asked, m.name)
			continue
		}
		if refused := m.wrongType(value); refused != nil {
			return refused
		}
	}
	return nil
}

func (m member) wrongType(value any) *failure {
	wrong := func(token string) *failure {
		return fail("SerializationException", token+" can not be converted to "+string(m.kind))
	}
	got, token := kindOf(value)
	if got != m.kind {
		return wrong(token)
	}
	switch value := value.(type) {
	case float64:
		if value != math.Trunc(value) {
			return wrong("DECIMAL_VALUE")
		}
	case []any:
		for _, one := range value {
			if refused := m.each.wrongType(one); refused != nil {
				return refused
			}
		}
	case object:
		return wrongTypes(m.members, value)
	}
	return nil
}

// kindOf is the type of a JSON value, and how the service's parser calls it.
func kindOf(value any) (got kind, token string) {
	switch value := value.(type) {
	case string:
		return isText, "STRING_VALUE"
	case float64:
		return isNumber, "NUMBER_VALUE"
	case bool:
		return isFlag, strings.ToUpper(fmt.Sprint(value)) + "_VALUE"
	case []any:
		return isList, "START_ARRAY"
	case object:
		return isObject, "START_OBJECT"
	}
	return "", "NULL_VALUE"
}

// outOfBounds refuses a request whose members break their bounds, and lists them all.
func outOfBounds(members []member, asked object) *failure {
	broken := broken(members, asked, "")
	switch len(broken) {
	case 0:
		return nil
	case 1:
		return invalid("1 validation error detected: " + broken[0])
	}
	return invalid(fmt.Sprintf("%d validation errors detected: %s", len(broken), strings.Join(broken, "; ")))
}

func broken(members []member, asked object, above string) []string {
	var list []string
	for _, m := range members {
		path := above + strings.ToLower(m.name[:1]) + m.name[1:]
		value, present := asked[m.name]
		if !present {
			if m.required {
				list = append(list, fmt.Sprintf("Value null at '%s' failed to satisfy constraint: Member must not be null", path))
			}
			continue
		}
		for _, constraint := range m.breaks(value) {
			list = append(list, fmt.Sprintf("Value '%s' at '%s' failed to satisfy constraint: %s", printed(value), path, constraint))
		}
		if inner, ok := value.(object); ok {
			list = append(list, broken(m.members, inner, path+".")...)
		}
	}
	return list
}

// breaks lists the bounds that a value breaks, as the service words them.
func (m member) breaks(value any) []string {
	var list []string
	switch value := value.(type) {
	case string:
		list = m.breaksSize("length", utf8.RuneCountInString(value))
		if m.pattern != "" && !fits(m.pattern, value) {
			list = append(list, "Member must satisfy regular expression pattern: "+m.pattern)
		}
		if m.enum != nil && !slices.Contains(m.enum, value) {
			list = append(list, "Member must satisfy enum value set: ["+strings.Join(m.enum, ", ")+"]")
		}
	case float64:
		list = m.breaksSize("value", int(value))
	case []any:
		list = m.breaksSize("length", len(value))
		for _, one := range value {
			if m.each.breaks(one) != nil {
				return append(list, "Member must satisfy constraint: ["+m.each.bounds()+"]")
			}
		}
	}
	return list
}

func (m member) breaksSize(what string, size int) []string {
	switch {
	case m.max > 0 && size > m.max:
		return []string{fmt.Sprintf("Member must have %s less than or equal to %d", what, m.max)}
	case size < m.min:
		return []string{fmt.Sprintf("Member must have %s greater than or equal to %d", what, m.min)}
	}
	return nil
}

// bounds words all bounds of a list's entries.
func (m member) bounds() string {
	if m.enum != nil {
		return "Member must satisfy enum value set: [" + strings.Join(m.enum, ", ") + "]"
	}
	return fmt.Sprintf("Member must have length less than or equal to %d, Member must have length greater than or equal to %d, Member must satisfy regular expression pattern: %s", m.max, m.min, m.pattern)
}

func fits(pattern, value string) bool {
	return regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(value)
}

// printed writes a value as the service repeats it.
func printed(value any) string {
	list, ok := value.([]any)
	if !ok {
		return text(value)
	}
	var words []string
	for _, one := range list {
		words = append(words, printed(one))
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// text is a string, or the JSON of another value.
func text(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		panic("cognitotest: a value that is no JSON: " + err.Error())
	}
	return string(encoded)
}

// texts are the strings of a list; none of what is no list.
func texts(value any) []string {
	list, _ := value.([]any)
	var words []string
	for _, one := range list {
		words = append(words, text(one))
	}
	return words
}
