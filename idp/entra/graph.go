package entra

import (
	"context"
	"strings"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithappid"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithuniquename"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
	"github.com/microsoftgraph/msgraph-sdk-go/oauth2permissiongrants"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"
)

// document is an application, and the entity it was read from.
type document struct {
	*application
	raw models.Applicationable
}

func newDocument(m models.Applicationable, err error) (*document, error) {
	if err != nil || m == nil {
		return nil, err
	}
	return &document{readApplication(m), m}, nil
}

// byID reads the application with an object id.
func (g graphClient) byID(ctx context.Context, id string) (*document, error) {
	return newDocument(g.application(id).Get(ctx, &applications.ApplicationItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &applications.ApplicationItemRequestBuilderGetQueryParameters{Select: selectedProperties()},
	}))
}

// byAppID reads the application with a client id.
func (g graphClient) byAppID(ctx context.Context, appID string) (*document, error) {
	return newDocument(g.applicationOfID(appID).Get(ctx, &applicationswithappid.ApplicationsWithAppIdRequestBuilderGetRequestConfiguration{
		QueryParameters: &applicationswithappid.ApplicationsWithAppIdRequestBuilderGetQueryParameters{Select: selectedProperties()},
	}))
}

// byUniqueName reads the application with an alternate key.
func (g graphClient) byUniqueName(ctx context.Context, name string) (*document, error) {
	return newDocument(g.applicationOfName(name).Get(ctx, &applicationswithuniquename.ApplicationsWithUniqueNameRequestBuilderGetRequestConfiguration{
		QueryParameters: &applicationswithuniquename.ApplicationsWithUniqueNameRequestBuilderGetQueryParameters{Select: selectedProperties()},
	}))
}

// named reads every application of a display name, page by page.
func (g graphClient) named(ctx context.Context, displayName string) ([]*document, error) {
	filter := "displayName eq " + quoted(displayName)
	builder := g.applications()
	query := &applications.ApplicationsRequestBuilderGetRequestConfiguration{
		QueryParameters: &applications.ApplicationsRequestBuilderGetQueryParameters{Filter: &filter, Select: selectedProperties()},
	}
	var found []*document
	for {
		page, err := builder.Get(ctx, query)
		if err != nil {
			return nil, err
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

// upsert makes the application of that alternate key if there is none, and brings it to the body.
// It returns nil where it was there already.
func (g graphClient) upsert(ctx context.Context, name string, m models.Applicationable) (*document, error) {
	headers := abstractions.NewRequestHeaders()
	headers.Add("Prefer", "create-if-missing")
	return newDocument(g.applicationOfName(name).Patch(ctx, m, &applicationswithuniquename.ApplicationsWithUniqueNameRequestBuilderPatchRequestConfiguration{Headers: headers}))
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
	if err != nil || m == nil {
		return nil, err
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
	if err != nil || made == nil {
		return nil, err
	}
	return readPrincipal(made), nil
}

// grantsOf reads the consents that a client's service principal has.
func (g graphClient) grantsOf(ctx context.Context, principalID string) ([]permissionGrant, error) {
	filter := "clientId eq " + quoted(principalID)
	builder := g.grants()
	query := &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetRequestConfiguration{
		QueryParameters: &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetQueryParameters{Filter: &filter},
	}
	var found []permissionGrant
	for {
		page, err := builder.Get(ctx, query)
		if err != nil {
			return nil, err
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
	if err != nil {
		return nil, err
	}
	for _, m := range page.GetValue() {
		return readOrganization(m), nil
	}
	return nil, nil
}

// Groups are read without the SDK's builders, which would compile a third more code for them.
const (
	groupTemplate  = "{+baseurl}/groups/{id}{?%24select}"
	groupsTemplate = "{+baseurl}/groups{?%24filter,%24select}"
	groupSelection = "id,displayName,securityEnabled"
)

// groupOfID reads a group.
func (g graphClient) groupOfID(ctx context.Context, id string) (group, error) {
	found, err := g.read(ctx, groupTemplate, map[string]string{"id": id, "%24select": groupSelection}, models.CreateGroupFromDiscriminatorValue)
	if err != nil {
		return group{}, err
	}
	m, _ := found.(models.Groupable)
	return readGroup(m), nil
}

// groupsNamed reads the groups of a display name. One page holds a hundred, more than anybody can
// tell apart.
func (g graphClient) groupsNamed(ctx context.Context, displayName string) ([]group, error) {
	parameters := map[string]string{"%24filter": "displayName eq " + quoted(displayName), "%24select": groupSelection}
	found, err := g.read(ctx, groupsTemplate, parameters, models.CreateGroupCollectionResponseFromDiscriminatorValue)
	if err != nil {
		return nil, err
	}
	page, _ := found.(models.GroupCollectionResponseable)
	var list []group
	for _, m := range page.GetValue() {
		list = append(list, readGroup(m))
	}
	return list, nil
}

// read sends one GET that the SDK has no light builder for.
func (g graphClient) read(ctx context.Context, template string, parameters map[string]string, factory serialization.ParsableFactory) (serialization.Parsable, error) {
	parameters["baseurl"] = g.adapter.GetBaseUrl()
	request := abstractions.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(abstractions.GET, template, parameters)
	request.Headers.TryAdd("Accept", "application/json")
	return g.adapter.Send(ctx, request, factory, abstractions.ErrorMappings{"XXX": odataerrors.CreateODataErrorFromDiscriminatorValue})
}

// quoted writes a string as OData does: a quote inside is doubled.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
