package realpart

import (
	"path/filepath"
	"strings"
	"testing"
)

// Exclusive waits until no other test of this machine holds that name, and holds it until the
// test ends: for what exists once, such as a port that a program will not change.
func Exclusive(t testing.TB, name string) {
	t.Helper()
	cache, err := cacheDir("exclusive")
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := lock(filepath.Join(cache, strings.ReplaceAll(name, "/", "-")+".lock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(unlock)
}
