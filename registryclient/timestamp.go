package registryclient

import (
	"encoding/json"
	"fmt"
	"time"
)

// Timestamp is a time as the registry writes it: ISO 8601, in UTC where it names no zone. The
// zero Timestamp is an absent or null one.
type Timestamp struct{ time.Time }

// UnmarshalJSON implements [json.Unmarshaler].
func (t *Timestamp) UnmarshalJSON(text []byte) error {
	var s *string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	if s == nil || *s == "" {
		*t = Timestamp{}
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"} {
		if parsed, err := time.Parse(layout, *s); err == nil {
			t.Time = parsed.UTC()
			return nil
		}
	}
	return fmt.Errorf("%q is not a time", *s)
}
