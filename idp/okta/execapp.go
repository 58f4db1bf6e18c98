package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// createApp makes an app in one request.
type createApp struct {
	index int
	want  *wantedApp
}

func (createApp) needs() right { return manageApps }

func (c createApp) exec(ctx context.Context, p *Provider, have *observed) error {
	name := c.want.client.Name
	// Labels are not unique: a second request for the same app would make a twin.
	if others, err := p.labelled(ctx, name); err != nil {
		return err
	} else if len(others) > 0 {
		return fmt.Errorf("app %s was made by somebody else meanwhile: %w", name, plan.ErrMoved)
	}
	made, err := p.session.write(ctx, http.MethodPost, "/api/v1/apps", c.want.creation(), "creating app "+name, manageApps)
	if err != nil && lostAnswer(err) && ctx.Err() == nil {
		made, err = p.recovered(ctx, name, err)
	}
	if err != nil {
		return err
	}
	if err := notAsAsked("app "+name, compare(c.want, made)); err != nil {
		return err
	}
	have.apps[c.index].doc = made
	have.complete.Clients[name] = have.apps[c.index].clientID()
	return nil
}

// recovered looks for the app after an answer was lost: the request perhaps was not.
func (p *Provider) recovered(ctx context.Context, label string, lost error) (document, error) {
	made, err := p.labelled(ctx, label)
	if err != nil || len(made) != 1 {
		return nil, lost
	}
	return made[0], nil
}

// repairApp corrects an app in one request, which replaces all of it: the app is read right before,
// because what was seen may be minutes old.
type repairApp struct {
	index int
	want  *wantedApp
}

func (repairApp) needs() right { return manageApps }

func (r repairApp) exec(ctx context.Context, p *Provider, have *observed) error {
	name, seen := r.want.client.Name, have.apps[r.index].doc
	path := appPath(have.apps[r.index].id())
	now, err := p.session.get(ctx, path, "looking up app "+name, readApps)
	if err != nil {
		return err
	}
	if now == nil || !sameOwned(r.want, seen, now) {
		return fmt.Errorf("app %s: %w", name, plan.ErrMoved)
	}
	if err := refusal(name, now); err != nil {
		return err
	}
	after, err := p.session.write(ctx, http.MethodPut, path, r.want.repaired(writable(now).without("status")), "changing app "+name, manageApps)
	if err != nil {
		return err
	}
	if err := notAsAsked("app "+name, compare(r.want, after)); err != nil {
		return err
	}
	have.apps[r.index].doc = after
	return nil
}

// sameOwned reports whether what we own reads as it did.
func sameOwned(w *wantedApp, seen, now document) bool {
	return !slices.ContainsFunc(properties(w), func(p property) bool { return !slices.Equal(p.is(seen), p.is(now)) })
}

// errNotAsAsked reports that the org accepted a write and holds something else.
var errNotAsAsked = errors.New("the org accepted the request, but holds something else")

func notAsAsked(what string, wrong []string) error {
	if len(wrong) == 0 {
		return nil
	}
	return &idp.Error{
		Code: idp.CodeFailed, Err: errNotAsAsked,
		Message: fmt.Sprintf("%s was written, but reads back otherwise: %s", what, strings.Join(wrong, ", ")),
		Hint:    "compare with: mcpreg okta plan",
	}
}

// activateApp activates an app that was deactivated.
type activateApp struct{ index int }

func (activateApp) needs() right { return manageApps }

func (a activateApp) exec(ctx context.Context, p *Provider, have *observed) error {
	_, err := p.session.write(ctx, http.MethodPost, appPath(have.apps[a.index].id())+"/lifecycle/activate", nil, "activating the app", manageApps)
	return err
}

// notYet reports that what hangs on another object cannot be made before that.
func notYet(what string) error {
	return usage("the "+what+" is not made yet", "leave --only out, or make the "+what+" first")
}

// assignGroup lets the members of a group use an app. Doing it twice does no harm.
type assignGroup struct {
	index int
	group named
}

func (assignGroup) needs() right { return manageApps }

func (a assignGroup) exec(ctx context.Context, p *Provider, have *observed) error {
	app := have.apps[a.index]
	if app.doc == nil {
		return notYet("app")
	}
	path := appPath(app.id()) + "/groups/" + url.PathEscape(a.group.id)
	made, err := p.session.write(ctx, http.MethodPut, path, document{}, "assigning group "+a.group.name, manageApps)
	if err == nil && made.text("id") != a.group.id {
		return notAsAsked("the assignment of group "+a.group.name, []string{"its group"})
	}
	return err
}

// assignUser lets one user use an app.
type assignUser struct {
	index int
	user  named
}

func (assignUser) needs() right { return manageApps }

func (a assignUser) exec(ctx context.Context, p *Provider, have *observed) error {
	app := have.apps[a.index]
	if app.doc == nil {
		return notYet("app")
	}
	body := document{}.set(a.user.id, "id").set("USER", "scope")
	made, err := p.session.write(ctx, http.MethodPost, appPath(app.id())+"/users", body, "assigning user "+a.user.name, manageApps)
	if err == nil && made.text("id") != a.user.id {
		return notAsAsked("the assignment of user "+a.user.name, []string{"its user"})
	}
	return err
}
