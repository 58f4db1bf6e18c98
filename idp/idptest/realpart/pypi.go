package realpart

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pipPatience bounds one installation; the largest set is about 200 MB.
const pipPatience = 10 * time.Minute

// PyPI returns a virtual environment of the user cache that holds those packages, put there by
// pip. Each is named with its version, as in "moto[server]==5.2.5". Its programs are in the folder
// bin.
func PyPI(t testing.TB, packages ...string) (environment string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), pipPatience)
	defer cancel()
	environment, err := preparePyPI(ctx, packages)
	if err != nil {
		skipOrFail(t, err)
	}
	return environment
}

// Wheel returns the path of a package as PyPI has it: a zip file in the user cache, put there by
// pip.
func Wheel(t testing.TB, name, version string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), pipPatience)
	defer cancel()
	path, err := prepareWheel(ctx, name, version)
	if err != nil {
		skipOrFail(t, err)
	}
	return path
}

// preparePyPI returns the environment, made if it is not there yet. It is made where it stays,
// because its programs name their folder; a mark that comes last says that it is complete.
func preparePyPI(ctx context.Context, packages []string) (string, error) {
	dir, mark, unlock, err := pypiFolder(strings.Join(packages, "+"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(mark); err == nil {
		return dir, nil
	}
	part := "PyPI packages " + strings.Join(packages, " ")
	if !required() {
		return "", missing(part, errors.New("not in the user cache"))
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := run(ctx, "python3", "-m", "venv", dir); err != nil {
		return "", missing(part, err)
	}
	install := append([]string{"-m", "pip", "install", "--no-input", "--only-binary", ":all:"}, packages...)
	if err := run(ctx, filepath.Join(dir, "bin", "python"), install...); err != nil {
		return "", missing(part, err)
	}
	return dir, os.WriteFile(mark, nil, 0o644)
}

func prepareWheel(ctx context.Context, name, version string) (string, error) {
	dir, mark, unlock, err := pypiFolder("wheel-" + name + "-" + version)
	if err != nil {
		return "", err
	}
	defer unlock()
	pattern := filepath.Join(dir, "*.whl")
	if _, err := os.Stat(mark); err != nil {
		part := "PyPI package " + name + "==" + version
		if !required() {
			return "", missing(part, errors.New("not in the user cache"))
		}
		if err := run(ctx, "python3", "-m", "pip", "download", "--no-input", "--no-deps", "--only-binary", ":all:", "--dest", dir, name+"=="+version); err != nil {
			return "", missing(part, err)
		}
		if err := os.WriteFile(mark, nil, 0o644); err != nil {
			return "", err
		}
	}
	found, err := filepath.Glob(pattern)
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %w", pattern, err)
	case len(found) != 1:
		return "", fmt.Errorf("%s is %d files, want one", pattern, len(found))
	}
	return found[0], nil
}

// pypiFolder names a folder of the user cache and the mark that says that it is complete, and
// keeps others from preparing it.
func pypiFolder(name string) (dir, mark string, unlock func(), err error) {
	cache, err := cacheDir("pypi")
	if err != nil {
		return "", "", nil, err
	}
	dir = filepath.Join(cache, strings.NewReplacer("==", "-", "[", "-", "]", "", ",", "-").Replace(name))
	unlock, err = lock(dir + ".lock")
	return dir, dir + ".ready", unlock, err
}

// run runs a program that prepares something.
func run(ctx context.Context, program string, arguments ...string) error {
	if output, err := exec.CommandContext(ctx, program, arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, output)
	}
	return nil
}
