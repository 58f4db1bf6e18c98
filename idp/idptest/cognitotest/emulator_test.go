package cognitotest_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// newEmulated makes a pool like the stand-in's on an emulator, as far as the emulator goes.
func newEmulated(t *testing.T, url string) *bench {
	t.Helper()
	b := &bench{caller: caller{t: t, url: url, region: "us-east-1", Credentials: aws.Credentials{AccessKeyID: "testing", SecretAccessKey: "testing"}}}
	made := b.call("CreateUserPool", object{"PoolName": "mcp-gateway"})
	if made.code() != "ok" {
		t.Fatal(made.failed())
	}
	b.pool, _ = made.of("UserPool")["Id"].(string)
	for _, p := range people() {
		b.ask("AdminCreateUser", object{"Username": p.Name, "MessageAction": "SUPPRESS", "UserAttributes": []object{{"Name": "email", "Value": p.Email}}})
		b.ask("AdminSetUserPassword", object{"Username": p.Name, "Password": "Secret-1234", "Permanent": true})
	}
	oidc := object{"client_id": "a", "client_secret": "b", "oidc_issuer": "https://example.okta.com", "attributes_request_method": "GET", "authorize_scopes": "openid"}
	b.ask("CreateIdentityProvider", object{"ProviderName": "Okta", "ProviderType": "OIDC", "ProviderDetails": oidc})
	b.ask("CreateIdentityProvider", object{"ProviderName": "Google", "ProviderType": "Google", "ProviderDetails": oidc})
	b.ask("CreateResourceServer", object{"Identifier": "https://api.example.com", "Name": "server", "Scopes": []object{{"ScopeName": "read", "ScopeDescription": "read"}}})
	return b
}

// Independent emulators give a second opinion of every row of the admin API. What one answers
// otherwise than Cognito, or cannot do, is listed in testdata/emulators.json: when that changes,
// the test says so.
func TestEmulators(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("testdata", "emulators.json"))
	if err != nil {
		t.Fatal(err)
	}
	var listed map[string]map[string]string
	if err := json.Unmarshal(text, &listed); err != nil {
		t.Fatal(err)
	}
	for name, start := range map[string]func(testing.TB) string{
		"cognito-local 5.3.0": realpart.CognitoLocal, "moto 5.2.5": realpart.Moto, "ministack 1.4.21": realpart.Ministack,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newEmulated(t, start(t))
			differs := map[string]string{}
			for _, r := range apiRows() {
				b.clear()
				if got := r.observe(b); got != r.want {
					differs[r.name] = strings.ReplaceAll(got, b.pool, "{pool}")
				}
			}
			for _, row := range slices.Sorted(maps.Keys(listed[name])) {
				if got, still := differs[row]; !still {
					t.Errorf("%s: answers as Cognito does now", row)
				} else if diff := cmp.Diff(listed[name][row], got); diff != "" {
					t.Errorf("%s (-listed +now):\n%s", row, diff)
				}
				delete(differs, row)
			}
			for _, row := range slices.Sorted(maps.Keys(differs)) {
				t.Errorf("%s: answers %q, which is not listed", row, differs[row])
			}
		})
	}
}
