package entratest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// condition is a $filter: it tells whether an object is meant.
type condition func(fields) bool

// lexeme is what a $filter is made of: text in quotes, a word, or a sign.
var lexeme = regexp.MustCompile(`^\s*('(?:[^']|'')*'|[A-Za-z0-9_./$-]+|[(),:])`)

// parser reads a $filter (OData 4.0, URL conventions section 5.1.1), as far as the directory
// supports it: and, or, not, eq, ne, in, startswith and any.
type parser struct {
	rest string
	is   entity
}

var (
	quoted = regexp.MustCompile(`'(?:[^']|'')*'`)
	words  = regexp.MustCompile(`[A-Za-z][A-Za-z0-9]*`)
)

// parseFilter reads a $filter for lists of an entity.
func parseFilter(filter string, is entity) (condition, *failure) {
	p := &parser{rest: filter, is: is}
	parsed, err := p.or()
	if err == nil && strings.TrimSpace(p.rest) != "" {
		err = fmt.Errorf("syntax error at %q", p.rest)
	}
	if err != nil {
		return nil, refuse("BadRequest", "Invalid filter clause: "+err.Error()+".")
	}
	for _, property := range p.unsupported(filter) {
		return nil, refuse("Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property '"+property+"' of resource '"+is.name+"'.")
	}
	return parsed, nil
}

// unsupported are properties of the filter that lists are not filtered by.
func (p *parser) unsupported(filter string) []string {
	var found []string
	for _, word := range words.FindAllString(quoted.ReplaceAllString(filter, ""), -1) {
		if _, known := p.is.shape[word]; known && !slices.Contains(p.is.filter, word) {
			found = append(found, word)
		}
	}
	return found
}

func (p *parser) next() string {
	found := lexeme.FindStringSubmatch(p.rest)
	if found == nil {
		return ""
	}
	p.rest = p.rest[len(found[0]):]
	return found[1]
}

func (p *parser) peek() string {
	before := p.rest
	defer func() { p.rest = before }()
	return p.next()
}

func (p *parser) expect(sign string) error {
	if got := p.next(); got != sign {
		return fmt.Errorf("%q expected, not %q", sign, got)
	}
	return nil
}

func (p *parser) or() (condition, error) {
	left, err := p.and()
	for err == nil && p.peek() == "or" {
		p.next()
		var right condition
		before := left
		right, err = p.and()
		left = func(f fields) bool { return before(f) || right(f) }
	}
	return left, err
}

func (p *parser) and() (condition, error) {
	left, err := p.term()
	for err == nil && p.peek() == "and" {
		p.next()
		var right condition
		before := left
		right, err = p.term()
		left = func(f fields) bool { return before(f) && right(f) }
	}
	return left, err
}

func (p *parser) term() (condition, error) {
	switch word := p.next(); {
	case word == "(":
		inside, err := p.or()
		if err == nil {
			err = p.expect(")")
		}
		return inside, err
	case word == "not":
		inside, err := p.term()
		return func(f fields) bool { return !inside(f) }, err
	case strings.EqualFold(word, "startswith"):
		return p.startsWith()
	case strings.HasSuffix(word, "/any"):
		return p.anyOf(strings.TrimSuffix(word, "/any"))
	default:
		return p.comparison(word)
	}
}

func (p *parser) known(property string) error {
	if _, ok := p.is.shape[property]; !ok {
		return fmt.Errorf("could not find a property named '%s' on type 'microsoft.graph.%s'", property, strings.ToLower(p.is.name[:1])+p.is.name[1:])
	}
	return nil
}

func (p *parser) comparison(property string) (condition, error) {
	if err := p.known(property); err != nil {
		return nil, err
	}
	operator := p.next()
	if operator == "in" {
		return p.in(property)
	}
	value, err := literal(p.next())
	switch {
	case err != nil:
		return nil, err
	case operator == "eq":
		return func(f fields) bool { return same(f[property], value) }, nil
	case operator == "ne":
		return func(f fields) bool { return !same(f[property], value) }, nil
	}
	return nil, fmt.Errorf("operator %q", operator)
}

func (p *parser) in(property string) (condition, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var values []any
	for {
		value, err := literal(p.next())
		if err != nil {
			return nil, err
		}
		values = append(values, value)
		if sign := p.next(); sign == ")" {
			break
		} else if sign != "," {
			return nil, fmt.Errorf("%q in a list", sign)
		}
	}
	return func(f fields) bool {
		return slices.ContainsFunc(values, func(value any) bool { return same(f[property], value) })
	}, nil
}

func (p *parser) startsWith() (condition, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	property := p.next()
	if err := p.known(property); err != nil {
		return nil, err
	}
	if err := p.expect(","); err != nil {
		return nil, err
	}
	value, err := literal(p.next())
	if err == nil {
		err = p.expect(")")
	}
	prefix, _ := value.(string)
	return func(f fields) bool {
		return strings.HasPrefix(strings.ToLower(textOf(f, property)), strings.ToLower(prefix))
	}, err
}

// anyOf reads what stands behind property/any: (x:x eq 'value').
func (p *parser) anyOf(property string) (condition, error) {
	if err := p.known(property); err != nil {
		return nil, err
	}
	var value any
	if err := p.expect("("); err != nil {
		return nil, err
	}
	variable := p.next()
	for _, want := range []string{":", variable, "eq"} {
		if err := p.expect(want); err != nil {
			return nil, err
		}
	}
	value, err := literal(p.next())
	if err == nil {
		err = p.expect(")")
	}
	return func(f fields) bool {
		return slices.ContainsFunc(textsOf(f, property), func(entry string) bool { return same(entry, value) })
	}, err
}

func literal(word string) (any, error) {
	switch {
	case strings.HasPrefix(word, "'"):
		return strings.ReplaceAll(strings.Trim(word, "'"), "''", "'"), nil
	case word == "true", word == "false":
		return word == "true", nil
	case word == "null":
		return nil, nil //nolint:nilnil // null is a literal
	}
	return nil, fmt.Errorf("%q is no literal", word)
}

// same compares as the directory does: text without case.
func same(a, b any) bool {
	left, ok := a.(string)
	right, also := b.(string)
	if ok && also {
		return strings.EqualFold(left, right)
	}
	return a == b
}
