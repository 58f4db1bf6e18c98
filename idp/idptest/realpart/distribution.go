package realpart

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// distribution is an unpacked Keycloak, built once, with what makes later starts quick.
type distribution struct {
	version  string
	home     string // the unpacked distribution
	template string // an H2 database with its schema and the administrator
	archive  string // the classes of a start, for the JVM to map
}

// prepareKeycloak returns the distribution, made in the user cache if it is not there yet.
func prepareKeycloak(ctx context.Context, version string) (distribution, error) {
	cache, err := cacheDir("keycloak")
	if err != nil {
		return distribution{}, err
	}
	d := distribution{
		version:  version,
		home:     filepath.Join(cache, "keycloak-"+version),
		template: filepath.Join(cache, "template-"+version),
		archive:  filepath.Join(cache, "classes-"+version+".jsa"),
	}
	unlock, err := lock(filepath.Join(cache, version+".lock"))
	if err != nil {
		return distribution{}, err
	}
	defer unlock()
	if _, err := os.Stat(d.template); err == nil {
		return d, nil
	}
	if err := d.unpack(ctx); err != nil {
		return distribution{}, err
	}
	if err := d.warmUp(ctx, cache); err != nil {
		return distribution{}, fmt.Errorf("preparing Keycloak %s: %w", version, err)
	}
	return d, nil
}

// unpack fetches the distribution if need be, unpacks it and builds it for the H2 database.
func (d distribution) unpack(ctx context.Context) error {
	zipFile, err := mavenArtifact(ctx, "org.keycloak", "keycloak-quarkus-dist", d.version, "zip")
	if err != nil {
		return err
	}
	if err := os.RemoveAll(d.home); err != nil {
		return err
	}
	if err := unzip(zipFile, filepath.Dir(d.home)); err != nil {
		return err
	}
	build := exec.CommandContext(ctx, filepath.Join(d.home, "bin", "kc.sh"), "build", "--db=dev-file")
	build.Env = keycloakEnvironment()
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("kc.sh build: %w\n%s", err, output)
	}
	return nil
}

// warmUp starts the server twice and throws both away: the first makes the database, the second
// the archive of classes that a start on a ready database loads.
func (d distribution) warmUp(ctx context.Context, cache string) error {
	instance, err := os.MkdirTemp(cache, "warm-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(instance) }()
	const dumpPatience = 2 * time.Minute // the JVM writes the archive as it ends
	k, err := d.run(ctx, instance)
	if err != nil {
		return err
	}
	k.process.stop(dumpPatience)
	part := d.archive + ".part"
	if k, err = d.run(ctx, instance, "-XX:ArchiveClassesAtExit="+part); err != nil {
		return err
	}
	k.process.stop(dumpPatience)
	if err := os.Rename(part, d.archive); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	// The template comes last: its presence says that everything is ready.
	return os.Rename(filepath.Join(instance, "data", "h2"), d.template)
}

// mavenArtifact returns the path of an artifact in the local Maven repository, fetching it where
// the lane allows.
func mavenArtifact(ctx context.Context, group, artifact, version, packaging string) (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	name := artifact + "-" + version + "." + packaging
	path := filepath.Join(home, ".m2", "repository", filepath.Join(strings.Split(group, ".")...), artifact, version, name)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	coordinates := strings.Join([]string{group, artifact, version, packaging}, ":")
	if !required() {
		return "", missing("Maven artifact "+coordinates, errors.New("not in the local Maven repository"))
	}
	fetch := exec.CommandContext(ctx, "mvn", "-B", "-q", "dependency:get", "-Dartifact="+coordinates, "-Dtransitive=false")
	if output, err := fetch.CombinedOutput(); err != nil {
		return "", missing("Maven artifact "+coordinates, fmt.Errorf("%w: %s", err, output))
	}
	if _, err := os.Stat(path); err != nil {
		return "", missing("Maven artifact "+coordinates, err)
	}
	return path, nil
}

// unzip unpacks an archive below dir, keeping file modes.
func unzip(archive, dir string) error {
	reader, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer reader.Close()
	for _, f := range reader.File {
		if !filepath.IsLocal(f.Name) {
			return fmt.Errorf("%s holds %q, which leads outside", archive, f.Name)
		}
		if err := unzipOne(f, filepath.Join(dir, filepath.FromSlash(f.Name))); err != nil {
			return err
		}
	}
	return nil
}

func unzipOne(f *zip.File, path string) error {
	if f.FileInfo().IsDir() {
		return os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	from, err := f.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, f.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		return err
	}
	return to.Close()
}
