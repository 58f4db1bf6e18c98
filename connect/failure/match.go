package failure

import (
	"cmp"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Strength says how a text led to a row. A greater strength ranks before a smaller one.
type Strength int

// The strengths, weakest first. Only SharedWords is a guess.
const (
	SharedWords  Strength = iota + 1 // the text shares uncommon words with the row
	QuotedPhrase                     // the text holds a fragment of the row's message
	VendorCode                       // the text holds the vendor's code
	NamedID                          // the text names the row
)

// Candidate is one row that a text may speak of.
type Candidate struct {
	Failure  Failure
	Strength Strength
	// Evidence is the id, code or phrase that was found, as the catalogue writes it, or the
	// shared words in the order of the text.
	Evidence string

	length int // of the evidence, in bytes once normalised
	shared int // how many uncommon words text and row share
}

// Confident reports whether the text names the failure or quotes its message, rather than
// merely sounding like it. Several confident candidates with one evidence are all possible.
func (c Candidate) Confident() bool { return c.Strength > SharedWords }

// maxGuesses bounds how many rows are offered on shared words alone.
const maxGuesses = 3

// Match returns the rows that text may speak of, best first; none when nothing fits. The text
// may be an id, a code, a message, a page, a log or the address of a refused redirect.
//
// Letters are compared without case, and everything that is no letter, digit or underscore
// counts as one space, after percent encoding and HTML entities are undone. A row is found by
// its strongest evidence. Among equal strengths the longer evidence ranks first, then the row
// that shares more words with the text (so that the name of a product decides between rows that
// quote one error), then the order of the catalogue. Shared words alone are a guess, made only
// where nothing better is found: at least three words, and half of all uncommon words of the text.
func Match(text string) []Candidate {
	given := normalise(text)
	words := uncommonWords(given)
	var confident, guesses []Candidate
	for _, f := range All() {
		c := strongest(f, given)
		shared := sharedWords(f, words)
		c.shared = len(shared)
		switch {
		case c.Confident():
			confident = append(confident, c)
		case len(shared) >= 3 && 2*len(shared) >= len(words):
			c.Strength, c.Evidence = SharedWords, strings.Join(shared, " ")
			guesses = append(guesses, c)
		}
	}
	found := confident
	if len(found) == 0 {
		found = guesses
	}
	slices.SortStableFunc(found, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Strength, a.Strength), cmp.Compare(b.length, a.length), cmp.Compare(b.shared, a.shared))
	})
	if len(confident) == 0 && len(found) > maxGuesses {
		found = found[:maxGuesses]
	}
	return found
}

// strongest returns the best evidence for f in the normalised text, with strength 0 for none.
func strongest(f Failure, given string) Candidate {
	best := Candidate{Failure: f}
	consider := func(s Strength, evidence string) {
		n := normalise(evidence)
		if s < best.Strength || (s == best.Strength && len(n) <= best.length) || !quotes(given, evidence) {
			return
		}
		best.Strength, best.Evidence, best.length = s, evidence, len(n)
	}
	consider(NamedID, f.ID)
	for _, code := range f.Codes {
		consider(VendorCode, code)
	}
	for _, phrase := range f.Phrases {
		consider(QuotedPhrase, phrase)
	}
	return best
}

// quotes reports whether the normalised text holds the evidence as whole words. A … in the
// evidence stands for up to twelve words.
func quotes(given, evidence string) bool {
	if !strings.Contains(evidence, "…") {
		return strings.Contains(given, normalise(evidence))
	}
	var pieces []string
	for piece := range strings.SplitSeq(evidence, "…") {
		pieces = append(pieces, regexp.QuoteMeta(strings.TrimSpace(normalise(piece))))
	}
	pattern := regexp.MustCompile(" " + strings.Join(pieces, "(?: [^ ]+){0,12} ") + " ")
	return pattern.MatchString(given)
}

var percentEncoded = regexp.MustCompile("%[0-9A-Fa-f]{2}")

// normalise brings text into the form in which it is compared: lower-case words, one space
// before and after each.
func normalise(text string) string {
	text = percentEncoded.ReplaceAllStringFunc(text, func(s string) string {
		b, err := strconv.ParseUint(s[1:], 16, 8)
		if err != nil {
			return s
		}
		return string([]byte{byte(b)})
	})
	words := strings.FieldsFunc(strings.ToLower(html.UnescapeString(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
	})
	if len(words) == 0 {
		return " "
	}
	return " " + strings.Join(words, " ") + " "
}

// uncommonWords returns the words of a normalised text that can tell one failure from another,
// each once, in order.
func uncommonWords(normalised string) []string {
	var words []string
	for word := range strings.FieldsSeq(normalised) {
		if len(word) >= 4 && !commonWord(word) && !slices.Contains(words, word) {
			words = append(words, word)
		}
		if len(words) == maxWords {
			break
		}
	}
	return words
}

// maxWords bounds the work on a long log: beyond it shared words say nothing anyway.
const maxWords = 200

func commonWord(word string) bool {
	switch word {
	case "about", "after", "again", "also", "because", "been", "before", "could", "does", "error",
		"every", "failed", "fails", "from", "have", "into", "just", "more", "only", "other", "please",
		"show", "shows", "some", "than", "that", "their", "them", "then", "there", "this", "what",
		"when", "where", "which", "with", "work", "works", "would", "your":
		return true
	}
	return false
}

// sharedWords returns those words that the row's texts hold too.
func sharedWords(f Failure, words []string) []string {
	row := normalise(strings.Join(append([]string{f.product(), f.Symptom, f.Cause}, f.Phrases...), " "))
	var shared []string
	for _, word := range words {
		if strings.Contains(row, " "+word+" ") {
			shared = append(shared, word)
		}
	}
	return shared
}
