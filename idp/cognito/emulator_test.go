package cognito_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/mcpreg/mcpreg/idp/cognito"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// emulator is an independent one, and what it cannot do.
type emulator struct {
	start func(testing.TB) string
	// unsupported lists operations that it does not have; they are answered here, with nothing.
	unsupported []string
	// forgets lists the kinds of objects that it does not show again as they were made.
	forgets []string
	// laxities say in words how it differs from Cognito, so that nobody takes it for proof.
	laxities string
}

func emulators() map[string]emulator {
	branding := []string{"CreateManagedLoginBranding", "DescribeManagedLoginBrandingByClient"}
	return map[string]emulator{
		"cognito-local": {realpart.CognitoLocal, append([]string{"CreateUserPoolDomain", "DescribeUserPoolDomain", "ListIdentityProviders", "GetGroup"}, branding...), []string{"group member", "domain"},
			"users get a name of its own; an update merges; one page holds all clients; callbacks and scopes are not judged"},
		"moto":      {realpart.Moto, branding, nil, "an update merges; callbacks and scopes are not judged"},
		"ministack": {realpart.Ministack, branding, nil, "an update merges; callbacks and scopes are not judged; the domain forgets its version"},
	}
}

// The same set-up on programs that others wrote from the same documents.
func TestIndependentEmulators(t *testing.T) {
	t.Parallel()
	for name, e := range emulators() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := e.start(t)
			t.Logf("differs from Cognito: %s; lacks %v", e.laxities, e.unsupported)
			keys := credentials.NewStaticCredentialsProvider("test", "test", "")
			api := sdk.New(sdk.Options{Region: "us-east-1", BaseEndpoint: aws.String(url), Credentials: keys})
			pool, err := api.CreateUserPool(t.Context(), &sdk.CreateUserPoolInput{PoolName: aws.String("acme")})
			if err != nil {
				t.Fatal(err)
			}
			id := pool.UserPool.Id
			if _, err := api.AdminCreateUser(t.Context(), &sdk.AdminCreateUserInput{UserPoolId: id, Username: aws.String("bob@example.com"), MessageAction: "SUPPRESS"}); err != nil {
				t.Fatal(err)
			}
			if slices.Contains(e.unsupported, "GetGroup") { // so it cannot be told that there is none
				if _, err := api.CreateGroup(t.Context(), &sdk.CreateGroupInput{UserPoolId: id, GroupName: aws.String("registry-admins")}); err != nil {
					t.Fatal(err)
				}
			}
			w := &world{sent: &counter{}, config: cognito.Config{
				UserPoolID: *id, Region: "us-east-1", EndpointURL: url, AccessKeyID: "test", SecretAccessKey: secret("test"), MaxBackoff: time.Millisecond, CreateGroups: true,
			}}
			w.config.HTTP = &http.Client{Transport: without(e.unsupported, w.sent)}
			if !slices.Contains(e.unsupported, "CreateUserPoolDomain") {
				w.config.CreateDomain = "acme-ide"
			}
			s := spec(t)
			s.Groups, s.AssignUsers = []string{"registry-admins"}, []string{"bob@example.com"}
			_, registration := w.setUp(t, s)
			out, err := api.DescribeUserPoolClient(t.Context(), &sdk.DescribeUserPoolClientInput{UserPoolId: id, ClientId: aws.String(registration.Clients[clientName])})
			if err != nil {
				t.Fatal(err)
			}
			want := []string{"http://localhost:8787/callback", "http://localhost:8787/callback/6MFBM1In3Ey-"}
			if c := out.UserPoolClient; !slices.Equal(slices.Sorted(slices.Values(c.CallbackURLs)), want) || aws.ToString(c.ClientSecret) != "" || !aws.ToBool(c.AllowedOAuthFlowsUserPoolClient) {
				t.Errorf("client %+v", c)
			}
			for _, c := range w.plan(t, s).Changes {
				if !slices.Contains(e.forgets, c.Kind) {
					t.Errorf("a second plan has %+v", c)
				}
			}
			s.Clients[0].Redirects = uris(t, "http://localhost:9999/callback")
			w.setUp(t, s)
		})
	}
}

// without answers operations that an emulator lacks as a pool does that has nothing of the sort.
func without(operations []string, next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		for _, operation := range operations {
			if r.Header.Get("X-Amz-Target") == "AWSCognitoIdentityProviderService."+operation {
				return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, Body: http.NoBody, Request: r}, nil
			}
		}
		return next.RoundTrip(r)
	})
}
