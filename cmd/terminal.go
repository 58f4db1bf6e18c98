package cmd

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"unicode"
)

// textWidth is the column at which text for people breaks.
const textWidth = 100

// beyondASCII reports whether marks may go beyond ASCII: the locale says UTF-8 and nobody asked for
// plain output.
func (a *app) beyondASCII() bool {
	if a.global.color == "never" {
		return false
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value, ok := a.LookupEnv(name); ok && value != "" {
			value = strings.ToUpper(value)
			return strings.Contains(value, "UTF-8") || strings.Contains(value, "UTF8")
		}
	}
	return false
}

func (a *app) done() string {
	if a.beyondASCII() {
		return "✓"
	}
	return "ok"
}

func (a *app) failed() string {
	if a.beyondASCII() {
		return "✗"
	}
	return "!!"
}

// paint colours text for a terminal, or leaves it alone.
type paint bool

// paintStderr decides for words that a person reads as they come.
func (a *app) paintStderr() paint {
	noColor, set := a.LookupEnv("NO_COLOR")
	return paint(a.global.color == "always" || (a.global.color == "auto" && a.Interactive && (!set || noColor == "")))
}

// paintStdout decides for results, which go through pipes and diffs: no colour unless asked for.
func (a *app) paintStdout() paint { return a.global.color == "always" }

func (p paint) with(code, text string) string {
	if !p {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// ask puts a yes-or-no question to the person at the terminal. Anything but yes is no; the error is
// that of ctx, which ends the wait: a terminal cannot be read with a deadline, so the reading goes on
// until the program ends.
func (a *app) ask(ctx context.Context, question string) (yes bool, err error) {
	fmt.Fprintf(a.Stderr, "%s [y/N] ", question)
	answers := make(chan string, 1)
	go func() {
		answer, _ := bufio.NewReader(a.Stdin).ReadString('\n') // what cannot be read is no yes
		answers <- answer
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(a.Stderr)
		return false, ctx.Err()
	case answer := <-answers:
		if answer == "" {
			fmt.Fprintln(a.Stderr)
		}
		answer = strings.ToLower(strings.TrimSpace(answer))
		return answer == "y" || answer == "yes", nil
	}
}

// wrap breaks text at spaces so that no line is longer than width, where words allow it.
func wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		length := len([]rune(word))
		switch {
		case i == 0:
		case column+1+length > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += length
	}
	return b.String()
}

// plain drops control characters from words that others chose, which could move the cursor or
// change colours.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}
