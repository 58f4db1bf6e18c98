package gateway_test

import (
	"testing"

	"github.com/mcpreg/mcpreg/connect/gateway"
)

func TestObserved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		version string
		field   bool
		want    gateway.Release
	}{
		{"1.30.0", true, gateway.Release{Major: 1, Minor: 30}},
		{"1.28.1-4-gabc", true, gateway.Release{Major: 1, Minor: 28, Patch: 1}},
		{"1.0.0", true, gateway.Release{}}, // what a real 1.30 says
		{"dev", true, gateway.Release{}},
		{"1.0.0", false, gateway.Release{Major: 1, Minor: 26}},
		{"", false, gateway.Release{Major: 1, Minor: 26}},
	} {
		if got := gateway.Observed(test.version, test.field); got != test.want {
			t.Errorf("%q, connect_scope %v: %v, want %v", test.version, test.field, got, test.want)
		}
	}
}
