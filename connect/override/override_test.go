package override_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/connect/override"
	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient"
)

type patch = registryclient.ServerPatch

// kept is a store that keeps what it is told, unless told not to.
type kept struct {
	server  registryclient.Server
	patches []patch
	tags    []string // of If-Match
	forgets bool
}

func (k *kept) Server(context.Context, string) (*registryclient.Server, error) {
	copied := k.server
	return &copied, nil
}

func (k *kept) PatchServer(_ context.Context, _ string, p patch, tag string) (*registryclient.Server, error) {
	k.patches, k.tags = append(k.patches, p), append(k.tags, tag)
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
		for _, c := range p.Changes {
			if c.Prevents != c.Fields[0].Prevents || test.action == plan.Update && strings.Contains(c.Summary, "clears") != (test.wanted.OAuthClientID.IsNull() || test.wanted.AppendMCPPath.IsNull()) {
				t.Errorf("%s: %+v", name, c)
			}
		}
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

// What fails without the change depends on what was stored.
func TestWhatAChangePrevents(t *testing.T) {
	t.Parallel()
	no, yes := registryclient.Value(false), registryclient.Value(true)
	for name, test := range map[string]struct {
		stored, wanted registryclient.Field[bool]
		prevents       string
	}{
		"unset means another thing in another release": {registryclient.Field[bool]{}, yes, "GW27"},
		"null as well":            {registryclient.Null[bool](), no, "GW27"},
		"a redirect before login": {no, yes, "GW17"},
		"nothing fails":           {yes, no, ""},
	} {
		p := &plan.Plan{Target: "registry"}
		override.Add(p, &kept{}, &registryclient.Server{Path: "/x", AppendMCPPath: test.stored}, patch{AppendMCPPath: test.wanted}, true)
		if got := p.Changes[0].Prevents; got != test.prevents {
			t.Errorf("%s: %q, want %q", name, got, test.prevents)
		}
	}
}

// unreachable is a store whose changes get no answer, made or not.
type unreachable struct {
	kept
	made bool
}

func (u *unreachable) PatchServer(ctx context.Context, path string, p patch, tag string) (*registryclient.Server, error) {
	if u.made {
		_, _ = u.kept.PatchServer(ctx, path, p, tag)
	}
	return nil, fmt.Errorf("%w: connection reset", registryclient.ErrUnreachable)
}

func TestAChangeThatGotNoAnswer(t *testing.T) {
	t.Parallel()
	for _, made := range []bool{false, true} {
		store := &unreachable{kept{server: registryclient.Server{Path: "/x"}}, made}
		p := &plan.Plan{Target: "registry"}
		override.Add(p, store, &store.server, patch{OAuthClientID: text("a")}, false)
		if _, err := p.Apply(t.Context(), nil); made != (err == nil) || err != nil && !errors.Is(err, registryclient.ErrUnreachable) {
			t.Errorf("made %v: %v", made, err)
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

// A change is made to the document that the plan was made for, or not at all.
func TestAChangeNamesWhatItWasMadeFor(t *testing.T) {
	t.Parallel()
	at := registryclient.Timestamp{Time: time.Date(2026, 11, 24, 2, 10, 6, 919_513_000, time.UTC)}
	store := &kept{server: registryclient.Server{Path: "/x", UpdatedAt: at}}
	p := &plan.Plan{Target: "registry"}
	override.Add(p, store, &registryclient.Server{Path: "/x", UpdatedAt: at}, patch{OAuthClientID: text("a")}, false)
	if _, err := p.Apply(t.Context(), nil); err != nil || !slices.Equal(store.tags, []string{`W/"1795486206919"`}) {
		t.Errorf("%q, %v", store.tags, err)
	}
}
