package cognito

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

func loopback(t testing.TB) wantedClient {
	t.Helper()
	uri, err := idp.ParseRedirectURI("http://localhost:8787/callback")
	if err != nil {
		t.Fatal(err)
	}
	return wantedClient{Client: idp.Client{Name: "mcp-gateway-ide", Redirects: []idp.RedirectURI{uri}}}
}

// right is a client that has all that loopback wants.
func right() *types.UserPoolClientType {
	return &types.UserPoolClientType{
		ClientId: aws.String("id"), ClientName: aws.String("mcp-gateway-ide"), UserPoolId: aws.String("us-east-1_x"),
		AllowedOAuthFlowsUserPoolClient: aws.Bool(true), AllowedOAuthFlows: []types.OAuthFlowType{"code"}, AllowedOAuthScopes: []string{"openid", "email", "profile"},
		CallbackURLs: []string{"http://localhost:8787/callback"}, SupportedIdentityProviders: []string{"COGNITO"},
		PreventUserExistenceErrors: "ENABLED", EnableTokenRevocation: aws.Bool(true),
	}
}

// answered is what the API holds after a request: what it says, and the defaults of what it leaves
// out (Amazon Cognito API, UpdateUserPoolClient).
func answered(in *sdk.UpdateUserPoolClientInput) *types.UserPoolClientType {
	c := types.UserPoolClientType{
		UserPoolId: in.UserPoolId, ClientId: in.ClientId, ClientName: in.ClientName,
		AccessTokenValidity: in.AccessTokenValidity, AllowedOAuthFlows: in.AllowedOAuthFlows, AllowedOAuthScopes: in.AllowedOAuthScopes,
		AllowedOAuthFlowsUserPoolClient: aws.Bool(in.AllowedOAuthFlowsUserPoolClient), AnalyticsConfiguration: in.AnalyticsConfiguration,
		AuthSessionValidity: in.AuthSessionValidity, CallbackURLs: in.CallbackURLs, DefaultRedirectURI: in.DefaultRedirectURI,
		EnablePropagateAdditionalUserContextData: in.EnablePropagateAdditionalUserContextData, EnableTokenRevocation: in.EnableTokenRevocation,
		ExplicitAuthFlows: in.ExplicitAuthFlows, IdTokenValidity: in.IdTokenValidity, LogoutURLs: in.LogoutURLs,
		PreventUserExistenceErrors: in.PreventUserExistenceErrors, ReadAttributes: in.ReadAttributes, RefreshTokenRotation: in.RefreshTokenRotation,
		RefreshTokenValidity: in.RefreshTokenValidity, SupportedIdentityProviders: in.SupportedIdentityProviders,
		TokenValidityUnits: in.TokenValidityUnits, WriteAttributes: in.WriteAttributes,
	}
	if c.RefreshTokenValidity == 0 {
		c.RefreshTokenValidity = 30
	}
	if c.PreventUserExistenceErrors == "" {
		c.PreventUserExistenceErrors = types.PreventUserExistenceErrorTypesLegacy
	}
	return &c
}

func TestEachDriftIsOneField(t *testing.T) {
	t.Parallel()
	if got := fields(loopback(t), right(), nil); len(got) > 0 {
		t.Fatalf("what is right is to change: %+v", got)
	}
	for name, test := range map[string]struct {
		alter func(*types.UserPoolClientType)
		want  string // path and failure
	}{
		"callback missing":   {func(c *types.UserPoolClientType) { c.CallbackURLs = nil }, "callback URLs CG01"},
		"OAuth off":          {func(c *types.UserPoolClientType) { c.AllowedOAuthFlowsUserPoolClient = nil }, "OAuth flows CG11"},
		"no code flow":       {func(c *types.UserPoolClientType) { c.AllowedOAuthFlows = []types.OAuthFlowType{"implicit"} }, "grant types CG11"},
		"scope missing":      {func(c *types.UserPoolClientType) { c.AllowedOAuthScopes = []string{"openid"} }, "scopes CG02"},
		"no provider":        {func(c *types.UserPoolClientType) { c.SupportedIdentityProviders = nil }, "identity providers CG07"},
		"legacy errors":      {func(c *types.UserPoolClientType) { c.PreventUserExistenceErrors = "LEGACY" }, "user existence errors CG15"},
		"no revocation":      {func(c *types.UserPoolClientType) { c.EnableTokenRevocation = aws.Bool(false) }, "token revocation CG16"},
		"another order":      {func(c *types.UserPoolClientType) { slices.Reverse(c.AllowedOAuthScopes) }, ""},
		"more than we want":  {func(c *types.UserPoolClientType) { c.CallbackURLs = append(c.CallbackURLs, "http://localhost:1/x") }, ""},
		"somebody's default": {func(c *types.UserPoolClientType) { c.DefaultRedirectURI = aws.String("http://localhost:8787/callback") }, ""},
	} {
		c := right()
		test.alter(c)
		var got []string
		for _, f := range fields(loopback(t), c, nil) {
			got = append(got, f.Path+" "+f.Prevents)
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: %v, want %q", name, got, test.want)
		}
	}
}

// What pruning takes away is told by what it invites, not by what fails without a value.
func TestWhatPruningPrevents(t *testing.T) {
	t.Parallel()
	c, w := right(), loopback(t)
	c.CallbackURLs = append(c.CallbackURLs, "https://x.example.com/cb")
	c.AllowedOAuthFlows = append(c.AllowedOAuthFlows, "implicit")
	c.AllowedOAuthScopes = append(c.AllowedOAuthScopes, "phone")
	w.prune = true
	var got []string
	for _, f := range fields(w, c, nil) {
		got = append(got, f.Path+" "+f.Prevents)
	}
	if want := "callback URLs CG17, grant types CG17, scopes "; strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestWhatWaitsForAYes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		alter func(*types.UserPoolClientType, *wantedClient)
		want  string
	}{
		"OAuth was off":     {func(c *types.UserPoolClientType, _ *wantedClient) { c.AllowedOAuthFlowsUserPoolClient = nil }, "turns OAuth flows on"},
		"code flow was off": {func(c *types.UserPoolClientType, _ *wantedClient) { c.AllowedOAuthFlows = nil }, "turns grant types code on"},
		"prune": {func(c *types.UserPoolClientType, w *wantedClient) {
			c.CallbackURLs, w.prune = []string{"http://localhost:1/x"}, true
		}, "removes 1 of its callback URLs"},
		"a callback":         {func(c *types.UserPoolClientType, _ *wantedClient) { c.CallbackURLs = nil }, ""},
		"revocation":         {func(c *types.UserPoolClientType, _ *wantedClient) { c.EnableTokenRevocation = nil }, ""},
		"revocation, pruned": {func(c *types.UserPoolClientType, w *wantedClient) { c.EnableTokenRevocation, w.prune = nil, true }, ""},
		"errors, pruned": {func(c *types.UserPoolClientType, w *wantedClient) {
			c.PreventUserExistenceErrors, w.prune = "LEGACY", true
		}, ""},
	} {
		c, w := right(), loopback(t)
		test.alter(c, &w)
		if got := confirmation(w, c, nil); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	enabled := func(grace *int32) *types.RefreshTokenRotationType {
		return &types.RefreshTokenRotationType{Feature: types.FeatureTypeEnabled, RetryGracePeriodSeconds: grace}
	}
	refresh := []types.ExplicitAuthFlowsType{types.ExplicitAuthFlowsTypeAllowRefreshTokenAuth}
	for name, test := range map[string]struct {
		alter func(*types.UserPoolClientType)
		want  string
	}{
		"nothing":           {func(*types.UserPoolClientType) {}, ""},
		"implicit":          {func(c *types.UserPoolClientType) { c.AllowedOAuthFlows = append(c.AllowedOAuthFlows, "implicit") }, "CG17"},
		"foreign callback":  {func(c *types.UserPoolClientType) { c.CallbackURLs = append(c.CallbackURLs, "https://x.example.com/cb") }, "CG17"},
		"loopback callback": {func(c *types.UserPoolClientType) { c.CallbackURLs = append(c.CallbackURLs, "http://localhost:1/x") }, ""},
		"both refreshes": {func(c *types.UserPoolClientType) {
			c.RefreshTokenRotation, c.ExplicitAuthFlows = enabled(aws.Int32(9)), refresh
		}, "CG10"},
		"rotation, no grace": {func(c *types.UserPoolClientType) {
			c.RefreshTokenRotation, c.ExplicitAuthFlows = enabled(nil), []types.ExplicitAuthFlowsType{"ALLOW_USER_SRP_AUTH"}
		}, "CG10"},
		"no refresh": {func(c *types.UserPoolClientType) {
			c.ExplicitAuthFlows = []types.ExplicitAuthFlowsType{"ALLOW_USER_SRP_AUTH"}
		}, "CG10"},
		"refresh": {func(c *types.UserPoolClientType) { c.ExplicitAuthFlows = refresh }, ""},
	} {
		c := right()
		test.alter(c)
		var got []string
		for _, n := range clientFindings(loopback(t), c) {
			got = append(got, n.Failure)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %q", name, got, test.want)
		}
	}
}

func TestPoolFindings(t *testing.T) {
	t.Parallel()
	federation := []types.ProviderDescription{{ProviderName: aws.String("Corporate")}}
	trigger := func(version types.PreTokenGenerationLambdaVersionType) *types.LambdaConfigType {
		return &types.LambdaConfigType{PreTokenGenerationConfig: &types.PreTokenGenerationVersionConfigType{LambdaVersion: version}}
	}
	for name, test := range map[string]struct {
		have observed
		want string
	}{
		"own users only":       {observed{pool: &types.UserPoolType{}}, ""},
		"federated":            {observed{pool: &types.UserPoolType{}, providers: federation}, "CG06"},
		"with an old trigger":  {observed{pool: &types.UserPoolType{LambdaConfig: trigger("V1_0")}, providers: federation}, "CG06"},
		"with a newer trigger": {observed{pool: &types.UserPoolType{LambdaConfig: trigger("V2_0")}, providers: federation}, ""},
		"newer issuer":         {observed{pool: &types.UserPoolType{IssuerConfiguration: &types.IssuerConfigurationType{Type: "UPDATED"}}}, "CG14"},
	} {
		var got []string
		for _, n := range poolFindings(wanted{place: place{region: "us-east-1", poolID: "us-east-1_x"}}, &test.have) {
			got = append(got, n.Failure)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %q", name, got, test.want)
		}
	}
}

// From two clients on the gateway must be told of those that it does not advertise.
func TestMoreClientsThanTheAdvertisedOne(t *testing.T) {
	t.Parallel()
	for clients, want := range map[int]int{1: 0, 2: 1} {
		notes := poolFindings(wanted{clients: make([]wantedClient, clients)}, &observed{pool: &types.UserPoolType{}})
		if len(notes) != want {
			t.Errorf("%d clients: %+v", clients, notes)
		}
	}
}

// A pool with a custom domain only has a login page that the gateway cannot name.
func TestCustomDomainOnly(t *testing.T) {
	t.Parallel()
	have := &observed{
		pool:   &types.UserPoolType{CustomDomain: aws.String("auth.example.com")},
		domain: &types.DomainDescriptionType{Domain: aws.String("auth.example.com"), ManagedLoginVersion: aws.Int32(2)},
	}
	var d difference
	if managed := d.domain(wanted{}, have); !managed || len(d.steps) != 1 || d.steps[0].Action != plan.Manual || !strings.Contains(d.steps[0].Summary, "auth.example.com") {
		t.Errorf("%v, %+v", managed, d.steps)
	}
	d = difference{}
	if managed := d.domain(wanted{domain: "acme"}, have); !managed || len(d.steps) != 1 || d.steps[0].Action != plan.Create {
		t.Errorf("%v, %+v", managed, d.steps)
	}
}

// FuzzRepair starts from any client: one update makes everything of ours right, and what is not
// ours stays, although the API resets what an update leaves out.
func FuzzRepair(f *testing.F) {
	for _, c := range []*types.UserPoolClientType{right(), {ClientId: aws.String("id")}, {
		ClientId: aws.String("id"), CallbackURLs: []string{"http://localhost:56789/callback", "https://x.example.com/cb"}, DefaultRedirectURI: aws.String("https://x.example.com/cb"),
		RefreshTokenValidity: 12, TokenValidityUnits: &types.TokenValidityUnitsType{RefreshToken: "hours"}, ReadAttributes: []string{"name"},
	}} {
		text, err := json.Marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), false)
		f.Add(string(text), true)
	}
	f.Fuzz(func(t *testing.T, text string, prune bool) {
		var have types.UserPoolClientType
		if json.Unmarshal([]byte(text), &have) != nil {
			t.Skip()
		}
		if now := aws.ToString(have.DefaultRedirectURI); now != "" && !slices.Contains(have.CallbackURLs, now) {
			t.Skip("the API keeps the default among the callback URLs")
		}
		w := loopback(t)
		w.Movable, w.prune = w.Redirects, prune
		before := have
		after := answered(update(w.repaired(&have, []string{"Corporate"})))
		if !sameJSON(t, before, have) {
			t.Fatal("the repair altered what was observed")
		}
		if wrong := fields(w, after, []string{"Corporate"}); len(wrong) > 0 {
			t.Fatalf("a second plan is not empty: %+v", wrong)
		}
		kept := *after
		for _, p := range properties(w, []string{"Corporate"}) {
			if !prune {
				for _, value := range p.is(&have) {
					if !slices.Contains(p.is(after), value) && !p.flow && p.path != "user existence errors" && p.path != "token revocation" {
						t.Fatalf("%s loses %q", p.path, value)
					}
				}
			}
		}
		restore(&kept, &have)
		if !sameJSON(t, kept, have) {
			t.Fatal("something that is not ours was altered")
		}
	})
}

// restore puts what is ours, and what no request can write, of one client into another.
func restore(to, from *types.UserPoolClientType) {
	to.AllowedOAuthFlows, to.AllowedOAuthFlowsUserPoolClient, to.AllowedOAuthScopes = from.AllowedOAuthFlows, from.AllowedOAuthFlowsUserPoolClient, from.AllowedOAuthScopes
	to.CallbackURLs, to.DefaultRedirectURI, to.SupportedIdentityProviders = from.CallbackURLs, from.DefaultRedirectURI, from.SupportedIdentityProviders
	to.PreventUserExistenceErrors, to.EnableTokenRevocation = from.PreventUserExistenceErrors, from.EnableTokenRevocation
	to.ClientSecret, to.CreationDate, to.LastModifiedDate = from.ClientSecret, from.CreationDate, from.LastModifiedDate
	if from.RefreshTokenValidity == 0 { // the default, which the API says outright
		to.RefreshTokenValidity = 0
	}
}

func sameJSON(t *testing.T, a, b types.UserPoolClientType) bool {
	t.Helper()
	left, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	right, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(left) == string(right)
}

// The issuer has one of two forms (IssuerConfigurationType of the API), whichever way leads to the
// service; an emulator is its own.
func TestIssuer(t *testing.T) {
	t.Parallel()
	updated := &types.UserPoolType{IssuerConfiguration: &types.IssuerConfigurationType{Type: types.IssuerTypeUpdated}}
	for _, test := range []struct {
		endpoint string
		pool     *types.UserPoolType
		want     string
	}{
		{"", nil, "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1"},
		{"", updated, "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1"},
		{"https://vpce-1a2b.cognito-idp.eu-west-1.vpce.amazonaws.com", nil, "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1"},
		{"http://127.0.0.1:9229/", updated, "http://127.0.0.1:9229/eu-west-1_Ab1"},
	} {
		where, err := newPlace(Config{UserPoolID: "eu-west-1_Ab1", EndpointURL: test.endpoint})
		if err != nil {
			t.Fatal(err)
		}
		if got := where.issuer(test.pool); got != test.want {
			t.Errorf("%q: %s, want %s", test.endpoint, got, test.want)
		}
	}
}
