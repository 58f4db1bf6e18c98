package assistants

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// paste runs a command, or puts text into a file.
func (p program) paste(t testing.TB, snippet Snippet) error {
	t.Helper()
	if snippet.Path == "" {
		return p.converse(t, "sh", "-c", snippet.Text)
	}
	path := p.world.resolve(snippet.Path)
	before, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	after, err := insert(string(before), snippet)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(after), 0o600)
}

// resolve returns the path in the world that a snippet names.
func (w *World) resolve(path string) string {
	if below, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(w.Home, filepath.FromSlash(below))
	}
	return filepath.Join(w.Project, filepath.FromSlash(path))
}

// insert puts a snippet into the text of a file, where its own words say.
func insert(before string, snippet Snippet) (string, error) {
	switch {
	case filepath.Ext(snippet.Path) == ".json":
		return mergeJSON(before, snippet.Text)
	case before == "":
		return snippet.Text, nil
	case strings.Contains(snippet.Text, "at the very top"):
		return snippet.Text + "\n" + before, nil
	case strings.Contains(snippet.Text, "at the end"):
		return strings.TrimRight(before, "\n") + "\n\n" + snippet.Text, nil
	}
	return "", fmt.Errorf("%s is not empty, and the snippet does not say where it goes: %q", snippet.Path, snippet.Text)
}

// mergeJSON adds the members of the snippet's objects to those of the file.
func mergeJSON(before, text string) (string, error) {
	if before == "" {
		return text, nil
	}
	var file, added map[string]map[string]json.RawMessage
	if err := json.Unmarshal([]byte(before), &file); err != nil {
		return "", err
	}
	if err := json.Unmarshal([]byte(text), &added); err != nil {
		return "", err
	}
	for object, members := range added {
		if file[object] == nil {
			file[object] = members
			continue
		}
		maps.Copy(file[object], members)
	}
	merged, err := json.MarshalIndent(file, "", "  ")
	return string(merged), err
}
