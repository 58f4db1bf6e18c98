package contract

import (
	"fmt"
	"regexp"
	"strings"
)

// Types are the declarations: interfaces, which are entities and complex types, and the unions of
// strings that stand for enumerations. Names carry their namespace, as in CallRecords.Session;
// those of microsoft.graph have none.
type Types struct {
	interfaces map[string]declaration
	aliases    map[string]typ
}

// declaration is an interface.
type declaration struct {
	extends    string // "" for none
	properties map[string]typ
}

// typ is the type of a value.
type typ struct {
	name     string   // string, number, boolean, any, or a declared name; "" for a union
	union    []string // the strings of a union
	list     bool
	nullable bool
}

var (
	blockComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	lineComment  = regexp.MustCompile(`(?m)^\s*//.*$`)
	// token is what is left without comments: words with their dots, strings and signs.
	token = regexp.MustCompile(`"[^"]*"|[A-Za-z_$@][\w$.@-]*|\d+|[{}()<>\[\]|=;:?,]`)
)

// Parse reads TypeScript declarations as Microsoft generates them: namespaces, interfaces with
// optional properties, and aliases. The error tells what else stood there.
func Parse(text string) (*Types, error) {
	plain := lineComment.ReplaceAllString(blockComment.ReplaceAllString(text, ""), "")
	r := &reader{tokens: token.FindAllString(plain, -1)}
	types := &Types{interfaces: map[string]declaration{}, aliases: map[string]typ{}}
	if err := r.declarations(types, ""); err != nil {
		return nil, err
	}
	if len(types.interfaces) == 0 {
		return nil, fmt.Errorf("no interface is declared")
	}
	return types, nil
}

// reader goes through tokens.
type reader struct {
	tokens []string
	at     int
}

func (r *reader) peek() string {
	if r.at >= len(r.tokens) {
		return ""
	}
	return r.tokens[r.at]
}

func (r *reader) next() string {
	found := r.peek()
	r.at++
	return found
}

func (r *reader) expect(want string) error {
	if got := r.next(); got != want {
		return fmt.Errorf("%q expected, not %q, at token %d", want, got, r.at)
	}
	return nil
}

// declarations reads up to the end, or up to the brace that closes a namespace.
func (r *reader) declarations(into *Types, namespace string) error {
	for {
		var err error
		switch word := r.next(); word {
		case "", "}":
			return nil
		case "export", "declare", ";":
		case "as": // export as namespace microsoftgraph;
			r.at += 2
		case "namespace":
			name := r.next()
			if err = r.expect("{"); err == nil {
				err = r.declarations(into, namespace+name+".")
			}
		case "interface":
			err = r.declaration(into, namespace)
		case "type":
			err = r.alias(into, namespace)
		default:
			err = fmt.Errorf("unknown declaration %q at token %d", word, r.at)
		}
		if err != nil {
			return err
		}
	}
}

func (r *reader) declaration(into *Types, namespace string) error {
	name, declared := namespace+r.next(), declaration{properties: map[string]typ{}}
	if r.peek() == "extends" {
		r.next()
		declared.extends = r.next()
	}
	if err := r.expect("{"); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for r.peek() != "}" {
		property := strings.Trim(r.next(), `"`)
		if r.peek() == "?" {
			r.next()
		}
		if err := r.expect(":"); err != nil {
			return fmt.Errorf("%s.%s: %w", name, property, err)
		}
		is, err := r.typ()
		if err == nil {
			err = r.expect(";")
		}
		if err != nil {
			return fmt.Errorf("%s.%s: %w", name, property, err)
		}
		declared.properties[property] = is
	}
	r.next()
	into.interfaces[name] = declared
	return nil
}

func (r *reader) alias(into *Types, namespace string) error {
	name := namespace + r.next()
	if r.peek() == "<" { // NullableOption<T> is known without its declaration
		for r.next() != ";" {
			if r.at > len(r.tokens) {
				return fmt.Errorf("%s: no end", name)
			}
		}
		return nil
	}
	if err := r.expect("="); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	is, err := r.typ()
	if err == nil {
		err = r.expect(";")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	into.aliases[name] = is
	return nil
}

// typ reads a type: a name, a list, a union of strings, or NullableOption of one.
func (r *reader) typ() (typ, error) {
	var is typ
	if r.peek() == "|" {
		r.next()
	}
	switch word := r.next(); {
	case word == "NullableOption":
		if err := r.expect("<"); err != nil {
			return is, err
		}
		inside, err := r.typ()
		if err == nil {
			err = r.expect(">")
		}
		inside.nullable = true
		return inside, err
	case strings.HasPrefix(word, `"`):
		is.union = []string{strings.Trim(word, `"`)}
		for r.peek() == "|" {
			r.next()
			is.union = append(is.union, strings.Trim(r.next(), `"`))
		}
	case word == "":
		return is, fmt.Errorf("a type is missing")
	default:
		is.name = word
	}
	if r.peek() == "[" {
		r.next()
		is.list = true
		return is, r.expect("]")
	}
	return is, nil
}
