package oktatest

import (
	"net/http"
	"regexp"
	"strings"
)

// comparison is one of an expression of the parameters filter and search: a field, eq or sw (begins
// with), and a text.
type comparison struct{ field, operator, value string }

const comparisonForm = `([A-Za-z._]+)\s+(eq|sw)\s+"((?:[^"\\]|\\.)*)"`

var (
	comparisonPattern  = regexp.MustCompile(comparisonForm)
	disjunctionPattern = regexp.MustCompile(`^\s*` + comparisonForm + `(?:\s+or\s+` + comparisonForm + `)*\s*$`)
)

// filtered keeps the entries of a list that the parameters filter and search admit; the answer
// counts when they are not understood.
func filtered(request *http.Request, list []document) ([]document, answer, bool) {
	for _, parameter := range []string{"filter", "search"} {
		expression := request.URL.Query().Get(parameter)
		if expression == "" {
			continue
		}
		comparisons, understood := parseFilter(expression)
		if !understood {
			return nil, fail(http.StatusBadRequest, "E0000031", "Invalid search criteria."), false
		}
		list = selected(list, func(d document) bool { return anyHolds(comparisons, d) })
	}
	return list, answer{}, true
}

// parseFilter reads comparisons that are joined by "or", the form of SCIM filters that look-ups
// use (RFC 7644 section 3.4.2.2). Others are not understood.
func parseFilter(expression string) ([]comparison, bool) {
	if !disjunctionPattern.MatchString(expression) {
		return nil, false
	}
	var found []comparison
	for _, match := range comparisonPattern.FindAllStringSubmatch(expression, -1) {
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
