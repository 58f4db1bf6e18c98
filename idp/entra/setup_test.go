package entra_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// From an empty tenant to all that a login needs, and again in sync, within the budget of requests.
func TestFromAnEmptyTenant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, made := w.setUp(t, spec(t))
	want := []string{
		"create gateway app " + gatewayName, "create service principal " + gatewayName, "create identifier URIs " + gatewayName,
		"create client " + clientName, "create service principal " + clientName, "create pre-authorization " + clientName,
	}
	if diff := cmp.Diff(want, changes(p)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	client, gateway := w.stored(t, "applications", clientName), w.stored(t, "applications", gatewayName)
	if made.Clients[clientName] != client["appId"] || made.Audience != gateway["appId"] {
		t.Errorf("registration %+v of client %v and gateway %v", made, client["appId"], gateway["appId"])
	}
	w.sent.reset()
	if p := w.plan(t, spec(t)); !p.InSync() {
		t.Errorf("a second plan is not empty: %v", changes(p))
	}
	if n := w.sent.all.Load(); n > 6 {
		t.Errorf("in sync took %d requests, want at most 6", n)
	}
}
