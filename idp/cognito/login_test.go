package cognito_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/connect/failure"
	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// assistant plays an assistant with the client that was set up.
func (w *world) assistant(id, redirect string) browser.Client {
	return browser.Client{Issuer: w.Issuer(), ID: id, RedirectURI: redirect, Scopes: idp.Cognito.Traits().Scopes}
}

// From an empty pool to a token that the gateway accepts, with each redirect URI that was computed.
func TestFromAnEmptyPoolToAnAcceptedToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{NoDomain: true})
	w.config.CreateDomain = "acme-ide"
	_, registration := w.setUp(t, spec(t))
	id := registration.Clients[clientName]
	for _, redirect := range []string{"http://localhost:8787/callback", "http://localhost:8787/callback/6MFBM1In3Ey-"} {
		tokens, err := w.assistant(id, redirect).Login(t.Context(), bob)
		if err != nil {
			t.Fatalf("%s: %v", redirect, err)
		}
		again, err := w.assistant(id, redirect).Refresh(t.Context(), tokens.RefreshToken)
		if err != nil {
			t.Fatalf("%s: refresh: %v", redirect, err)
		}
		for _, claims := range []map[string]any{tokens.Claims, again.Claims} {
			if met := w.refusals(t, id, claims); len(met) > 0 {
				t.Errorf("%s: the gateway refuses the token: %v", redirect, met)
			}
		}
	}
	for _, redirect := range []string{"http://localhost:52114/callback", "http://127.0.0.1:8787/callback", "http://localhost:8787/callback/", "https://evil.example/callback"} {
		if _, err := w.assistant(id, redirect).Login(t.Context(), bob); err == nil || !strings.Contains(err.Error(), "redirect_mismatch") {
			t.Errorf("%s: %v, want redirect_mismatch", redirect, err)
		}
	}
	offline := w.assistant(id, "http://localhost:8787/callback")
	offline.Scopes = append(slices.Clone(offline.Scopes), "offline_access")
	if _, err := offline.Login(t.Context(), bob); err == nil || !strings.Contains(err.Error(), "invalid_scope") {
		t.Errorf("offline_access: %v, want invalid_scope", err)
	}
}

// refusals returns the ids of the failures that a gateway finds in the claims which advertises the
// client; doubts too.
func (w *world) refusals(t *testing.T, advertised string, members map[string]any) []string {
	t.Helper()
	claims, err := gateway.ParseClaims(idp.Cognito, members)
	if err != nil {
		t.Fatal(err)
	}
	acceptance := gateway.Acceptance{Kind: idp.Cognito, ClientID: "web", IDEClientID: advertised, M2MClientIDs: []string{}, Issuers: []string{w.Issuer()}}
	var failures []string
	for _, v := range gateway.Judge(claims, acceptance, time.Now()) {
		if v.Outcome != gateway.Accepted {
			failures = append(failures, v.Failure)
		}
	}
	return failures
}

// leftOut is a pool in which one thing that the plan sets was never set, and who meets it.
type leftOut struct {
	pool  cognitotest.Config
	alter func(client map[string]any) // of the client, else as it must be
	brand bool
	who   browser.Person
	// provider is where a corporate user goes on the login page.
	provider string
}

// rightClient is a client with all that the plan sets.
func rightClient() map[string]any {
	return map[string]any{
		"ClientName": clientName, "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": []string{"code"},
		"AllowedOAuthScopes": []string{"openid", "email", "profile"}, "CallbackURLs": []string{"http://localhost:8787/callback", "http://localhost:8787/callback/6MFBM1In3Ey-"},
		"SupportedIdentityProviders": []string{"COGNITO", "Corporate"}, "PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": true,
	}
}

func leftOuts() map[string]leftOut {
	federated := cognitotest.Config{IdentityProviders: []cognitotest.IdentityProvider{{Name: "Corporate", Type: "SAML"}}}
	without := func(member string, value any) func(map[string]any) {
		return func(c map[string]any) { c[member] = value }
	}
	return map[string]leftOut{
		"callback URLs":          {federated, without("CallbackURLs", []string{"http://localhost:1/x"}), true, bob, ""},
		"OAuth flows":            {federated, without("AllowedOAuthFlowsUserPoolClient", false), true, bob, ""},
		"grant types":            {federated, without("AllowedOAuthFlows", []string{"implicit"}), true, bob, ""},
		"scopes":                 {federated, without("AllowedOAuthScopes", []string{"openid"}), true, bob, ""},
		"identity providers":     {federated, without("SupportedIdentityProviders", []string{"COGNITO"}), true, bob, "Corporate"},
		"client secret":          {federated, without("ClientSecret", "secret-of-a-confidential-client"), true, bob, ""},
		"managed login branding": {federated, func(map[string]any) {}, false, bob, ""},
		"group member":           {federated, func(map[string]any) {}, true, eve, ""},
	}
}

// Each thing that a plan sets is left out in turn: the failure that the plan says it prevents is the
// one that a login meets.
func TestEachThingLeftOutFailsAsThePlanSays(t *testing.T) {
	t.Parallel()
	promised := promises(t)
	for path, id := range promised {
		l, ok := leftOuts()[path]
		if !ok {
			if !slices.Contains(notMetByALogin(), path) {
				t.Errorf("nobody leaves out %q, which is said to prevent %s", path, id)
			}
			continue
		}
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, l.pool)
			complete := rightClient()
			complete["ClientName"] = "complete"
			whole := w.AddClient(complete)
			w.AddBranding(whole)
			if met := w.met(t, whole, bob, ""); len(met) > 0 {
				t.Fatalf("with nothing left out: %v", met)
			}
			client := rightClient()
			l.alter(client)
			broken := w.AddClient(client)
			if l.brand {
				w.AddBranding(broken)
			}
			if met := w.met(t, broken, l.who, l.provider); !slices.Contains(met, id) {
				t.Errorf("a login without it meets %v, the plan says %s", met, id)
			}
		})
	}
}

// notMetByALogin are settings that protect, and without which every login works. Nor can a pool
// without a domain be met: its login page has no host.
func notMetByALogin() []string {
	return []string{"user existence errors", "token revocation", "domain"}
}

// promises are the failures that plans say they prevent, by what is set.
func promises(t *testing.T) map[string]string {
	t.Helper()
	w := newWorld(t, cognitotest.Config{})
	s := spec(t)
	s.AssignUsers = []string{eve.Username}
	promised := map[string]string{}
	record := func(p *plan.Plan) {
		for _, c := range p.Changes {
			if c.Kind != "app client" {
				promised[c.Kind] = c.Prevents
				continue
			}
			for _, f := range c.Fields {
				if f.Prevents != "" {
					promised[f.Path] = f.Prevents
				}
			}
		}
	}
	record(w.plan(t, s))
	record(newWorld(t, cognitotest.Config{NoDomain: true}).plan(t, s))
	return promised
}

// met logs in as an assistant does and names what it meets; provider is chosen on the login page.
func (w *world) met(t *testing.T, id string, person browser.Person, provider string) []string {
	t.Helper()
	assistant := w.assistant(id, "http://localhost:8787/callback")
	if provider != "" {
		assistant.Parameters = url.Values{"identity_provider": {provider}}
		if answer, _, err := assistant.Authorize(t.Context(), person); err != nil || answer.Code() == "" {
			return []string{"CG07"} // the way to it is not there
		}
		return nil
	}
	tokens, err := assistant.Login(t.Context(), person)
	if err == nil {
		return w.refusals(t, id, tokens.Claims)
	}
	var met []string
	for _, candidate := range failure.Match("cognito " + err.Error()) {
		if candidate.Confident() {
			met = append(met, candidate.Failure.ID)
		}
	}
	return met
}

// A client that is not there is met as the plan's change says.
func TestAClientThatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, cognitotest.Config{})
	address := w.DomainURL() + "/oauth2/authorize?response_type=code&client_id=nobody&redirect_uri=" + url.QueryEscape("http://localhost:8787/callback")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	candidates := failure.Match(response.Header.Get("Location"))
	if len(candidates) == 0 || candidates[0].Failure.ID != w.plan(t, spec(t)).Changes[0].Prevents {
		t.Errorf("%s reads as %+v", response.Header.Get("Location"), candidates)
	}
}
