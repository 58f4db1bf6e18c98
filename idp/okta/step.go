package okta

import (
	"context"
	"fmt"
	"slices"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// operation makes one change, with the ids that the ones before it left in what was observed.
type operation interface {
	exec(ctx context.Context, p *Provider, have *observed) error
	// needs is the right to make it.
	needs() right
}

// step is a change and what makes it; nil when only a person can.
type step struct {
	plan.Change
	op operation
}

type difference struct {
	steps []step
	notes []plan.Note
	right []string
}

// diff compares what must be with what is. It is pure.
func diff(w *wanted, have *observed) difference {
	var d difference
	d.server(w, have)
	d.missingScopes(w, have)
	for i := range w.apps {
		d.app(w, have, i)
		d.assignments(w, have, i)
	}
	d.claim(w, have)
	for i := range w.apps {
		d.access(w, have, i)
	}
	d.gateway(w, have)
	return d
}

func (d *difference) add(c plan.Change, op operation) {
	c.System = system
	d.steps = append(d.steps, step{c, op})
}

func (d *difference) note(failure, format string, args ...any) {
	d.notes = append(d.notes, plan.Note{Failure: failure, Owner: owner, Text: fmt.Sprintf(format, args...)})
}

func (d *difference) ok(format string, args ...any) {
	d.right = append(d.right, fmt.Sprintf(format, args...))
}

// rights are those that the steps need, each once.
func (d difference) rights() []right {
	var list []right
	for _, s := range d.steps {
		if s.op != nil && !slices.Contains(list, s.op.needs()) {
			list = append(list, s.op.needs())
		}
	}
	return list
}

// refusals tells why something that was found may not become ours.
func refusals(w *wanted, have *observed) error {
	for i, app := range w.apps {
		if err := refusal(app.client.Name, have.apps[i].doc); err != nil {
			return err
		}
	}
	return nil
}

// refusal tells why an app that was found may not become ours: its type cannot be changed, and
// making a confidential client public would wipe its secret, and stop what signs in with it.
func refusal(label string, app document) error {
	if app == nil {
		return nil
	}
	refused := func(format string, args ...any) error {
		return &idp.Error{
			Code: idp.CodeUsage, Failure: "OK26",
			Message: fmt.Sprintf("app %q (%s) ", label, app.text("id")) + fmt.Sprintf(format, args...),
			Hint:    "choose another label with --name, or IDE_CLIENT_LABEL",
		}
	}
	appType := app.text(settings("application_type")...)
	method := app.text(credentials("token_endpoint_auth_method")...)
	switch {
	case app.text("signOnMode") != "OPENID_CONNECT":
		return refused("is not an OpenID Connect app")
	case appType != "native":
		return refused("is of the type %q, which cannot be changed: assistants need a native app", appType)
	case method != "none":
		return refused("is confidential (client authentication %q); making it public would wipe its secret and stop what signs in with it", method)
	}
	return nil
}

// registration is what the apps come to; operations complete it.
func (o *observed) registration(w *wanted) *idp.Registration {
	o.complete = &idp.Registration{Clients: map[string]string{}, Issuer: o.server.text("issuer")}
	if audiences := o.server.list("audiences"); len(audiences) > 0 {
		o.complete.Audience = audiences[0]
	}
	for i, app := range w.apps {
		if id := o.apps[i].clientID(); id != "" {
			o.complete.Clients[app.client.Name] = id
		}
		if app.port != 0 {
			o.complete.CallbackPort = app.port
		}
	}
	return o.complete
}
