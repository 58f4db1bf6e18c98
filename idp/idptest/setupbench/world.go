package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"

	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// world is a server behind a counting proxy, with a realm and a service account.
type world struct {
	keycloak               *realpart.Keycloak
	binary, dir            string
	realm, account, secret string
	proxy                  *httptest.Server
	requests               atomic.Int64
	peak                   int64 // bytes
}

// buildBinary builds mcpreg; the func removes it.
func buildBinary(ctx context.Context) (string, func(), error) {
	dir, err := os.MkdirTemp("", "setupbench-")
	if err != nil {
		return "", nil, err
	}
	binary := filepath.Join(dir, "mcpreg")
	if err := run(exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./cmd/mcpreg")); err != nil {
		return "", nil, err
	}
	return binary, func() { _ = os.RemoveAll(dir) }, nil
}

func newWorld(ctx context.Context, k *realpart.Keycloak, binary string) (*world, error) {
	target, err := url.Parse(k.URL)
	if err != nil {
		return nil, err
	}
	w := &world{keycloak: k, binary: binary, dir: filepath.Dir(binary), realm: "bench"}
	forward := httputil.NewSingleHostReverseProxy(target)
	w.proxy = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.requests.Add(1)
		forward.ServeHTTP(rw, r)
	}))
	w.account, w.secret, err = k.SeedRealm(ctx, w.realm)
	return w, err
}

// curlJSON runs one curl and returns a text member of the object, or of the first of a list.
func (w *world) curlJSON(ctx context.Context, member string, args ...string) (string, error) {
	text, err := output(exec.CommandContext(ctx, "curl", append([]string{"-s"}, args...)...))
	if err != nil || text == "" {
		return "", err
	}
	var list []map[string]any
	var one map[string]any
	if json.Unmarshal([]byte(text), &list) == nil && len(list) > 0 {
		one = list[0]
	} else if err := json.Unmarshal([]byte(text), &one); err != nil {
		return "", nil //nolint:nilerr // an empty list: the member is not there
	}
	value, _ := one[member].(string)
	return value, nil
}

func run(cmd *exec.Cmd) error {
	_, err := output(cmd)
	return err
}

func output(cmd *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, stderr.String())
	}
	return stdout.String(), nil
}
