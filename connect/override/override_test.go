package override_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/mcpreg/mcpreg/connect/override"
	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient"
)

type patch = registryclient.ServerPatch

// kept is a store that keeps what it is told, unless told not to.
type kept struct {
	server  registryclient.Server
	patches []patch
	forgets bool
}

func (k *kept) Server(context.Context, string) (*registryclient.Server, error) {
	copied := k.server
	return &copied, nil
}

func (k *kept) PatchServer(_ context.Context, _ string, p patch, _ string) (*registryclient.Server, error) {
	k.patches = append(k.patches, p)
	if !k.forgets && !p.OAuthClientID.IsZero() {
		k.server.OAuthClientID = p.OAuthClientID
	}
	if !k.forgets && !p.AppendMCPPath.IsZero() {
		k.server.AppendMCPPath = p.AppendMCPPath
	}
	return &k.server, nil
}

func text(s string) registryclient.Field[string] { return registryclient.Value(s) }

func TestAdd(t *testing.T) {
	t.Parallel()
	cleared, flag := registryclient.Null[string](), registryclient.Value(false)
	for name, test := range map[string]struct {
		server registryclient.Server
		wanted patch
		action plan.Action // none when in sync
		sent   patch
	}{
		"set":                {registryclient.Server{Path: "/x"}, patch{OAuthClientID: text("a")}, plan.Update, patch{OAuthClientID: text("a")}},
		"set already":        {registryclient.Server{Path: "/x", OAuthClientID: text("a")}, patch{OAuthClientID: text("a")}, "", patch{}},
		"clear":              {registryclient.Server{Path: "/x", OAuthClientID: text("a")}, patch{OAuthClientID: cleared}, plan.Update, patch{OAuthClientID: cleared}},
		"clear what is not":  {registryclient.Server{Path: "/x"}, patch{OAuthClientID: cleared}, "", patch{}},
		"clear what is \"\"": {registryclient.Server{Path: "/x", OAuthClientID: text("")}, patch{OAuthClientID: cleared}, "", patch{}},
		"both in one":        {registryclient.Server{Path: "/x"}, patch{OAuthClientID: text("a"), AppendMCPPath: flag}, plan.Update, patch{OAuthClientID: text("a"), AppendMCPPath: flag}},
		"only what differs":  {registryclient.Server{Path: "/x", AppendMCPPath: flag}, patch{OAuthClientID: text("a"), AppendMCPPath: flag}, plan.Update, patch{OAuthClientID: text("a")}},
		"false is not unset": {registryclient.Server{Path: "/x"}, patch{AppendMCPPath: flag}, plan.Update, patch{AppendMCPPath: flag}},
		"of another":         {registryclient.Server{Path: "/x", SyncMetadata: &registryclient.SyncMetadata{ReadOnly: true}}, patch{OAuthClientID: text("a")}, plan.Manual, patch{}},
		"a slash at the end": {registryclient.Server{Path: "/x/"}, patch{OAuthClientID: text("a")}, plan.Manual, patch{}},
	} {
		store := &kept{server: test.server}
		p := &plan.Plan{Target: "registry"}
		override.Add(p, store, &test.server, test.wanted, false)
		if p.InSync() != (test.action == "") || (!p.InSync() && p.Changes[0].Action != test.action) {
			t.Errorf("%s: %+v", name, p.Changes)
			continue
		}
		if _, err := p.Apply(t.Context(), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if want := []patch{test.sent}; test.sent.IsZero() != (len(store.patches) == 0) || (len(store.patches) > 0 && !slices.Equal(store.patches, want)) {
			t.Errorf("%s: sent %+v", name, store.patches)
		}
		again := &plan.Plan{Target: "registry"}
		override.Add(again, store, &store.server, test.wanted, false)
		if test.action != plan.Manual && !again.InSync() {
			t.Errorf("%s: a second plan has changes", name)
		}
	}
}

func TestAChangeThatIsNotKept(t *testing.T) {
	t.Parallel()
	store := &kept{server: registryclient.Server{Path: "/x"}, forgets: true}
	p := &plan.Plan{Target: "registry"}
	override.Add(p, store, &store.server, patch{OAuthClientID: text("a")}, false)
	if _, err := p.Apply(t.Context(), nil); !errors.Is(err, override.ErrNotKept) {
		t.Errorf("error %v", err)
	}
}
