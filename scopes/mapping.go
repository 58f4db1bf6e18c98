package scopes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient"
)

// Store is the part of a registry's client that mappings need.
type Store interface {
	Scope(ctx context.Context, name string) (*registryclient.Scope, error)
	SetGroupMappings(ctx context.Context, scope *registryclient.Scope, groups []string) error
}

// ErrNotKept reports that the registry accepted a mapping and stores something else: other mappings,
// or other rules than before.
var ErrNotKept = errors.New("the registry accepted the mapping and did not keep the scope as asked")

// Map plans that the members of a group get a scope, as it was read.
func Map(p *plan.Plan, store Store, scope *registryclient.Scope, group string) {
	if slices.Contains(scope.GroupMappings, group) {
		p.Right("group %s has scope %s", group, scope.Name)
		return
	}
	change(p, store, scope, group, append(slices.Clone(scope.GroupMappings), group))
}

// Unmap plans that the members of a group lose a scope, as it was read.
func Unmap(p *plan.Plan, store Store, scope *registryclient.Scope, group string) {
	if !slices.Contains(scope.GroupMappings, group) {
		p.Right("group %s does not have scope %s", group, scope.Name)
		return
	}
	left := slices.DeleteFunc(slices.Clone(scope.GroupMappings), func(g string) bool { return g == group })
	change(p, store, scope, group, left)
}

// change plans new mappings: one write that carries the whole document, read before and after it.
// A scope that the API would damage is a manual change with the database's command.
func change(p *plan.Plan, store Store, scope *registryclient.Scope, group string, groups []string) {
	adds := len(groups) > len(scope.GroupMappings)
	c := plan.Change{
		System: "registry", Kind: "scope", Name: scope.Name, Action: plan.Update, Prevents: "GW02",
		Fields: []plan.Field{{Path: "group_mappings", Before: scope.GroupMappings, After: groups, Prevents: "GW02"}},
	}
	if !adds {
		c.Prevents, c.Fields[0].Prevents, c.Confirm = "", "", fmt.Sprintf("the members of %s lose scope %s", group, scope.Name)
	}
	if scope.Obstacle() != "" {
		c.Action, c.Confirm = plan.Manual, ""
		c.Summary = fmt.Sprintf("in the database of the registry: %s [GW26]", scope.Obstacle())
		c.Fields = append(c.Fields, plan.Field{Path: "mongosh", After: []string{Command(scope.Name, group, adds)}})
		p.Add(c, nil)
		return
	}
	p.Add(c, func(ctx context.Context) error {
		now, err := store.Scope(ctx, scope.Name)
		if err != nil {
			return err
		}
		if !slices.Equal(now.GroupMappings, scope.GroupMappings) {
			return plan.ErrMoved
		}
		if err := store.SetGroupMappings(ctx, now, groups); err != nil {
			return err
		}
		stored, err := store.Scope(ctx, scope.Name)
		if err != nil {
			return fmt.Errorf("reading it back: %w", err)
		}
		if !slices.Equal(stored.GroupMappings, groups) || !now.Kept(stored) {
			return ErrNotKept
		}
		return nil
	})
}

// Command is the line for mongosh that adds a group to a scope's mappings, or takes it out, and
// touches nothing else. It is what the registry's API cannot do for scopes that it cannot write.
func Command(scope, group string, add bool) string {
	operator := "$pull"
	if add {
		operator = "$addToSet"
	}
	return fmt.Sprintf(`db.mcp_scopes.updateOne({_id: %s}, {%s: {group_mappings: %s}})`, quoted(scope), operator, quoted(group))
}

// quoted is a string as JavaScript reads it: JSON is a part of it.
func quoted(s string) string {
	text, _ := json.Marshal(s) // a string always marshals
	return string(text)
}

// staticUser is who the registry's own static token is. Its rights come from a setting; those of named
// keys and of users from their groups.
const staticUser = "network-user"

// LocksOut reports whether the caller would be no administrator any more once the group lost the
// scope: no other scope of the caller's groups confers it.
func LocksOut(me *registryclient.Identity, all []registryclient.Scope, scope, group string) bool {
	if !me.Admin || !slices.Contains(me.Groups, group) || !slices.Contains(me.Scopes, scope) {
		return false
	}
	if me.AuthMethod == "network-trusted" && me.Username == staticUser {
		return false
	}
	for _, s := range all {
		for _, mapped := range s.GroupMappings {
			if s.Admin() && slices.Contains(me.Groups, mapped) && (s.Name != scope || mapped != group) {
				return false
			}
		}
	}
	return true
}
