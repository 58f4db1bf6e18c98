package keycloak_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/conformance"
	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
	"github.com/mcpreg/mcpreg/idp/keycloak"
)

// Whatever request fails, and however: running again finishes, nothing is doubled, and what is
// not ours is as it was.
func TestEveryRequestMayFail(t *testing.T) {
	w := newWorld(t, realpart.Keycloak26_7)
	foreign := map[string]any{
		"clientId": clientID, "publicClient": true, "enabled": true, "redirectUris": []string{"http://localhost/operator"}, "webOrigins": []string{"http://localhost:1234"},
		"attributes": map[string]string{"pkce.code.challenge.method": "S256", "access.token.lifespan": "777"}, "directAccessGrantsEnabled": false,
		"protocolMappers":     []map[string]any{{"name": "department", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper", "config": map[string]string{"user.attribute": "department", "claim.name": "department"}}},
		"defaultClientScopes": []string{"basic", "profile"}, "optionalClientScopes": []string{"email", "offline_access"},
	}
	for start, prepare := range map[string]func(){
		"from nothing":       func() {},
		"from a wrong start": func() { w.CreateClient(t, foreign) },
	} {
		for kind := range conformance.Strikes(nil, nil) {
			for n := 1; ; n++ {
				prepare()
				struck := w.tryWithFault(t, kind, n)
				w.finish(t, fmt.Sprintf("%s, request %d fails %s", start, n, kind), start != "from nothing")
				if !struck {
					break
				}
			}
		}
	}
}

// tryWithFault runs setup once with the n-th request failing, and reports whether there was such
// a request.
func (w *world) tryWithFault(t *testing.T, kind string, n int) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f := &conformance.Fault{N: n, Strike: conformance.Strikes(cancel, nil)[kind]}
	c := w.config
	c.HTTP = &http.Client{Transport: f}
	p, err := keycloak.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if change, _, err := p.Plan(ctx, spec(t)); err == nil {
		if _, err := change.Apply(ctx, nil); err != nil && kind == conformance.Interrupted && !errors.Is(err, context.Canceled) {
			t.Errorf("request %d, Ctrl-C: error %v hides the interruption", n, err)
		}
	}
	return f.Struck()
}

// finish runs setup again without faults and checks what must be true then.
func (w *world) finish(t *testing.T, story string, adopted bool) {
	t.Helper()
	w.setUp(t, spec(t))
	if p := w.plan(t, spec(t)); !p.InSync() {
		t.Errorf("%s: not in sync after a second run: %+v", story, p.Changes)
	}
	client := w.Client(t, clientID)
	if adopted {
		attributes, _ := client["attributes"].(map[string]any)
		if mapper(client, "department") == nil || attributes["access.token.lifespan"] != "777" ||
			!strings.Contains(fmt.Sprint(client["redirectUris"]), "http://localhost/operator") || !strings.Contains(fmt.Sprint(client["webOrigins"]), "http://localhost:1234") {
			t.Errorf("%s: something of the operator's is lost: %v", story, client)
		}
	}
	w.Admin(t, http.MethodDelete, "/clients/"+client["id"].(string), nil, http.StatusNoContent)
	if w.Client(t, clientID) != nil {
		t.Errorf("%s: twins", story)
	}
}
