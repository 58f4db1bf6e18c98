package realpart

import (
	"path/filepath"
	"strings"
	"testing"
)

// Exclusive waits until nothing else on this machine holds that name, and holds it until the
// returned func is called: for what exists once, such as a port that a program will not change.
func Exclusive(t testing.TB, name string) (release func()) {
	t.Helper()
	cache, err := cacheDir("exclusive")
	if err != nil {
		t.Fatal(err)
	}
	release, err = lock(filepath.Join(cache, strings.ReplaceAll(name, "/", "-")+".lock"))
	if err != nil {
		t.Fatal(err)
	}
	return release
}
