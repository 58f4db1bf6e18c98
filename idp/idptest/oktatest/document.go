package oktatest

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// document is an object of the management API as it is stored: also with fields that nobody here
// knows, and with numbers as they were written.
type document = map[string]any

// decode reads one JSON object.
func decode(text []byte) (document, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var d document
	if err := decoder.Decode(&d); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) || d == nil {
		return nil, errors.New("not one JSON object")
	}
	return d, nil
}

// encode turns any JSON value into a document; it panics when value is no JSON object.
func encode(value any) document {
	text, err := json.Marshal(value)
	if err != nil {
		panic("oktatest: " + err.Error())
	}
	d, err := decode(text)
	if err != nil {
		panic("oktatest: " + err.Error())
	}
	return d
}

// clone copies a document deeply.
func clone(d document) document { return encode(d) }

// at returns the value at a path of keys, or nil.
func at(d document, path ...string) any {
	var value any = d
	for _, key := range path {
		inner, ok := value.(document)
		if !ok {
			return nil
		}
		value = inner[key]
	}
	return value
}

// text returns the string at a path, or "".
func text(d document, path ...string) string {
	s, _ := at(d, path...).(string)
	return s
}

// words returns the list of strings at a path; what is no string is left out.
func words(d document, path ...string) []string {
	list, _ := at(d, path...).([]any)
	var found []string
	for _, entry := range list {
		if s, ok := entry.(string); ok {
			found = append(found, s)
		}
	}
	return found
}

// number returns the integer at a path, or the fallback.
func number(d document, fallback int, path ...string) int {
	n, ok := at(d, path...).(json.Number)
	if !ok {
		return fallback
	}
	value, err := n.Int64()
	if err != nil {
		return fallback
	}
	return int(value)
}

// within returns the object at a path, made as needed; what stood there and is no object goes.
func within(d document, path ...string) document {
	for _, key := range path {
		inner, ok := d[key].(document)
		if !ok {
			inner = document{}
			d[key] = inner
		}
		d = inner
	}
	return d
}

// fill adds what is missing in d from defaults, object by object. A null counts as missing.
func fill(d, defaults document) {
	for key, value := range defaults {
		inner, isObject := value.(document)
		existing, isThere := d[key].(document)
		switch {
		case isObject && isThere:
			fill(existing, inner)
		case d[key] == nil:
			d[key] = value
		}
	}
}

// keep copies fields of the stored document that the one that replaces it cannot change.
func keep(d, stored document, fields ...string) {
	for _, field := range fields {
		if value, ok := stored[field]; ok {
			d[field] = value
		} else {
			delete(d, field)
		}
	}
}

// newID makes an id of Okta's form: a prefix for the kind, twenty characters in all.
func newID(prefix string) string {
	const length = 20
	return prefix + strings.ToLower(rand.Text()[:length-len(prefix)])
}

// beginsWith compares without regard to case.
func beginsWith(s, prefix string) bool {
	return strings.HasPrefix(strings.ToLower(s), strings.ToLower(prefix))
}

// find returns the first document with that value in a field, and its place; nil and -1 without.
func find(list []document, field, value string) (document, int) {
	i := slices.IndexFunc(list, func(d document) bool { return text(d, field) == value })
	if i < 0 {
		return nil, -1
	}
	return list[i], i
}
