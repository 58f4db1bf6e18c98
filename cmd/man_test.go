package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
)

// writeMan writes the pages at one date, and returns what they say by file name.
func writeMan(t *testing.T, epoch string) map[string]string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "made", "by", "man")
	r := &run{env: map[string]string{"SOURCE_DATE_EPOCH": epoch}}
	if code := r.run(t, "man", dir); code != cmd.ExitOK {
		t.Fatalf("exit %d\n%s", code, r.stderr)
	}
	if r.stdout != "" {
		t.Errorf("standard output is not empty: %q", r.stdout)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		pages[file.Name()] = string(text)
	}
	return pages
}

func TestManPages(t *testing.T) {
	t.Parallel()
	// 1700000000 is 14 November 2023, 22:13:20 UTC.
	pages := writeMan(t, "1700000000")
	for file, lines := range map[string][]string{
		"mcpreg.1": {
			`.TH "MCPREG" "1" "Nov 2023" "mcpreg 1.2.3" "User Commands"`,
			".SH ENVIRONMENT",
			"  KEYCLOAK_ADMIN_URL             base URL (http://localhost:8080)",
			".SH EXIT CODES",
			"  0    done, or in sync",
			"forbidden, not_found, unreachable, interrupted or failed.",
		},
		"mcpreg-keycloak-setup.1":  {`\fBmcpreg keycloak setup [flags]\fP`, `\fB--prune\fP[=false]`},
		"mcpreg-completion-bash.1": {`.TH "MCPREG-COMPLETION-BASH" "1" "Nov 2023" "mcpreg 1.2.3" "User Commands"`},
	} {
		for _, line := range lines {
			if !strings.Contains("\n"+pages[file], "\n"+line+"\n") {
				t.Errorf("%s has no line %q:\n%s", file, line, pages[file])
			}
		}
	}
	if _, ok := pages["mcpreg-man.1"]; ok {
		t.Error("the hidden command has a page")
	}
	for file, text := range pages {
		if strings.Contains(text, "Auto generated") {
			t.Errorf("%s says how it was made", file)
		}
	}
}

// Every page that a page refers to must exist, or `man` answers "no manual entry".
func TestManPagesReferToPagesThatExist(t *testing.T) {
	t.Parallel()
	pages := writeMan(t, "1700000000")
	for file, text := range pages {
		_, seeAlso, _ := strings.Cut(text, ".SH SEE ALSO\n")
		for reference := range strings.SplitSeq(strings.TrimSpace(seeAlso), ", ") {
			name := strings.TrimSuffix(strings.TrimPrefix(reference, `\fB`), `(1)\fP`)
			if _, ok := pages[name+".1"]; !ok {
				t.Errorf("%s refers to %s, which does not exist", file, reference)
			}
		}
	}
}

func TestManBadInput(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args   []string
		epoch  string
		exit   int
		stderr string
	}{
		"no directory":      {args: []string{"man"}, exit: cmd.ExitUsage, stderr: "accepts 1 arg(s), received 0"},
		"a file":            {args: []string{"man", file}, exit: cmd.ExitFailed, stderr: "make the directory for manual pages"},
		"date not a number": {args: []string{"man", filepath.Join(file, "unused")}, epoch: "today", exit: cmd.ExitUsage, stderr: `SOURCE_DATE_EPOCH is "today", not a number`},
	} {
		r := &run{env: map[string]string{"SOURCE_DATE_EPOCH": test.epoch}}
		if code := r.run(t, test.args...); code != test.exit || !strings.Contains(r.stderr, test.stderr) {
			t.Errorf("%s: exit %d, want %d with %q:\n%s", name, code, test.exit, test.stderr, r.stderr)
		}
	}
}
