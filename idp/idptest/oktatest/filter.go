package oktatest

import (
	"regexp"
	"strings"
)

// comparison is one of an expression of the parameters filter and search: a field, eq or sw (begins
// with), and a text.
type comparison struct{ field, operator, value string }

var comparisonPattern = regexp.MustCompile(`^\s*([A-Za-z._]+)\s+(eq|sw)\s+"((?:[^"\\]|\\.)*)"\s*$`)

// parseFilter reads comparisons that are joined by "or", the form of SCIM filters that look-ups
// use (RFC 7644 section 3.4.2.2). Others are not understood.
func parseFilter(expression string) ([]comparison, bool) {
	var found []comparison
	for _, part := range regexp.MustCompile(`(?i)\s+or\s+`).Split(expression, -1) {
		match := comparisonPattern.FindStringSubmatch(part)
		if match == nil {
			return nil, false
		}
		value := strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(match[3])
		found = append(found, comparison{match[1], match[2], value})
	}
	return found, true
}

// holds reports whether the comparison is true of a document.
func (c comparison) holds(d document) bool {
	got := text(d, strings.Split(c.field, ".")...)
	if c.operator == "sw" {
		return beginsWith(got, c.value)
	}
	return strings.EqualFold(got, c.value)
}

// anyHolds reports whether one of the comparisons is true of a document.
func anyHolds(comparisons []comparison, d document) bool {
	for _, c := range comparisons {
		if c.holds(d) {
			return true
		}
	}
	return false
}
