// Package plan is the engine of mcpreg: a difference between what must be true and what is,
// as data that can be shown, compared, and applied in order.
//
// A [Plan] is computed by reading only. Each [Change] names the failure it prevents, by its id
// in the failure catalogue, so that a plan, a check and an explanation speak one language.
// A change is applied by the func handed to [Plan.Add] with it; a plan that was loaded from
// JSON has no funcs and can be shown and compared, never applied.
package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrLoaded reports an attempt to apply a plan that only describes changes: one read by [Load],
// or one computed offline, against nothing. Make a fresh plan from the live system to apply it.
var ErrLoaded = errors.New("plan describes changes only and cannot be applied")

// ErrMoved reports that somebody else wrote the object between the reading that made the plan
// and the write that would have carried it out. Nothing was written. A fresh plan shows both.
var ErrMoved = errors.New("the object changed since it was read")

// ErrDuplicate reports that two parts of a joined plan hold a change of the same object.
var ErrDuplicate = errors.New("two changes of one object")

// Action is what a [Change] does to its object.
type Action string

// The actions a change can have. Manual is what only a person can do, such as restarting the
// gateway with a new setting; it is shown and never applied.
const (
	Create Action = "create"
	Update Action = "update"
	Delete Action = "delete"
	Manual Action = "manual"
)

// Field is one property that a change sets. Values are lists of strings: a scalar is a list of
// one, an absent value an empty list. A value only known once the change is made is
// [KnownAfterApply].
type Field struct {
	Path     string   `json:"path"`
	Before   []string `json:"before,omitempty"`
	After    []string `json:"after,omitempty"`
	Prevents string   `json:"prevents,omitempty"` // failure id, when it differs from the change's own
}

// Excess gives a field that only takes values out of a list the failure which they invite, or none:
// what fails without a value is no reason to take it away. Any other field stays as it is.
func (f Field) Excess(failure string) Field {
	added := func(value string) bool { return !slices.Contains(f.Before, value) }
	if len(f.After) > 0 && len(f.After) < len(f.Before) && !slices.ContainsFunc(f.After, added) {
		f.Prevents = failure
	}
	return f
}

// KnownAfterApply stands for a value that the remote system chooses, such as a new object's id.
const KnownAfterApply = "(known after apply)"

// Change is one mutation as data. System, Kind and Name together identify the object: they are
// unique in a plan and the same from run to run.
type Change struct {
	System   string   `json:"system"` // "keycloak", "okta", "registry", "gateway"
	Kind     string   `json:"kind"`   // the system's own word for the object: "client", "claim"
	Name     string   `json:"name"`   // the object's name as the system's console shows it
	Action   Action   `json:"action"`
	Summary  string   `json:"summary,omitempty"` // what the object is, for people: "public, PKCE S256"
	Fields   []Field  `json:"fields,omitempty"`  // only what differs
	Kept     []string `json:"kept,omitempty"`    // what was found, is not ours and stays: "3 redirects"
	Prevents string   `json:"prevents,omitempty"`
	// Confirm says why the change waits for a person's yes (or --yes), such as "removes 2
	// redirect URIs". Empty when it may proceed unasked. Deletions always wait.
	Confirm string `json:"confirm,omitempty"`
	// Steps say how a person makes the change in the system's own console, one sentence each. They
	// are given where the plan is a request to somebody else.
	Steps []string `json:"steps,omitempty"`
	// Commands are the same as command lines of the vendor's own tool, where it has one.
	Commands []string `json:"commands,omitempty"`
	// Alone marks a change whose failure does not stop those after it.
	Alone bool `json:"alone,omitempty"`
}

// Key identifies the change's object within a plan.
func (c Change) Key() string { return c.System + "\x00" + c.Kind + "\x00" + c.Name }

// String names the change's object for messages: `client mcp-gateway-ide`.
func (c Change) String() string { return c.Kind + " " + c.Name }

// NeedsYes reports whether the change must not be made unasked.
func (c Change) NeedsYes() bool { return c.Action == Delete || c.Confirm != "" }

// Note is a thing to know that the plan cannot change or could not observe.
type Note struct {
	Failure string `json:"failure,omitempty"` // id in the failure catalogue
	Owner   string `json:"owner,omitempty"`   // who can act on it: "keycloak administrator"
	Text    string `json:"text"`
}

// Plan is the ordered list of changes that make a target as wanted, and what was learnt on the
// way. The zero Plan is empty and usable.
type Plan struct {
	Target  string   // where: "keycloak https://sso.example.com realm mcp-gateway"
	Changes []Change // in the order they are made
	OK      []string // what was checked and found right
	Notes   []Note

	do     []func(context.Context) error // parallel to Changes; nil for manual and described changes
	loaded bool
}

// Add appends a change and the func that makes it. A nil func describes a change that cannot be
// applied here: every manual change, and all changes of an offline plan. Add panics when the
// plan already holds a change of the same object, which is a mistake of the caller.
func (p *Plan) Add(c Change, do func(context.Context) error) {
	for _, have := range p.Changes {
		if have.Key() == c.Key() {
			panic(fmt.Sprintf("plan: %v: %s added twice", ErrDuplicate, c))
		}
	}
	if c.Action == Manual && do != nil {
		panic(fmt.Sprintf("plan: manual change %s with a func", c))
	}
	p.Changes = append(p.Changes, c)
	p.do = append(p.do, do)
}

// Note appends a thing to know.
func (p *Plan) Note(n Note) { p.Notes = append(p.Notes, n) }

// Right appends something that was checked and found right.
func (p *Plan) Right(format string, args ...any) { p.OK = append(p.OK, fmt.Sprintf(format, args...)) }

// Join makes one plan of several, their changes in the order given. It returns [ErrDuplicate],
// wrapped, when two parts change the same object.
func Join(target string, parts ...*Plan) (*Plan, error) {
	joined := &Plan{Target: target}
	seen := map[string]bool{}
	for _, part := range parts {
		for _, c := range part.Changes {
			if seen[c.Key()] {
				return nil, fmt.Errorf("%w: %s", ErrDuplicate, c)
			}
			seen[c.Key()] = true
		}
		joined.Changes = append(joined.Changes, part.Changes...)
		joined.do = append(joined.do, part.do...)
		joined.OK = append(joined.OK, part.OK...)
		joined.Notes = append(joined.Notes, part.Notes...)
		joined.loaded = joined.loaded || part.loaded
	}
	return joined, nil
}

// Only returns the plan with just the changes that keep approves, in the same order.
func (p *Plan) Only(keep func(Change) bool) *Plan {
	chosen := &Plan{Target: p.Target, OK: p.OK, Notes: p.Notes, loaded: p.loaded}
	for i, c := range p.Changes {
		if keep(c) {
			chosen.Changes = append(chosen.Changes, c)
			chosen.do = append(chosen.do, p.do[i])
		}
	}
	return chosen
}

// Counts says how many changes of each sort a plan holds.
type Counts struct{ Create, Update, Delete, Manual int }

// Counts counts the plan's changes by action.
func (p *Plan) Counts() Counts {
	var n Counts
	for _, c := range p.Changes {
		switch c.Action {
		case Create:
			n.Create++
		case Update:
			n.Update++
		case Delete:
			n.Delete++
		case Manual:
			n.Manual++
		}
	}
	return n
}

// Pending counts the changes that [Plan.Apply] would make: all but the manual ones.
func (n Counts) Pending() int { return n.Create + n.Update + n.Delete }

// InSync reports whether nothing is left to do, by mcpreg or by hand.
func (p *Plan) InSync() bool { return len(p.Changes) == 0 }
