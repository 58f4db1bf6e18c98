package realpart

import (
	"errors"
	"strings"
	"testing"
)

// A module that is not what it was is an error, and no reason to skip.
func TestGoModuleIsCheckedByItsSum(t *testing.T) {
	t.Parallel()
	const path, version, sum = "github.com/google/go-cmp", "v0.7.0", "h1:wk8382ETsv4JYUZwIsn6YpYiWiBsYLSJiTsyBybVuN8="
	dir := GoModule(t, path, version, sum)
	if !strings.HasSuffix(dir, "go-cmp@"+version) {
		t.Errorf("folder %s", dir)
	}
	if _, err := downloadModule(t.Context(), path+"@"+version, "h1:other"); err == nil || errors.Is(err, ErrMissing) {
		t.Errorf("another sum: %v", err)
	}
}

func TestGoModuleThatIsNowhereIsMissing(t *testing.T) {
	t.Parallel()
	if _, err := downloadModule(t.Context(), "example.invalid/nothing@v1.0.0", "h1:any"); !errors.Is(err, ErrMissing) {
		t.Errorf("error %v, want %v", err, ErrMissing)
	}
}
