package cmd_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/connect/failure"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args  []string
		stdin string
		want  string
	}{
		"by id":        {args: []string{"kc06"}, want: "KC06"},
		"by code":      {args: []string{"AADSTS50011"}, want: "EN01"},
		"by message":   {args: []string{"We", "are", "sorry...", "Invalid", "parameter:", "redirect_uri"}, want: "KC01"},
		"from a paste": {args: []string{"-"}, stdin: "log\nerror=not_allowed Offline tokens not allowed for the user or client\n", want: "KC05"},
	} {
		r := &run{stdin: test.stdin}
		if code := r.run(t, append([]string{"explain"}, test.args...)...); code != cmd.ExitOK {
			t.Fatalf("%s: exit %d\n%s", name, code, r.stderr)
		}
		if !strings.HasPrefix(r.stdout, test.want+"  ") || !strings.Contains(r.stdout, "\n  fix    ") {
			t.Errorf("%s: want %s first, with a fix:\n%s", name, test.want, r.stdout)
		}
	}
}

// What a fix tells to run is there to be run.
func TestFixesNameCommands(t *testing.T) {
	t.Parallel()
	command := regexp.MustCompile(`\bmcpreg ((?:keycloak|okta|cognito|entra|server|groups) [a-z]+|[a-z]+)`)
	for _, row := range failure.All() {
		for _, named := range command.FindAllStringSubmatch(row.Fix, -1) {
			if named[1] == "warns" || named[1] == "does" { // what mcpreg does by itself
				continue
			}
			r := &run{}
			if code := r.run(t, append(strings.Fields(named[1]), "--help")...); code != cmd.ExitOK || !strings.Contains(r.stdout, "mcpreg "+named[1]) {
				t.Errorf("%s: there is no mcpreg %s", row.ID, named[1])
			}
		}
	}
}

func TestExplainJSON(t *testing.T) {
	t.Parallel()
	r := &run{}
	r.run(t, "explain", "-o", "json", "KC06")
	var doc struct {
		SchemaVersion int `json:"schema_version"`
		Failures      []struct {
			ID        string
			Confident bool
			Fix       string
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.SchemaVersion != 1 || doc.Failures[0].ID != "KC06" || !doc.Failures[0].Confident || doc.Failures[0].Fix == "" {
		t.Errorf("%+v", doc)
	}
}

func TestExplainDoesNotGuessWildly(t *testing.T) {
	t.Parallel()
	r := &run{}
	if code := r.run(t, "explain", "hello world"); code != cmd.ExitNotFound || r.stdout != "" {
		t.Errorf("exit %d, stdout %q", code, r.stdout)
	}
}
