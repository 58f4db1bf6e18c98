// Package contract holds requests to Microsoft Graph v1.0 and its answers against Microsoft's own
// type declarations, the npm package @microsoft/microsoft-graph-types: entity, property and type.
// It is for tests.
package contract

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// The package that declares the types, and its version.
const (
	Package = "@microsoft/microsoft-graph-types"
	Version = "2.43.1"
)

// Load reads the declarations from the user cache. A test is skipped where they are not there and
// may not be fetched.
func Load(t testing.TB) *Types {
	t.Helper()
	path := filepath.Join(realpart.NPM(t, Package, Version), "node_modules", filepath.FromSlash(Package), "microsoft-graph.d.ts")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	types, err := Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return types
}
