package entra

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// createApplication makes an application under its alternate key, so that a lost answer and a
// second try make no twin.
func (r *run) createApplication(ctx context.Context, s step) error {
	after := s.op.edit(r.wanted, r.have, &application{})
	made, err := r.make(ctx, after)
	if err != nil {
		return r.explain(ctx, "creating it", writeApplications, err)
	}
	s.op.subject(r.have).app = made.application
	r.fresh.add(made.id, made.appID)
	return r.readBack(ctx, s, after)
}

// make makes an application, by its key if there may be one.
func (r *run) make(ctx context.Context, after *application) (*document, error) {
	key, content := uniqueName(after.displayName), body(nil, &application{}, after)
	made, err := r.graph.upsert(ctx, key, content)
	switch {
	case err == nil && made == nil:
		return r.graph.byUniqueName(ctx, key) // it was there already, of a run whose answer was lost
	case keyRefused(err):
		made, err = r.graph.create(ctx, content)
	}
	if err != nil && statusOf(err) == 0 && ctx.Err() == nil {
		return r.afterLostAnswer(ctx, key, after.displayName, err)
	}
	return made, err
}

// keyRefused recognises a cloud whose Graph does not know alternate keys, and a key that a deleted
// application keeps for 30 days.
func keyRefused(err error) bool {
	if errors.Is(err, errKeyless) {
		return true
	}
	switch statusOf(err) {
	case http.StatusNotFound:
		return true
	case http.StatusBadRequest, http.StatusConflict:
		_, message := codeAndMessage(err)
		return strings.Contains(strings.ToLower(message), "uniquename")
	}
	return false
}

// afterLostAnswer looks whether the request did its work although its answer did not come.
func (r *run) afterLostAnswer(ctx context.Context, key, name string, lost error) (*document, error) {
	if made, err := r.graph.byUniqueName(ctx, key); err == nil && made != nil {
		return made, nil
	}
	found, err := r.graph.named(ctx, name)
	if err != nil || len(found) != 1 || !found[0].marked() {
		return nil, lost
	}
	return found[0], nil
}

// createServicePrincipal makes the presence of an application in the tenant. Entra refuses a second
// one, so that a lost answer is looked up.
func (r *run) createServicePrincipal(ctx context.Context, s step) error {
	subject := s.op.subject(r.have)
	appID := subject.app.appID
	var made *servicePrincipal
	err := r.untilKnown(ctx, "the application of "+s.String(), r.fresh.unknown(appID), func() (err error) {
		made, err = r.graph.createPrincipal(ctx, appID)
		if status := statusOf(err); err != nil && ctx.Err() == nil && (status == 0 || status == http.StatusConflict) {
			if there, lookErr := r.graph.principal(ctx, appID); lookErr == nil && there != nil {
				made, err = there, nil
			}
		}
		return err
	})
	if err != nil {
		return r.explain(ctx, "creating it", writeApplications, err)
	}
	subject.principal = made
	r.fresh.add(made.id)
	return nil
}
