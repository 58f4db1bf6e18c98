package entra_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/entra"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// What the operator gives is checked before anything is sent.
func TestConfigurationIsChecked(t *testing.T) {
	t.Parallel()
	const tenantID = "72f988bf-86f1-41af-91ab-2d7cd011db47"
	s := secret("x")
	for name, test := range map[string]struct {
		config entra.Config
		says   string
	}{
		"no tenant":           {entra.Config{}, "tenant"},
		"common":              {entra.Config{TenantID: "common"}, "GUID nor a domain"},
		"unknown cloud":       {entra.Config{TenantID: tenantID, Cloud: "germany"}, "germany"},
		"secret, no app":      {entra.Config{TenantID: tenantID, ClientSecret: s}, "no client id"},
		"app is a name":       {entra.Config{TenantID: tenantID, ClientSecret: s, ClientID: "mcpreg"}, "no GUID"},
		"chosen, not given":   {entra.Config{TenantID: tenantID, Auth: entra.AuthCertificate, ClientID: tenantID}, "certificate"},
		"unknown way":         {entra.Config{TenantID: tenantID, Auth: "device-code"}, "device-code"},
		"gateway by its name": {entra.Config{TenantID: tenantID, GatewayApp: "gateway"}, "client) id"},
		"plain http Graph":    {entra.Config{TenantID: tenantID, GraphURL: "http://graph.contoso.com"}, "https"},
		"secret elsewhere":    {entra.Config{TenantID: tenantID, GraphURL: "https://graph.contoso.com", ClientSecret: s, ClientID: tenantID}, "ready token"},
		"authority alone":     {entra.Config{TenantID: tenantID, LoginURL: "https://login.contoso.com"}, "no Microsoft Graph"},
		"plain authority":     {entra.Config{TenantID: tenantID, GraphURL: "http://127.0.0.1:1", LoginURL: "http://127.0.0.1:1"}, "https"},
		"unknown consent":     {entra.Config{TenantID: tenantID, Consent: "none"}, "none"},
		"unknown groups":      {entra.Config{TenantID: tenantID, GroupClaims: "All of them"}, "All of them"},
	} {
		_, err := entra.New(test.config)
		var e *idp.Error
		if !errors.As(err, &e) || e.Code != idp.CodeUsage || e.Hint == "" || !strings.Contains(e.Message, test.says) {
			t.Errorf("%s: error %v, want usage with a hint that says %q", name, err, test.says)
		}
	}
}

// A refusal says what lacks, where, and which permission is the least that suffices.
func TestMissingPermissions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		permissions []string
		says        string
	}{
		"none for applications": {[]string{entratest.GroupReadAll}, "Application.Read.All"},
		"reading only":          {[]string{entratest.ApplicationReadAll}, "Application.ReadWrite.OwnedBy"},
	} {
		w := newWorld(t)
		w.config.Token = secret(w.AdminToken(test.permissions...))
		p, _, err := w.provider(t).Plan(t.Context(), spec(t))
		if err == nil {
			_, err = p.Apply(t.Context(), nil)
		}
		var e *idp.Error
		if !errors.As(err, &e) || e.Code != idp.CodeForbidden || e.Failure != "EN26" || !strings.Contains(e.Hint, test.says) || !strings.Contains(err.Error(), "Authorization_RequestDenied") {
			t.Errorf("%s: error %v, hint %q", name, err, e.Hint)
		}
		if apps := w.Snapshot()["applications"]; len(apps) != 0 {
			t.Errorf("%s: applications %v were made", name, apps)
		}
	}
}

// Application.ReadWrite.OwnedBy alone suffices for a set-up, with what could not be read said.
func TestTheLeastPermission(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Token = secret(w.AdminToken(entratest.ApplicationReadWriteOwnedBy))
	s := spec(t)
	s.Groups = []string{"registry-admins"}
	p, _ := w.setUp(t, s)
	for _, want := range []string{"Organization.Read.All", "GroupMember.Read.All"} {
		if !notes(p, want) {
			t.Errorf("no note names %s: %v", want, p.Notes)
		}
	}
	if p := w.plan(t, s); !p.InSync() {
		t.Errorf("not in sync: %v", changes(p))
	}
	// The gateway's application of somebody else is not owned.
	_, w.config.GatewayApp = w.AddApplication(map[string]any{"displayName": "Gateway"})
	p = w.plan(t, s)
	_, err := p.Apply(t.Context(), nil)
	if code, failure := told(err); code != idp.CodeForbidden || failure != "EN26" {
		t.Errorf("error %v", err)
	}
}

// What cannot become right is refused while planning: nothing is written.
func TestRefusals(t *testing.T) {
	t.Parallel()
	confidential := map[string]any{"displayName": clientName, "passwordCredentials": []any{map[string]any{"keyId": "11111111-0000-4000-8000-000000000001"}}}
	plain := map[string]any{"displayName": clientName}
	for name, test := range map[string]struct {
		prepare func(*world, *idp.Spec)
		code    idp.ErrorCode
		failure string
		says    []string
	}{
		"confidential client":   {func(w *world, _ *idp.Spec) { w.AddApplication(confidential) }, idp.CodeUsage, "EN25", []string{clientName, "confidential"}},
		"client is the gateway": {func(w *world, _ *idp.Spec) { _, w.config.GatewayApp = w.AddApplication(plain) }, idp.CodeUsage, "EN25", []string{"is the gateway's own"}},
		"somebody's gateway":    {func(w *world, _ *idp.Spec) { w.AddApplication(map[string]any{"displayName": gatewayName}) }, idp.CodeUsage, "EN25", []string{gatewayName, "did not make it"}},
		"unknown gateway":       {func(w *world, _ *idp.Spec) { w.config.GatewayApp = "11111111-0000-4000-8000-000000000001" }, idp.CodeNotFound, "EN06", []string{"11111111-0000-4000-8000-000000000001", w0Tenant}},
		"unknown client":        {func(_ *world, s *idp.Spec) { s.Clients[0].ID = "11111111-0000-4000-8000-000000000001" }, idp.CodeNotFound, "EN06", []string{"11111111-0000-4000-8000-000000000001"}},
		"unverified domain":     {func(_ *world, s *idp.Spec) { s.Resources = []string{"https://gw.fabrikam.com/time/mcp"} }, idp.CodeUsage, "EN12", []string{"https://gw.fabrikam.com/time/mcp", "contoso.com"}},
		"a look-alike domain":   {func(_ *world, s *idp.Spec) { s.Resources = []string{"https://evilcontoso.com/time/mcp"} }, idp.CodeUsage, "EN12", []string{"evilcontoso.com"}},
		"a long path":           {func(_ *world, s *idp.Spec) { s.Resources = []string{timeURL + strings.Repeat("x", 255)} }, idp.CodeUsage, "EN12", []string{"255"}},
		"an IPv6 redirect":      {func(_ *world, s *idp.Spec) { s.Clients[0].Redirects = uris(t, "http://[::1]/callback") }, idp.CodeUsage, "EN01", []string{"http://[::1]/callback", "localhost and 127.0.0.1 only"}},
		"an odd redirect":       {func(_ *world, s *idp.Spec) { s.Clients[0].Redirects = uris(t, "http://localhost/(callback)") }, idp.CodeUsage, "EN01", []string{"http://localhost/(callback)"}},
		"a long redirect": {func(_ *world, s *idp.Spec) {
			s.Clients[0].Redirects = uris(t, "http://localhost/"+strings.Repeat("x", 240))
		}, idp.CodeUsage, "EN01", []string{"256 characters"}},
		"too many redirects": {func(_ *world, s *idp.Spec) {
			for i := range 256 {
				s.Clients[0].Redirects = append(s.Clients[0].Redirects, uris(t, fmt.Sprintf("http://localhost/callback/%d", i))...)
			}
		}, idp.CodeUsage, "EN19", []string{"258 redirect URIs", "256"}},
		"too many servers": {func(_ *world, s *idp.Spec) {
			for i := range 1000 {
				s.Resources = append(s.Resources, fmt.Sprintf("https://gw.contoso.com/%d/mcp", i))
			}
		}, idp.CodeUsage, "EN19", []string{"1001 identifier URIs", "999"}},
		"a group of two": {func(_ *world, s *idp.Spec) { s.Groups = []string{"twice"} }, idp.CodeUsage, "EN17", []string{"2 groups", `"twice"`}},
		"a bad token":    {func(w *world, _ *idp.Spec) { w.config.Token = secret("canary-token") }, idp.CodeAuth, "EN27", []string{"does not accept the token"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := tenant(t, entratest.Config{Groups: []string{"twice", "twice"}, PageSize: 1})
			s := spec(t)
			test.prepare(w, &s)
			_, _, err := w.provider(t).Plan(t.Context(), s)
			if code, failure := told(err); code != test.code || failure != test.failure {
				t.Fatalf("error %v (%s %s), want %s %s", err, code, failure, test.code, test.failure)
			}
			for _, part := range test.says {
				if part == w0Tenant {
					part = w.TenantID()
				}
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("a secret is told: %v", err)
			}
			if n := w.sent.writes.Load(); n != 0 {
				t.Errorf("%d writes", n)
			}
		})
	}
}

// w0Tenant stands for the id of the test's tenant.
const w0Tenant = "<tenant>"

// One of several clients of a name is chosen by its id.
func TestAClientChosenById(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.AddApplication(map[string]any{"displayName": clientName})
	_, appID := w.AddApplication(map[string]any{"displayName": clientName})
	s := spec(t)
	s.Clients[0].ID = appID
	if _, made := w.setUp(t, s); made.Clients[clientName] != appID {
		t.Errorf("registration %+v", made)
	}
}

// A change whose ground was left out is refused, and nothing is half made.
func TestChangesOutOfOrder(t *testing.T) {
	t.Parallel()
	for _, consent := range []entra.Consent{entra.PreAuthorize, entra.GrantConsent} {
		w := newWorld(t)
		w.config.Consent = consent
		s := spec(t)
		s.Assign = []string{"registry-admins"}
		for _, c := range w.plan(t, s).Changes {
			only := w.plan(t, s).Only(func(one plan.Change) bool { return one.Key() == c.Key() })
			_, err := only.Apply(t.Context(), nil)
			if code, _ := told(err); (c.Kind == "gateway app" || c.Kind == "client") != (err == nil) || (err != nil && code != idp.CodeUsage) {
				t.Errorf("%s alone: %v", c, err)
			}
			w = newWorld(t)
			w.config.Consent = consent
		}
	}
}

// policy takes back what is written to an application, as a policy of the tenant may.
type policy struct {
	takeBack func()
}

func (p *policy) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if request.Method == http.MethodPatch {
		p.takeBack()
	}
	return response, err
}

// What was written and does not stay is told as such.
func TestReadsBackOtherwise(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp(t, spec(t))
	client := w.stored(t, "applications", clientName)["id"].(string)
	w.config.HTTP = &http.Client{Transport: &policy{func() {
		w.patch(t, client, map[string]any{"publicClient": map[string]any{"redirectUris": []any{"http://localhost/theirs"}}})
	}}}
	s := spec(t)
	s.Clients[0].Redirects = append(s.Clients[0].Redirects, uris(t, "http://localhost/callback/another")...)
	_, err := w.plan(t, s).Apply(t.Context(), nil)
	if code, failure := told(err); code != idp.CodeFailed || failure != "EN28" || !strings.Contains(err.Error(), "still reads otherwise") {
		t.Errorf("error %v", err)
	}
}

// Of several applications of the client's name, the one that mcpreg made is its.
func TestOursAmongTwins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, made := w.setUp(t, spec(t))
	w.AddApplication(map[string]any{"displayName": clientName})
	p, again, err := w.provider(t).Plan(t.Context(), spec(t))
	if err != nil || !p.InSync() || again.Clients[clientName] != made.Clients[clientName] {
		t.Errorf("%v, registration %+v, want %+v", err, again, made)
	}
}

// Whatever answers instead of Graph, there are words for it, and no panic.
func TestStrangeAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(http.ResponseWriter){
		"nothing":         func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
		"an empty object": func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{}`)) },
		"null":            func(w http.ResponseWriter) { _, _ = w.Write([]byte(`null`)) },
		"a list":          func(w http.ResponseWriter) { _, _ = w.Write([]byte(`[]`)) },
		"half a word":     func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"val`)) },
		"another type":    func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"value":7}`)) },
		"a page": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(`<html>log in</html>`))
		},
		"a redirect": func(w http.ResponseWriter) { w.Header().Set("Location", "/login"); w.WriteHeader(http.StatusFound) },
		"teapot":     func(w http.ResponseWriter) { w.WriteHeader(http.StatusTeapot) },
		"odd error": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"x"}`))
		},
		"error absent": func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadRequest); _, _ = w.Write([]byte(`{}`)) },
	} {
		graph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			answer(w)
		}))
		w := newWorld(t)
		w.config.GraphURL, w.config.GatewayApp = graph.URL, "11111111-0000-4000-8000-000000000001"
		s := spec(t)
		s.Groups = []string{"registry-admins", w.config.GatewayApp}
		_, _, err := w.provider(t).Plan(t.Context(), s)
		_, _ = w.provider(t).PlanRemoval(t.Context(), s) // it must not panic
		if code, _ := told(err); code == "" {
			t.Errorf("%s: error %v", name, err)
		}
		graph.Close()
	}
}

// A tenant may forbid identifier URIs by policy, and somebody may have one already.
func TestRefusedIdentifierURIs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*world)
		failure string
	}{
		"policy":     {func(w *world) { w.Restrict(entratest.Restriction{NonDefaultURIAddition: true}) }, "EN23"},
		"taken":      {func(w *world) { w.AddApplication(map[string]any{"displayName": "x", "identifierUris": []any{timeURL}}) }, "EN24"},
		"unverified": {func(w *world) { w.config.AllowUnverifiedDomain = true }, "EN12"},
	} {
		w := newWorld(t)
		test.prepare(w)
		s := spec(t)
		if test.failure == "EN12" {
			s.Resources = []string{"https://gw.fabrikam.com/time/mcp"}
		}
		result, err := w.plan(t, s).Apply(t.Context(), nil)
		if code, failure := told(err); code != idp.CodeUsage || failure != test.failure || len(result.Failed) != 1 || result.Failed[0].Kind != "identifier URIs" {
			t.Errorf("%s: error %v of %v", name, err, result.Failed)
		}
	}
	// Where the policy spares applications with tokens of version 2, ours is one.
	w := newWorld(t)
	w.Restrict(entratest.Restriction{NonDefaultURIAddition: true, ExcludeAppsReceivingV2Tokens: true})
	w.setUp(t, spec(t))
}

// Somebody who writes between plan and apply is not overruled.
func TestSomebodyElseWrites(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp(t, spec(t))
	s := spec(t, timeURL, financeURL)
	s.Clients[0].Redirects = append(s.Clients[0].Redirects, uris(t, "http://localhost/callback/another")...)
	p := w.plan(t, s)
	client := w.stored(t, "applications", clientName)
	w.patch(t, client["id"].(string), map[string]any{"publicClient": map[string]any{"redirectUris": []any{"http://localhost/callback", "http://localhost/callback/theirs"}}})
	result, err := p.Apply(t.Context(), nil)
	if !errors.Is(err, plan.ErrMoved) || len(result.Failed) != 1 || result.Failed[0].Kind != "client" {
		t.Errorf("error %v, failed %v", err, result.Failed)
	}
	w.setUp(t, s)
	got := texts(t, w.stored(t, "applications", clientName), "publicClient", "redirectUris")
	if !contains(got, "/callback/theirs") || !contains(got, "/callback/another") {
		t.Errorf("redirects %q", got)
	}
}

// A proxy's page is no answer of Graph, and nobody at the other end is told as such.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.GraphURL = "http://127.0.0.1:1"
	_, _, err := w.provider(t).Plan(t.Context(), spec(t))
	if code, _ := told(err); code != idp.CodeUnreachable || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("nobody there: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := newWorld(t).provider(t).Plan(ctx, spec(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
