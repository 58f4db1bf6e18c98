package okta

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// document is an object of Okta as JSON. Values that nobody sets keep their bytes, whatever they
// are, so that settings which this program does not know survive a write. A document is never
// altered: set returns another one. The nil document is an absent object.
type document map[string]json.RawMessage

// at returns the value at a path; nil when there is none.
func (d document) at(path ...string) json.RawMessage {
	for len(path) > 1 {
		d, path = d.object(path[0]), path[1:]
	}
	return d[path[0]]
}

// object returns the object that a member holds; nil when it holds none.
func (d document) object(name string) document {
	var inner document
	if json.Unmarshal(d[name], &inner) != nil {
		return nil
	}
	return inner
}

// text returns the string at a path; empty when there is none.
func (d document) text(path ...string) string {
	var text string
	if json.Unmarshal(d.at(path...), &text) != nil {
		return ""
	}
	return text
}

// list returns the strings at a path; what is no string is left out.
func (d document) list(path ...string) []string {
	var items []json.RawMessage
	if json.Unmarshal(d.at(path...), &items) != nil {
		return nil
	}
	var list []string
	for _, item := range items {
		var text string
		if json.Unmarshal(item, &text) == nil {
			list = append(list, text)
		}
	}
	return list
}

// flag returns the boolean at a path, and whether there is one.
func (d document) flag(path ...string) (value, present bool) {
	raw := d.at(path...)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) || json.Unmarshal(raw, &value) != nil {
		return false, false
	}
	return value, true
}

// number returns the whole number at a path, and whether there is one.
func (d document) number(path ...string) (value int, present bool) {
	raw := d.at(path...)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) || json.Unmarshal(raw, &value) != nil {
		return 0, false
	}
	return value, true
}

// set returns the document with the value at a path; objects on the way there are made when they
// are missing, and keep their other members.
func (d document) set(value any, path ...string) document {
	changed := maps.Clone(d)
	if changed == nil {
		changed = document{}
	}
	if len(path) > 1 {
		value = d.object(path[0]).set(value, path[1:]...)
	}
	changed[path[0]] = encode(value)
	return changed
}

// without returns the document without those members.
func (d document) without(names ...string) document {
	rest := maps.Clone(d)
	maps.DeleteFunc(rest, func(name string, _ json.RawMessage) bool { return slices.Contains(names, name) })
	return rest
}

// encode writes a value of ours, or one that was read: neither can fail.
func encode(value any) json.RawMessage {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(value)
	return bytes.TrimSpace(text.Bytes())
}

// union appends to a list what it lacks of another.
func union(list, more []string) []string {
	all := slices.Clone(list)
	for _, item := range more {
		if !slices.Contains(all, item) {
			all = append(all, item)
		}
	}
	return all
}

// covers reports whether a list has every one of the items.
func covers(list, items []string) bool {
	return !slices.ContainsFunc(items, func(item string) bool { return !slices.Contains(list, item) })
}
