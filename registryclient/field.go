package registryclient

import (
	"bytes"
	"encoding/json"
)

// Field is an optional property of a stored document, which is absent, null or a value. The zero
// Field is absent. Within a struct it is left out of JSON while absent when it is tagged
// omitzero.
type Field[T comparable] struct {
	value   T
	present bool
	null    bool
}

// Value returns a field that holds v.
func Value[T comparable](v T) Field[T] { return Field[T]{value: v, present: true} }

// Null returns a field that is present and null.
func Null[T comparable]() Field[T] { return Field[T]{present: true, null: true} }

// Value returns the value, and whether there is one: false when the field is absent or null.
func (f Field[T]) Value() (T, bool) { return f.value, f.present && !f.null }

// IsZero reports whether the field is absent.
func (f Field[T]) IsZero() bool { return !f.present }

// IsNull reports whether the field is present and null.
func (f Field[T]) IsNull() bool { return f.null }

// Equal reports whether both fields are in the same state and hold the same value.
func (f Field[T]) Equal(other Field[T]) bool { return f == other }

// UnmarshalJSON implements [json.Unmarshaler].
func (f *Field[T]) UnmarshalJSON(text []byte) error {
	if bytes.Equal(text, []byte("null")) {
		*f = Null[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*f = Value(v)
	return nil
}

// MarshalJSON implements [json.Marshaler]. An absent field, which should not be asked, is null.
func (f Field[T]) MarshalJSON() ([]byte, error) {
	if v, ok := f.Value(); ok {
		return json.Marshal(v)
	}
	return []byte("null"), nil
}
