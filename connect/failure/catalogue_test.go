package failure_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/connect/failure"
)

// The number of rows behind each prefix. A row that goes away breaks whoever wrote its id down.
var rows = []struct {
	prefix string
	count  int
}{{"KC", 29}, {"OK", 28}, {"CG", 19}, {"EN", 32}, {"GW", 30}, {"ID", 23}}

func TestIDsAreContiguous(t *testing.T) {
	t.Parallel()
	all := failure.All()
	i := 0
	for _, r := range rows {
		for n := 1; n <= r.count; n++ {
			want := fmt.Sprintf("%s%02d", r.prefix, n)
			if i >= len(all) || all[i].ID != want {
				t.Fatalf("row %d is not %s", i, want)
			}
			i++
		}
	}
	if i != len(all) {
		t.Errorf("%d rows, want %d; the first unexpected one is %s", len(all), i, all[i].ID)
	}
}

func TestRowsAreComplete(t *testing.T) {
	t.Parallel()
	owners := []string{failure.IDPAdministrator, failure.GatewayOperator, failure.RegistryAdmin, failure.ServerOwner, failure.NetworkOperator, failure.User}
	for _, f := range failure.All() {
		t.Run(f.ID, func(t *testing.T) {
			for name, text := range map[string]string{"symptom": f.Symptom, "cause": f.Cause, "fix": f.Fix} {
				if len(text) < 20 || strings.TrimSpace(text) != text || strings.ContainsAny(text, "\n\t") {
					t.Errorf("%s %q is no sentence", name, text)
				}
			}
			if f.Source == "" {
				t.Error("no source")
			}
			if !slices.Contains(owners, f.Owner) {
				t.Errorf("owner %q is unknown", f.Owner)
			}
			if len(f.Effect) > 60 || strings.HasSuffix(f.Effect, ".") {
				t.Errorf("effect %q does not fit a line of a plan", f.Effect)
			}
			for _, evidence := range append(f.Codes, f.Phrases...) {
				if !strings.ContainsAny(evidence, " _/") && len(evidence) < 8 {
					t.Errorf("%q is too short to identify anything", evidence)
				}
			}
		})
	}
}

// The phrases that plans show, as the page that aims for their look spells them.
func TestEffectsOfPlans(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"KC01": `"Invalid parameter: redirect_uri"`,
		"KC06": "login works, every call answers 401",
		"KC08": "login works, every server answers 403",
		"OK05": "login works, every server answers 403",
	} {
		f, ok := failure.ByID(id)
		if !ok || f.Effect != want {
			t.Errorf("effect of %s is %q, want %q", id, f.Effect, want)
		}
	}
}

func TestByID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"KC06", "kc06", " Kc06\n"} {
		if f, ok := failure.ByID(id); !ok || f.ID != "KC06" {
			t.Errorf("ByID(%q) = %q, %v", id, f.ID, ok)
		}
	}
	for _, id := range []string{"", "KC", "KC00", "KC99", "XX01", "KC06x"} {
		if f, ok := failure.ByID(id); ok {
			t.Errorf("ByID(%q) = %q, want none", id, f.ID)
		}
	}
}

func TestAllIsFresh(t *testing.T) {
	t.Parallel()
	first := failure.All()[0]
	first.Phrases[0] = "changed"
	failure.All()[0].ID = "changed"
	if f := failure.All()[0]; f.ID != "KC01" || f.Phrases[0] == "changed" {
		t.Error("a caller changed the catalogue")
	}
}
