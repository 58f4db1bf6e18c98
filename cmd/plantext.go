package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/connect/failure"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// planText writes plans for people: what changes, and what fails without it.
type planText struct {
	paint paint
}

var actionMarks = map[plan.Action]struct{ mark, color string }{
	plan.Create: {"+", "32"},
	plan.Update: {"~", "33"},
	plan.Delete: {"-", "31"},
	plan.Manual: {"!", "35"},
}

// write writes every change with its fields, the notes, and the closing count.
func (t planText) write(w io.Writer, p *plan.Plan) {
	fmt.Fprintln(w, p.Target)
	if !p.InSync() {
		fmt.Fprintln(w)
	}
	for _, c := range p.Changes {
		t.change(w, c)
	}
	if len(p.Notes) > 0 {
		fmt.Fprintln(w)
		writeNotes(w, p.Notes)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, countLine(p))
}

func (t planText) change(w io.Writer, c plan.Change) {
	rows := fieldRows(c)
	head := row{left: "  " + actionMarks[c.Action].mark + " " + c.String(), value: c.Summary}
	if len(rows) == 0 || !slices.ContainsFunc(c.Fields, func(f plan.Field) bool { return f.Prevents != "" }) {
		head.effect, head.id = effect(c.Prevents)
	}
	left := len([]rune(head.left))
	value := 0
	for _, r := range rows {
		left = max(left, len([]rune(r.left)))
		value = max(value, len([]rune(r.value)))
	}
	// A long value may stick out; it does not push the other rows' reasons off the screen.
	left, value = min(left, 36), min(value, 44)
	line := head.line(left, value)
	fmt.Fprintln(w, t.paint.with(actionMarks[c.Action].color, line))
	for _, r := range rows {
		fmt.Fprintln(w, r.line(left, value))
	}
	if len(c.Kept) > 0 {
		fmt.Fprintf(w, "      kept as found: %s\n", strings.Join(c.Kept, ", "))
	}
	if c.Confirm != "" {
		fmt.Fprintf(w, "      needs a yes: %s\n", c.Confirm)
	}
}

// row is one line of a change: what, to which value, what happens without it, and its id.
type row struct{ left, value, effect, id string }

func (r row) line(left, value int) string {
	text := pad(r.left, left) + "  " + pad(r.value, value)
	if r.effect != "" {
		text += "  without it: " + r.effect + "  " + r.id
	}
	return strings.TrimRight(plain(text), " ")
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-len([]rune(text))))
}

func fieldRows(c plan.Change) []row {
	var rows []row
	for _, f := range c.Fields {
		values := fieldValues(f)
		for i, value := range values {
			r := row{value: value}
			if i == 0 {
				r.left = "      " + f.Path
				r.effect, r.id = effect(f.Prevents)
			}
			rows = append(rows, r)
		}
	}
	return rows
}

// fieldValues shows a new value as it is, a changed one as before -> after, and a changed list
// by what comes and goes.
func fieldValues(f plan.Field) []string {
	switch {
	case len(f.Before) == 0 && len(f.After) == 0:
		return []string{""}
	case len(f.Before) == 0:
		return f.After
	case len(f.Before) == 1 && len(f.After) == 1:
		return []string{f.Before[0] + " -> " + f.After[0]}
	}
	var values []string
	for _, v := range f.After {
		if !slices.Contains(f.Before, v) {
			values = append(values, "+ "+v)
		}
	}
	for _, v := range f.Before {
		if !slices.Contains(f.After, v) {
			values = append(values, "- "+v)
		}
	}
	if len(values) == 0 {
		return []string{"in another order"}
	}
	return values
}

func effect(id string) (text, shown string) {
	f, ok := failure.ByID(id)
	if !ok || f.Effect == "" {
		return "", ""
	}
	return f.Effect, f.ID
}

func writeNotes(w io.Writer, notes []plan.Note) {
	const indent = "        "
	for _, n := range notes {
		text := n.Text
		if n.Failure != "" {
			text += " [" + n.Failure + "]"
		}
		fmt.Fprintf(w, "  note: %s\n", strings.ReplaceAll(wrap(text, textWidth-len(indent)), "\n", "\n"+indent))
	}
}

func countLine(p *plan.Plan) string {
	n := p.Counts()
	if p.InSync() {
		return "in sync"
	}
	parts := []string{fmt.Sprintf("%d to add", n.Create), fmt.Sprintf("%d to change", n.Update)}
	if n.Delete > 0 {
		parts = append(parts, fmt.Sprintf("%d to remove", n.Delete))
	}
	if n.Manual > 0 {
		parts = append(parts, fmt.Sprintf("%d by hand", n.Manual))
	}
	return strings.Join(parts, ", ")
}
