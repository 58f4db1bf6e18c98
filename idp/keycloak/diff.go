package keycloak

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/Nerzal/gocloak/v13"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// observed is what the realm holds of one wanted client.
type observed struct {
	client *gocloak.Client // nil when absent
	// scopes maps the names of the realm's client scopes to their ids. It is nil when the client
	// is absent, or has every scope as wanted, so that nobody needed to look.
	scopes map[string]string
}

// operation tells exec what to do.
type operation struct {
	action plan.Action
	scope  wantedScope // set when the change is of a client scope
}

type step struct {
	plan.Change
	op operation
}

type difference struct {
	changes []step
	notes   []plan.Note
	right   []string
}

// diff compares what must be with what is. It is pure.
func diff(w wanted, have observed) difference {
	if have.client == nil {
		return difference{changes: []step{{creation(w), operation{action: plan.Create}}}}
	}
	var d difference
	if c, needed := correction(w, have.client); needed {
		d.changes = append(d.changes, step{c, operation{action: plan.Update}})
	} else {
		d.right = append(d.right, fmt.Sprintf("client %s: public, PKCE S256, audience %s, groups %s", w.clientID, w.audience, rightGroups(w)))
	}
	d.scopes(w, have)
	d.notes = append(d.notes, findings(w, have.client)...)
	return d
}

func creation(w wanted) plan.Change {
	c := plan.Change{
		System: system, Kind: "client", Name: w.clientID, Action: plan.Create,
		Summary: "public, PKCE S256", Prevents: "KC02",
		Fields: fields(w, &gocloak.Client{}),
	}
	for i := range c.Fields {
		c.Fields[i].Before = nil
	}
	for _, s := range wantedScopes() {
		c.Fields = append(c.Fields, plan.Field{Path: "scope " + s.name, After: []string{string(s.assignment)}, Prevents: s.prevents})
	}
	return c
}

func fields(w wanted, have *gocloak.Client) []plan.Field {
	var list []plan.Field
	for _, p := range properties(w) {
		if !p.right(have) {
			list = append(list, plan.Field{Path: p.path, Before: p.is(have), After: p.must(have), Prevents: p.prevents}.Excess(p.excess))
		}
	}
	return list
}

// correction is the change of everything but client scopes, which travels in one request.
func correction(w wanted, have *gocloak.Client) (plan.Change, bool) {
	list := fields(w, have)
	if len(list) == 0 {
		return plan.Change{}, false
	}
	c := plan.Change{
		System: system, Kind: "client", Name: w.clientID, Action: plan.Update,
		Summary: "public, PKCE S256", Fields: list, Kept: kept(w, have),
	}
	if !marked(have) {
		c.Summary += ", adopted"
	}
	c.Prevents = list[0].Prevents
	c.Confirm = confirmation(w, have)
	return c, true
}

// confirmation says what of the change should not happen unasked: redirect URIs that go away,
// a client that was switched off, and flows of a client that is not yet ours.
func confirmation(w wanted, have *gocloak.Client) string {
	var reasons []string
	for _, p := range properties(w) {
		switch {
		case p.right(have):
		case p.path == "redirects" && w.prune:
			if n := len(foreign(w, have)); n > 0 {
				reasons = append(reasons, "removes "+counted(n, "redirect URI"))
			}
		case p.path == "enabled":
			reasons = append(reasons, "enables a client that was disabled")
		case p.flow && !marked(have):
			reasons = append(reasons, fmt.Sprintf("turns %s %s on a client that mcpreg did not make", p.path, strings.Join(p.must(have), " ")))
		}
	}
	return strings.Join(reasons, "; ")
}

// kept counts what was found on the client, is not ours, and stays.
func kept(w wanted, have *gocloak.Client) []string {
	var list []string
	count := func(n int, one string) {
		if n > 0 {
			list = append(list, counted(n, one))
		}
	}
	if !w.prune {
		count(len(foreign(w, have)), "redirect")
	}
	mappers := 0
	for _, m := range mappersOf(have) {
		if !slices.Contains([]string{groupsMapperName, audienceMapperName}, stringOf(m.Name)) {
			mappers++
		}
	}
	count(mappers, "mapper")
	count(len(listOf(have.WebOrigins)), "web origin")
	return list
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// foreign lists the client's redirect URIs that nobody asked for.
func foreign(w wanted, have *gocloak.Client) []string {
	var list []string
	for _, uri := range listOf(have.RedirectURIs) {
		if !slices.Contains(w.redirects, uri) {
			list = append(list, uri)
		}
	}
	slices.Sort(list)
	return list
}

// scopes adds the client scopes that are not assigned as they must be.
func (d *difference) scopes(w wanted, have observed) {
	for _, s := range wantedScopes() {
		is := scopeOf(have.client, s.name)
		if is == s.assignment {
			continue
		}
		c := plan.Change{
			System: system, Kind: "client scope", Name: w.clientID + "/" + s.name, Action: plan.Update, Prevents: s.prevents,
			Fields: []plan.Field{{Path: "assignment", Before: []string{string(is)}, After: []string{string(s.assignment)}, Prevents: s.prevents}},
		}
		_, exists := have.scopes[s.name]
		switch {
		case exists:
			d.changes = append(d.changes, step{c, operation{action: plan.Update, scope: s}})
		case scopeOptionalOnServer(s.name):
			d.right = append(d.right, "client scope "+s.name+": the realm has none and needs none")
		default:
			c.Action, c.Summary = plan.Manual, "the realm has no client scope of this name: create it"
			d.changes = append(d.changes, step{c, operation{action: plan.Manual}})
		}
	}
}

// findings lists what is wrong with the client and not ours to change unasked.
func findings(w wanted, have *gocloak.Client) []plan.Note {
	var notes []plan.Note
	for _, uri := range foreign(w, have) {
		if _, err := idp.ParseRedirectURI(uri); err != nil && !w.prune {
			notes = append(notes, plan.Note{
				Failure: "KC20", Owner: owner,
				Text: fmt.Sprintf("client %s admits %s, which mcpreg did not ask for and which is wider than a login needs; --prune removes it", w.clientID, uri),
			})
		}
	}
	if attribute(have, issAttribute) == "true" {
		notes = append(notes, plan.Note{
			Failure: "KC21", Owner: owner,
			Text: fmt.Sprintf("client %s leaves the issuer out of its answers (attribute %s): Codex and Claude Code then reject every login; remove the attribute", w.clientID, issAttribute),
		})
	}
	if origins := listOf(have.WebOrigins); slices.Contains(origins, "*") {
		notes = append(notes, plan.Note{
			Failure: "KC20", Owner: owner,
			Text: fmt.Sprintf("client %s lets the scripts of every web site call the token endpoint (web origin *)", w.clientID),
		})
	}
	return notes
}

// refusal tells why a client that was found may not become ours. Making a confidential client
// public would delete its secret, and stop what signs in with it.
func refusal(realm, name string, have *gocloak.Client) error {
	if have == nil {
		return nil
	}
	refused := func(reason string) error {
		return &idp.Error{
			Code: idp.CodeUsage, Failure: "KC25",
			Message: fmt.Sprintf("client %q in realm %s %s", name, realm, reason),
			Hint:    "choose another name with --name, or IDE_CLIENT_ID",
		}
	}
	switch {
	case stringOf(have.Protocol) != "" && stringOf(have.Protocol) != "openid-connect":
		return refused(fmt.Sprintf("speaks %s, not openid-connect", stringOf(have.Protocol)))
	case isTrue(have.BearerOnly):
		return refused("is bearer-only: it is a service, and nobody logs in with it")
	case !isTrue(have.PublicClient):
		return refused("is confidential; making it public would delete its secret and stop what signs in with it")
	}
	return nil
}

// errNotAsAsked reports that the server accepted a write and holds something else.
var errNotAsAsked = errors.New("the server accepted the request, but holds something else")

// compare checks a client that was read back. It returns the paths that are not as wanted.
func compare(w wanted, have *gocloak.Client) []string {
	var wrong []string
	for _, p := range properties(w) {
		if !p.right(have) {
			wrong = append(wrong, p.path)
		}
	}
	return wrong
}
