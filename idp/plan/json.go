package plan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// SchemaVersion is the version of the JSON form of a plan. It grows when a field changes its
// meaning or goes away.
const SchemaVersion = 1

type document struct {
	SchemaVersion int      `json:"schema_version"`
	Target        string   `json:"target"`
	Fingerprint   string   `json:"fingerprint"`
	Changes       []Change `json:"changes"`
	OK            []string `json:"ok"`
	Notes         []Note   `json:"notes"`
}

// MarshalJSON writes the plan as one object with a schema_version. Empty lists are [], never
// null.
func (p *Plan) MarshalJSON() ([]byte, error) {
	return json.Marshal(document{
		SchemaVersion: SchemaVersion,
		Target:        p.Target,
		Fingerprint:   p.Fingerprint(),
		Changes:       append([]Change{}, p.Changes...),
		OK:            append([]string{}, p.OK...),
		Notes:         append([]Note{}, p.Notes...),
	})
}

// Load reads a plan that was written as JSON, for display and comparison. It cannot be applied:
// [Plan.Apply] returns [ErrLoaded]. Load fails on unknown fields, on another schema version, on
// anything after the object, and on a fingerprint that does not fit the changes.
func Load(r io.Reader) (*Plan, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	var doc document
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("reading a plan: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("reading a plan: something follows the JSON object")
	}
	if doc.SchemaVersion != SchemaVersion {
		return nil, fmt.Errorf("reading a plan: schema version %d, this program reads %d", doc.SchemaVersion, SchemaVersion)
	}
	p := &Plan{Target: doc.Target, Changes: doc.Changes, OK: doc.OK, Notes: doc.Notes, loaded: true}
	p.do = make([]func(context.Context) error, len(p.Changes))
	if got := p.Fingerprint(); got != doc.Fingerprint {
		return nil, fmt.Errorf("reading a plan: its fingerprint is %s, its changes give %s: the file was edited", doc.Fingerprint, got)
	}
	return p, nil
}

// Fingerprint identifies what the plan would do and to which starting point: two plans with the
// same changes to the same values of the same target have the same fingerprint. Notes do not
// count. It is the lower-case hex of a SHA-256 and survives a round trip through JSON.
func (p *Plan) Fingerprint() string {
	hash := sha256.New()
	// Encoding lists of strings cannot fail, and neither can writing to a hash.
	_ = json.NewEncoder(hash).Encode(document{
		SchemaVersion: SchemaVersion,
		Target:        p.Target,
		Changes:       append([]Change{}, p.Changes...),
	})
	return hex.EncodeToString(hash.Sum(nil))
}
