package gateway_test

import (
	"testing"

	"github.com/mcpreg/mcpreg/connect/gateway"
)

func TestObserved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		version string
		append  bool // the answer has append_mcp_path
		scope   bool // and connect_scope
		want    gateway.Release
	}{
		{"1.30.0", true, true, gateway.Release{Major: 1, Minor: 30}},
		{"1.28.1-4-gabc", true, true, gateway.Release{Major: 1, Minor: 28, Patch: 1}},
		{"1.0.0", true, true, gateway.Release{}}, // what a real 1.30 says
		{"dev", true, true, gateway.Release{}},
		{"1.0.0", true, false, gateway.Release{Major: 1, Minor: 26}},
		{"", true, false, gateway.Release{Major: 1, Minor: 26}},
		{"1.0.0", false, false, gateway.Release{Major: 1, Minor: 24, Patch: 5}},
	} {
		if got := gateway.Observed(test.version, test.append, test.scope); got != test.want {
			t.Errorf("%q, connect_scope %v: %v, want %v", test.version, test.scope, got, test.want)
		}
	}
}
