package cognito_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/cognito"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// A request needs neither network nor credential, names everything, and cannot be applied.
func TestOffline(t *testing.T) {
	t.Parallel()
	p, err := cognito.New(cognito.Config{UserPoolID: "us-east-1_Ab1"})
	if err != nil {
		t.Fatal(err)
	}
	s := spec(t)
	s.AssignUsers = []string{"bob"}
	request := p.Offline(s)
	want := []string{"manual domain us-east-1_Ab1", "create app client " + clientName, "create managed login branding " + clientName, "manual group registry-admins", "manual group member registry-admins/bob"}
	if diff := cmp.Diff(want, changes(request)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if _, err := request.Apply(t.Context(), nil); err == nil {
		t.Error("it can be applied")
	}
	for _, c := range request.Changes {
		if c.Action == plan.Manual && strings.Contains(c.Summary, "--") {
			t.Errorf("%s speaks of flags to somebody else: %s", c, c.Summary)
		}
	}
}

// command is the line for AWS's command line in a request.
func command(t *testing.T, p *plan.Plan) string {
	t.Helper()
	for _, c := range p.Changes {
		if len(c.Commands) > 0 {
			return strings.Join(c.Commands, "\n")
		}
	}
	t.Fatalf("no command in %+v", p.Changes)
	return ""
}

// awsCLI runs a line of a shell with AWS's own command line, as the pool's administrator.
func (w *world) awsCLI(t *testing.T, line string) {
	t.Helper()
	bin := filepath.Join(realpart.PyPI(t, "awscli=="+realpart.AWSCLI), "bin")
	keys := w.Administrator()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
	cmd.Env = []string{
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + t.TempDir(), "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "NO_PROXY=127.0.0.1",
		"AWS_ACCESS_KEY_ID=" + keys.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + keys.SecretAccessKey, "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=" + w.URL(),
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
}

// Whoever pastes the request's line into AWS's own command line makes what setup would have made.
func TestTheRequestedCommandMakesTheClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	w.awsCLI(t, command(t, w.provider(t).Offline(spec(t))))
	if diff := cmp.Diff([]string{"create managed login branding " + clientName}, changes(w.plan(t, spec(t)))); diff != "" {
		t.Errorf("what is left to do (-want +got):\n%s", diff)
	}
}

// What AWS's own command line makes with the arguments of the registry's script is adopted at its
// port, and repaired.
func TestAfterTheScriptsCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	w.awsCLI(t, `aws cognito-idp create-user-pool-client --user-pool-id `+w.PoolID()+` --region us-east-1 --client-name mcp-gateway-ide --no-generate-secret \
 --allowed-o-auth-flows code --allowed-o-auth-scopes openid email profile --allowed-o-auth-flows-user-pool-client --supported-identity-providers COGNITO \
 --callback-urls '["http://localhost:56789/callback"]'`)
	p, registration := w.setUp(t, spec(t))
	if len(p.Changes) != 2 || p.Changes[0].Confirm != "" || registration.CallbackPort != 56789 {
		t.Errorf("changes %+v, port %d", p.Changes, registration.CallbackPort)
	}
	if _, err := w.assistant(registration.Clients[clientName], "http://localhost:56789/callback").Login(t.Context(), bob); err != nil {
		t.Error(err)
	}
}
