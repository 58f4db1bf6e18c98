package cognitotest_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// awsCLI runs the vendor's command line on a stand-in.
type awsCLI struct {
	t           *testing.T
	environment []string
	program     string
	pool        string
}

func newAWSCLI(t *testing.T, c *cognitotest.Cognito) awsCLI {
	t.Helper()
	program := filepath.Join(realpart.PyPI(t, "awscli=="+realpart.AWSCLI), "bin", "aws")
	home, admin := t.TempDir(), c.Administrator()
	// Version 1 takes a parameter that is a URL for the address of its value, unless told not to.
	settings := filepath.Join(home, "config")
	if err := os.WriteFile(settings, []byte("[default]\ncli_follow_urlparam = false\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return awsCLI{t: t, program: program, pool: c.PoolID(), environment: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "AWS_CONFIG_FILE=" + settings, "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1",
		"AWS_ACCESS_KEY_ID=" + admin.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + admin.SecretAccessKey, "AWS_DEFAULT_REGION=" + c.Region(),
		"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=" + judged(t, c.URL()), "NO_PROXY=127.0.0.1",
	}}
}

// run returns what the command prints, as JSON, or its complaint.
func (a awsCLI) run(arguments ...string) (answer object, complaint string) {
	a.t.Helper()
	cmd := exec.CommandContext(a.t.Context(), a.program, append([]string{"cognito-idp", "--output", "json"}, arguments...)...)
	cmd.Env = a.environment
	var complaints strings.Builder
	cmd.Stderr = &complaints
	output, err := cmd.Output()
	if err != nil {
		return nil, strings.TrimSpace(complaints.String())
	}
	answer = object{}
	if len(output) > 0 {
		if err := json.Unmarshal(output, &answer); err != nil {
			a.t.Fatalf("aws %s: %v\n%s", arguments[0], err, output)
		}
	}
	return answer, ""
}

// must runs a command on the pool that succeeds.
func (a awsCLI) must(command string, arguments ...string) object {
	a.t.Helper()
	answer, complaint := a.run(append([]string{command, "--user-pool-id", a.pool}, arguments...)...)
	if complaint != "" {
		a.t.Fatalf("aws %s: %s", command, complaint)
	}
	return answer
}

// The vendor's command line takes the stand-in for Cognito, and each of its requests and of the
// answers keeps to the vendor's model.
func TestAWSCLIOnTheStandIn(t *testing.T) {
	t.Parallel()
	c := start(t, config(nil))
	aws := newAWSCLI(t, c)
	client := func(answer object) object { return answer["UserPoolClient"].(object) }
	made := client(aws.must("create-user-pool-client", "--client-name", "mcp-gateway-ide", "--no-generate-secret", "--supported-identity-providers", "COGNITO", "Okta",
		"--callback-urls", "http://localhost:8787/callback", "--allowed-o-auth-flows", "code", "--allowed-o-auth-scopes", "openid", "email", "profile",
		"--allowed-o-auth-flows-user-pool-client", "--explicit-auth-flows", "ALLOW_REFRESH_TOKEN_AUTH", "--prevent-user-existence-errors", "ENABLED"))
	id := made["ClientId"].(string)
	described := client(aws.must("describe-user-pool-client", "--client-id", id))
	if diff := cmp.Diff(made, described); diff != "" {
		t.Errorf("described otherwise than made:\n%s", diff)
	}
	members := []string{"ClientName", "ClientSecret", "CallbackURLs", "SupportedIdentityProviders", "ExplicitAuthFlows", "PreventUserExistenceErrors"}
	want := `ClientName=mcp-gateway-ide ClientSecret=- CallbackURLs=["http://localhost:8787/callback"] SupportedIdentityProviders=["COGNITO","Okta"] ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"] PreventUserExistenceErrors=ENABLED`
	if got := told(described, members...); got != want {
		t.Errorf("described %s, want %s", got, want)
	}
	updated := client(aws.must("update-user-pool-client", "--client-id", id, "--callback-urls", "http://localhost:9999/callback"))
	want = `ClientName=mcp-gateway-ide ClientSecret=- CallbackURLs=["http://localhost:9999/callback"] SupportedIdentityProviders=- ExplicitAuthFlows=- PreventUserExistenceErrors=-`
	if got := told(updated, members...); got != want {
		t.Errorf("updated to %s, want %s", got, want)
	}
	for range 60 {
		c.AddClient(object{"ClientName": "other"})
	}
	if list := aws.must("list-user-pool-clients")["UserPoolClients"].([]any); len(list) != 61 {
		t.Errorf("%d clients are listed, want 61 from two pages", len(list))
	}
	aws.must("create-managed-login-branding", "--client-id", id, "--use-cognito-provided-values")
	aws.must("create-group", "--group-name", "operators")
	aws.must("admin-add-user-to-group", "--group-name", "operators", "--username", "amy")
	if diff := cmp.Diff([]any{"operators"}, c.Snapshot()["Members"].(object)["amy"]); diff != "" {
		t.Errorf("amy's groups (-want +got):\n%s", diff)
	}
	_, complaint := aws.run("describe-user-pool-client", "--user-pool-id", aws.pool, "--client-id", "nobody")
	if want := "An error occurred (ResourceNotFoundException) when calling the DescribeUserPoolClient operation: User pool client nobody does not exist."; !strings.Contains(complaint, want) {
		t.Errorf("complains %q, want %q", complaint, want)
	}
	c.Throttle(1)
	if _, complaint = aws.run("describe-user-pool", "--user-pool-id", aws.pool); !strings.Contains(complaint, "(TooManyRequestsException) when calling the DescribeUserPool operation") || !strings.Contains(complaint, "Rate exceeded") {
		t.Errorf("complains %q", complaint)
	}
}
