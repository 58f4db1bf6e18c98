package entra_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/entra"
	"github.com/mcpreg/mcpreg/idp/idptest/conformance"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// strikes are the ways in which a request fails: those of the suite of all kinds, and what a proxy
// before Graph makes of one.
func strikes(cancel context.CancelFunc) map[string]conformance.Strike {
	proxy := func(request *http.Request, status int, kind, body string) *http.Response {
		return &http.Response{
			StatusCode: status, Status: fmt.Sprint(status), ContentLength: -1, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
			Header: http.Header{"Content-Type": {kind}, "Retry-After": {"0"}}, Body: io.NopCloser(strings.NewReader(body)),
		}
	}
	all := conformance.Strikes(cancel, refused)
	all["with 504 after it was done"] = func(request *http.Request) (*http.Response, error) {
		if response, err := http.DefaultTransport.RoundTrip(request); err == nil {
			response.Body.Close()
		}
		return proxy(request, http.StatusGatewayTimeout, "application/json", `{"error":{"code":"UnknownError","message":""}}`), nil
	}
	all["with a page"] = func(request *http.Request) (*http.Response, error) {
		return proxy(request, http.StatusBadGateway, "text/html", "<html>a proxy</html>"), nil
	}
	return all
}

// Whatever request fails, and however, there are words for it, and running again finishes: of the
// ways that the suite of all kinds does not know, too.
func TestEveryFailureIsExplained(t *testing.T) {
	t.Parallel()
	for cloud, config := range map[string]entratest.Config{"with alternate keys": {}, "without alternate keys": {NoUpsert: true}} {
		for kind := range strikes(nil) {
			t.Run(kind+", "+cloud, func(t *testing.T) {
				t.Parallel()
				for n := 1; ; n++ {
					w := tenant(t, config)
					struck := w.tryWithFault(t, kind, n)
					w.setUp(t, spec(t))
					if p := w.plan(t, spec(t)); !p.InSync() || len(w.Snapshot()["applications"]) != 2 {
						t.Errorf("request %d: after a second run %v, and %d applications", n, changes(p), len(w.Snapshot()["applications"]))
					}
					if !struck {
						break
					}
				}
			})
		}
	}
}

// tryWithFault runs setup once with the n-th request failing, and reports whether there was such a
// request.
func (w *world) tryWithFault(t *testing.T, kind string, n int) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f := &conformance.Fault{N: n, Strike: strikes(cancel)[kind]}
	struck := &world{Entra: w.Entra, sent: w.sent, config: w.config}
	struck.config.HTTP = &http.Client{Transport: f}
	change, _, err := struck.provider(t).Plan(ctx, spec(t))
	if err == nil {
		_, err = change.Apply(ctx, nil)
	}
	switch code, _ := told(err); {
	case !f.Struck():
		if err != nil {
			t.Errorf("nothing failed, and there is an error: %v", err)
		}
	case (kind == "with 429" || kind == "with 503") && err != nil && code != idp.CodeUnreachable:
		t.Errorf("request %d: error %v", n, err)
	case err != nil && kind != conformance.Interrupted && code == "":
		t.Errorf("request %d: error %v has no words", n, err)
	}
	return f.Struck()
}

// A creation whose answer was lost is looked up, and the run goes on: nothing is made twice.
func TestALostAnswerOfACreation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config entratest.Config
		fault  entratest.Fault
	}{
		"an upsert":           {entratest.Config{}, entratest.Fault{Method: http.MethodPatch, Path: "/applications(uniqueName", Lost: true}},
		"an application":      {entratest.Config{NoUpsert: true}, entratest.Fault{Method: http.MethodPost, Path: "/applications", Lost: true}},
		"a service principal": {entratest.Config{}, entratest.Fault{Method: http.MethodPost, Path: "/servicePrincipals", Lost: true}},
		"a group assignment":  {entratest.Config{}, entratest.Fault{Method: http.MethodPost, Path: "/servicePrincipals/", Lost: true}},
		"an admin consent":    {entratest.Config{}, entratest.Fault{Method: http.MethodPost, Path: "/oauth2PermissionGrants", Lost: true}},
	} {
		w := tenant(t, c.config)
		w.config.Consent = entra.GrantConsent
		w.Inject(c.fault)
		s := spec(t)
		s.Assign = []string{"registry-admins"}
		if _, err := w.plan(t, s).Apply(t.Context(), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		stored := w.Snapshot()
		if apps, principals, grants, assigned := len(stored["applications"]), len(stored["servicePrincipals"]), len(stored["oauth2PermissionGrants"]), len(stored["appRoleAssignments"]); apps != 2 || principals != 3 || grants != 1 || assigned != 1 {
			t.Errorf("%s: %d applications, %d service principals, %d consents, %d assignments", name, apps, principals, grants, assigned)
		}
	}
}

// Graph asks for patience, and gets it.
func TestThrottled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Throttle(2, 0)
	w.setUp(t, spec(t))
	if p := w.plan(t, spec(t)); !p.InSync() {
		t.Errorf("not in sync: %v", changes(p))
	}
	w.Throttle(50, 0)
	start := time.Now()
	_, _, err := w.provider(t).Plan(t.Context(), spec(t))
	if code, _ := told(err); code != idp.CodeUnreachable || time.Since(start) > time.Minute {
		t.Errorf("error %v", err)
	}
}

// Faults while removing lose nothing either.
func TestEveryRequestOfARemovalMayFail(t *testing.T) {
	t.Parallel()
	for kind := range strikes(nil) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				w := tenant(t, entratest.Config{})
				_, w.config.GatewayApp = w.AddApplication(foreignGateway())
				w.setUp(t, spec(t))
				ctx, cancel := context.WithCancel(t.Context())
				f := &conformance.Fault{N: n, Strike: strikes(cancel)[kind]}
				struck := &world{Entra: w.Entra, sent: w.sent, config: w.config}
				struck.config.HTTP = &http.Client{Transport: f}
				if p, err := struck.provider(t).PlanRemoval(ctx, spec(t)); err == nil {
					_, _ = p.Apply(ctx, nil) // whatever came of it, the next run finishes
				}
				cancel()
				w.remove(t, spec(t))
				api := w.stored(t, "applications", "Gateway")["api"].(map[string]any)
				if w.stored(t, "applications", clientName) != nil || len(api["oauth2PermissionScopes"].([]any)) != 1 || len(api["preAuthorizedApplications"].([]any)) != 0 {
					t.Errorf("request %d: left %v", n, api)
				}
				if !f.Struck() {
					break
				}
			}
		})
	}
}
