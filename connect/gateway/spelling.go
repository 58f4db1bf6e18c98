package gateway

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"github.com/mcpreg/mcpreg/idp"
)

// Spelling is a way to write settings down for one sort of deployment. Write fails with an
// [*idp.Error] of [idp.CodeUsage], before anything is written, when a value holds a control
// character: a setting is one line.
type Spelling struct {
	Name  string // as -o takes it
	Write func(io.Writer, []Setting) error
}

// Spellings lists every way to write settings down.
func Spellings() []Spelling {
	return []Spelling{
		{"env", WriteEnv},
		{"github", WriteGitHub},
		{"compose", WriteCompose},
		{"helm", WriteHelm},
		{"tfvars", WriteTFVars},
	}
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=-]+$`)

// WriteEnv writes lines that a shell can source: a value of more than one plain word stands in
// double quotes.
func WriteEnv(w io.Writer, settings []Setting) error {
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`")
	return writeLines(w, settings, func(s Setting) string {
		if plainWord.MatchString(s.Value) {
			return s.Name + "=" + s.Value
		}
		return s.Name + `="` + quote.Replace(s.Value) + `"`
	})
}

// WriteGitHub writes the lines that the file behind GITHUB_ENV takes: values as they are.
func WriteGitHub(w io.Writer, settings []Setting) error {
	return writeLines(w, settings, func(s Setting) string { return s.Name + "=" + s.Value })
}

// WriteCompose writes the environment key of a compose service. A dollar sign is doubled, or
// compose would take it for a variable.
func WriteCompose(w io.Writer, settings []Setting) error {
	var environment yaml.MapSlice
	for _, s := range settings {
		environment = append(environment, yaml.MapItem{Key: s.Name, Value: strings.ReplaceAll(s.Value, "$", "$$")})
	}
	return writeYAML(w, settings, yaml.MapSlice{{Key: "environment", Value: environment}})
}

// WriteHelm writes values for the gateway's chart. A setting that the chart has no key for is
// named in a comment.
func WriteHelm(w io.Writer, settings []Setting) error {
	var values yaml.MapSlice
	var missing strings.Builder
	for _, s := range settings {
		if s.Helm == "" {
			fmt.Fprintf(&missing, "# %s: the chart has no key for it\n", s.Name)
			continue
		}
		values = nest(values, strings.Split(s.Helm, "."), s.typed())
	}
	if len(values) == 0 {
		_, err := io.WriteString(w, missing.String())
		return err
	}
	var body bytes.Buffer
	if err := writeYAML(&body, settings, values); err != nil {
		return err
	}
	_, err := io.WriteString(w, missing.String()+body.String())
	return err
}

// WriteTFVars writes Terraform variables, aligned as terraform fmt does. A setting without a
// variable is named in a comment.
func WriteTFVars(w io.Writer, settings []Setting) error {
	width := 0
	for _, s := range settings {
		width = max(width, len(s.Terraform))
	}
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "${", "$${", "%{", "%%{")
	return writeLines(w, settings, func(s Setting) string {
		if s.Terraform == "" {
			return "# " + s.Name + ": the module has no variable for it"
		}
		value := `"` + quote.Replace(s.Value) + `"`
		if s.Numeric {
			value = s.Value
		}
		return fmt.Sprintf("%-*s = %s", width, s.Terraform, value)
	})
}

// typed returns the value as YAML should hold it.
func (s Setting) typed() any {
	if n, err := strconv.Atoi(s.Value); s.Numeric && err == nil {
		return n
	}
	return s.Value
}

// nest puts value below the keys of path, beside what is there.
func nest(m yaml.MapSlice, path []string, value any) yaml.MapSlice {
	if len(path) > 1 {
		for i, item := range m {
			if below, ok := item.Value.(yaml.MapSlice); ok && item.Key == path[0] {
				m[i].Value = nest(below, path[1:], value)
				return m
			}
		}
		value = nest(nil, path[1:], value)
	}
	return append(m, yaml.MapItem{Key: path[0], Value: value})
}

func writeYAML(w io.Writer, settings []Setting, document yaml.MapSlice) error {
	if err := checkLines(settings); err != nil {
		return err
	}
	text, err := yaml.Marshal(document)
	if err != nil {
		return fmt.Errorf("writing settings as YAML: %w", err)
	}
	_, err = w.Write(text)
	return err
}

func writeLines(w io.Writer, settings []Setting, line func(Setting) string) error {
	if err := checkLines(settings); err != nil {
		return err
	}
	for _, s := range settings {
		if _, err := fmt.Fprintln(w, line(s)); err != nil {
			return err
		}
	}
	return nil
}

// checkLines refuses values that could not stand on one line, or could start another.
func checkLines(settings []Setting) error {
	for _, s := range settings {
		broken := func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }
		if !utf8.ValidString(s.Value) || strings.ContainsFunc(s.Value, broken) {
			return &idp.Error{
				Code:    idp.CodeUsage,
				Message: fmt.Sprintf("the value of %s holds a line break or another control character", s.Name),
				Hint:    "a setting of the gateway is one line of text",
			}
		}
	}
	return nil
}
