package failure_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/connect/failure"
)

// Whatever the program names as a failure can be explained: every string literal of the
// repository that looks like an id is one.
func TestEveryIDInTheRepositoryExists(t *testing.T) {
	t.Parallel()
	root := moduleRoot(t)
	looksLikeID := regexp.MustCompile(`^(KC|OK|CG|EN|GW|ID)\d\d$`)
	files, ids := 0, 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "vendor") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Logf("skipped: %v", err)
			return nil
		}
		files++
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			if id, err := strconv.Unquote(lit.Value); err == nil && looksLikeID.MatchString(id) {
				ids++
				if f, ok := failure.ByID(id); !ok || f.ID != id {
					t.Errorf("%s: %s is not in the catalogue", set.Position(lit.Pos()), id)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 || ids < len(failure.All()) {
		t.Errorf("looked at %d files and %d ids below %s: the walk found too little", files, ids, root)
	}
}

// moduleRoot returns the folder that holds go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = parent
	}
}
