package gateway_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
)

func TestParseRelease(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]gateway.Release{
		"1.30.0":               {Major: 1, Minor: 30},
		"v1.29.0":              {Major: 1, Minor: 29},
		"1.29.0-12-gabc":       {Major: 1, Minor: 29},
		"v1.24.7-3-g8c5b834b":  {Major: 1, Minor: 24, Patch: 7},
		"1.30":                 {Major: 1, Minor: 30},
		"\t1.32.1\n":           {Major: 1, Minor: 32, Patch: 1},
		"1.0.0":                {Major: 1},
		"release/1.28.0":       {Major: 1, Minor: 28},
		"1.30.0.dev3+g8c5b834": {Major: 1, Minor: 30},
	} {
		got, err := gateway.ParseRelease(version)
		if err != nil || got != want {
			t.Errorf("ParseRelease(%q) = %v, %v; want %v", version, got, err, want)
		}
	}
	for _, version := range []string{"", "dev", "main", "unknown", "latest", "1", "1.x", "1.30.0 or so", "8c5b834b", "1.9999999.0", "-1.2.3"} {
		got, err := gateway.ParseRelease(version)
		var usage *idp.Error
		if !errors.As(err, &usage) || usage.Code != idp.CodeUsage || usage.Hint == "" || got != (gateway.Release{}) {
			t.Errorf("ParseRelease(%q) = %v, %v; want a usage error", version, got, err)
		}
	}
}

func TestReleasesAreOrdered(t *testing.T) {
	t.Parallel()
	unknown := gateway.Release{}
	want := []gateway.Release{{Major: 1, Patch: 21}, {Major: 1, Minor: 9}, {Major: 1, Minor: 24, Patch: 7}, {Major: 1, Minor: 29}, {Major: 1, Minor: 29, Patch: 1}, {Major: 2}, unknown}
	got := []gateway.Release{want[4], unknown, want[2], want[5], want[0], want[3], want[1]}
	slices.SortFunc(got, gateway.Release.Compare)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if unknown.Compare(gateway.Release{}) != 0 || unknown.String() != "unknown" || want[4].String() != "1.29.1" {
		t.Errorf("unknown is %q, %v reads %q", unknown, want[4], want[4].String())
	}
}

// A real 1.30 answers 1.0.0 (recording 01-version.json).
func TestPlausible(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"1.0.0": false, "1.0.21": false, "0.1.0": false, "1.23.9": false, "1.24.0": true, "1.30.0": true, "2.0.0": true} {
		r, err := gateway.ParseRelease(version)
		if err != nil || r.Plausible() != want {
			t.Errorf("%s is plausible: %v (%v), want %v", version, r.Plausible(), err, want)
		}
	}
	if (gateway.Release{}).Plausible() {
		t.Error("an unknown release is plausible")
	}
}

// The first release of each feature by the gateway's release notes, and the one before it.
func TestGates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		feature      gateway.Feature
		before, with string
	}{
		{gateway.ConnectSettings, "1.24.4", "1.24.5"},
		{gateway.Overrides, "1.24.6", "1.24.7"},
		{gateway.ConnectScope, "1.26.0", "1.27.0"},
		{gateway.OktaAudience, "1.26.0", "1.27.0"},
		{gateway.StrictAudience, "1.27.1", "1.28.0"},
		{gateway.EntraServers, "1.28.0", "1.29.0"},
		{gateway.ExplicitMCPPath, "1.28.0", "1.29.0"},
		{gateway.SlashSafeOverride, "1.31.0", "1.32.0"},
	} {
		before, with := release(t, tt.before), release(t, tt.with)
		if before.Has(tt.feature) || !with.Has(tt.feature) || !(gateway.Release{}).Has(tt.feature) {
			t.Errorf("%s: %s %v, %s %v, unknown %v", tt.feature, before, before.Has(tt.feature), with, with.Has(tt.feature), (gateway.Release{}).Has(tt.feature))
		}
	}
	if n := len(gateway.Gates()); n != 8 {
		t.Errorf("%d gates, 8 are tested", n)
	}
	for _, g := range gateway.Gates() {
		if g.For == "" || !g.Since.Plausible() {
			t.Errorf("gate %+v is incomplete", g)
		}
	}
	if !release(t, "1.28.0").DetectsMCPPath() || release(t, "1.29.0").DetectsMCPPath() || (gateway.Release{}).DetectsMCPPath() {
		t.Error("/mcp is detected up to 1.28 and only there")
	}
}

func release(t *testing.T, version string) gateway.Release {
	t.Helper()
	r, err := gateway.ParseRelease(version)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func FuzzParseRelease(f *testing.F) {
	for _, seed := range []string{"1.30.0", "v1.29.0-12-gabc", "999999.999999.999999", "dev"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, version string) {
		r, err := gateway.ParseRelease(version)
		if err != nil || r == (gateway.Release{}) {
			return
		}
		if again, err := gateway.ParseRelease(r.String()); err != nil || again != r {
			t.Errorf("%q reads %v, written and read again %v (%v)", version, r, again, err)
		}
	})
}
