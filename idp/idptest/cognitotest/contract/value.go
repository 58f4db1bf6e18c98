package contract

import (
	"encoding/base64"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// check tells where a value breaks its shape; path leads to the value.
func (m *Model) check(name, path string, value any) []string {
	s, known := m.Shapes[name]
	switch {
	case !known:
		return []string{path + ": no shape " + name}
	case s.Document:
		return nil
	case value == nil:
		return []string{path + ": null"}
	}
	switch s.Type {
	case "structure":
		return m.checkStructure(s, path, value)
	case "list":
		return m.checkList(s, path, value)
	case "map":
		return m.checkMap(s, path, value)
	}
	return s.checkScalar(path, value)
}

func (m *Model) checkStructure(s *shape, path string, value any) []string {
	object, ok := value.(map[string]any)
	if !ok {
		return []string{wrongType(path, "structure", value)}
	}
	var wrong []string
	for _, member := range s.Required {
		if _, given := object[member]; !given {
			wrong = append(wrong, path+"."+member+": required")
		}
	}
	for member, one := range object {
		of, known := s.Members[member]
		if !known {
			wrong = append(wrong, path+"."+member+": unknown")
			continue
		}
		wrong = append(wrong, m.check(of.Shape, path+"."+member, one)...)
	}
	slices.Sort(wrong)
	return wrong
}

func (m *Model) checkList(s *shape, path string, value any) []string {
	list, ok := value.([]any)
	if !ok {
		return []string{wrongType(path, "list", value)}
	}
	wrong := s.checkSize(path, "length", float64(len(list)))
	for i, one := range list {
		wrong = append(wrong, m.check(s.Member.Shape, fmt.Sprintf("%s[%d]", path, i), one)...)
	}
	return wrong
}

func (m *Model) checkMap(s *shape, path string, value any) []string {
	object, ok := value.(map[string]any)
	if !ok {
		return []string{wrongType(path, "map", value)}
	}
	wrong := s.checkSize(path, "length", float64(len(object)))
	for key, one := range object {
		wrong = append(wrong, m.check(s.Value.Shape, path+"."+key, one)...)
	}
	slices.Sort(wrong)
	return wrong
}

// checkScalar judges strings, numbers, booleans, timestamps (seconds since 1970) and blobs
// (base64).
func (s *shape) checkScalar(path string, value any) []string {
	text, isText := value.(string)
	number, isNumber := value.(float64)
	switch s.Type {
	case "string":
		if isText {
			return s.checkText(path, text)
		}
	case "integer", "long":
		if isNumber && number == math.Trunc(number) {
			return s.checkSize(path, "value", number)
		}
	case "float", "double", "timestamp":
		if isNumber {
			return nil
		}
	case "boolean":
		if _, isFlag := value.(bool); isFlag {
			return nil
		}
	case "blob":
		if _, err := base64.StdEncoding.DecodeString(text); isText && err == nil {
			return nil
		}
	}
	return []string{wrongType(path, s.Type, value)}
}

func (s *shape) checkText(path, text string) []string {
	wrong := s.checkSize(path, "length", float64(utf8.RuneCountInString(text)))
	if s.Enum != nil && !slices.Contains(s.Enum, text) {
		wrong = append(wrong, fmt.Sprintf("%s: %q is none of %s", path, text, strings.Join(s.Enum, " ")))
	}
	if pattern := s.pattern(); pattern != nil && !pattern.MatchString(text) {
		wrong = append(wrong, fmt.Sprintf("%s: %q does not fit %s", path, text, s.Pattern))
	}
	return wrong
}

func (s *shape) checkSize(path, what string, size float64) []string {
	switch {
	case s.Max != nil && size > *s.Max:
		return []string{fmt.Sprintf("%s: %s %v above %v", path, what, size, *s.Max)}
	case s.Min != nil && size < *s.Min:
		return []string{fmt.Sprintf("%s: %s %v below %v", path, what, size, *s.Min)}
	}
	return nil
}

// pattern is what a whole text must fit; nil when there is none, or none that Go can express.
func (s *shape) pattern() *regexp.Regexp {
	if s.Pattern == "" {
		return nil
	}
	compiled, err := regexp.Compile(`^(?s:` + s.Pattern + `)$`)
	if err != nil {
		return nil
	}
	return compiled
}

func wrongType(path, want string, value any) string {
	return fmt.Sprintf("%s: %T where a %s belongs", path, value, want)
}
