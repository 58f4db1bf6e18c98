package cognito

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// object is what an operation makes or changes.
type object int

const (
	poolDomain object = iota
	appClient
	branding
	group
	membership
)

// operation tells exec what to do.
type operation struct {
	object object
	action plan.Action
	client wantedClient // of an app client and its branding
	name   string       // of a domain or a group
	user   string       // who becomes a member of the group
}

type step struct {
	plan.Change
	op operation
}

// difference is what must be done, in order, and what was learnt.
type difference struct {
	steps []step
	notes []plan.Note
	right []string
}

// diff compares what must be with what is. It is pure.
func diff(w wanted, have *observed) difference {
	var d difference
	managedLogin := d.domain(w, have)
	for _, c := range w.clients {
		d.client(c, have)
		d.branding(c, have, managedLogin)
	}
	d.groups(w, have)
	d.notes = append(d.notes, poolFindings(w, have)...)
	return d
}

func (d *difference) add(c plan.Change, op operation) {
	c.System, op.action = system, c.Action
	d.steps = append(d.steps, step{c, op})
}

func (d *difference) ok(format string, args ...any) {
	d.right = append(d.right, fmt.Sprintf(format, args...))
}

func (d *difference) note(failure, format string, args ...any) {
	d.notes = append(d.notes, plan.Note{Failure: failure, Owner: owner, Text: fmt.Sprintf(format, args...)})
}

// client adds what must be done about one app client.
func (d *difference) client(w wantedClient, have *observed) {
	c := have.clients[w.Name].client
	op := operation{object: appClient, client: w}
	if c == nil {
		d.add(creation(w, have), op)
		if note := (plan.Note{Owner: owner, Text: pkce}); !slices.Contains(d.notes, note) {
			d.notes = append(d.notes, note)
		}
		return
	}
	name := aws.ToString(c.ClientName)
	if fields := fields(w, c, have.providerNames()); len(fields) > 0 {
		d.add(plan.Change{
			Kind: "app client", Name: name, Action: plan.Update, Summary: "public, " + aws.ToString(c.ClientId),
			Fields: fields, Kept: kept(w, c), Prevents: fields[0].Prevents, Confirm: confirmation(w, c, have.providerNames()),
		}, op)
	} else {
		d.ok("app client %s (%s): public, code flow, scopes %s, identity providers %s", name, aws.ToString(c.ClientId),
			strings.Join(sorted(c.AllowedOAuthScopes), " "), strings.Join(sorted(c.SupportedIdentityProviders), ", "))
	}
	d.notes = append(d.notes, clientFindings(w, c)...)
}

func creation(w wantedClient, have *observed) plan.Change {
	c := plan.Change{Kind: "app client", Name: w.Name, Action: plan.Create, Summary: "public", Prevents: "CG19"}
	for _, f := range fields(w, &types.UserPoolClientType{}, have.providerNames()) {
		f.Before = nil
		c.Fields = append(c.Fields, f)
	}
	c.Fields = append(c.Fields, plan.Field{Path: "client secret", After: []string{"none"}, Prevents: "CG04"})
	return c
}

func fields(w wantedClient, c *types.UserPoolClientType, ofPool []string) []plan.Field {
	var list []plan.Field
	for _, p := range properties(w, ofPool) {
		if !p.right(c) {
			list = append(list, plan.Field{Path: p.path, Before: p.is(c), After: p.must(c), Prevents: p.prevents}.Excess(p.excess))
		}
	}
	return list
}

// confirmation says what of the change should not happen unasked: what goes away, and flows that
// somebody had switched off.
func confirmation(w wantedClient, c *types.UserPoolClientType, ofPool []string) string {
	var reasons []string
	for _, p := range properties(w, ofPool) {
		if p.right(c) {
			continue
		}
		gone := slices.DeleteFunc(p.is(c), func(value string) bool { return slices.Contains(p.must(c), value) })
		switch {
		case w.prune && len(gone) > 0 && p.path != "user existence errors" && !slices.Equal(gone, onOff(false)):
			reasons = append(reasons, fmt.Sprintf("removes %d of its %s", len(gone), p.path))
		case p.flow:
			reasons = append(reasons, fmt.Sprintf("turns %s %s on", p.path, strings.Join(p.must(c), " ")))
		}
	}
	return strings.Join(reasons, "; ")
}

// usualRefreshDays is how long refresh tokens last where nobody said (RefreshTokenValidity of the
// API).
const usualRefreshDays = 30

// kept tells what was found on the client, is not ours, and stays.
func kept(w wantedClient, c *types.UserPoolClientType) []string {
	var list []string
	if n := len(foreign(w, c)); n > 0 && !w.prune {
		list = append(list, counted(n, "callback URL"))
	}
	for _, other := range []struct {
		is   bool
		name string
	}{
		{c.AccessTokenValidity != nil || c.IdTokenValidity != nil || (c.RefreshTokenValidity != 0 && c.RefreshTokenValidity != usualRefreshDays), "token lifetimes"},
		{c.RefreshTokenRotation != nil, "refresh token rotation"},
		{len(c.ExplicitAuthFlows) > 0, "authentication flows"},
		{len(c.ReadAttributes)+len(c.WriteAttributes) > 0, "attribute permissions"},
		{len(c.LogoutURLs) > 0, "sign-out URLs"},
		{c.AnalyticsConfiguration != nil, "analytics"},
	} {
		if other.is {
			list = append(list, other.name)
		}
	}
	return list
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// foreign lists the client's callback URLs that nobody asked for.
func foreign(w wantedClient, c *types.UserPoolClientType) []string {
	redirects, _ := w.Settle(c.CallbackURLs)
	ours := idp.Strings(redirects)
	return slices.DeleteFunc(sorted(c.CallbackURLs), func(uri string) bool { return slices.Contains(ours, uri) })
}
