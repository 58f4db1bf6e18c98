package realpart

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// Versions of the emulators of Cognito's admin API.
const (
	cognitoLocalVersion = "5.3.0"
	motoVersion         = "5.2.5"
	ministackVersion    = "1.4.21"
)

// AWSCLI is the version of the vendor's command line that tests run.
const AWSCLI = "1.46.2"

// emulator is a program that answers at a port of 127.0.0.1.
type emulator struct {
	name    string
	ready   string // path that answers with 200 once it is up
	command func(ctx context.Context, port string) *exec.Cmd
}

const (
	emulatorPatience = 2 * time.Minute // to start, on a machine that is busy
	emulatorStop     = 5 * time.Second
)

// start runs the program on a free port in a folder of its own until the test ends, and returns
// its base URL.
func (e emulator) start(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), emulatorPatience)
	defer cancel()
	const attempts = 3 // somebody else may take the port between its choice and its use
	var err error
	for range attempts {
		var port int
		if port, err = freePort(); err != nil {
			t.Fatal(err)
		}
		// Not bound to the patience: the program lives as long as the test.
		cmd := e.command(context.WithoutCancel(ctx), strconv.Itoa(port))
		cmd.Dir = t.TempDir()
		cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"), "HOME="+cmd.Dir)
		var p *process
		if p, err = start(cmd); err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		url := fmt.Sprintf("http://127.0.0.1:%d", port)
		if err = p.answers(ctx, url+e.ready); err == nil {
			t.Cleanup(func() { p.stop(emulatorStop) })
			return url
		}
		p.stop(emulatorStop)
	}
	t.Fatalf("%s did not start: %v", e.name, err)
	return ""
}

// CognitoLocal starts cognito-local (npm) without a user pool, and returns its base URL, which is
// the endpoint of the admin API. It also has authorize and token endpoints.
func CognitoLocal(t testing.TB) string {
	t.Helper()
	node := filepath.Join(Node(t), "node")
	program := filepath.Join(NPM(t, "cognito-local", cognitoLocalVersion), "node_modules", "cognito-local", "lib", "bin", "start.js")
	return emulator{"cognito-local " + cognitoLocalVersion, "/health", func(ctx context.Context, port string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, node, program)
		cmd.Env = []string{"HOST=127.0.0.1", "PORT=" + port}
		return cmd
	}}.start(t)
}

// Moto starts the moto server (PyPI) without a user pool, and returns its base URL, which is the
// endpoint of the admin API.
func Moto(t testing.TB) string {
	t.Helper()
	environment := PyPI(t, "moto[server,cognitoidp]=="+motoVersion)
	return emulator{"moto " + motoVersion, "/moto-api/data.json", func(ctx context.Context, port string) *exec.Cmd {
		return exec.CommandContext(ctx, filepath.Join(environment, "bin", "moto_server"), "-H", "127.0.0.1", "-p", port)
	}}.start(t)
}

// Ministack starts ministack (PyPI) with nothing but Cognito and without a user pool, and returns
// its base URL, which is the endpoint of the admin API. It also has authorize and token endpoints.
func Ministack(t testing.TB) string {
	t.Helper()
	environment := PyPI(t, "ministack=="+ministackVersion, "cryptography==46.0.3")
	return emulator{"ministack " + ministackVersion, "/_ministack/health", func(ctx context.Context, port string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, filepath.Join(environment, "bin", "ministack"))
		// By itself it listens on every address, and for MQTT too.
		cmd.Env = []string{"BIND_HOST=127.0.0.1", "GATEWAY_PORT=" + port, "SERVICES=cognito-idp", "IOT_MTLS_ENABLED=0"}
		return cmd
	}}.start(t)
}
