package cognito

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// domain adds what must be done so that there is a login page that the gateway can name: it knows
// prefix domains only. It reports whether the domain, as it will be, uses managed login.
func (d *difference) domain(w wanted, have *observed) (managedLogin bool) {
	prefix, custom := aws.ToString(have.pool.Domain), aws.ToString(have.pool.CustomDomain)
	switch {
	case prefix != "":
		d.ok("domain %s: %s", prefix, w.place.loginPages(prefix))
		d.presentDomain(w, have, prefix)
		return have.managedLogin()
	case w.domain != "":
		version := loginVersion(have.pool)
		d.add(plan.Change{
			Kind: "domain", Name: w.domain, Action: plan.Create, Summary: w.place.loginPages(w.domain), Prevents: "CG09",
			Fields: []plan.Field{{Path: "managed login version", After: []string{strconv.Itoa(int(version))}}},
		}, operation{object: poolDomain, name: w.domain})
		return version == managedLoginVersion
	}
	summary := "the pool has no domain, so there is no login page: --create-domain PREFIX makes one"
	if custom != "" {
		summary = "the pool has only the custom domain " + custom + ", which the gateway cannot name: --create-domain PREFIX adds one that it can"
	}
	d.add(plan.Change{Kind: "domain", Name: w.place.poolID, Action: plan.Manual, Summary: summary, Prevents: "CG09"}, operation{})
	return have.managedLogin()
}

// presentDomain tells what is doubtful about a domain that is there.
func (d *difference) presentDomain(w wanted, have *observed, prefix string) {
	if w.domain != "" && w.domain != prefix {
		d.note("", "the pool has the domain %s already and can have no second one of its sort: %s is not made", prefix, w.domain)
	}
	switch w.gatewayDomain {
	case prefix:
	case "":
		if gatewayMustKnow(have) {
			d.notes = append(d.notes, plan.Note{Failure: "CG09", Owner: "gateway operator", Text: fmt.Sprintf(
				"the gateway finds the login page by COGNITO_DOMAIN=%s (the prefix alone), AWS_REGION=%s and COGNITO_USER_POOL_ID=%s", prefix, w.place.region, w.place.poolID)})
		}
	default:
		d.note("CG09", "the gateway is told COGNITO_DOMAIN=%s, and the domain of the pool is %s", w.gatewayDomain, prefix)
	}
	if have.domain == nil {
		return
	}
	if status := have.domain.Status; status != "" && status != types.DomainStatusTypeActive {
		d.note("CG09", "domain %s is %s: its login page may not answer yet", prefix, strings.ToLower(string(status)))
	}
}

// gatewayMustKnow reports whether the pool is new to mcpreg: then the gateway may be new to the pool.
func gatewayMustKnow(have *observed) bool {
	for _, f := range have.clients {
		if f.client == nil {
			return true
		}
	}
	return false
}

// managedLoginVersion is the domain's version with managed login; 1 is the classic hosted UI.
const managedLoginVersion int32 = 2

// loginVersion is what a new domain gets: the feature plan Lite has no managed login.
func loginVersion(pool *types.UserPoolType) int32 {
	if pool.UserPoolTier == types.UserPoolTierTypeLite {
		return 1
	}
	return managedLoginVersion
}

// branding adds the style without which a managed login page is not served for the client.
func (d *difference) branding(w wantedClient, have *observed, managedLogin bool) {
	f, name := have.clients[w.Name], w.Name
	if f.client != nil { // chosen by its id, it may have another one
		name = aws.ToString(f.client.ClientName)
	}
	switch {
	case !managedLogin:
	case f.branded:
		d.ok("managed login branding of %s", name)
	default:
		d.add(plan.Change{
			Kind: "managed login branding", Name: name, Action: plan.Create, Prevents: "CG03",
			Fields: []plan.Field{{Path: "style", After: []string{"Cognito's own"}, Prevents: "CG03"}},
		}, operation{object: branding, client: w})
	}
}

// groups adds the groups that must be there, and who must be in them.
func (d *difference) groups(w wanted, have *observed) {
	for _, name := range w.groups {
		c := plan.Change{Kind: "group", Name: name, Action: plan.Create, Prevents: "CG06"}
		switch {
		case have.groups[name]:
			d.ok("group %s", name)
			continue
		case !w.createGroups:
			c.Action, c.Summary = plan.Manual, "the pool has no group of this name: --create-groups makes it"
		}
		d.add(c, operation{object: group, name: name})
	}
	for _, user := range w.users {
		for _, name := range w.groups {
			if have.members[user][name] {
				d.ok("user %s is in group %s", user, name)
				continue
			}
			c := plan.Change{Kind: "group member", Name: name + "/" + user, Action: plan.Create, Prevents: "CG06"}
			if !have.groups[name] && !w.createGroups {
				c.Action, c.Summary = plan.Manual, "once the group is there, put the user into it"
			}
			d.add(c, operation{object: membership, name: name, user: user})
		}
	}
}

// federated are the pool's providers of other users than its own.
func federated(have *observed) []string {
	return slices.DeleteFunc(sorted(have.providerNames()), func(name string) bool { return name == ownUsers })
}
