package okta

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// Inspect returns the plan with what it takes more requests to know: whether the groups exist that
// the registry maps, and whether the org was named by a custom domain. It writes nothing.
func (p *Provider) Inspect(ctx context.Context, spec idp.Spec) (*plan.Plan, *idp.Registration, error) {
	result, registration, err := p.Plan(ctx, spec)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range sortedSet(spec.Groups) {
		_, err := p.findGroup(ctx, name)
		var told *idp.Error
		switch {
		case err == nil:
			result.Right("group %s exists", name)
		case errors.As(err, &told) && told.Code == idp.CodeForbidden:
			result.Note(plan.Note{Owner: owner, Text: "group " + name + " was not looked up: " + told.Message})
		case errors.As(err, &told) && (told.Code == idp.CodeNotFound || told.Code == idp.CodeUsage):
			result.Note(plan.Note{Failure: "GW02", Owner: owner, Text: told.Message})
		default:
			return nil, nil, err
		}
	}
	if err := p.inspectAddress(ctx, result); err != nil {
		return nil, nil, err
	}
	if !slices.ContainsFunc(result.Notes, func(n plan.Note) bool { return n.Failure == "OK08" }) {
		result.Note(gatewayNote(p.config.AuthorizationServer, document{}.set([]string{registration.Audience}, "audiences")))
	}
	return result, registration, nil
}

// inspectAddress finds out whether the org was named by a domain of its own.
func (p *Provider) inspectAddress(ctx context.Context, result *plan.Plan) error {
	var org document
	_, err := p.session.send(ctx, call{http.MethodGet, "/.well-known/okta-organization", nil, "reading the org's addresses", readApps}, &org)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if home := org.text("_links", "organization", "href"); home != "" && home != p.config.OrgURL {
		result.Note(plan.Note{Owner: owner, Text: "the org's own address is " + plain(home) + "; " + p.config.OrgURL + " is a custom domain of it"})
	}
	return nil
}
