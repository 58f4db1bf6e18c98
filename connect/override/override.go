// Package override plans changes to what a registry stores for single servers: a client id of their
// own, and whether their connect URL ends in /mcp.
package override

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient"
)

// Store is the part of a registry's client that changes servers.
type Store interface {
	Server(ctx context.Context, path string) (*registryclient.Server, error)
	PatchServer(ctx context.Context, path string, patch registryclient.ServerPatch, ifMatch string) (*registryclient.Server, error)
}

// Add plans what makes one server, as it was read, say what is wanted: at most one change, which
// carries both overrides, is one PATCH, and is read back: once it is made, server is what was read. It
// does not stop the changes of other servers when it fails.
//
// A client id that is absent, null or empty means the same to the registry, so null changes nothing
// about a server that has none. A server of another registry, and one whose path is stored with a
// slash at its end and slashSafe is false, cannot be changed over HTTP: that is a manual change.
func Add(p *plan.Plan, store Store, server *registryclient.Server, wanted registryclient.ServerPatch, slashSafe bool) {
	patch := difference(server, wanted)
	if patch.IsZero() {
		p.Right("%s", server.Path)
		return
	}
	change := plan.Change{
		System: "registry", Kind: "server", Name: server.Path, Action: plan.Update, Alone: true,
		Fields: fields(server, patch), Summary: cleared(patch),
	}
	change.Prevents = change.Fields[0].Prevents
	if by := byHand(server, slashSafe); by != "" {
		change.Action, change.Summary = plan.Manual, by
		p.Add(change, nil)
		return
	}
	p.Add(change, func(ctx context.Context) error {
		// Whoever wrote since it was read must not be overruled by a plan that did not know. A change
		// that got no answer may have been made, which the reading shows.
		_, failed := store.PatchServer(ctx, server.Path, patch, server.ETag())
		if failed != nil && !errors.Is(failed, registryclient.ErrUnreachable) {
			return failed
		}
		stored, err := store.Server(ctx, server.Path)
		switch {
		case failed != nil && (err != nil || !difference(stored, wanted).IsZero()):
			return failed
		case err != nil:
			return fmt.Errorf("reading it back: %w", err)
		}
		if left := difference(stored, wanted); !left.IsZero() {
			return ErrNotKept
		}
		*server = *stored
		return nil
	})
}

// ErrNotKept reports that the registry accepted a change and stores something else: somebody wrote
// at the same moment, or its health check did.
var ErrNotKept = errors.New("the registry accepted the change and did not keep it")

// difference is the part of what is wanted that the server does not say.
func difference(server *registryclient.Server, wanted registryclient.ServerPatch) registryclient.ServerPatch {
	if !wanted.OAuthClientID.IsZero() {
		want, _ := wanted.OAuthClientID.Value()
		if have, _ := server.OwnClientID(); have == want {
			wanted.OAuthClientID = registryclient.Field[string]{}
		}
	}
	if !wanted.AppendMCPPath.IsZero() {
		want, wantSet := wanted.AppendMCPPath.Value()
		if have, set := server.AppendMCPPath.Value(); have == want && set == wantSet {
			wanted.AppendMCPPath = registryclient.Field[bool]{}
		}
	}
	return wanted
}

func fields(server *registryclient.Server, patch registryclient.ServerPatch) []plan.Field {
	var list []plan.Field
	if !patch.OAuthClientID.IsZero() {
		before, _ := server.OwnClientID()
		after, _ := patch.OAuthClientID.Value()
		list = append(list, plan.Field{Path: "oauth_client_id", Before: one(before), After: one(after), Prevents: "GW15"})
	}
	if !patch.AppendMCPPath.IsZero() {
		f := plan.Field{Path: "append_mcp_path", Before: truth(server.AppendMCPPath), After: truth(patch.AppendMCPPath)}
		switch appends, set := server.AppendMCPPath.Value(); {
		case !set:
			f.Prevents = "GW27"
		case !appends:
			f.Prevents = "GW17"
		}
		list = append(list, f)
	}
	return list
}

// cleared says what becomes of overrides that are taken away; empty when none is.
func cleared(patch registryclient.ServerPatch) string {
	switch {
	case patch.OAuthClientID.IsNull() && patch.AppendMCPPath.IsNull():
		return "clears both overrides: the registry's defaults apply"
	case patch.OAuthClientID.IsNull():
		return "clears its client id: the registry's default applies"
	case patch.AppendMCPPath.IsNull():
		return "clears append_mcp_path: the rule of the release applies"
	}
	return ""
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func truth(field registryclient.Field[bool]) []string {
	value, set := field.Value()
	if !set {
		return nil
	}
	return one(strconv.FormatBool(value))
}

// byHand says why a server cannot be changed over HTTP; "" when it can.
func byHand(server *registryclient.Server, slashSafe bool) string {
	switch {
	case server.SyncMetadata != nil && (server.SyncMetadata.Federated || server.SyncMetadata.ReadOnly):
		return "it belongs to another registry: change it there"
	case server.Path[len(server.Path)-1] == '/' && !slashSafe:
		return "before release 1.32 the registry cannot save a path that ends in a slash: register the server without it, or upgrade [GW23]"
	}
	return ""
}
