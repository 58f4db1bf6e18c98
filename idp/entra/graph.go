package entra

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithappid"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithuniquename"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/oauth2permissiongrants"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"
)

// errEmpty reports an answer without the object that it must hold.
var errEmpty = errors.New("the answer lacks what was asked for")

// document is an application, and the entity it was read from.
type document struct {
	*application
	raw models.Applicationable
}

func newDocument(m models.Applicationable, err error) (*document, error) {
	switch {
	case err != nil:
		return nil, err
	case m == nil || text(m.GetId()) == "" || text(m.GetAppId()) == "":
		return nil, errEmpty
	}
	return &document{readApplication(m), m}, nil
}

// selecting reads with the properties that are needed of an application. A cloud whose Graph does
// not know alternate keys refuses to select them, and is not asked for them again.
func selecting[T any](g graphClient, read func(properties []string) (T, error)) (T, error) {
	properties := selectedProperties()
	if g.keyless.Load() {
		properties = slices.DeleteFunc(properties, func(name string) bool { return name == uniqueNameProperty })
	}
	found, err := read(properties)
	if statusOf(err) == http.StatusBadRequest && keyRefused(err) && !g.keyless.Swap(true) {
		return selecting(g, read)
	}
	return found, err
}

// byID reads the application with an object id.
func (g graphClient) byID(ctx context.Context, id string) (*document, error) {
	return selecting(g, func(properties []string) (*document, error) {
		return newDocument(g.application(id).Get(ctx, &applications.ApplicationItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &applications.ApplicationItemRequestBuilderGetQueryParameters{Select: properties},
		}))
	})
}

// byAppID reads the application with a client id.
func (g graphClient) byAppID(ctx context.Context, appID string) (*document, error) {
	return selecting(g, func(properties []string) (*document, error) {
		return newDocument(g.applicationOfID(appID).Get(ctx, &applicationswithappid.ApplicationsWithAppIdRequestBuilderGetRequestConfiguration{
			QueryParameters: &applicationswithappid.ApplicationsWithAppIdRequestBuilderGetQueryParameters{Select: properties},
		}))
	})
}

// byUniqueName reads the application with an alternate key.
func (g graphClient) byUniqueName(ctx context.Context, name string) (*document, error) {
	return newDocument(g.applicationOfName(name).Get(ctx, &applicationswithuniquename.ApplicationsWithUniqueNameRequestBuilderGetRequestConfiguration{
		QueryParameters: &applicationswithuniquename.ApplicationsWithUniqueNameRequestBuilderGetQueryParameters{Select: selectedProperties()},
	}))
}

// named reads every application of a display name, page by page.
func (g graphClient) named(ctx context.Context, displayName string) ([]*document, error) {
	return selecting(g, func(properties []string) ([]*document, error) { return g.namedWith(ctx, displayName, properties) })
}

func (g graphClient) namedWith(ctx context.Context, displayName string, properties []string) ([]*document, error) {
	filter := "displayName eq " + quoted(displayName)
	builder := g.applications()
	query := &applications.ApplicationsRequestBuilderGetRequestConfiguration{
		QueryParameters: &applications.ApplicationsRequestBuilderGetQueryParameters{Filter: &filter, Select: properties},
	}
	var found []*document
	for {
		page, err := builder.Get(ctx, query)
		switch {
		case err != nil:
			return nil, err
		case page == nil:
			return nil, errEmpty
		}
		for _, m := range page.GetValue() {
			found = append(found, &document{readApplication(m), m})
		}
		next := page.GetOdataNextLink()
		if next == nil || *next == "" {
			return found, nil
		}
		builder, query = builder.WithUrl(*next), nil
	}
}

// errKeyless reports a cloud that does not know alternate keys.
var errKeyless = errors.New("alternate keys are not known here")

// upsert makes the application of that alternate key if there is none, and brings it to the body.
// It returns nil where it was there already, and errKeyless where there are no such keys.
func (g graphClient) upsert(ctx context.Context, name string, m models.Applicationable) (*document, error) {
	if g.keyless.Load() {
		return nil, errKeyless
	}
	headers := abstractions.NewRequestHeaders()
	headers.Add("Prefer", "create-if-missing")
	made, err := g.applicationOfName(name).Patch(ctx, m, &applicationswithuniquename.ApplicationsWithUniqueNameRequestBuilderPatchRequestConfiguration{Headers: headers})
	if err == nil && made == nil {
		return nil, nil
	}
	return newDocument(made, err)
}

// create makes an application without an alternate key.
func (g graphClient) create(ctx context.Context, m models.Applicationable) (*document, error) {
	return newDocument(g.applications().Post(ctx, m, nil))
}

// patch writes the properties of the body.
func (g graphClient) patch(ctx context.Context, id string, m models.Applicationable) error {
	_, err := g.application(id).Patch(ctx, m, nil)
	return err
}

func (g graphClient) delete(ctx context.Context, id string) error {
	return g.application(id).Delete(ctx, nil)
}

// principal reads the service principal of a client id.
func (g graphClient) principal(ctx context.Context, appID string) (*servicePrincipal, error) {
	m, err := g.servicePrincipalOf(appID).Get(ctx, nil)
	switch {
	case err != nil:
		return nil, err
	case m == nil:
		return nil, errEmpty
	}
	return readPrincipal(m), nil
}

// createPrincipal makes the service principal of a client id. The first tag is what makes the
// admin center list it among the enterprise applications.
func (g graphClient) createPrincipal(ctx context.Context, appID string) (*servicePrincipal, error) {
	m := models.NewServicePrincipal()
	m.SetAppId(&appID)
	m.SetTags([]string{"WindowsAzureActiveDirectoryIntegratedApp", mark})
	made, err := g.servicePrincipals().Post(ctx, m, nil)
	switch {
	case err != nil:
		return nil, err
	case made == nil:
		return nil, errEmpty
	}
	return readPrincipal(made), nil
}

// grantsOf reads the consents that a client's service principal has.
func (g graphClient) grantsOf(ctx context.Context, principalID string) ([]permissionGrant, error) {
	return g.grantsWhere(ctx, "clientId eq "+quoted(principalID))
}

// grantsOn reads the consents to permissions of an API's service principal.
func (g graphClient) grantsOn(ctx context.Context, principalID string) ([]permissionGrant, error) {
	return g.grantsWhere(ctx, "resourceId eq "+quoted(principalID))
}

func (g graphClient) grantsWhere(ctx context.Context, filter string) ([]permissionGrant, error) {
	builder := g.grants()
	query := &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetRequestConfiguration{
		QueryParameters: &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetQueryParameters{Filter: &filter},
	}
	var found []permissionGrant
	for {
		page, err := builder.Get(ctx, query)
		switch {
		case err != nil:
			return nil, err
		case page == nil:
			return nil, errEmpty
		}
		for _, m := range page.GetValue() {
			found = append(found, readGrant(m))
		}
		next := page.GetOdataNextLink()
		if next == nil || *next == "" {
			return found, nil
		}
		builder, query = builder.WithUrl(*next), nil
	}
}

// allow consents for the whole tenant, or adds to a consent that is there.
func (g graphClient) allow(ctx context.Context, grant permissionGrant) error {
	m, scopes, all := models.NewOAuth2PermissionGrant(), strings.Join(grant.scopes, " "), "AllPrincipals"
	m.SetScope(&scopes)
	if grant.id != "" {
		_, err := g.grant(grant.id).Patch(ctx, m, nil)
		return err
	}
	m.SetClientId(&grant.clientID)
	m.SetResourceId(&grant.resourceID)
	m.SetConsentType(&all)
	_, err := g.grants().Post(ctx, m, nil)
	return err
}

// readTenant reads the organization: there is exactly one.
func (g graphClient) readTenant(ctx context.Context) (*tenant, error) {
	page, err := g.organization().Get(ctx, &organization.OrganizationRequestBuilderGetRequestConfiguration{
		QueryParameters: &organization.OrganizationRequestBuilderGetQueryParameters{Select: []string{"id", "displayName", "verifiedDomains"}},
	})
	switch {
	case err != nil:
		return nil, err
	case page == nil || len(page.GetValue()) == 0:
		return nil, errEmpty
	}
	return readOrganization(page.GetValue()[0]), nil
}

// quoted writes a string as OData does: a quote inside is doubled.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
