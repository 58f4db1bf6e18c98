package realpart_test

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

func TestNodeIsOfLine24(t *testing.T) {
	version, err := exec.CommandContext(t.Context(), filepath.Join(realpart.Node(t), "node"), "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(string(version)); !strings.HasPrefix(got, "v24.") {
		t.Errorf("node is %s, want line 24", got)
	}
}

func TestExclusiveLetsOneInAtATime(t *testing.T) {
	var inside atomic.Int32
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			defer realpart.Exclusive(t, "test")()
			if n := inside.Add(1); n != 1 {
				t.Errorf("%d are inside", n)
			}
			defer inside.Add(-1)
			for range 1000 {
				runtime.Gosched()
			}
		})
	}
}
