package entra

import (
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithappid"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithuniquename"
	"github.com/microsoftgraph/msgraph-sdk-go/oauth2permissiongrants"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipalswithappid"
)

// builders makes the SDK's request builders one by one. The SDK's own client would compile every
// entity of Microsoft Graph. The constructors called here are what that client calls itself; they
// are exported and not documented, which is why they stand in this file alone and the SDK's
// version is pinned.
type builders struct{ adapter abstractions.RequestAdapter }

// path returns the parameters that a builder starts from. Each builder gets a map of its own.
func (b builders) path(more ...string) map[string]string {
	parameters := map[string]string{"baseurl": b.adapter.GetBaseUrl()}
	for i := 0; i+1 < len(more); i += 2 {
		parameters[more[i]] = more[i+1]
	}
	return parameters
}

func (b builders) applications() *applications.ApplicationsRequestBuilder {
	return applications.NewApplicationsRequestBuilderInternal(b.path(), b.adapter)
}

func (b builders) application(id string) *applications.ApplicationItemRequestBuilder {
	return applications.NewApplicationItemRequestBuilderInternal(b.path("application%2Did", id), b.adapter)
}

func (b builders) applicationOfID(appID string) *applicationswithappid.ApplicationsWithAppIdRequestBuilder {
	return applicationswithappid.NewApplicationsWithAppIdRequestBuilderInternal(b.path(), b.adapter, &appID)
}

func (b builders) applicationOfName(uniqueName string) *applicationswithuniquename.ApplicationsWithUniqueNameRequestBuilder {
	return applicationswithuniquename.NewApplicationsWithUniqueNameRequestBuilderInternal(b.path(), b.adapter, &uniqueName)
}

func (b builders) servicePrincipals() *serviceprincipals.ServicePrincipalsRequestBuilder {
	return serviceprincipals.NewServicePrincipalsRequestBuilderInternal(b.path(), b.adapter)
}

func (b builders) servicePrincipalOf(appID string) *serviceprincipalswithappid.ServicePrincipalsWithAppIdRequestBuilder {
	return serviceprincipalswithappid.NewServicePrincipalsWithAppIdRequestBuilderInternal(b.path(), b.adapter, &appID)
}

func (b builders) grants() *oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilder {
	return oauth2permissiongrants.NewOauth2PermissionGrantsRequestBuilderInternal(b.path(), b.adapter)
}

func (b builders) grant(id string) *oauth2permissiongrants.OAuth2PermissionGrantItemRequestBuilder {
	return oauth2permissiongrants.NewOAuth2PermissionGrantItemRequestBuilderInternal(b.path("oAuth2PermissionGrant%2Did", id), b.adapter)
}

func (b builders) organization() *organization.OrganizationRequestBuilder {
	return organization.NewOrganizationRequestBuilderInternal(b.path(), b.adapter)
}
