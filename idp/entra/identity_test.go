package entra_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/entra"
	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// Kubernetes names the file with a workload's token in the environment, so this test cannot run
// beside others.
func TestWorkloadIdentity(t *testing.T) {
	w := newWorld(t)
	app := w.Register()
	workload := idptest.NewSigner()
	trusted := entratest.Federation{Issuer: "https://ci.example", Subject: "repo:x", Audience: "api://AzureADTokenExchange", Key: workload.Public()}
	w.Federate(app.ClientID, trusted)
	file := filepath.Join(t.TempDir(), "token")
	assertion := func(subject string) {
		token := workload.Sign(map[string]any{"iss": trusted.Issuer, "sub": subject, "aud": trusted.Audience, "exp": time.Now().Add(time.Minute).Unix()})
		if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("AZURE_FEDERATED_TOKEN_FILE", file)
	w.secure()
	w.config.Auth, w.config.ClientID = entra.AuthWorkloadIdentity, app.ClientID
	assertion("repo:x")
	w.setUp(t, spec(t))

	assertion("repo:y")
	_, _, err := w.provider(t).Plan(t.Context(), spec(t))
	if code, failure := told(err); code != idp.CodeAuth || failure != "EN27" {
		t.Errorf("another workload: %v", err)
	}
	t.Setenv("AZURE_FEDERATED_TOKEN_FILE", "")
	_, _, err = w.provider(t).Plan(t.Context(), spec(t))
	if code, _ := told(err); code != idp.CodeAuth {
		t.Errorf("no workload: %v", err)
	}
}

// Azure names the endpoint of a managed identity in the environment.
func TestManagedIdentity(t *testing.T) {
	w := newWorld(t)
	endpoint, header := w.ManagedIdentity()
	t.Setenv("IDENTITY_ENDPOINT", endpoint)
	t.Setenv("IDENTITY_HEADER", header)
	w.secure()
	w.config.Auth = entra.AuthManagedIdentity
	w.setUp(t, spec(t))
}

// The Azure CLI is run when it is chosen, and only then; a machine without it is told so.
func TestAzureCLI(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for az is a shell script")
	}
	w := newWorld(t)
	bin := t.TempDir()
	script := "#!/bin/sh\ncase \"$*\" in *get-access-token*" + w.TenantID() + "*) ;; *) exit 1;; esac\necho '{\"accessToken\":\"" + w.AdminToken() + "\",\"expires_on\":" + "4102444800" + ",\"expiresOn\":\"2100-01-01 00:00:00.000000\"}'\n"
	if err := os.WriteFile(filepath.Join(bin, "az"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	path := os.Getenv("PATH")
	t.Setenv("PATH", bin+string(os.PathListSeparator)+path)
	w.secure()
	w.config.Auth = entra.AuthAzureCLI
	w.setUp(t, spec(t))

	t.Setenv("PATH", t.TempDir())
	_, _, err := w.provider(t).Plan(t.Context(), spec(t))
	if code, failure := told(err); code != idp.CodeAuth || failure != "EN27" {
		t.Errorf("no az: %v", err)
	}
}
