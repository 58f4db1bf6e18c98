package realpart

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Versions of Keycloak that tests run on: the newest, and two older lines that differ.
const (
	Keycloak26_7 = "26.7.5"
	Keycloak26_2 = "26.2.5"
	Keycloak24   = "24.0.5"
)

// Keycloak is a running server with an empty master realm.
type Keycloak struct {
	URL           string // absolute, without a trailing slash
	Version       string
	Home          string // of the distribution, with bin/kcadm.sh
	AdminUser     string
	AdminPassword string // holds characters that forms and shells mangle

	process *process
	data    string
	admin   *adminClient
}

const (
	adminUser     = "admin"
	adminPassword = "pa+ss&w%rd 1"
	startPatience = 3 * time.Minute
	stopPatience  = 10 * time.Second
)

// LaunchKeycloak starts a server of that version; Stop ends it. The first launch of a version
// prepares it in the user cache, which takes about a minute; later ones take a few seconds. The
// error wraps [ErrMissing] when the distribution is not there and may not be fetched.
func LaunchKeycloak(ctx context.Context, version string) (*Keycloak, error) {
	dist, err := prepareKeycloak(ctx, version)
	if err != nil {
		return nil, err
	}
	instance, err := os.MkdirTemp("", "mcpreg-keycloak-")
	if err != nil {
		return nil, err
	}
	k, err := dist.run(ctx, instance)
	if err != nil {
		_ = os.RemoveAll(instance)
		return nil, err
	}
	return k, nil
}

// Stop ends the server and removes its data.
func (k *Keycloak) Stop() {
	k.process.stop(stopPatience)
	_ = os.RemoveAll(k.data)
}

// Output returns what the server printed.
func (k *Keycloak) Output() string { return k.process.output.String() }

// run starts the distribution on a copy of its prepared database.
func (d distribution) run(ctx context.Context, instance string, jvmFlags ...string) (*Keycloak, error) {
	if err := d.populate(instance); err != nil {
		return nil, err
	}
	const attempts = 3 // somebody else may take the port between its choice and its use
	var err error
	for range attempts {
		var k *Keycloak
		if k, err = d.runOnce(ctx, instance, jvmFlags); err == nil {
			return k, nil
		}
	}
	return nil, fmt.Errorf("starting Keycloak %s: %w", d.version, err)
}

func (d distribution) runOnce(ctx context.Context, instance string, jvmFlags []string) (*Keycloak, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	// The server lives on after ctx, which only bounds its start.
	cmd := exec.Command("java", d.arguments(instance, port, jvmFlags)...) //nolint:noctx // ends with Stop
	cmd.Env = keycloakEnvironment()
	p, err := start(cmd)
	if err != nil {
		return nil, missing("java, of a JDK 17", err)
	}
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	k := &Keycloak{
		URL:           fmt.Sprintf("http://127.0.0.1:%d", port),
		Version:       d.version,
		Home:          d.home,
		AdminUser:     adminUser,
		AdminPassword: adminPassword,
		process:       p,
		data:          instance,
	}
	k.admin = &adminClient{keycloak: k}
	if err := p.answers(ctx, k.URL+"/realms/master"); err != nil {
		p.stop(stopPatience)
		return nil, err
	}
	return k, nil
}

// populate makes the home of one instance: its own data, and links to what is only read.
func (d distribution) populate(instance string) error {
	if err := os.MkdirAll(filepath.Join(instance, "data"), 0o755); err != nil {
		return err
	}
	for _, name := range []string{"lib", "conf", "providers", "themes", "version.txt"} {
		link := filepath.Join(instance, name)
		if _, err := os.Lstat(link); err == nil {
			continue
		}
		if err := os.Symlink(filepath.Join(d.home, name), link); err != nil {
			return err
		}
	}
	if _, err := os.Stat(d.template); err != nil {
		return nil //nolint:nilerr // the very first start makes the template
	}
	return os.CopyFS(filepath.Join(instance, "data", "h2"), os.DirFS(d.template))
}

// arguments are those that kc.sh gives, with a JVM set for a quick start.
func (d distribution) arguments(instance string, port int, jvmFlags []string) []string {
	args := []string{
		"-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MaxMetaspaceSize=256m",
		"-Dfile.encoding=UTF-8", "-Duser.language=en", "-Duser.country=US", "-Djava.security.egd=file:/dev/urandom",
		"--add-opens=java.base/java.util=ALL-UNNAMED", "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
		"--add-opens=java.base/java.security=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED",
		"-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
		"-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
		"-Dkc.home.dir=" + instance,
		"-Djboss.server.config.dir=" + filepath.Join(instance, "conf"),
	}
	if _, err := os.Stat(d.archive); err == nil {
		args = append(args, "-XX:SharedArchiveFile="+d.archive, "-Xshare:auto")
	}
	args = append(args, jvmFlags...)
	return append(args,
		"-cp", filepath.Join(d.home, "lib", "quarkus-run.jar"), "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
		"start", "--optimized", "--http-enabled=true", "--http-host=127.0.0.1", fmt.Sprintf("--http-port=%d", port), "--hostname-strict=false")
}

// keycloakEnvironment keeps out what would change the server, such as DEBUG, which opens a port.
// KC_CACHE=local keeps it from looking for peers on the network. Versions before 26 know the
// administrator by the older names.
func keycloakEnvironment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + os.Getenv("HOME"),
		"JAVA_HOME=" + os.Getenv("JAVA_HOME"),
		"KC_CACHE=local",
		"KC_BOOTSTRAP_ADMIN_USERNAME=" + adminUser, "KC_BOOTSTRAP_ADMIN_PASSWORD=" + adminPassword,
		"KEYCLOAK_ADMIN=" + adminUser, "KEYCLOAK_ADMIN_PASSWORD=" + adminPassword,
	}
}

// StartKeycloak starts a server that ends with the test. It skips or fails the test, as the lane
// says, when there is none to be had.
func StartKeycloak(t testing.TB, version string) *Keycloak {
	t.Helper()
	k, err := LaunchKeycloak(t.Context(), version)
	if err != nil {
		skipOrFail(t, err)
	}
	t.Cleanup(k.Stop)
	return k
}

// Pool starts each version at most once and stops them all; a test binary has one, in TestMain.
type Pool struct {
	mu      sync.Mutex
	running map[string]*Keycloak
	failed  map[string]error
}

// Keycloak returns the pool's server of that version. It skips or fails the test, as the lane
// says, when there is none to be had.
func (p *Pool) Keycloak(t testing.TB, version string) *Keycloak {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if k, ok := p.running[version]; ok {
		return k
	}
	if err, ok := p.failed[version]; ok {
		skipOrFail(t, err)
	}
	k, err := LaunchKeycloak(context.Background(), version)
	if err != nil {
		if p.failed == nil {
			p.failed = map[string]error{}
		}
		p.failed[version] = err
		skipOrFail(t, err)
	}
	if p.running == nil {
		p.running = map[string]*Keycloak{}
	}
	p.running[version] = k
	return k
}

// Run runs the tests of a package and stops the servers that they started.
func (p *Pool) Run(m *testing.M) {
	defer p.stop()
	m.Run()
}

func (p *Pool) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range p.running {
		k.Stop()
	}
}
