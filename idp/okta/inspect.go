package okta

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// Inspect returns the plan with what it takes more requests to know: whether the groups exist that
// the registry maps, and under which addresses the org and its authorization server are known. It
// writes nothing.
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
	if err := p.inspectAddresses(ctx, result, registration.Issuer); err != nil {
		return nil, nil, err
	}
	return result, registration, nil
}

// inspectAddresses compares the issuer of the tokens with the org: the gateway builds its own idea
// of the issuer from OKTA_DOMAIN.
func (p *Provider) inspectAddresses(ctx context.Context, result *plan.Plan, issuer string) error {
	var org document
	_, err := p.session.send(ctx, call{http.MethodGet, "/.well-known/okta-organization", nil, "reading the org's addresses", readApps}, &org)
	switch {
	case isNotFound(err):
	case err != nil:
		return err
	default:
		home := org.text("_links", "organization", "href")
		if home != "" && home != p.config.OrgURL {
			result.Note(plan.Note{Owner: owner, Text: "the org's own address is " + plain(home) + "; " + p.config.OrgURL + " is a custom domain of it"})
		}
	}
	named, issued := host(p.config.OrgURL), host(issuer)
	if issued != "" && issued != named {
		result.Note(plan.Note{
			Failure: "OK09", Owner: "gateway operator",
			Text: "tokens name the issuer " + issuer + ": the gateway must have OKTA_DOMAIN=" + issued + ", or it refuses them",
		})
	}
	return nil
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
