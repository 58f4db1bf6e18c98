package realpart

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
)

// nodeVersion is the newest of line 24; the assistants ask for 22 or later.
const nodeVersion = "24.21.0"

// Node returns the folder that holds the program node, as an npm package brings it. The npm that
// installs it is the machine's own.
func Node(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), npmPatience)
	defer cancel()
	name, err := nodePackage(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		skipOrFail(t, err)
	}
	dir, err := prepareNPM(ctx, name, nodeVersion, "")
	if err != nil {
		skipOrFail(t, err)
	}
	return filepath.Join(dir, "node_modules", name, "bin")
}

// nodePackage names the package with the program for a system, as npm spells systems.
func nodePackage(goos, goarch string) (string, error) {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[goarch]
	if arch == "" || goos != "linux" && goos != "darwin" {
		return "", missing("Node "+nodeVersion, fmt.Errorf("no package for %s/%s", goos, goarch))
	}
	return "node-" + goos + "-" + arch, nil
}
