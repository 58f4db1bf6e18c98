package okta

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

// observed is what the org holds of what is wanted. Operations write into it what they make, so
// that later ones find the ids.
type observed struct {
	server   document
	apps     []*observedApp // parallel to wanted.apps
	groups   []named        // parallel to wanted.assign
	users    []named        // parallel to wanted.users
	claims   []document
	scopes   []string // names
	policies []*observedPolicy
	everyone string // id of the group Everyone, if a rule might name it
	// offline tells that nobody looked: everything is to be made.
	offline bool
	// complete is filled in as apps are made.
	complete *idp.Registration
}

// observedApp is one app.
type observedApp struct {
	doc    document // nil when absent
	groups []string // ids of the groups that are assigned
	users  []string // ids of those wanted users who are assigned, by themselves or through a group
}

func (a *observedApp) id() string       { return a.doc.text("id") }
func (a *observedApp) clientID() string { return a.doc.text("credentials", "oauthClient", "client_id") }

// named is an object that is only referred to.
type named struct{ id, name string }

// observedPolicy is an access policy of the authorization server. Its rules are read when it
// applies to an app that is wanted.
type observedPolicy struct {
	doc   document
	rules []document
}

// nothing is what is seen of an org where nobody looked.
func nothing(w *wanted) *observed {
	have := &observed{offline: true, scopes: w.scopes, server: document{}}
	for range w.apps {
		have.apps = append(have.apps, &observedApp{})
	}
	for _, name := range w.assign {
		have.groups = append(have.groups, named{name: name})
	}
	for _, name := range w.users {
		have.users = append(have.users, named{name: name})
	}
	return have
}

// observe reads what is there.
func (p *Provider) observe(ctx context.Context, w *wanted) (*observed, error) {
	have := &observed{}
	var err error
	if have.server, err = p.readServer(ctx); err != nil {
		return nil, err
	}
	for _, app := range w.apps {
		doc, err := p.findApp(ctx, app.client)
		if err != nil {
			return nil, err
		}
		have.apps = append(have.apps, &observedApp{doc: doc})
	}
	if err := p.readPeople(ctx, w, have); err != nil {
		return nil, err
	}
	at := p.serverPath()
	if have.claims, err = p.session.list(ctx, at+"/claims", "reading the claims of "+p.serverName(), readServers); err != nil {
		return nil, err
	}
	scopes, err := p.session.list(ctx, at+"/scopes", "reading the scopes of "+p.serverName(), readServers)
	if err != nil {
		return nil, err
	}
	for _, s := range scopes {
		have.scopes = append(have.scopes, s.text("name"))
	}
	if have.policies, err = p.readPolicies(ctx, w, have); err != nil {
		return nil, err
	}
	have.everyone, err = p.findEveryone(ctx, have.policies)
	return have, err
}

// readPeople finds the groups and users that are to be assigned, and who is already.
func (p *Provider) readPeople(ctx context.Context, w *wanted, have *observed) error {
	for _, name := range w.assign {
		group, err := p.findGroup(ctx, name)
		if err != nil {
			return err
		}
		have.groups = append(have.groups, group)
	}
	for _, login := range w.users {
		user, err := p.findUser(ctx, login)
		if err != nil {
			return err
		}
		have.users = append(have.users, user)
	}
	for i, app := range have.apps {
		if app.doc == nil {
			continue
		}
		name := w.apps[i].client.Name
		groups, err := p.session.list(ctx, appPath(app.id())+"/groups?limit=200", "reading the groups of app "+name, readApps)
		if err != nil {
			return err
		}
		for _, g := range groups {
			app.groups = append(app.groups, g.text("id"))
		}
		for _, user := range have.users {
			assigned, err := p.session.get(ctx, appPath(app.id())+"/users/"+url.PathEscape(user.id), "looking up user "+user.name+" in app "+name, readApps)
			if err != nil {
				return err
			}
			if assigned != nil {
				app.users = append(app.users, user.id)
			}
		}
	}
	return nil
}

// readPolicies reads the access policies, and the rules of those that apply to an app of ours or
// bear our name.
func (p *Provider) readPolicies(ctx context.Context, w *wanted, have *observed) ([]*observedPolicy, error) {
	list, err := p.session.list(ctx, p.serverPath()+"/policies", "reading the access policies of "+p.serverName(), readServers)
	if err != nil {
		return nil, err
	}
	var policies []*observedPolicy
	for _, doc := range list {
		policy := &observedPolicy{doc: doc}
		policies = append(policies, policy)
		if !policy.concerns(w, have) {
			continue
		}
		path := p.serverPath() + "/policies/" + url.PathEscape(doc.text("id")) + "/rules"
		policy.rules, err = p.session.list(ctx, path, "reading the rules of access policy "+doc.text("name"), readServers)
		if err != nil {
			return nil, err
		}
	}
	return policies, nil
}

func (o *observedPolicy) concerns(w *wanted, have *observed) bool {
	for i, app := range w.apps {
		if o.doc.text("name") == app.client.Name || o.admits(have.apps[i].clientID()) {
			return true
		}
	}
	return false
}

// admits reports whether the policy's client condition includes the client; an empty id is a
// client that is yet to be made.
func (o *observedPolicy) admits(clientID string) bool {
	include := o.doc.list("conditions", "clients", "include")
	return slices.Contains(include, allClients) || (clientID != "" && slices.Contains(include, clientID))
}

func (p *Provider) serverPath() string {
	return "/api/v1/authorizationServers/" + url.PathEscape(p.config.AuthorizationServer)
}

func (p *Provider) serverName() string { return "authorization server " + p.config.AuthorizationServer }

func appPath(id string) string { return "/api/v1/apps/" + url.PathEscape(id) }

// failureNoServers is that of an org without API Access Management.
const failureNoServers = "OK24"

// noServers reports whether the org has no custom authorization server at all.
func noServers(err error) bool {
	var told *idp.Error
	return errors.As(err, &told) && told.Failure == failureNoServers
}

// readServer reads the custom authorization server, or explains why there is none.
func (p *Provider) readServer(ctx context.Context) (document, error) {
	doing := "looking up " + p.serverName()
	server, err := p.session.get(ctx, p.serverPath(), doing, readServers)
	if server != nil && err == nil {
		return server, nil
	}
	if err != nil && !hasCode(err, codeFeatureOff) {
		return nil, err
	}
	others, listErr := p.session.list(ctx, "/api/v1/authorizationServers?limit=200", "listing authorization servers", readServers)
	if listErr != nil && !hasCode(listErr, codeFeatureOff) && !isNotFound(listErr) {
		return nil, listErr
	}
	var ids []string
	for _, other := range others {
		ids = append(ids, fmt.Sprintf("%s (%s)", other.text("id"), plain(other.text("name"))))
	}
	if len(ids) > 0 {
		return nil, &idp.Error{
			Code: idp.CodeNotFound, Failure: "OK09",
			Message: fmt.Sprintf("the org has no custom authorization server %s", p.config.AuthorizationServer),
			Hint:    "it has " + strings.Join(ids, ", ") + ": name the one that the gateway trusts (its OKTA_AUTH_SERVER_ID) with --authorization-server",
		}
	}
	return nil, &idp.Error{
		Code: idp.CodeNotFound, Failure: failureNoServers, Err: err,
		Message: fmt.Sprintf("%s has no custom authorization server, only the org's own, whose access tokens a gateway cannot check and which carry no groups", p.config.OrgURL),
		Hint: "either have the product API Access Management added to the org (it brings the authorization server called default), " +
			"or make a custom authorization server under Security > API if the org has the product, or put the gateway behind another identity provider; until then assistants connect with a token from the registry",
	}
}
