package cognito_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/cognito"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// assertRefused checks an error: its sort, and what message and hint name. No secret may be in it,
// nor in what --debug shows of its cause.
func assertRefused(t *testing.T, err error, want idp.ErrorCode, words ...string) {
	t.Helper()
	if code(err) != want {
		t.Fatalf("error %v is %q, want %q", err, code(err), want)
	}
	for _, word := range words {
		if !strings.Contains(err.Error()+" | "+hint(err), word) {
			t.Errorf("%v | %s lacks %q", err, hint(err), word)
		}
	}
}

// What makes no sense is refused before anything is sent.
func TestNonsense(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config cognito.Config
		want   []string
	}{
		"no pool":            {cognito.Config{}, []string{"COGNITO_USER_POOL_ID"}},
		"a pool's name":      {cognito.Config{UserPoolID: "my pool"}, []string{`"my pool"`, "not the pool's name"}},
		"no region":          {cognito.Config{UserPoolID: "local_abc"}, []string{"AWS_REGION"}},
		"another region":     {cognito.Config{UserPoolID: "us-east-1_Ab1", Region: "eu-west-1"}, []string{"eu-west-1", "us-east-1"}},
		"no region at all":   {cognito.Config{UserPoolID: "local_abc", Region: "over there"}, []string{"over there"}},
		"reserved prefix":    {cognito.Config{UserPoolID: "us-east-1_Ab1", CreateDomain: "my-cognito"}, []string{"my-cognito", "cognito"}},
		"upper-case prefix":  {cognito.Config{UserPoolID: "us-east-1_Ab1", CreateDomain: "Acme"}, []string{"Acme"}},
		"plain http":         {cognito.Config{UserPoolID: "us-east-1_Ab1", EndpointURL: "http://aws.example.com"}, []string{"--allow-http"}},
		"endpoint of no use": {cognito.Config{UserPoolID: "us-east-1_Ab1", EndpointURL: "aws.example.com"}, []string{"--endpoint-url"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := cognito.New(test.config)
			assertRefused(t, err, idp.CodeUsage, test.want...)
		})
	}
}

// Wrong pools and refused credentials get one clear error, and change nothing.
func TestRefusedByTheService(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		alter func(*world)
		code  idp.ErrorCode
		want  []string
	}{
		"missing pool":      {func(w *world) { w.config.UserPoolID = "us-east-1_Elsewhere" }, idp.CodeNotFound, []string{"us-east-1_Elsewhere", "us-east-1", "get-caller-identity"}},
		"expired":           {func(w *world) { w.signIn(w.Expired()) }, idp.CodeAuth, []string{"expired", "aws sso login"}},
		"unknown key":       {func(w *world) { w.config.AccessKeyID = "AKIANOBODY" }, idp.CodeAuth, []string{"does not accept the credential"}},
		"wrong secret":      {func(w *world) { w.config.SecretAccessKey = secret("wrong") }, idp.CodeAuth, []string{"clock"}},
		"no right to plan":  {func(w *world) { w.signIn(w.Restricted("ListUserPoolClients")) }, idp.CodeForbidden, []string{"cognito-idp:DescribeUserPool", "plan --policy"}},
		"no right to list":  {func(w *world) { w.signIn(w.Restricted("DescribeUserPool")) }, idp.CodeForbidden, []string{"cognito-idp:ListUserPoolClients"}},
		"throttled":         {func(w *world) { w.Throttle(1000) }, idp.CodeUnreachable, []string{"TooManyRequestsException", "quota"}},
		"nobody listens":    {func(w *world) { w.Close() }, idp.CodeUnreachable, []string{w0, "finishes what was begun"}},
		"a web page":        {func(w *world) { w.config.EndpointURL = w.DomainURL() }, idp.CodeFailed, []string{"--endpoint-url"}},
		"a broken secret":   {func(w *world) { w.config.SecretAccessKey = failing }, idp.CodeUsage, []string{"no secret from file x"}},
		"a missing profile": {func(w *world) { w.config.Profile = "nobody" }, idp.CodeUsage, []string{`"nobody"`, "AWS_PROFILE"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, cognitotest.Config{})
			before := w.Snapshot()
			test.alter(w)
			_, _, err := w.provider(t).Plan(t.Context(), spec(t))
			assertRefused(t, err, test.code, test.want...)
			assertNoSecret(t, w, err)
			if name != "nobody listens" && !reflect.DeepEqual(before, w.Snapshot()) {
				t.Error("something was changed")
			}
		})
	}
}

const w0 = "no usable answer"

func failing(context.Context) (string, error) {
	return "", &idp.Error{Code: idp.CodeUsage, Message: "no secret from file x: it is empty"}
}

func assertNoSecret(t *testing.T, w *world, err error) {
	t.Helper()
	var shown strings.Builder
	for ; err != nil; err = errors.Unwrap(err) {
		fmt.Fprintln(&shown, err)
	}
	for _, c := range []cognitotest.Credentials{w.Administrator(), w.Temporary(), w.Expired()} {
		for _, value := range []string{c.SecretAccessKey, c.SessionToken} {
			if value != "" && strings.Contains(shown.String(), value) {
				t.Errorf("a secret is shown: %s", shown.String())
			}
		}
	}
}

// AWS answers a wrong signature with what should have been signed, and a session token is part of
// that: neither message nor cause may repeat it.
func TestASignatureThatIsExplained(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	w.Refuse(1, "", "InvalidSignatureException", "The request signature we calculated does not match.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:"+w.Temporary().SessionToken+"\n'")
	w.signIn(w.Temporary())
	_, _, err := w.provider(t).Plan(t.Context(), spec(t))
	assertRefused(t, err, idp.CodeAuth, "InvalidSignatureException", "AWS_SESSION_TOKEN")
	assertNoSecret(t, w, err)
}

// Clients that may not become ours are refused, with what to do.
func TestClientsThatStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*world) idp.Spec
		failure string
		want    []string
	}{
		"confidential": {func(w *world) idp.Spec {
			w.AddClient(map[string]any{"ClientName": clientName, "ClientSecret": "s3cr3t-of-the-web-client-0"})
			return spec(t)
		}, "CG04", []string{clientName, "secret", "--name"}},
		"of machines": {func(w *world) idp.Spec {
			w.AddClient(map[string]any{"ClientName": clientName, "AllowedOAuthFlows": []string{"client_credentials"}})
			return spec(t)
		}, "CG04", []string{"client_credentials"}},
		"two of the name": {func(w *world) idp.Spec {
			w.AddClient(map[string]any{"ClientName": clientName, "ClientId": "aaaa1"})
			w.AddClient(map[string]any{"ClientName": clientName, "ClientId": "bbbb2"})
			return spec(t)
		}, "CG13", []string{"aaaa1, bbbb2", "--client-id"}},
		"too many callbacks": {func(w *world) idp.Spec {
			var urls []string
			for i := range 99 {
				urls = append(urls, fmt.Sprintf("https://app%d.example.com/cb", i))
			}
			w.AddClient(map[string]any{"ClientName": clientName, "CallbackURLs": urls})
			return spec(t)
		}, "CG18", []string{"101 callback URLs", "app0.example.com", "and 89 more", "--prune"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, cognitotest.Config{})
			s := test.prepare(w)
			before := w.Snapshot()
			_, _, err := w.provider(t).Plan(t.Context(), s)
			assertRefused(t, err, idp.CodeUsage, test.want...)
			var told *idp.Error
			if errors.As(err, &told); told.Failure != test.failure {
				t.Errorf("failure %s, want %s", told.Failure, test.failure)
			}
			if strings.Contains(err.Error(), "s3cr3t") || !reflect.DeepEqual(before, w.Snapshot()) {
				t.Errorf("a secret is shown, or something was changed: %v", err)
			}
		})
	}
}

// Of two clients with one name the id chooses.
func TestTheIDChooses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	w.AddClient(map[string]any{"ClientName": clientName, "ClientId": "aaaa1"})
	w.AddClient(map[string]any{"ClientName": clientName, "ClientId": "bbbb2"})
	s := spec(t)
	s.Clients[0].ID = "bbbb2"
	if _, registration := w.setUp(t, s); registration.Clients[clientName] != "bbbb2" {
		t.Errorf("registration %+v", registration)
	}
	s.Clients[0].ID = "nosuch"
	_, _, err := w.provider(t).Plan(t.Context(), s)
	assertRefused(t, err, idp.CodeNotFound, "nosuch", "--client-id")
}

func TestSpecsThatCannotBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	for name, test := range map[string]struct {
		alter func(*idp.Spec)
		code  idp.ErrorCode
		want  []string
	}{
		"http elsewhere": {func(s *idp.Spec) { s.Clients[0].Redirects = uris(t, "http://app.example.com/cb") }, idp.CodeUsage, []string{"http://app.example.com/cb", "https"}},
		"too long": {func(s *idp.Spec) {
			s.Clients[0].Redirects = uris(t, "https://app.example.com/"+strings.Repeat("x", 1024))
		}, idp.CodeUsage, []string{"1024"}},
		"too many":        {func(s *idp.Spec) { s.Clients[0].Movable = manyServers(t, 100) }, idp.CodeUsage, []string{"101 callback URLs", "100 of them are for single servers", "--assistant claude-code,cursor"}},
		"no name":         {func(s *idp.Spec) { s.Clients[0].Name = "mcp/gateway" }, idp.CodeUsage, []string{`"mcp/gateway"`, "--name"}},
		"a long name":     {func(s *idp.Spec) { s.Clients[0].Name = strings.Repeat("x", 129) }, idp.CodeUsage, []string{"128", "--name"}},
		"no id":           {func(s *idp.Spec) { s.Clients[0].ID = "arn:aws:x" }, idp.CodeUsage, []string{`"arn:aws:x"`, "--client-id"}},
		"nowhere to go":   {func(s *idp.Spec) { s.Groups, s.AssignUsers = nil, []string{"bob"} }, idp.CodeUsage, []string{"--group"}},
		"user of no pool": {func(s *idp.Spec) { s.AssignUsers = []string{"mallory"} }, idp.CodeNotFound, []string{"mallory", "PROVIDER_NAME"}},
	} {
		s := spec(t)
		test.alter(&s)
		_, _, err := w.provider(t).Plan(t.Context(), s)
		t.Run(name, func(t *testing.T) { assertRefused(t, err, test.code, test.want...) })
	}
	if len(w.clientsNamed(clientName)) != 0 {
		t.Error("a client was made")
	}
}

func manyServers(t *testing.T, n int) []idp.RedirectURI {
	t.Helper()
	var list []idp.RedirectURI
	for i := range n {
		list = append(list, uris(t, fmt.Sprintf("http://localhost:8787/callback/server%06d", i))...)
	}
	return list
}

// Each change that is refused names the action that lacks, and what was done before it stays.
func TestMissingRightsOfEachChange(t *testing.T) {
	t.Parallel()
	reads := []string{"DescribeUserPool", "ListUserPoolClients", "DescribeUserPoolClient", "DescribeUserPoolDomain", "ListIdentityProviders", "DescribeManagedLoginBrandingByClient", "GetGroup", "AdminListGroupsForUser"}
	for _, missing := range []string{"CreateUserPoolDomain", "CreateUserPoolClient", "CreateManagedLoginBranding", "CreateGroup", "AdminAddUserToGroup"} {
		t.Run(missing, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, cognitotest.Config{NoDomain: true})
			allowed := reads
			for _, write := range []string{"CreateUserPoolDomain", "CreateUserPoolClient", "CreateManagedLoginBranding", "CreateGroup", "AdminAddUserToGroup"} {
				if write != missing {
					allowed = append(allowed, write)
				}
			}
			w.signIn(w.Restricted(allowed...))
			w.config.CreateDomain, w.config.CreateGroups = "acme-ide", true
			s := faultSpec(t)
			_, err := w.plan(t, s).Apply(t.Context(), nil)
			assertRefused(t, err, idp.CodeForbidden, "cognito-idp:"+missing)
			w.signIn(w.Administrator())
			w.setUp(t, s)
			if p := w.plan(t, s); !p.InSync() {
				t.Errorf("not finished: %v", changes(p))
			}
		})
	}
}

// The printed policy is enough, and each action in it is needed.
func TestThePolicySuffices(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{NoDomain: true})
	w.config.CreateDomain, w.config.CreateGroups = "acme-ide", true
	s := faultSpec(t)
	actions := policyActions(t, w, s)
	w.signIn(w.Restricted(actions...))
	w.setUp(t, s)
	w.AddClient(map[string]any{"ClientName": "script", "ClientId": "cccc3"})
	s.Clients[0].Name, s.Clients[0].ID = "script", "cccc3"
	w.setUp(t, s)
	p, err := w.provider(t).PlanRemoval(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, action := range actions {
		if !contains(w.Calls(), action) {
			t.Errorf("the policy allows %s, which nobody asked for", action)
		}
	}
}

// Between a plan and its yes somebody else may write.
func TestSomebodyElseWritesBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	p := w.plan(t, spec(t))
	id := w.AddClient(scriptClient())
	if _, err := p.Apply(t.Context(), nil); !errors.Is(err, plan.ErrMoved) || len(w.clientsNamed(clientName)) != 1 {
		t.Errorf("error %v, clients %v", err, w.clientsNamed(clientName))
	}
	p = w.plan(t, spec(t))
	w.overwrite(t, id, func(c *types.UserPoolClientType) { c.CallbackURLs = append(c.CallbackURLs, "http://localhost:1/x") })
	before := w.client(t, clientName)
	if _, err := p.Apply(t.Context(), nil); !errors.Is(err, plan.ErrMoved) || !reflect.DeepEqual(before, w.client(t, clientName)) {
		t.Errorf("what we own was written since: %v", err)
	}
	p = w.plan(t, spec(t))
	w.overwrite(t, id, func(c *types.UserPoolClientType) { c.ReadAttributes = []string{"email", "phone_number"} })
	if _, err := p.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := w.client(t, clientName)["ReadAttributes"]; !reflect.DeepEqual(got, []any{"email", "phone_number"}) {
		t.Errorf("what somebody else wrote since is lost: %v", got)
	}
}

func TestAnUpdateThatCollides(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	w.AddClient(scriptClient())
	p := w.plan(t, spec(t))
	w.Collide(1)
	if _, err := p.Apply(t.Context(), nil); !errors.Is(err, plan.ErrMoved) {
		t.Errorf("error %v, want ErrMoved", err)
	}
}

func TestADomainThatIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{NoDomain: true})
	w.config.CreateDomain = cognitotest.TakenDomain
	_, err := w.plan(t, spec(t)).Apply(t.Context(), nil)
	assertRefused(t, err, idp.CodeUsage, cognitotest.TakenDomain, "--create-domain")
}

// Whatever the environment says of endpoints, requests go where the configuration says.
func TestTheEnvironmentRedirectsNothing(t *testing.T) {
	w := newWorld(t, cognitotest.Config{})
	decoy := newWorld(t, cognitotest.Config{})
	profile := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(profile, []byte("[default]\nendpoint_url = "+decoy.URL()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", profile)
	t.Setenv("AWS_ENDPOINT_URL", decoy.URL())
	t.Setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", decoy.URL())
	w.plan(t, spec(t))

	var host string
	w.config.EndpointURL = ""
	w.config.HTTP = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		host = r.URL.Host
		return nil, errLost
	})}
	if _, _, err := w.provider(t).Plan(t.Context(), spec(t)); err == nil || host != "cognito-idp.us-east-1.amazonaws.com" {
		t.Errorf("asked %s: %v", host, err)
	}
	if len(decoy.Calls()) > 0 {
		t.Errorf("the decoy was asked %v", decoy.Calls())
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func contains(list []string, one string) bool {
	for _, s := range list {
		if s == one {
			return true
		}
	}
	return false
}
