package connect_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

func ids(assistants []connect.Assistant) []string {
	var list []string
	for _, a := range assistants {
		list = append(list, a.ID)
	}
	return list
}

// assistants returns those of the ids, which must exist.
func assistants(t testing.TB, names ...string) []connect.Assistant {
	t.Helper()
	list, err := connect.ParseAssistants(names)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// wantUsage fails unless err is a usage error that speaks of each of words.
func wantUsage(t testing.TB, err error, words ...string) {
	t.Helper()
	var usage *idp.Error
	if !errors.As(err, &usage) || usage.Code != idp.CodeUsage {
		t.Fatalf("error %v, want one of usage", err)
	}
	for _, word := range words {
		if !strings.Contains(usage.Message+" "+usage.Hint, word) {
			t.Errorf("error %q (%s) does not speak of %s", usage.Message, usage.Hint, word)
		}
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	want := []string{"claude-code", "cursor", "codex", "cursor-legacy", "cursor-web", "roo-code", "kiro", "goose", "vscode", "curl"}
	if diff := cmp.Diff(want, ids(connect.Assistants())); diff != "" {
		t.Error(diff)
	}
	for _, a := range connect.Assistants() {
		if _, err := time.Parse(time.DateOnly, a.VerifiedOn); err != nil || a.Name == "" || a.Source == "" {
			t.Errorf("%s lacks its name, source or date: %v", a.ID, err)
		}
	}
	if diff := cmp.Diff([]string{"claude-code", "cursor", "codex"}, ids(connect.DefaultAssistants())); diff != "" {
		t.Error(diff)
	}
}

func TestParseAssistantsKeepsTheOrderOfTheCatalogue(t *testing.T) {
	t.Parallel()
	got := ids(assistants(t, "curl", "codex", "claude-code", "codex"))
	if diff := cmp.Diff([]string{"claude-code", "codex", "curl"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseAssistantsNamesTheNearest(t *testing.T) {
	t.Parallel()
	_, err := connect.ParseAssistants([]string{"cursor", "claud-code"})
	wantUsage(t, err, `"claud-code"`, "did you mean claude-code?", "goose")
	_, err = connect.ParseAssistants([]string{"zzzz"})
	wantUsage(t, err, `"zzzz"`, "known are")
	if strings.Contains(err.Error(), "did you mean") {
		t.Errorf("%q guesses", err)
	}
}

// Cursor's port is its own, and a vendor's callback has none (the vendors' pages on OAuth).
func TestWhoTakesAPort(t *testing.T) {
	t.Parallel()
	for _, a := range connect.Assistants() {
		if want := a.ID == "claude-code" || a.ID == "codex"; a.TakesPort() != want {
			t.Errorf("%s takes a port: %v", a.ID, !want)
		}
	}
}
