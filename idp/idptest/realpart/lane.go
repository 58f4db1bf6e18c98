// Package realpart starts the real parts that tests judge by: servers and programs as their
// makers publish them, kept in the user cache and run on 127.0.0.1.
//
// With MCPREG_REAL unset a part that is already in the cache is used and nothing is downloaded;
// a test whose part is missing is skipped in one line. With MCPREG_REAL=require parts are
// fetched by package name, and a missing one is a failure.
package realpart

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// ErrMissing reports a part that is not in the user cache and may not be fetched.
var ErrMissing = errors.New("real part missing")

// required reports whether parts must be fetched.
func required() bool { return os.Getenv("MCPREG_REAL") == "require" }

// missing says which part is missing, and how to have it.
func missing(part string, cause error) error {
	return fmt.Errorf("%w: %s (%w); MCPREG_REAL=require fetches it", ErrMissing, part, cause)
}

// skipOrFail ends a test whose part could not be had.
func skipOrFail(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, ErrMissing) && !required() {
		t.Skip(err)
	}
	t.Fatal(err)
}

// cacheDir returns the folder below the user cache where prepared parts are kept.
func cacheDir(name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "mcpreg", name)
	return dir, os.MkdirAll(dir, 0o755)
}
