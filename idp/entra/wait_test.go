package entra

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"

	"github.com/mcpreg/mcpreg/idp"
)

func graphError(status int, code, message string) error {
	told, main := odataerrors.NewODataError(), odataerrors.NewMainError()
	main.SetCode(&code)
	main.SetMessage(&message)
	told.SetErrorEscaped(main)
	told.SetStatusCode(status)
	return told
}

// Waiting is said once, doubles, is jittered, and ends after two minutes; interrupting it ends it at
// once. The bubble's clock makes real waits take no time.
func TestWaiting(t *testing.T) {
	t.Parallel()
	unknown := graphError(404, "Request_ResourceNotFound", "Resource 'x' does not exist or one of its queried reference-property objects are not present.")
	always := func(error) bool { return true }
	synctest.Test(t, func(t *testing.T) {
		var said []string
		p := &Provider{pause: sleep, config: Config{Waiting: func(what string) { said = append(said, what) }}}
		start, tries := time.Now(), 0
		err := p.untilKnown(t.Context(), "client x", always, func() error { tries++; return unknown })
		var e *idp.Error
		if !errors.As(err, &e) || e.Failure != "EN28" || !errors.Is(err, unknown) {
			t.Errorf("error %v", err)
		}
		if took := time.Since(start); took < patience || took > patience+longestWait*5/4 || tries < 8 || tries > 16 {
			t.Errorf("took %s with %d tries", took, tries)
		}
		if len(said) != 1 || said[0] != "waiting for Entra to know client x, up to 2 min" {
			t.Errorf("said %q", said)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second/2, cancel)
		start = time.Now()
		if err := p.untilKnown(ctx, "x", always, func() error { return unknown }); !errors.Is(err, context.Canceled) || time.Since(start) != time.Second/2 {
			t.Errorf("interrupted: %v after %s", err, time.Since(start))
		}
		tries = 0
		if err := p.untilKnown(t.Context(), "x", always, func() error {
			if tries++; tries < 3 {
				return unknown
			}
			return nil
		}); err != nil {
			t.Errorf("known at last: %v", err)
		}
	})
}

// Only what this run wrote is waited for, and only where Graph says that it does not know it. The
// answers are those that others reported (Azure/ARO-HCP#6325, microsoft-graph-docs#12675,
// terraform-provider-azuread#504).
func TestWhatIsWaitedFor(t *testing.T) {
	t.Parallel()
	f := &fresh{}
	f.add("made", "")
	for name, test := range map[string]struct {
		err  error
		wait bool
	}{
		"not found":              {graphError(404, "Request_ResourceNotFound", "Resource 'made' does not exist or one of its queried reference-property objects are not present."), true},
		"no application behind":  {graphError(400, "NoBackingApplicationObject", "The appId 'made' of the service principal does not reference a valid application object."), true},
		"the same, another code": {graphError(400, "Request_BadRequest", "The appId 'made' of the service principal does not reference a valid application object."), true},
		"a permission":           {graphError(400, "InvalidValue", "Property api.preAuthorizedApplications.delegatedPermissionIds has a Permission Id that cannot be found in the AppPermissions sets."), true},
		"a consent":              {graphError(400, "Request_BadRequest", "Resource 'x' does not exist or one of its queried reference-property objects are not present."), true},
		"not in the tenant":      {graphError(403, "Authorization_RequestDenied", "When using this permission, the backing application of the service principal being created must in the local tenant"), true},
		"a bad request":          {graphError(400, "Request_BadRequest", "Invalid value specified for property 'displayName' of resource 'Application'."), false},
		"an unverified domain":   {graphError(400, "HostNameNotOnVerifiedDomain", "Values of identifierUris property must use a verified domain of the organization or its subdomain: 'x'"), false},
		"forbidden":              {graphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."), false},
		"no answer":              {errors.New("connection refused"), false},
	} {
		if got := f.unknown("made")(test.err); got != test.wait {
			t.Errorf("%s: waits %v, want %v", name, got, test.wait)
		}
		if f.unknown("old", "")(test.err) {
			t.Errorf("%s: waits for what it did not make", name)
		}
	}
}
