package realpart

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// modulePatience bounds one download.
const modulePatience = 5 * time.Minute

// GoModule returns the folder of the module cache that holds that version of a Go module, which is
// read and not compiled: it stands in no go.mod. The sum is its hash as go.sum would say it, such
// as "h1:…="; another one fails the test.
func GoModule(t testing.TB, path, version, sum string) (dir string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), modulePatience)
	defer cancel()
	dir, err := downloadModule(ctx, path+"@"+version, sum)
	if err != nil {
		skipOrFail(t, err)
	}
	return dir
}

// downloadModule runs `go mod download` outside of any module; where the lane does not allow to
// fetch, only the cache answers.
func downloadModule(ctx context.Context, module, sum string) (dir string, err error) {
	command := exec.CommandContext(ctx, "go", "mod", "download", "-json", module)
	command.Dir = os.TempDir()
	command.Env = append(os.Environ(), "GO111MODULE=on", "GOFLAGS=-mod=mod", "GOWORK=off")
	if !required() {
		command.Env = append(command.Env, "GOPROXY=off", "GOSUMDB=off")
	}
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, runErr := command.Output()
	var answer struct{ Dir, Sum, Error string }
	if err := json.Unmarshal(output, &answer); err != nil {
		return "", missing("Go module "+module, fmt.Errorf("%w: %s", errors.Join(runErr, err), stderr.Bytes()))
	}
	switch {
	case answer.Error != "":
		return "", missing("Go module "+module, errors.New(answer.Error))
	case answer.Sum != sum:
		return "", fmt.Errorf("the Go module %s has the hash %s, want %s", module, answer.Sum, sum)
	}
	return answer.Dir, nil
}
