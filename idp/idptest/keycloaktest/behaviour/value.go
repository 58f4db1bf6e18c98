package behaviour

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// value tells one member of an object. Lists are sorted, because the server keeps sets.
func value(name string, v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case []any:
		return "[" + strings.Join(texts(v), " ") + "]"
	case map[string]any:
		encoded, err := json.Marshal(sorted(v))
		if err != nil {
			return err.Error()
		}
		return string(encoded)
	case float64:
		// A second may pass between issuing a token and writing its life.
		if strings.HasSuffix(name, "expires_in") {
			return fmt.Sprint(10 * math.Round(v/10))
		}
	}
	switch name {
	case "sub", "auth_time", "sid", "jti", "secret":
		return "yes"
	case "scope":
		words := strings.Fields(fmt.Sprint(v))
		slices.Sort(words)
		return strings.Join(words, "+")
	}
	return fmt.Sprint(v)
}

// sorted sorts the lists that an object holds.
func sorted(v any) any {
	switch v := v.(type) {
	case []any:
		return texts(v)
	case map[string]any:
		object := map[string]any{}
		for name, member := range v {
			object[name] = sorted(member)
		}
		return object
	}
	return v
}

func texts(list []any) []string {
	words := []string{}
	for _, one := range list {
		words = append(words, fmt.Sprint(one))
	}
	slices.Sort(words)
	return words
}
