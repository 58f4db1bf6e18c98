package entra

import (
	"context"
	"net/url"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
)

// Groups are read without the SDK's builders, which would compile a third more code for them.
const (
	groupTemplate  = "{+baseurl}/groups/{id}{?%24select}"
	groupsTemplate = "{+baseurl}/groups{?%24filter,%24select}"
	groupSelection = "id,displayName,securityEnabled"
)

// groupOfID reads a group.
func (g graphClient) groupOfID(ctx context.Context, id string) (group, error) {
	found, err := g.read(ctx, g.query(groupTemplate, map[string]string{"id": id, "%24select": groupSelection}), models.CreateGroupFromDiscriminatorValue)
	if err != nil {
		return group{}, err
	}
	m, ok := found.(models.Groupable)
	if !ok {
		return group{}, errEmpty
	}
	return readGroup(m), nil
}

// groupsNamed reads the groups of a display name, page by page.
func (g graphClient) groupsNamed(ctx context.Context, displayName string) ([]group, error) {
	request := g.query(groupsTemplate, map[string]string{"%24filter": "displayName eq " + quoted(displayName), "%24select": groupSelection})
	var list []group
	err := g.pages(ctx, request, models.CreateGroupCollectionResponseFromDiscriminatorValue, func(found any) (*string, bool) {
		page, ok := found.(models.GroupCollectionResponseable)
		if !ok {
			return nil, false
		}
		for _, m := range page.GetValue() {
			list = append(list, readGroup(m))
		}
		return page.GetOdataNextLink(), true
	})
	return list, err
}

// pages reads all pages of a list. take takes one and returns the address of the next, or reports
// that it is none.
func (g graphClient) pages(ctx context.Context, request *abstractions.RequestInformation, factory serialization.ParsableFactory, take func(page any) (next *string, ok bool)) error {
	for {
		found, err := g.read(ctx, request, factory)
		if err != nil {
			return err
		}
		next, ok := take(found)
		if !ok {
			return errEmpty
		}
		if next == nil || *next == "" {
			return nil
		}
		address, err := url.Parse(*next)
		if err != nil {
			return err
		}
		request = g.query(groupsTemplate, map[string]string{})
		request.SetUri(*address)
	}
}

// query makes one GET for which the SDK has no light builder.
func (g graphClient) query(template string, parameters map[string]string) *abstractions.RequestInformation {
	parameters["baseurl"] = g.adapter.GetBaseUrl()
	request := abstractions.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(abstractions.GET, template, parameters)
	request.Headers.TryAdd("Accept", "application/json")
	return request
}

func (g graphClient) read(ctx context.Context, request *abstractions.RequestInformation, factory serialization.ParsableFactory) (serialization.Parsable, error) {
	return g.adapter.Send(ctx, request, factory, abstractions.ErrorMappings{"XXX": odataerrors.CreateODataErrorFromDiscriminatorValue})
}
