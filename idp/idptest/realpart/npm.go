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

// npmPatience bounds one installation; the largest package is about 250 MB.
const npmPatience = 10 * time.Minute

// NPM returns a folder of the user cache whose node_modules holds that version of the package,
// put there by `npm install`. It is installed under [Node], whose version decides what a package
// brings: older ones get older programs without a word.
func NPM(t testing.TB, name, version string) string {
	t.Helper()
	bin := Node(t)
	ctx, cancel := context.WithTimeout(t.Context(), npmPatience)
	defer cancel()
	dir, err := prepareNPM(ctx, name, version, bin)
	if err != nil {
		skipOrFail(t, err)
	}
	return dir
}

// prepareNPM returns the folder of the package, installed if it is not there yet, with the
// programs of bin before all others.
func prepareNPM(ctx context.Context, name, version, bin string) (string, error) {
	cache, err := cacheDir("npm")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, strings.NewReplacer("@", "", "/", "-").Replace(name)+"-"+version)
	unlock, err := lock(dir + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	part := "npm package " + name + "@" + version
	if !required() {
		return "", missing(part, errors.New("not in the user cache"))
	}
	fresh, err := os.MkdirTemp(cache, "installing-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	if err := npmInstall(ctx, fresh, name+"@"+version, bin); err != nil {
		return "", missing(part, err)
	}
	return dir, os.Rename(fresh, dir)
}

// npmInstall runs npm, which refuses a package that does not run on the Node of bin.
func npmInstall(ctx context.Context, dir, wanted, bin string) error {
	// A package.json of its own keeps npm from looking for one in the folders above.
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"private":true}`), 0o644); err != nil {
		return err
	}
	install := exec.CommandContext(ctx, "npm", "install", "--prefix", dir, "--engine-strict", "--save-exact", "--no-audit", "--no-fund", wanted)
	install.Dir = dir
	install.Env = os.Environ()
	if bin != "" {
		install.Env = append(install.Env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	if output, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, output)
	}
	return nil
}
