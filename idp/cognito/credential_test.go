package cognito_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/cognito"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
)

// chain is a process whose only AWS configuration is what a test gives it.
func chain(t *testing.T, w *world, env map[string]string, files map[string]string) {
	t.Helper()
	home := t.TempDir()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") && name != "AWS_CA_BUNDLE" {
			t.Setenv(name, "")
			_ = os.Unsetenv(name) // set back when the test ends
		}
	}
	for name, text := range files {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOME", home)
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(home, ".aws", "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(home, ".aws", "credentials"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	for name, value := range env {
		t.Setenv(name, strings.ReplaceAll(value, "$HOME", home))
	}
	w.config.AccessKeyID, w.config.SecretAccessKey, w.config.SessionToken = "", nil, nil
}

func profileText(name string, keys cognitotest.Credentials) string {
	text := fmt.Sprintf("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", name, keys.AccessKeyID, keys.SecretAccessKey)
	if keys.SessionToken != "" {
		text += "aws_session_token = " + keys.SessionToken + "\n"
	}
	return text
}

// sts answers as the Security Token Service does when a role is assumed (AWS query protocol).
func sts(t *testing.T, action string, keys cognitotest.Credentials) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("Action") != action || r.FormValue("RoleArn") != "arn:aws:iam::123456789012:role/ci" {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`)
			return
		}
		fmt.Fprintf(w, `<%[1]sResponse><%[1]sResult><Credentials><AccessKeyId>%[2]s</AccessKeyId><SecretAccessKey>%[3]s</SecretAccessKey><SessionToken>%[4]s</SessionToken><Expiration>%[5]s</Expiration></Credentials></%[1]sResult></%[1]sResponse>`,
			action, keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// identityCenter answers as the portal of IAM Identity Center does (GetRoleCredentials).
func identityCenter(t *testing.T, keys cognitotest.Credentials) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Sso_bearer_token") != "portal-token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"roleCredentials": map[string]any{
			"accessKeyId": keys.AccessKeyID, "secretAccessKey": keys.SecretAccessKey, "sessionToken": keys.SessionToken, "expiration": time.Now().Add(time.Hour).UnixMilli(),
		}})
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// container answers as the agent of a container service does.
func container(t *testing.T, keys cognitotest.Credentials) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"AccessKeyId": keys.AccessKeyID, "SecretAccessKey": keys.SecretAccessKey, "Token": keys.SessionToken, "Expiration": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)})
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// ssoCache is where and what aws sso login leaves behind: named by the SHA-1 of the start URL.
const (
	ssoConfig = "[profile sso]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = admin\n"
	ssoCached = ".aws/sso/cache/40169cea58ca6cbf23fb27b2542923fb5f524af0.json"
)

// Every way to a credential that AWS's own tools have leads to the pool.
func TestTheDefaultChain(t *testing.T) {
	const role = "arn:aws:iam::123456789012:role/ci"
	for name, prepare := range map[string]func(*testing.T, *world){
		"environment": func(t *testing.T, w *world) {
			keys := w.Temporary()
			chain(t, w, map[string]string{"AWS_ACCESS_KEY_ID": keys.AccessKeyID, "AWS_SECRET_ACCESS_KEY": keys.SecretAccessKey, "AWS_SESSION_TOKEN": keys.SessionToken}, nil)
		},
		"default profile": func(t *testing.T, w *world) {
			chain(t, w, nil, map[string]string{".aws/credentials": profileText("default", w.Administrator())})
		},
		"AWS_PROFILE": func(t *testing.T, w *world) {
			chain(t, w, map[string]string{"AWS_PROFILE": "staging"}, map[string]string{".aws/credentials": profileText("staging", w.Temporary())})
		},
		"named profile before the environment": func(t *testing.T, w *world) {
			chain(t, w, map[string]string{"AWS_ACCESS_KEY_ID": "AKIANOBODY", "AWS_SECRET_ACCESS_KEY": "x"}, map[string]string{".aws/credentials": profileText("staging", w.Administrator())})
			w.config.Profile = "staging"
		},
		"assumed role": func(t *testing.T, w *world) {
			chain(t, w, map[string]string{"AWS_PROFILE": "ci", "AWS_ENDPOINT_URL_STS": sts(t, "AssumeRole", w.Temporary())}, map[string]string{
				".aws/config":      "[profile ci]\nrole_arn = " + role + "\nsource_profile = base\n",
				".aws/credentials": profileText("base", cognitotest.Credentials{AccessKeyID: "AKIABASE", SecretAccessKey: "x"}),
			})
		},
		"web identity": func(t *testing.T, w *world) {
			chain(t, w, map[string]string{"AWS_ROLE_ARN": role, "AWS_WEB_IDENTITY_TOKEN_FILE": "$HOME/token", "AWS_ENDPOINT_URL_STS": sts(t, "AssumeRoleWithWebIdentity", w.Temporary())}, map[string]string{"token": "a.b.c"})
		},
		"container": func(t *testing.T, w *world) {
			chain(t, w, map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": container(t, w.Temporary())}, nil)
		},
		"credential process": func(t *testing.T, w *world) {
			keys := w.Administrator()
			chain(t, w, map[string]string{"AWS_PROFILE": "helper"}, map[string]string{
				".aws/config": fmt.Sprintf("[profile helper]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\"}'\n", keys.AccessKeyID, keys.SecretAccessKey),
			})
		},
		"single sign-on": func(t *testing.T, w *world) {
			chain(t, w, map[string]string{"AWS_PROFILE": "sso", "AWS_ENDPOINT_URL_SSO": identityCenter(t, w.Temporary())}, map[string]string{
				".aws/config": ssoConfig,
				ssoCached:     `{"startUrl":"https://acme.awsapps.com/start","region":"us-east-1","accessToken":"portal-token","expiresAt":"` + time.Now().Add(time.Hour).UTC().Format(time.RFC3339) + `"}`,
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, cognitotest.Config{})
			prepare(t, w)
			w.setUp(t, spec(t))
			w.client(t, clientName)
		})
	}
}

// What the chain cannot give is told in time, with the way to it.
func TestTheDefaultChainFails(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*testing.T, *world)
		code    idp.ErrorCode
		want    []string
	}{
		"nothing": {func(t *testing.T, w *world) { chain(t, w, nil, nil) }, idp.CodeAuth, []string{"no AWS credential was found", "AWS_PROFILE", "aws sso login"}},
		"a metadata service that never answers": {func(t *testing.T, w *world) {
			silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = silent.Close() })
			chain(t, w, map[string]string{"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://" + silent.Addr().String()}, nil)
		}, idp.CodeAuth, []string{"no AWS credential was found"}},
		"single sign-on is over": {func(t *testing.T, w *world) {
			chain(t, w, map[string]string{"AWS_PROFILE": "sso"}, map[string]string{".aws/config": ssoConfig})
		}, idp.CodeAuth, []string{"aws sso login"}},
		"a role that may not be assumed": {func(t *testing.T, w *world) {
			chain(t, w, map[string]string{"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/other", "AWS_WEB_IDENTITY_TOKEN_FILE": "$HOME/token", "AWS_ENDPOINT_URL_STS": sts(t, "AssumeRoleWithWebIdentity", w.Temporary())}, map[string]string{"token": "a.b.c"})
		}, idp.CodeForbidden, []string{"sts:AssumeRoleWithWebIdentity"}},
		"a profile that is not there": {func(t *testing.T, w *world) { chain(t, w, map[string]string{"AWS_PROFILE": "nobody"}, nil) }, idp.CodeUsage, []string{`"nobody"`}},
		"a broken configuration": {func(t *testing.T, w *world) {
			chain(t, w, nil, map[string]string{".aws/config": "[profile a]\nrole_arn = x\nsource_profile = b\n[profile b]\nrole_arn = y\nsource_profile = a\n"})
			w.config.Profile = "a"
		}, idp.CodeUsage, []string{"AWS configuration"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, cognitotest.Config{})
			test.prepare(t, w)
			p, err := cognito.New(w.config)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = p.Plan(t.Context(), spec(t))
			assertRefused(t, err, test.code, test.want...)
			assertNoSecret(t, w, err)
			if len(w.Calls()) > 0 {
				t.Errorf("asked %v without a credential", w.Calls())
			}
		})
	}
}
