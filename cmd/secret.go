package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/mcpreg/mcpreg/connect/setup"
	"github.com/mcpreg/mcpreg/idp"
)

// maxSecret is the length in bytes beyond which a file is no secret.
const maxSecret = 1 << 20

// credential returns a func that fetches the secret each time it is asked, so that a rotated
// file or variable is seen. Standard input is read once. The line end is taken off, which editors
// and echo put there; no secret holds one.
func (a *app) credential(ref *setup.Secret) idp.Credential {
	whole := a.content(ref)
	if whole == nil {
		return nil
	}
	return func(ctx context.Context) (string, error) {
		text, err := whole(ctx)
		return strings.TrimRight(text, "\r\n"), err
	}
}

// content is like credential, for what may be binary: every byte counts.
func (a *app) content(ref *setup.Secret) idp.Credential {
	if ref == nil {
		return nil
	}
	stdin := sync.OnceValues(func() (string, error) { return readSecret(a.Stdin) })
	return func(context.Context) (string, error) {
		var value string
		var err error
		switch ref.File {
		case "":
			value, _ = a.LookupEnv(ref.Env)
		case "-":
			value, err = stdin()
		default:
			value, err = readSecretFile(ref.File)
		}
		if err == nil && strings.TrimRight(value, "\r\n") == "" {
			err = errors.New("it is empty")
		}
		if err != nil {
			return "", &idp.Error{Code: idp.CodeUsage, Message: fmt.Sprintf("no secret from %s: %v", secretPlace(ref), err), Err: err}
		}
		return value, nil
	}
}

// secretRef finds where the secret called name is: the file that its flag names, else the file
// that NAME_FILE names, else the variable NAME; nil when none is given.
func (a *app) secretRef(flagFile, name string) *setup.Secret {
	if flagFile != "" {
		return &setup.Secret{File: flagFile}
	}
	if file, ok := a.LookupEnv(name + "_FILE"); ok && file != "" {
		return &setup.Secret{File: file}
	}
	if value, ok := a.LookupEnv(name); ok && value != "" {
		return &setup.Secret{Env: name}
	}
	return nil
}

func secretPlace(ref *setup.Secret) string {
	switch ref.File {
	case "":
		return "environment variable " + ref.Env
	case "-":
		return "standard input"
	}
	return "file " + ref.File
}

func readSecretFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	return readSecret(file)
}

func readSecret(r io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSecret+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxSecret {
		return "", fmt.Errorf("longer than %d bytes", maxSecret)
	}
	return string(text), nil
}
