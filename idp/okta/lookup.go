package okta

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/mcpreg/mcpreg/idp"
)

// findApp finds the app of a client, by id if it has one, else by its exact label; nil when there
// is none. The query of the API finds the beginnings of labels and names, and labels are not
// unique.
func (p *Provider) findApp(ctx context.Context, c idp.Client) (document, error) {
	if c.ID != "" {
		app, err := p.session.get(ctx, appPath(c.ID), "looking up app "+c.ID, readApps)
		if err == nil && app == nil {
			err = &idp.Error{Code: idp.CodeNotFound, Message: fmt.Sprintf("the org has no app with the id %s", c.ID), Hint: "leave --client-id out to find it by its label"}
		}
		return app, err
	}
	apps, err := p.labelled(ctx, c.Name)
	if err != nil || len(apps) == 0 {
		return nil, err
	}
	if len(apps) > 1 {
		return nil, twins(c.Name, apps)
	}
	return apps[0], nil
}

// labelled lists the OpenID Connect apps of exactly that label.
func (p *Provider) labelled(ctx context.Context, label string) ([]document, error) {
	query := url.Values{"q": {label}, "limit": {"200"}}
	apps, err := p.session.list(ctx, "/api/v1/apps?"+query.Encode(), "looking up app "+label, readApps)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(apps, func(app document) bool {
		return app.text("label") != label || app.text("signOnMode") != "OPENID_CONNECT" || app.text("status") == "DELETED"
	}), nil
}

func twins(label string, apps []document) error {
	var list []string
	for _, app := range apps {
		list = append(list, fmt.Sprintf("%s (%s, made %s)", app.text("id"), strings.ToLower(app.text("status")), app.text("created")))
	}
	slices.Sort(list)
	return &idp.Error{
		Code: idp.CodeUsage, Failure: "OK25",
		Message: fmt.Sprintf("%d apps are labelled %q: %s", len(apps), label, strings.Join(list, ", ")),
		Hint:    "choose one with --client-id ID, or rename the others in the Admin Console",
	}
}

// groupPage is how many groups a look-up asks for.
const groupPage = 200

// groupID is how Okta writes the id of a group.
var groupID = regexp.MustCompile(`^00g[0-9A-Za-z]{17}$`)

// findGroup finds a group by its exact name, or by id.
func (p *Provider) findGroup(ctx context.Context, name string) (named, error) {
	if groupID.MatchString(name) {
		group, err := p.session.get(ctx, "/api/v1/groups/"+name, "looking up group "+name, readGroups)
		if err != nil {
			return named{}, err
		}
		if group != nil {
			return named{name, name}, nil
		}
	}
	query := url.Values{"q": {name}, "limit": {strconv.Itoa(groupPage)}}
	groups, err := p.session.list(ctx, "/api/v1/groups?"+query.Encode(), "looking up group "+name, readGroups)
	if err != nil {
		return named{}, err
	}
	if len(groups) >= groupPage {
		// The look-up by beginning shows one page only; the search is exact, and may lag behind.
		query = url.Values{"search": {"profile.name eq " + string(encode(name))}}
		exact, err := p.session.list(ctx, "/api/v1/groups?"+query.Encode(), "looking up group "+name, readGroups)
		if err != nil {
			return named{}, err
		}
		groups = append(groups, exact...)
	}
	var ids []string
	for _, g := range groups {
		if id := g.text("id"); g.text("profile", "name") == name && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	switch len(ids) {
	case 1:
		return named{ids[0], name}, nil
	case 0:
		return named{}, p.unknownGroup(ctx, name)
	}
	return named{}, &idp.Error{
		Code:    idp.CodeUsage,
		Message: fmt.Sprintf("%d groups are called %q: %s", len(ids), name, strings.Join(ids, ", ")),
		Hint:    "give the id of the one that is meant",
	}
}

// findEveryone finds the id of the group that everybody is in, when a rule names groups by id:
// rules have it as EVERYONE or by its id, depending on who made them.
func (p *Provider) findEveryone(ctx context.Context, policies []*observedPolicy) (string, error) {
	if !slices.ContainsFunc(policies, func(policy *observedPolicy) bool {
		return slices.ContainsFunc(policy.rules, func(rule document) bool {
			groups := rule.list(peopleGroups()...)
			return len(groups) > 0 && !slices.Contains(groups, everyone)
		})
	}) {
		return "", nil
	}
	query := url.Values{"filter": {`type eq "BUILT_IN"`}}
	groups, err := p.session.list(ctx, "/api/v1/groups?"+query.Encode(), "looking up group Everyone", readGroups)
	if err != nil {
		return "", err
	}
	for _, g := range groups {
		if g.text("profile", "name") == "Everyone" {
			return g.text("id"), nil
		}
	}
	return "", nil
}

// likenessEnough is how alike names must be for one to be taken for a misspelling of the other.
const likenessEnough = 0.6

// unknownGroup names the groups whose names come nearest.
func (p *Provider) unknownGroup(ctx context.Context, name string) error {
	told := &idp.Error{
		Code:    idp.CodeNotFound,
		Message: fmt.Sprintf("the org has no group %q", name),
		Hint:    "make it in the Admin Console under Directory > Groups, or name another; names are compared letter by letter",
	}
	letters := []rune(name)
	query := url.Values{"q": {string(letters[:min(2, len(letters))])}, "limit": {"200"}}
	var others []document // one page: the look-up only improves the message
	if _, err := p.session.send(ctx, call{http.MethodGet, "/api/v1/groups?" + query.Encode(), nil, "looking up groups", readGroups}, &others); err != nil {
		return told
	}
	if near := nearest(name, others); len(near) > 0 {
		told.Message += "; near are " + strings.Join(near, ", ")
	}
	return told
}

// nearest returns the names of up to three groups that are most like the given one, the most alike
// first.
func nearest(name string, groups []document) []string {
	likeness := map[string]float64{}
	for _, g := range groups {
		other := g.text("profile", "name")
		if match := levenshtein.Match(strings.ToLower(name), strings.ToLower(other), nil); match >= likenessEnough {
			likeness[other] = match
		}
	}
	var names []string
	for other := range likeness {
		names = append(names, other)
	}
	slices.SortFunc(names, func(a, b string) int {
		if likeness[a] != likeness[b] {
			if likeness[a] > likeness[b] {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return names[:min(3, len(names))]
}

// findUser finds a user by login or id.
func (p *Provider) findUser(ctx context.Context, login string) (named, error) {
	user, err := p.session.get(ctx, "/api/v1/users/"+url.PathEscape(login), "looking up user "+login, readUsers)
	if err != nil {
		return named{}, err
	}
	if user == nil {
		return named{}, &idp.Error{Code: idp.CodeNotFound, Message: fmt.Sprintf("the org has no user %q", login), Hint: "give the login as the Admin Console shows it under Directory > People"}
	}
	return named{user.text("id"), login}, nil
}
